package io.resnetstreams.precision;

import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.train.Evaluation;
import java.util.List;

/** A model on one device. */
record LoadedModel(ModelDirectory files, DeviceModel onDevice) implements Workbench.Loaded {
    @Override
    public int[] classes(List<byte[]> images) throws InterruptedException {
        EvaluationSet set = EvaluationSet.of(new LabelledImages(
                files.description().inputWidth(), files.description().inputHeight(), images, new int[images.size()]));
        return Evaluation.run(
                        set, onDevice.classifiers(), onDevice.calibration().best(), 1)
                .predicted();
    }

    @Override
    public void close() {
        onDevice.classifiers().forEach(Classifier::close);
        onDevice.close();
    }
}
