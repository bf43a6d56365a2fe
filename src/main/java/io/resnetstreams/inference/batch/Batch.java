package io.resnetstreams.inference.batch;

import java.util.List;

/** Images that go to the device together, oldest first. */
record Batch(List<PendingImage> images, BatchPolicy.ClosedBy closedBy) {}
