package io.resnetstreams.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.registry.RegisteredSchema.Reference;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryServer.Failure;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRegistryTest {
    private static final String SCHEMA = "{\"type\": \"string\"}";

    private final RegistryServer server = new RegistryServer();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Long> pauses = new ArrayList<>();

    SchemaRegistryTest() throws IOException {}

    @AfterEach
    void close() {
        server.close();
    }

    private SchemaRegistry client(RegistrySettings settings) {
        return new SchemaRegistry(settings, nanos::get, millis -> {
            pauses.add(millis);
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        });
    }

    private SchemaRegistry client() {
        return client(server.settings(10_000));
    }

    @Test
    void schemasAreFoundByIdAndBySubject() throws Exception {
        server.add("common", Type.PROTOBUF, "message A {}");
        int id = server.add("photos value", Type.PROTOBUF, "message B {}", "a.proto=common");
        RegisteredSchema schema = client().schema(id);
        assertThat(schema)
                .isEqualTo(new RegisteredSchema(
                        Type.PROTOBUF, "message B {}", List.of(new Reference("a.proto", "common", 1))));
        assertThat(client().schema(new Reference("b", "photos value", 1)).text())
                .isEqualTo("message B {}");
        assertThat(client().schema(server.add("s", Type.AVRO, SCHEMA)).type()).isEqualTo(Type.AVRO);
        assertThat(server.requests()).contains("GET /subjects/photos%20value/versions/1 null");
    }

    @Test
    void onlyTheRegistrysOwnStatementIsAnUnknownSchema() {
        assertThatExceptionOfType(UnknownSchemaException.class)
                .isThrownBy(() -> client().schema(7))
                .withMessage("the schema registry has no schema id 7 (status 404, 'Schema 7 not found')");
        assertThatExceptionOfType(UnknownSchemaException.class)
                .isThrownBy(() -> client().schema(new Reference("a.proto", "gone", 3)))
                .withMessageContainingAll("version 3 of the subject gone, which is imported as a.proto");
        assertThat(pauses).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    500|{"message": "leader is unknown"}|status 500, 'leader is unknown'
                    503||status 503
                    429||status 429
                    401|{"error_code": 401, "message": "Unauthorized"}|status 401, 'Unauthorized'
                    404|<html>nginx</html>|status 404
                    302||status 302
                    200|<html>log in</html>|/schemas/ids/1: status 200, but no content of a schema registry
                    200|[]|status 200, but no content
                    """)
    void anythingElseIsAnOutageThatIsRetried(int status, String body, String problem) throws Exception {
        int id = server.add("s", Type.AVRO, SCHEMA);
        Failure failure = new Failure(status, body == null ? "" : body);
        server.fail(failure, failure, failure);
        List<String> outages = new ArrayList<>();
        SchemaRegistry[] client = new SchemaRegistry[1];
        client[0] = new SchemaRegistry(server.settings(10_000), nanos::get, millis -> {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            outages.add(client[0].outage().orElse("none"));
        });
        assertThat(client[0].outage()).isEmpty();
        assertThat(client[0].schema(id).text()).isEqualTo(SCHEMA);
        assertThat(outages).hasSize(3);
        assertThat(outages.get(2))
                .startsWith("the schema registry is unavailable for 6 s: " + server.url())
                .contains(problem);
        assertThat(client[0].outage()).isEmpty();
    }

    @Test
    void theWaitBetweenAttemptsDoublesUpToTenSeconds() throws Exception {
        int id = server.add("s", Type.AVRO, SCHEMA);
        Failure failure = new Failure(500, "");
        for (int i = 0; i < 12; i++) {
            server.fail(failure);
        }
        client().schema(id);
        assertThat(pauses).hasSize(12);
        long longest = 100;
        for (long pause : pauses) {
            assertThat(pause).isBetween(longest / 2, longest);
            longest = Math.min(10_000, 2 * longest);
        }
    }

    @Test
    void aRegistryThatDoesNotRespondOrSendsTooMuchIsAnOutage() throws Exception {
        int id = server.add("s", Type.AVRO, SCHEMA);
        server.fail(new Failure(0, ""), new Failure(200, " ".repeat(9 << 20)));
        List<String> outages = new ArrayList<>();
        SchemaRegistry[] client = new SchemaRegistry[1];
        client[0] = new SchemaRegistry(
                server.settings(300),
                nanos::get,
                millis -> outages.add(client[0].outage().orElse("none")));
        client[0].schema(id);
        assertThat(outages.get(0)).endsWith("no response within 300 ms");
        assertThat(outages.get(1)).endsWith("the response has more than 8388608 bytes");
    }

    @Test
    void otherAddressesAreTriedWhenOneIsDown() throws Exception {
        int id = server.add("s", Type.AVRO, SCHEMA);
        String dead;
        try (ServerSocket socket = new ServerSocket(0)) {
            dead = "http://127.0.0.1:" + socket.getLocalPort();
        }
        SchemaRegistry client = client(new RegistrySettings(dead + ", " + server.url() + "/", "", "", "", 10_000));
        assertThat(client.schema(id).text()).isEqualTo(SCHEMA);
        assertThat(pauses).isEmpty();
        SchemaRegistry[] alone = new SchemaRegistry[1];
        alone[0] = new SchemaRegistry(new RegistrySettings(dead, "", "", "", 10_000), nanos::get, millis -> {
            throw new InterruptedException(alone[0].outage().orElseThrow());
        });
        assertThatThrownBy(() -> alone[0].schema(id)).hasMessageEndingWith(dead + "/schemas/ids/1: connection refused");
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        server.fail(new Failure(0, ""));
        SchemaRegistry client = client(server.settings(600_000));
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                client.schema(1);
            } catch (UnknownSchemaException | InterruptedException e) {
                end.complete(e);
            }
        });
        thread.start();
        thread.interrupt();
        assertThat(end.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void credentialsAreSent() throws Exception {
        int id = server.add("s", Type.AVRO, SCHEMA);
        client(new RegistrySettings(server.url(), "ada", "x:y", "", 10_000)).schema(id);
        client(new RegistrySettings(server.url(), "", "", "t0ken", 10_000)).schema(id);
        assertThat(server.requests())
                .containsExactly("GET /schemas/ids/1 Basic YWRhOng6eQ==", "GET /schemas/ids/1 Bearer t0ken");
    }

    @Test
    void aSchemaIsRegisteredOnceTheRegistryAnswers() throws Exception {
        server.fail(new Failure(503, ""), new Failure(429, ""));
        assertThat(client().register("labels-value", Type.JSON, "{}")).isEqualTo(1);
        assertThat(client().register("labels-value", Type.JSON, "{}")).isEqualTo(1);
        assertThat(server.latest("labels-value")).isEqualTo("{}");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void aRegistryThatStaysAwayAtTheStartIsAnError() {
        for (int i = 0; i < 100; i++) {
            server.fail(new Failure(503, ""));
        }
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> client().register("labels-value", Type.AVRO, SCHEMA))
                .withMessageMatching("the schema registry is unavailable for 1\\d s: .*status 503; schemaRegistry"
                        + ".timeoutMillis is 10000")
                .satisfies(error -> assertThat(error.exitCode()).isEqualTo(1));
    }

    @ParameterizedTest
    @CsvSource({"409,incompatible", "401,Unauthorized", "422,Invalid schema"})
    void aRefusedSchemaIsAUsageError(int status, String message) {
        server.fail(new Failure(status, "{\"message\": \"" + message + "\"}"));
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> client().register("labels-value", Type.AVRO, SCHEMA))
                .withMessageContainingAll("'labels-value': status " + status + ", '" + message + "'")
                .satisfies(error -> assertThat(error.exitCode()).isEqualTo(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    localhost:8081||||url is 'localhost:8081'; http://HOST:PORT or https://HOST:PORT is needed
                    http://a,||||url is 'http://a,'; http://HOST:PORT
                    http://a?x=1||||url is 'http://a?x=1'
                    http://a_b:80||||url is 'http://a_b:80'
                    http://a|ada|||password is missing
                    http://a||x||user is missing
                    http://a|ada|x|t|bearerToken is set, and so is user
                    http://a|||to ken|bearerToken has blanks
                    """)
    void settingsAreChecked(String url, String user, String password, String token, String message) {
        assertThatThrownBy(() -> new RegistrySettings(
                        url,
                        user == null ? "" : user,
                        password == null ? "" : password,
                        token == null ? "" : token,
                        1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("to ken");
        assertThatThrownBy(() -> new RegistrySettings("http://ada:s3cret@a", "", "", "", 1_000))
                .hasMessageContaining("schemaRegistry.password")
                .message()
                .doesNotContain("s3cret");
    }
}
