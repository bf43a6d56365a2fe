package io.resnetstreams.cli;

import io.resnetstreams.cli.backfill.BackfillCommand;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.ImageEvent;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.service.ClassifierSource;
import io.resnetstreams.service.Logging;
import io.resnetstreams.service.Termination;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine;

/**
 * Labels events by their first byte, on threads of its own and without a network. {@code main} runs backfills with it.
 */
public final class StubSource implements ClassifierSource {
    private final ModelReference model;

    StubSource(String name) {
        this.model = new ModelReference(name, name.repeat(8));
    }

    public static void main(String[] arguments) {
        Logging.prepare(List.of(arguments));
        Termination.handleSignals();
        CommandLine command = Main.commandLine(new BackfillCommand(new StubSource("stub")));
        System.exit(command.execute(arguments));
    }

    @Override
    public ModelReference reference(Configuration configuration) {
        return model;
    }

    @Override
    public Loaded load(Configuration configuration, PipelineCounts statistics) {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        EventReader reader = DefaultLimits.eventReader();
        return new Loaded(
                event -> CompletableFuture.supplyAsync(() -> outcome(reader, event), pool),
                new EngineSelector.Selection(EngineName.MXNET, null, "stub", List.of()),
                pool::shutdownNow);
    }

    private Outcome outcome(EventReader reader, RawEvent event) {
        try {
            ImageEvent image = reader.read(event).get(0);
            int index = image.image()[0] & 0xff;
            return LabelEncoder.JSON.encode(
                    event,
                    new LabelEvent(image.id(), List.of(new Label("byte-" + index, index, 1)), model, event.source()));
        } catch (RejectedEventException e) {
            return DeadLetter.of(event, e);
        }
    }
}
