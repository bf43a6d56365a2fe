package io.resnetstreams.precision;

import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;

/**
 * A precision that a device may run faster than fp32.
 *
 * @param obstacle why it is not tried; null if it is
 */
public record Candidate(Precision precision, EngineName engine, String obstacle) {}
