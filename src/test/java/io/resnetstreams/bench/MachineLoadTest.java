package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.bench.MachineLoad.Ticks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineLoadTest {
    private static final String OWN = "4711 (java (1)) S 1 1 1 0 -1 0 0 0 0 0 700 300 150 50 20 0 9 0 1";

    private static Map<String, Object> marked(Ticks begun, Ticks now) {
        Map<String, Object> figures = new HashMap<>();
        MachineLoad.mark(begun, now, figures);
        return figures;
    }

    @Test
    void theTimesAreReadFromProc() {
        List<String> stat = List.of(
                "cpu  1000 200 300 5000 100 10 20 70 0 0",
                "cpu0 1 0 0 0 0 0 0 0 0 0",
                "cpu1 1 0 0 0 0 0 0 0 0 0",
                "intr 1");
        Ticks ticks = Ticks.of(stat, OWN, 12.5);
        assertThat(ticks.total()).isEqualTo(67.0);
        assertThat(ticks.idle()).isEqualTo(51.0);
        assertThat(ticks.stolen()).isEqualTo(0.7);
        // With the children that have ended.
        assertThat(ticks.own()).isEqualTo(14.5);
        assertThat(Ticks.cores(stat)).isEqualTo(2);
    }

    @Test
    void aQuietMachineIsNotMarked() {
        assertThat(marked(new Ticks(0, 0, 0, 0), new Ticks(200, 20, 1, 172))).isEmpty();
    }

    @Test
    void otherProcessesAreMarked() {
        assertThat(marked(new Ticks(100, 50, 0, 10), new Ticks(300, 70, 0, 140)))
                .containsEntry(
                        "disturbed",
                        "other processes took 25 % of the cores, and other virtual machines 0 %; measure again");
    }

    @Test
    void stolenTimeIsMarked() {
        assertThat(marked(new Ticks(0, 0, 0, 0), new Ticks(200, 0, 10, 190)))
                .containsEntry(
                        "disturbed",
                        "other processes took 0 % of the cores, and other virtual machines 5 %; measure again");
    }

    @Test
    void aMarkDoesNotHideAnother() {
        Map<String, Object> figures = new HashMap<>();
        Disturbance.mark(figures, 1.1);
        MachineLoad.mark(new Ticks(0, 0, 0, 0), new Ticks(200, 0, 10, 190), figures);
        assertThat(figures.get("disturbed").toString())
                .startsWith("the pipeline is faster")
                .endsWith("; other processes took 0 % of the cores, and other virtual machines 5 %; measure again");
    }

    @Test
    void thisMachineCanBeMeasured() {
        Map<String, Object> figures = new HashMap<>();
        MachineLoad load = MachineLoad.begin();
        load.end(figures);
        assertThat(figures.keySet()).isSubsetOf("disturbed");
    }
}
