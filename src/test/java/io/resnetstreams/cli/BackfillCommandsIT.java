package io.resnetstreams.cli;

import static io.resnetstreams.cli.BackfillRig.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.BackfillRig.Ran;
import io.resnetstreams.service.ClassifierSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Backfills as a user sees them: mistakes, plans, waiting, and commands for runs. */
@ExtendWith(SharedBackfillRig.class)
class BackfillCommandsIT {
    private static BackfillRig rig;

    @BeforeAll
    static void start(BackfillRig shared) {
        rig = shared;
    }

    @Test
    void aBackfillWaitsWhileLiveIsBehind() throws Exception {
        rig.createTopic("busy", 1, Map.of());
        rig.send("busy", 0, 300);
        String live = rig.cluster().configuration().applicationId();
        rig.commit(live, "busy", 100);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=busy",
                        "--from=beginning",
                        "--to=now",
                        "--output=busy-new",
                        "--run=busy",
                        "--yield-to-live=300",
                        "--max-rate=50"));
        await().atMost(Duration.ofSeconds(120))
                .failFast("the backfill did not wait", () -> process.log().contains("checking the output"))
                .until(() -> process.log().contains("waiting for live: group " + live));
        // Waits until the events in flight are done.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.run("stub", "status", "busy", "--json")
                                .json()
                                .get("done")
                                .asInt()
                        == rig.records("busy-new").size());
        int waiting = rig.records("busy-new").size();
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> rig.records("busy-new").size() == waiting);
        assertThat(waiting).isLessThan(300);
        rig.commit(live, "busy", 300);
        assertThat(process.awaitEnd(Duration.ofSeconds(180))).as(process.log()).isZero();
        assertThat(process.log()).contains("continuing: group " + live);
        assertThat(rig.labelled("busy-new", 0)).isEqualTo(range(0, 300));
    }

    @Test
    void eachMistakeIsReportedInOneLineAndNothingIsWritten() throws Exception {
        rig.createTopic("source", 1, Map.of());
        rig.send("source", 0, 5);
        Set<String> before = rig.topics();
        String[][] mistakes = {
            {"topic 'nowhere' does not exist", "--input", "nowhere"},
            {"the topic of the input", "--output", "source"},
            {"the topic of the live labels", "--output", "image-labels"},
            {"--dead-letters is 'x/y'", "--dead-letters", "x/y"},
            {"both 'mistaken'", "--dead-letters", "mistaken"},
            {"--from is 9 and no partition reaches that offset; the longest ends at 5", "--from", "9"},
            {"--to is 0; no event lies before", "--to", "0"},
            {
                "--from is 1970-01-01T00:00:01.003Z and --to is 2; the range is empty in every partition",
                "--from",
                "1970-01-01T00:00:01.003Z",
                "--to",
                "2"
            },
            {"--from is 3 and --to is 3", "--from", "3", "--to", "3"},
            {"lies in the future", "--to", "2100-01-01T00:00:00Z"},
            {"--from is 'yesterday'", "--from", "yesterday"},
            {"'source' has 1 partitions", "--partitions", "0-2"},
            {"--run is 'a b'", "--run", "a b"},
            {"--where is 'camera'", "--where", "camera"},
            {"--sample is 2.0", "--sample", "2"},
            {"--max-rate is 0.0", "--max-rate", "0"},
            {"--yield-to-live is 0", "--yield-to-live=0"},
        };
        for (String[] mistake : mistakes) {
            Map<String, String> words = new LinkedHashMap<>(Map.of(
                    "--input", "source", "--from", "beginning", "--to", "now", "--output", "mistaken", "--run", "m"));
            for (int word = 1; word < mistake.length; word += 2) {
                words.put(mistake[word], word + 1 < mistake.length ? mistake[word + 1] : "");
            }
            Ran ran = rig.run(
                    "stub",
                    words.entrySet().stream()
                            .flatMap(word -> word.getValue().isEmpty()
                                    ? Stream.of(word.getKey())
                                    : Stream.of(word.getKey(), word.getValue()))
                            .toArray(String[]::new));
            assertThat(ran.exitCode()).as(mistake[0] + ": " + ran.err()).isEqualTo(2);
            assertThat(ran.err()).hasLineCount(1).contains(mistake[0]);
            assertThat(ran.out()).isEmpty();
        }
        Ran unknown = rig.run(
                ClassifierSource.ofModels(),
                "--input=source",
                "--from=beginning",
                "--to=now",
                "--output=mistaken",
                "--run=m",
                "--model=models/none-of-this-name");
        assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(2);
        assertThat(unknown.err()).hasLineCount(1).contains("models/none-of-this-name");
        assertThat(rig.topics()).isEqualTo(before);
    }

    @Test
    void aPlanIsShownAndNotStartedWithoutConsent() throws Exception {
        rig.createTopic("planned", 2, Map.of());
        rig.send("planned", 0, 100);
        Ran shown = rig.backfill("planned", "planned-new", "planned", "--plan");
        assertThat(shown.exitCode()).isEqualTo(2);
        assertThat(shown.err()).contains("no terminal to ask on; use --yes");
        assertThat(shown.json().get("state").asText()).isEqualTo("planned");
        assertThat(shown.json().get("events").asInt()).isEqualTo(100);
        assertThat(shown.json().get("bytes").asLong()).isPositive();
        assertThat(shown.json().get("imagesPerSecond").asDouble()).isPositive();
        assertThat(shown.json().get("partitions")).hasSize(2);
        assertThat(rig.topics()).doesNotContain("planned-new", "planned-new-dlq");
        Ran begun = rig.backfill("planned", "planned-new", "planned", "--plan", "--yes");
        assertThat(begun.exitCode()).as(begun.err()).isZero();
        assertThat(begun.out()).hasLineCount(2);
        assertThat(rig.labelled("planned-new", 0)).isEqualTo(range(0, 100));
    }

    @Test
    void runsAreComparedByTheirNames() throws Exception {
        rig.createTopic("twice", 2, Map.of());
        rig.send("twice", 0, 300);
        rig.send("twice", 1, 100);
        for (String run : List.of("first", "second")) {
            Ran ran = rig.backfill("twice", "twice-" + run, run);
            assertThat(ran.exitCode()).as(ran.err()).isZero();
        }
        Ran compared = rig.run("stub", "diff", "first", "second", "--json");
        assertThat(compared.exitCode()).as(compared.err()).isZero();
        assertThat(compared.json().get("compared").asInt()).isEqualTo(400);
        assertThat(compared.json().get("agreement").asDouble()).isEqualTo(1.0);
        assertThat(compared.json().at("/a/topics/deadLetters").asText()).isEqualTo("twice-first-dlq");
    }

    @Test
    void runsAreListedCancelledAndDeleted() throws Exception {
        rig.createTopic("kept", 1, Map.of());
        rig.send("kept", 0, 500);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=kept",
                        "--from=0",
                        "--to=now",
                        "--output=kept-new",
                        "--run=kept",
                        "--max-rate=20"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.topics().contains("kept-new")
                        && !rig.records("kept-new").isEmpty());
        Ran status = rig.run("stub", "status", "kept", "--json");
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.json().get("state").asText()).isEqualTo("running");
        assertThat(status.json().get("total").asInt()).isEqualTo(500);
        assertThat(status.json().get("done").asInt()).isBetween(1, 499);
        assertThat(status.json().get("members").asInt()).isEqualTo(1);
        assertThat(process.log())
                .containsPattern("backfill kept: [0-9]+ of 500, [0-9]+/s, .+, 0 of 1 partition, 0 dead letters");
        assertThat(rig.run("stub", "list").out()).contains("kept");
        Ran busy = rig.run("stub", "clean", "kept");
        assertThat(busy.exitCode()).isEqualTo(2);
        assertThat(busy.err()).hasLineCount(1).contains("is still being processed");
        Ran different = rig.run("other", "--input", "kept", "--run", "kept", "--from", "5");
        assertThat(different.exitCode()).isEqualTo(2);
        assertThat(different.err())
                .hasLineCount(1)
                .contains("run 'kept' exists with other parameters")
                .contains("--from is 5, not 0")
                .contains("--model is other");
        assertThat(rig.run("stub", "cancel", "kept").exitCode()).isZero();
        assertThat(process.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
        assertThat(process.log()).contains("run 'kept' was cancelled");
        Ran taken = rig.run("stub", "--input", "kept", "--run", "kept");
        assertThat(taken.exitCode()).isEqualTo(2);
        assertThat(taken.err()).hasLineCount(1).contains("was cancelled").contains("backfill clean kept");
        assertThat(rig.run("stub", "clean", "kept", "--delete-output").exitCode())
                .isZero();
        await().atMost(Duration.ofSeconds(30)).until(() -> !rig.topics().contains("kept-new"));
        assertThat(rig.topics()).contains(RunStore.topic("resnet-streams"));
        Ran unknown = rig.run("stub", "status", "kept");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).hasLineCount(1).contains("there is no run 'kept'");
        Ran anew = rig.backfill("kept", "kept-newer", "kept");
        assertThat(anew.exitCode()).as(anew.err()).isZero();
        assertThat(rig.labelled("kept-newer", 0)).isEqualTo(range(0, 500));
        Ran again = rig.run("stub", "--input", "kept", "--run", "kept", "--json");
        assertThat(again.exitCode()).isZero();
        assertThat(again.json().get("labels").asInt()).isEqualTo(500);
        assertThat(rig.records("kept-newer")).hasSize(500);
    }
}
