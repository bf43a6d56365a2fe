package io.resnetstreams.cli;

/** The ways by which the tests' users log in at a {@link SecuredBroker}, over TLS each. */
enum Login {
    SCRAM("SASL_SSL", "SCRAM-SHA-512", "scram.ScramLoginModule"),
    PLAIN("SASL_SSL", "PLAIN", "plain.PlainLoginModule"),
    /** By a certificate of the client: mutual TLS. */
    CERTIFICATE("SSL", null, null);

    final String protocol;
    final String mechanism;
    private final String module;

    Login(String protocol, String mechanism, String module) {
        this.protocol = protocol;
        this.mechanism = mechanism;
        this.module = module;
    }

    /** Returns the value of {@code sasl.jaas.config}. */
    String jaas(String options) {
        return "org.apache.kafka.common.security." + module + " required " + options + ";";
    }

    /** Returns the name by which ACLs know a user. */
    String principal(String user) {
        return this == CERTIFICATE ? "User:CN=" + user : "User:" + user;
    }
}
