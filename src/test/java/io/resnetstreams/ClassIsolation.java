package io.resnetstreams;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.inference.batch.DeviceThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Makes the test classes of one JVM independent of their order. Each class starts with the log levels of {@code
 * log4j2.xml}, and fails if it leaves a Kafka client open, which would log connection failures while other classes
 * run, or a thread that calls the engine, which would crash when the JVM exits and unloads the engine's library. It is
 * registered for all classes in {@code META-INF/services}.
 *
 * <p>Threading: JUnit calls it on the thread that runs the tests.
 */
public final class ClassIsolation implements BeforeAllCallback, AfterAllCallback {
    /** The levels in {@code log4j2.xml}; a service that runs in this JVM raises them. */
    private static final Map<String, Level> LEVELS = Map.of(
            "io.resnetstreams",
            Level.WARN,
            "org.apache.kafka.clients.NetworkClient",
            Level.OFF,
            "org.apache.kafka.common.utils.KafkaThread",
            Level.OFF);

    private static final Namespace NAMESPACE = Namespace.create(ClassIsolation.class);
    private static final Set<Thread> KEPT = new HashSet<>();

    /** Sets the log levels of {@code log4j2.xml}. */
    public static void resetLogLevels() {
        LEVELS.forEach(Configurator::setLevel);
    }

    /**
     * Allows the currently open threads to stay open until the JVM exits, such as those of a broker that classes
     * share.
     */
    public static synchronized void keepOpenThreads() {
        KEPT.addAll(openThreads());
    }

    /**
     * Returns the threads of Kafka's clients, of {@code OutcomeFollower} and of {@code DeviceThreads}; a consumer
     * without a group has no thread.
     */
    private static Set<Thread> openThreads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> !thread.getName().startsWith("kafka-admin-client-thread")
                && !thread.getName().startsWith("kafka-producer-network-thread")
                && !thread.getName().startsWith("kafka-coordinator-heartbeat-thread")
                && !thread.getName().equals("outcomes"));
        threads.addAll(DeviceThreads.running());
        return threads;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        resetLogLevels();
        context.getStore(NAMESPACE).put("threads", openThreads());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Set<?> before = context.getStore(NAMESPACE).get("threads", Set.class);
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> leftBehind(before).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(context.getDisplayName() + " left open: " + leftBehind(before), e);
        }
    }

    private static synchronized List<String> leftBehind(Set<?> before) {
        Set<Thread> threads = openThreads();
        threads.removeAll(before);
        threads.removeAll(KEPT);
        return threads.stream().map(Thread::getName).sorted().toList();
    }
}
