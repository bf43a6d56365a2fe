package io.resnetstreams.service;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** How much is logged, to standard error. Commands are silent but for errors; a service tells what it does. */
public final class Logging {
    private Logging() {}

    /** Must run before anything logs. */
    public static void prepare(List<String> arguments) {
        if (arguments.contains("--debug")) {
            System.setProperty("resnet-streams.log.root", "INFO");
            System.setProperty("resnet-streams.log.own", "DEBUG");
            System.setProperty("resnet-streams.log.network", "WARN");
            System.setProperty("resnet-streams.log.threads", "ERROR");
            System.setProperty("resnet-streams.log.exception", "full");
        }
    }

    /** Tells what a service does. */
    public static void asService() {
        Configurator.setLevel("io.resnetstreams", Level.INFO);
    }

    /** Tells when the broker is away, too: for when it has been reached, since until then the command itself says so. */
    public static void ofConnections() {
        Configurator.setLevel("org.apache.kafka.clients.NetworkClient", Level.WARN);
        Configurator.setLevel("org.apache.kafka.common.utils.KafkaThread", Level.ERROR);
    }
}
