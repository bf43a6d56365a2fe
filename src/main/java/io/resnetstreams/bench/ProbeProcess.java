package io.resnetstreams.bench;

import io.resnetstreams.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link MemoryProbe} in a process of its own: its state, its memory, its end. */
public final class ProbeProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(120);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private final ChildProcess process;

    private ProbeProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts one and waits until it runs. */
    public static ProbeProcess start(PipelineSettings settings, Path model) throws IOException, InterruptedException {
        ProbeProcess probe = new ProbeProcess(ChildProcess.start(ChildProcess.java(
                MemoryProbe.class,
                MemoryProbe.arguments(
                        settings.bootstrapServers(), settings.applicationId(), settings.topics(), model))));
        try {
            probe.answer("RUNNING", LONGEST_START);
            return probe;
        } catch (InterruptedException | RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    private ProbeState answer(String what, Duration longest) throws InterruptedException {
        return ProbeState.parse(
                process.await(what, ProbeState::isState, longest).text());
    }

    private ProbeState ask(String command) throws InterruptedException {
        process.send(command);
        ProbeState state = answer("answer '" + command + "'", LONGEST_ANSWER);
        if (state.deadLetters() > 0) {
            throw process.failed("made " + state.deadLetters() + " dead letters of images that are whole");
        }
        return state;
    }

    public ProbeState state() throws InterruptedException {
        return ask(MemoryProbe.STATE);
    }

    /** Stalls the device, until the end. */
    public void stall() throws InterruptedException {
        ask(MemoryProbe.STALL);
    }

    /** Returns the resident memory of the process now. */
    public long residentBytes() throws InterruptedException {
        try {
            return ResidentMemory.bytes(process.pid());
        } catch (IOException e) {
            throw process.failed("doesn't tell its resident memory: " + e.getMessage());
        }
    }

    public IllegalStateException failed(String what) throws InterruptedException {
        return process.failed(what);
    }

    /** Lets it end by itself. */
    public void end() throws InterruptedException {
        process.send(MemoryProbe.END);
        process.requireEnd("after '" + MemoryProbe.END + "'");
    }

    @Override
    public void close() {
        process.close();
    }
}
