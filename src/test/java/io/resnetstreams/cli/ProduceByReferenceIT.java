package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.fetch.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code produce --by-reference} uploads images, and the pipeline fetches them. */
class ProduceByReferenceIT {
    private static final Map<String, String> CREDENTIALS =
            Map.of("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);

    @TempDir
    private Path folder;

    @Test
    void imagesInS3AndInAFolderAreLabelled() throws Exception {
        Path images = TestCluster.events(folder, 5);
        Path root = Files.createDirectory(folder.resolve("root 1"));
        try (S3Server store = S3Server.start(folder.resolve("s3"));
                TestCluster cluster = TestCluster.start()) {
            store.put("shop", "first", new byte[] {1});
            List<String> settings = List.of(
                    "references.s3.buckets=shop",
                    "references.s3.endpoint=" + store.endpoint(),
                    "references.s3.region=us-east-1",
                    "references.s3.pathStyle=true",
                    "references.file.roots=" + root);
            cluster.track(InstanceProcess.run(CREDENTIALS, cluster.bootstrap(), settings.toArray(String[]::new)));
            OutcomeFollower follower = cluster.follow(Map.of());
            String toFolder = "file://" + root.toString().replace(" ", "%20");
            for (String target : List.of("s3://shop/in%20put", toFolder)) {
                List<String> words = new ArrayList<>(List.of(
                        "produce", images.toString(), "--by-reference", target, "--bootstrap", cluster.bootstrap()));
                settings.forEach(setting -> words.addAll(List.of("--set", setting)));
                assertThat(InstanceProcess.command(CREDENTIALS, words).awaitEnd(Duration.ofSeconds(60)))
                        .isZero();
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> follower.snapshot().outcomes() == 12);
            assertThat(follower.snapshot().labels()).isEqualTo(10);
            assertThat(follower.snapshot().deadLetters()).isEqualTo(2);
            assertThat(cluster.check()).isZero();
            Path uploaded =
                    Path.of(root.toString(), images.resolve("broken.png").toString());
            assertThat(Files.readString(uploaded, UTF_8)).isEqualTo("this is no image");
        }
    }
}
