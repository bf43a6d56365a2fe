package io.resnetstreams.service;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.EventClassifier;

/** Where a backfill's labels come from: the configured model on its devices. Tests have others. */
public interface ClassifierSource {
    /** Returns the model's name and digest without loading it to a device; a mistake is one line and exit code 2. */
    ModelReference reference(Configuration configuration);

    /** Loads it. */
    Loaded load(Configuration configuration, PipelineCounts statistics);

    /** A classifier that is ready. */
    interface Loaded extends AutoCloseable {
        EventClassifier classifier();

        /** Returns where it computes, for people and for {@code --json}. */
        String device();

        @Override
        void close();
    }

    /** Returns the source of the product. */
    static ClassifierSource ofModels() {
        return new ClassifierSource() {
            @Override
            public ModelReference reference(Configuration configuration) {
                return ClassificationStack.reference(ClassificationStack.model(configuration.model()));
            }

            @Override
            public Loaded load(Configuration configuration, PipelineCounts statistics) {
                ModelDirectory model = ClassificationStack.model(configuration.model());
                ClassificationStack stack = ClassificationStack.open(configuration, model, statistics);
                return new Loaded() {
                    @Override
                    public EventClassifier classifier() {
                        return stack.service()::classify;
                    }

                    @Override
                    public String device() {
                        return stack.device();
                    }

                    @Override
                    public void close() {
                        stack.close();
                    }
                };
            }
        };
    }
}
