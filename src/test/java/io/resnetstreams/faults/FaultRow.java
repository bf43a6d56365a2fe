package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.Guarantee;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a run ended.
 *
 * @param kills processes ended by SIGKILL
 * @param otherDeaths processes that the fault itself ended
 * @param unmarked events whose outcomes the broker may have dropped or kept wrongly, by a defect of its own
 */
record FaultRow(
        Guarantee guarantee,
        int kills,
        int otherDeaths,
        Audit audit,
        Set<String> unmarked,
        List<OutcomeWatch.Recovery> recoveries) {
    static final String HEADING =
            """
            | fault | guarantee | events | killed | died | lost | doubled | rate | of both by the broker | out of order | ghosts | altered | mislabelled | seconds to recover |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """;

    String line(String fault) {
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %,d | %d | %d | %d | %d | %.3f %% | %d | %d | %d | %d | %d | %s |%n",
                fault,
                guarantee.property(),
                audit.events(),
                kills,
                otherDeaths,
                audit.lost(),
                audit.duplicates(),
                100.0 * audit.duplicates() / audit.events(),
                lostByTheBroker() + doubledByTheBroker(),
                audit.outOfOrder(),
                audit.ghosts(),
                audit.altered(),
                audit.mislabelled(),
                longestRecovery());
    }

    private int lostByTheBroker() {
        return byTheBroker(audit.lost(), audit.lostExamples());
    }

    private int doubledByTheBroker() {
        return guarantee == Guarantee.EXACTLY_ONCE_V2 ? byTheBroker(audit.duplicates(), audit.duplicateExamples()) : 0;
    }

    /** Returns the count where all that the audit names are such as the broker loses or doubles; else 0. */
    private int byTheBroker(int count, List<String> examples) {
        return unmarked.containsAll(examples) ? Math.min(count, unmarked.size()) : 0;
    }

    /** Asserts what its guarantee promises; what the broker itself has lost or doubled is not the pipeline's. */
    void assertPromise(boolean allAreJudged) {
        audit.assertRight(allAreJudged);
        assertThat(audit.lost()).as(audit.toString()).isEqualTo(lostByTheBroker());
        if (guarantee == Guarantee.EXACTLY_ONCE_V2) {
            assertThat(audit.duplicates()).as(audit.toString()).isEqualTo(doubledByTheBroker());
            audit.assertInOrder(allAreJudged);
        }
    }

    private String longestRecovery() {
        return recoveries.stream()
                .map(OutcomeWatch.Recovery::all)
                .max(Double::compare)
                .map(seconds -> String.format(Locale.ROOT, "%.1f", seconds))
                .orElse("");
    }
}
