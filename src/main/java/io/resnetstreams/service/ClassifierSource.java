package io.resnetstreams.service;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.EventClassifier;

/** The source of a classifier: the configured model on its devices, or a stub in tests. */
public interface ClassifierSource {
    /** Returns the name and the digest of the model without loading it to a device; an invalid model is a usage error. */
    ModelReference reference(Configuration configuration);

    /** Loads the model. */
    Loaded load(Configuration configuration, PipelineCounts statistics);

    /**
     * A loaded classifier.
     *
     * @param selection its engine and devices
     * @param closing releases it
     */
    record Loaded(EventClassifier classifier, EngineSelector.Selection selection, Runnable closing)
            implements AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    /** Returns the source that loads the configured model. */
    static ClassifierSource ofModels() {
        return new ClassifierSource() {
            @Override
            public ModelReference reference(Configuration configuration) {
                return ClassificationStack.reference(ServedModel.asDecided(configuration));
            }

            @Override
            public Loaded load(Configuration configuration, PipelineCounts statistics) {
                ClassificationStack.checkReferences(configuration);
                ModelDirectory model = ServedModel.asDecided(configuration);
                ClassificationStack stack =
                        ClassificationStack.open(configuration, model, statistics, FetchMetrics.NONE);
                return new Loaded(stack.classifier(), stack.selection(), stack::close);
            }
        };
    }
}
