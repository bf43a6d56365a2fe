package io.resnetstreams.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.registry.RegisteredSchema.Reference;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryTransport.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry with Confluent's REST API. Nothing is cached. Only the registry's own statement that it has no such schema
 * is an answer. All else (no connection, no response in time, refused credentials, a proxy's page) is an outage, which says
 * nothing about a schema: a lookup is repeated until it succeeds or its thread is interrupted. Thread-safe.
 */
public final class SchemaRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    private final RegistrySettings settings;
    private final List<String> addresses;
    private final LongSupplier nanoTime;
    private final Pause pause;
    /** Created by the first request, since it starts a thread. */
    private RegistryTransport transport;

    private volatile int preferred;
    private volatile Outage outage;

    /** A wait between two attempts. */
    @FunctionalInterface
    interface Pause {
        void sleep(long millis) throws InterruptedException;
    }

    private record Outage(String problem, long sinceNanos, long loggedNanos) {}

    /** Creates a client that has not connected yet; secrets of the settings must be resolved. */
    public SchemaRegistry(RegistrySettings settings) {
        this(settings, System::nanoTime, Thread::sleep);
    }

    SchemaRegistry(RegistrySettings settings, LongSupplier nanoTime, Pause pause) {
        this.settings = settings;
        this.addresses = settings.addresses();
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** Returns the schema with this id. Blocks until the registry answers. */
    public RegisteredSchema schema(int id) throws UnknownSchemaException, InterruptedException {
        return schema("/schemas/ids/" + id, "schema id " + id);
    }

    /** Returns the schema that another one refers to. Blocks until the registry answers. */
    public RegisteredSchema schema(Reference reference) throws UnknownSchemaException, InterruptedException {
        return schema(
                "/subjects/" + encoded(reference.subject()) + "/versions/" + reference.version(),
                "version " + reference.version() + " of the subject " + reference.subject() + ", which is imported as "
                        + reference.name());
    }

    private RegisteredSchema schema(String path, String what) throws UnknownSchemaException, InterruptedException {
        Backoff backoff = new Backoff();
        while (true) {
            Answer answer = attempt(path, null, found -> found.isUnknown() || found.isSchema());
            if (answer == null) {
                backoff.sleep();
            } else if (answer.isUnknown()) {
                throw new UnknownSchemaException("the schema registry has no " + what + " (" + answer.describe() + ")");
            } else {
                return answer.schema();
            }
        }
    }

    /**
     * Registers a schema, unless it is registered, and returns its id. Throws {@link UserErrorException} if the registry refuses
     * it, or does not answer within the time-out.
     */
    public int register(String subject, Type type, String schema) throws InterruptedException {
        String path = "/subjects/" + encoded(subject) + "/versions";
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("schemaType", type.name())
                .put("schema", schema)
                .toString();
        long start = nanoTime.getAsLong();
        Backoff backoff = new Backoff();
        while (true) {
            Answer answer = attempt(path, body, found -> found.isId() || isRefusal(found.status()));
            if (answer != null && answer.isId()) {
                return answer.id();
            }
            if (answer != null) {
                throw UserErrorException.usage(
                        "the schema registry refuses to register the schema of labels for the subject '" + subject
                                + "': " + answer.describe());
            }
            if (nanoTime.getAsLong() - start > TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis())) {
                throw UserErrorException.shortfall(
                        outage().orElse("the schema registry does not answer") + "; schemaRegistry.timeoutMillis is "
                                + settings.timeoutMillis(),
                        null);
            }
            backoff.sleep();
        }
    }

    /** The waits between attempts, each twice as long as the one before. */
    private final class Backoff {
        private long millis = SHORTEST_PAUSE_MILLIS;

        void sleep() throws InterruptedException {
            // Instances that lost the registry at the same time do not return at the same time.
            pause.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
            millis = Math.min(LONGEST_PAUSE_MILLIS, 2 * millis);
        }
    }

    /** Tries each address once. Returns the first response that is an answer; null for an outage, which is noted. */
    private Answer attempt(String path, String body, Predicate<Answer> isAnswer) throws InterruptedException {
        String problem = null;
        int first = preferred;
        for (int i = 0; i < addresses.size(); i++) {
            int which = (first + i) % addresses.size();
            String address = addresses.get(which);
            try {
                Answer answer = transport().send(address + path, body);
                if (isAnswer.test(answer)) {
                    preferred = which;
                    ended();
                    return answer;
                }
                problem = answer.describe();
            } catch (IOException e) {
                problem = e.getMessage();
            }
            problem = address + path + ": " + problem;
        }
        failed(problem);
        return null;
    }

    private static boolean isRefusal(int status) {
        return status >= 400 && status < 500 && status != REQUEST_TIMEOUT && status != TOO_MANY_REQUESTS;
    }

    private synchronized RegistryTransport transport() {
        if (transport == null) {
            transport = new RegistryTransport(settings);
        }
        return transport;
    }

    /** Returns why and for how long the registry has been unavailable, without a full stop; empty if it is not. */
    public Optional<String> outage() {
        Outage now = outage;
        return now == null ? Optional.empty() : Optional.of(describe(now));
    }

    private String describe(Outage now) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - now.sinceNanos);
        return "the schema registry is unavailable for " + seconds + " s: " + now.problem;
    }

    private synchronized void failed(String problem) {
        long now = nanoTime.getAsLong();
        Outage before = outage;
        boolean isLogged = before == null || now - before.loggedNanos >= LOG_INTERVAL_NANOS;
        outage = new Outage(problem, before == null ? now : before.sinceNanos, isLogged ? now : before.loggedNanos);
        if (isLogged) {
            LOG.warn("Waiting: {}", describe(outage));
        }
    }

    private synchronized void ended() {
        if (outage != null) {
            LOG.info("The schema registry answers again");
            outage = null;
        }
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, UTF_8).replace("+", "%20");
    }
}
