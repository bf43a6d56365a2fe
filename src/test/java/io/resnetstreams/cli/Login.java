package io.resnetstreams.cli;

/** The login methods of the tests' users at a {@link SecuredBroker}, all over TLS. */
enum Login {
    SCRAM("SASL_SSL", "SCRAM-SHA-512", "scram.ScramLoginModule"),
    PLAIN("SASL_SSL", "PLAIN", "plain.PlainLoginModule"),
    /** A client certificate (mutual TLS). */
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

    /** Returns the principal of a user in ACLs. */
    String principal(String user) {
        return this == CERTIFICATE ? "User:CN=" + user : "User:" + user;
    }
}
