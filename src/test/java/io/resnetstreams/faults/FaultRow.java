package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.Guarantee;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The result of a run.
 *
 * @param kills processes killed by SIGKILL
 * @param otherExits processes that the fault itself terminated
 * @param unmarked events whose outcomes the broker may have lost or duplicated because of a bug of its own
 */
record FaultRow(
        Guarantee guarantee,
        int kills,
        int otherExits,
        Audit audit,
        Set<String> unmarked,
        List<OutcomeWatch.Recovery> recoveries) {
    static final String HEADING =
            """
            | fault | guarantee | events | killed | exited | lost | duplicates | rate | of these, by the broker | out of order | ghosts | altered | mislabelled | seconds to recover |
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
                otherExits,
                audit.lost(),
                audit.duplicates(),
                100.0 * audit.duplicates() / audit.events(),
                lostByTheBroker() + duplicatedByTheBroker(),
                audit.outOfOrder(),
                audit.ghosts(),
                audit.altered(),
                audit.mislabelled(),
                longestRecovery());
    }

    private int lostByTheBroker() {
        return byTheBroker(audit.lost(), audit.lostExamples());
    }

    private int duplicatedByTheBroker() {
        return guarantee == Guarantee.EXACTLY_ONCE_V2 ? byTheBroker(audit.duplicates(), audit.duplicateExamples()) : 0;
    }

    /** Returns the count if the broker may have caused all of the audit's examples; otherwise 0. */
    private int byTheBroker(int count, List<String> examples) {
        return unmarked.containsAll(examples) ? Math.min(count, unmarked.size()) : 0;
    }

    /** Asserts what the guarantee promises. Outcomes that the broker itself lost or duplicated are not counted. */
    void assertPromise(boolean allAreJudged) {
        audit.assertRight(allAreJudged);
        assertThat(audit.lost()).as(audit.toString()).isEqualTo(lostByTheBroker());
        if (guarantee == Guarantee.EXACTLY_ONCE_V2) {
            assertThat(audit.duplicates()).as(audit.toString()).isEqualTo(duplicatedByTheBroker());
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
