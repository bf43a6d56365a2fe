package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.cli.InstanceProcess;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The result of {@code check --json} for a run's topics. */
record Audit(
        int events,
        int labels,
        int deadLetters,
        int lost,
        int duplicates,
        int outOfOrder,
        int both,
        int ghosts,
        int altered,
        int malformed,
        int judged,
        int mislabelled,
        int gaps,
        int deletedUnread,
        Map<String, List<String>> examples,
        int exitCode) {
    private static final Duration LONGEST = Duration.ofSeconds(300);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Runs {@code check}. */
    static Audit of(String bootstrap, String applicationId, Topics topics, Path expected)
            throws IOException, InterruptedException {
        InstanceProcess check = InstanceProcess.command(List.of(
                "check",
                "--json",
                "--bootstrap",
                bootstrap,
                "--input",
                topics.input(),
                "--output",
                topics.labels(),
                "--dead-letters",
                topics.deadLetters(),
                "--set",
                "applicationId=" + applicationId,
                "--expected",
                expected.toString()));
        int exitCode = check.awaitEnd(LONGEST);
        String json = check.log()
                .lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no JSON: " + check.log()));
        return JSON.readValue(json, Audit.class).withExitCode(exitCode);
    }

    private Audit withExitCode(int code) {
        return new Audit(
                events,
                labels,
                deadLetters,
                lost,
                duplicates,
                outOfOrder,
                both,
                ghosts,
                altered,
                malformed,
                judged,
                mislabelled,
                gaps,
                deletedUnread,
                examples,
                code);
    }

    /** Returns up to ten of the lost events. */
    List<String> lostExamples() {
        return examples.getOrDefault("LOST", List.of());
    }

    /** Returns up to ten of the events with more than one outcome. */
    List<String> duplicateExamples() {
        return examples.getOrDefault("DUPLICATE", List.of());
    }

    /**
     * Asserts that each outcome is correct.
     *
     * @param allAreJudged whether every outcome has its event's id; a dead letter without content has none
     */
    void assertRight(boolean allAreJudged) {
        assertThat(events).isPositive();
        assertThat(both + ghosts + altered + malformed + mislabelled)
                .as(toString())
                .isZero();
        assertThat(judged).as("outcomes judged").isGreaterThanOrEqualTo(allAreJudged ? events - lost : events / 2);
    }

    /** Asserts that outcomes are in order and, apart from duplicates, that each event has one. */
    void assertInOrder(boolean allAreJudged) {
        assertThat(outOfOrder).as(toString()).isZero();
        if (allAreJudged) {
            assertThat(judged).as("outcomes judged").isEqualTo(events - lost + duplicates);
        }
        assertThat(exitCode).as(toString()).isEqualTo(lost + duplicates == 0 ? 0 : 1);
    }
}
