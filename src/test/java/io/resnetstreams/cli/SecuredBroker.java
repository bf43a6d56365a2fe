package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.kafka.KafkaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The embedded broker with TLS from its own CA, logins and ACLs. Its certificate is only for {@code localhost}. The
 * administrator and the test use an additional plain listener.
 */
final class SecuredBroker implements AutoCloseable {
    /** A user whose password is sent as plain text within TLS. */
    static final String PLAIN_USER = "pipeline";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Path folder;
    private final HeldCertificate authority;
    private final String secret = "geheim-" + UUID.randomUUID();
    private final int loginPort;
    private final int certificatePort;
    private final EmbeddedBroker broker;
    private final Admin admin;

    /** An ACL entry: an operation that is allowed on a resource. */
    record Grant(ResourceType type, PatternType pattern, String name, AclOperation operation) {
        static Grant topic(String name, AclOperation operation) {
            return new Grant(ResourceType.TOPIC, PatternType.LITERAL, name, operation);
        }

        private AclBinding binding(String principal) {
            return new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
        }
    }

    SecuredBroker(Path folder) throws IOException {
        this.folder = folder;
        silence();
        authority = new HeldCertificate.Builder()
                .commonName("test CA")
                .certificateAuthority(0)
                .build();
        int[] ports = freePorts(4);
        loginPort = ports[2];
        certificatePort = ports[3];
        Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
        Files.writeString(folder.resolve("secrets.properties"), "password=" + secret + "\n");
        broker = EmbeddedBroker.start(folder.resolve("log"), ports[0], 17 << 20, properties(ports));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static int[] freePorts(int count) throws IOException {
        int[] ports = new int[count];
        ServerSocket[] sockets = new ServerSocket[count];
        for (int i = 0; i < count; i++) {
            sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            ports[i] = sockets[i].getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private Map<String, String> properties(int[] ports) {
        HeldCertificate own = new HeldCertificate.Builder()
                .commonName("broker")
                .addSubjectAlternativeName("localhost")
                .signedBy(authority)
                .build();
        String secured = ",LOGIN://localhost:" + loginPort + ",CERTIFICATE://localhost:" + certificatePort;
        Map<String, String> properties = new HashMap<>();
        properties.put(
                "listeners", "PLAINTEXT://127.0.0.1:" + ports[0] + ",CONTROLLER://127.0.0.1:" + ports[1] + secured);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports[0] + secured);
        properties.put(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATE:SSL");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + ports[1]);
        properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
        properties.put("listener.name.login.scram-sha-512.sasl.jaas.config", Login.SCRAM.jaas(""));
        properties.put(
                "listener.name.login.plain.sasl.jaas.config",
                Login.PLAIN.jaas("user_" + PLAIN_USER + "=\"" + secret + "\""));
        properties.put("ssl.keystore.type", "PEM");
        properties.put("ssl.keystore.key", own.privateKeyPkcs8Pem());
        properties.put("ssl.keystore.certificate.chain", own.certificatePem());
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.certificates", authority.certificatePem());
        properties.put("listener.name.certificate.ssl.client.auth", "required");
        properties.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        properties.put("super.users", "User:ANONYMOUS");
        return properties;
    }

    /** Turns off the log of Kafka's server, which would go to the standard error that tests read. */
    private static void silence() {
        Stream.of("kafka", "controller", "image", "metadata", "raft", "server", "storage")
                .map(name -> name.equals("kafka") ? name : "org.apache.kafka." + name)
                .forEach(name -> Configurator.setLevel(name, Level.OFF));
    }

    /** Returns the password of all users, which must not be printed anywhere. */
    String secret() {
        return secret;
    }

    /** Returns the address of the plain listener. */
    String plainAddress() {
        return broker.bootstrapServers();
    }

    /** Returns the port of a login's listener. */
    int port(Login login) {
        return login == Login.CERTIFICATE ? certificatePort : loginPort;
    }

    /** Creates a SCRAM user, or a certificate for a user, and returns a configuration that logs in. */
    Path user(Login login, String user) throws Exception {
        if (login == Login.SCRAM) {
            ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, secret)))
                    .all()
                    .get();
        }
        Path configuration = configuration(user, properties(login, user));
        // The broker applies the controller's change a moment later.
        await().atMost(LONGEST_WAIT).until(() -> canLogIn(configuration));
        return configuration;
    }

    private static boolean canLogIn(Path configuration) throws InterruptedException {
        Configuration loaded = new ConfigurationLoader().file(configuration).load();
        try (Admin user = new KafkaClients(loaded.connection()).admin()) {
            user.describeCluster().nodes().get();
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Returns the Kafka properties with which a user logs in. */
    Map<String, String> properties(Login login, String user) throws IOException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("security.protocol", login.protocol);
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.location", folder.resolve("ca.pem").toString());
        if (login == Login.CERTIFICATE) {
            HeldCertificate own = new HeldCertificate.Builder()
                    .commonName(user)
                    .signedBy(authority)
                    .build();
            Path keyStore = folder.resolve(user + ".pem");
            Files.writeString(keyStore, own.privateKeyPkcs8Pem() + own.certificatePem());
            properties.put("ssl.keystore.type", "PEM");
            properties.put("ssl.keystore.location", keyStore.toString());
        } else {
            String password = "${file:" + folder.resolve("secrets.properties") + ":password}";
            properties.put("sasl.mechanism", login.mechanism);
            properties.put("sasl.jaas.config", login.jaas("username=\"" + user + "\" password=\"" + password + "\""));
        }
        return properties;
    }

    /** Writes a configuration with these Kafka properties and the address of the matching listener. */
    Path configuration(String name, Map<String, String> properties) throws IOException {
        int port = properties.containsKey("sasl.mechanism") ? loginPort : certificatePort;
        StringBuilder yaml = new StringBuilder("bootstrapServers: localhost:" + port + "\nkafka:\n");
        properties.forEach((key, value) ->
                yaml.append("  ").append(key).append(": '").append(value).append("'\n"));
        return Files.writeString(folder.resolve(name + ".yaml"), yaml);
    }

    /** Replaces a principal's ACL entries. Entries that are in both sets stay in effect throughout. */
    void grant(String principal, Collection<Grant> grants) throws Exception {
        AclBindingFilter all = new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(principal, null, AclOperation.ANY, AclPermissionType.ANY));
        List<AclBinding> wanted =
                grants.stream().map(grant -> grant.binding(principal)).toList();
        List<AclBindingFilter> withdrawn = admin.describeAcls(all).values().get().stream()
                .filter(binding -> !wanted.contains(binding))
                .map(AclBinding::toFilter)
                .toList();
        admin.createAcls(wanted).all().get();
        admin.deleteAcls(withdrawn).all().get();
        await().atMost(LONGEST_WAIT)
                .until(() -> admin.describeAcls(all).values().get().size() == grants.size());
    }

    /** Deletes the topics that exist. */
    void deleteTopics(String... names) throws Exception {
        Set<String> existing = new HashSet<>(admin.listTopics().names().get());
        existing.retainAll(Set.of(names));
        admin.deleteTopics(existing).all().get();
        await().atMost(LONGEST_WAIT)
                .until(() -> Collections.disjoint(admin.listTopics().names().get(), existing));
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
