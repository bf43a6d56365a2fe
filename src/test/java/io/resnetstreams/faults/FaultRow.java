package io.resnetstreams.faults;

import io.resnetstreams.topology.Guarantee;
import java.util.List;
import java.util.Locale;

/**
 * How a run ended.
 *
 * @param kills processes ended by SIGKILL
 * @param otherDeaths processes that the fault itself ended
 */
record FaultRow(Guarantee guarantee, int kills, int otherDeaths, Audit audit, List<OutcomeWatch.Recovery> recoveries) {
    static final String HEADING =
            """
            | fault | guarantee | events | killed | died | lost | doubled | rate | out of order | ghosts | altered | mislabelled | seconds to recover |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """;

    String line(String fault) {
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %,d | %d | %d | %d | %d | %.3f %% | %d | %d | %d | %d | %s |%n",
                fault,
                guarantee.property(),
                audit.events(),
                kills,
                otherDeaths,
                audit.lost(),
                audit.duplicates(),
                100.0 * audit.duplicates() / audit.events(),
                audit.outOfOrder(),
                audit.ghosts(),
                audit.altered(),
                audit.mislabelled(),
                longestRecovery());
    }

    private String longestRecovery() {
        return recoveries.stream()
                .map(OutcomeWatch.Recovery::all)
                .max(Double::compare)
                .map(seconds -> String.format(Locale.ROOT, "%.1f", seconds))
                .orElse("");
    }
}
