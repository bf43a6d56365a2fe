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
 * @param unmarked events whose outcomes the broker may have dropped, by a defect of its own
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
            | fault | guarantee | events | killed | died | lost | of these by the broker | doubled | rate | out of order | ghosts | altered | mislabelled | seconds to recover |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """;

    String line(String fault) {
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %,d | %d | %d | %d | %d | %d | %.3f %% | %d | %d | %d | %d | %s |%n",
                fault,
                guarantee.property(),
                audit.events(),
                kills,
                otherDeaths,
                audit.lost(),
                lostByTheBroker(),
                audit.duplicates(),
                100.0 * audit.duplicates() / audit.events(),
                audit.outOfOrder(),
                audit.ghosts(),
                audit.altered(),
                audit.mislabelled(),
                longestRecovery());
    }

    /** Returns the number of lost events where all that the audit names are such as the broker loses; else 0. */
    private int lostByTheBroker() {
        return unmarked.containsAll(audit.lostExamples()) ? Math.min(audit.lost(), unmarked.size()) : 0;
    }

    /** Asserts what its guarantee promises; what the broker itself has lost is not the pipeline's. */
    void assertPromise() {
        audit.assertRight();
        assertThat(audit.lost()).as(audit.toString()).isEqualTo(lostByTheBroker());
        if (guarantee == Guarantee.EXACTLY_ONCE_V2) {
            audit.assertOnceInOrder();
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
