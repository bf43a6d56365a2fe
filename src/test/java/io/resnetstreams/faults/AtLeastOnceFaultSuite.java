package io.resnetstreams.faults;

import io.resnetstreams.topology.Guarantee;

/** All faults with {@code at_least_once}. */
class AtLeastOnceFaultSuite extends FaultSuite {
    AtLeastOnceFaultSuite() {
        super(Guarantee.AT_LEAST_ONCE);
    }
}
