package io.resnetstreams.model.data;

import java.nio.file.Path;

/** An image file and its class. */
record LabelledFile(Path path, int classIndex) {}
