package io.resnetstreams.service;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** The log levels. Logs go to standard error; commands log only errors, services also log their progress. */
public final class Logging {
    private Logging() {}

    /** Applies {@code --debug}; must be called before the first log line. */
    public static void prepare(List<String> arguments) {
        if (arguments.contains("--debug")) {
            System.setProperty("resnet-streams.log.root", "INFO");
            System.setProperty("resnet-streams.log.own", "DEBUG");
            System.setProperty("resnet-streams.log.network", "WARN");
            System.setProperty("resnet-streams.log.threads", "ERROR");
            System.setProperty("resnet-streams.log.exception", "full");
        }
    }

    /** Sets the log levels of a service. */
    public static void asService() {
        Configurator.setLevel("io.resnetstreams", Level.INFO);
    }

    /** Logs connection failures too. To be called once the broker was reached; until then the command reports them. */
    public static void ofConnections() {
        Configurator.setLevel("org.apache.kafka.clients.NetworkClient", Level.WARN);
        Configurator.setLevel("org.apache.kafka.common.utils.KafkaThread", Level.ERROR);
    }
}
