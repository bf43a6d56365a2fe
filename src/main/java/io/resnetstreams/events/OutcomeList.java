package io.resnetstreams.events;

import java.util.List;

/** The outcomes of an event with several images, in their order. Each is written as a record of its own. */
public record OutcomeList(List<SingleOutcome> each) implements Outcome {
    public OutcomeList {
        each = List.copyOf(each);
    }

    @Override
    public int sourcePartition() {
        return each.get(0).sourcePartition();
    }
}
