package io.resnetstreams.cli;

import io.resnetstreams.backfill.BackfillPlan;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics that a run writes to. */
final class BackfillTopics {
    private BackfillTopics() {}

    /** Creates those that are missing, with as many partitions as the plan counted for them. */
    static void create(Configuration configuration, KafkaClients clients, BackfillPlan plan)
            throws InterruptedException {
        short replicationFactor = (short) configuration.topics().replicationFactor();
        TopicsCommand.create(
                clients,
                List.of(
                        new NewTopic(
                                        plan.parameters().output(),
                                        plan.labelsFrom().size(),
                                        replicationFactor)
                                .configs(clients.topicSettings(false)),
                        new NewTopic(
                                        plan.parameters().deadLetters(),
                                        plan.deadLettersFrom().size(),
                                        replicationFactor)
                                .configs(clients.topicSettings(true))));
    }
}
