package io.resnetstreams.bench;

import io.resnetstreams.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link MemoryProbe} in a process of its own: its state, its memory, its end. */
final class ProbeProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(120);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private final ChildProcess process;

    private ProbeProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts one and waits until it runs. */
    static ProbeProcess start(PipelineSettings settings, Path model) throws IOException, InterruptedException {
        ProbeProcess probe = new ProbeProcess(ChildProcess.start(ChildProcess.java(
                MemoryProbe.class,
                MemoryProbe.arguments(
                        settings.bootstrapServers(), settings.applicationId(), settings.topics(), model))));
        try {
            probe.answer("RUNNING", LONGEST_START);
            return probe;
        } catch (IOException | InterruptedException | RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    private ProbeState answer(String what, Duration longest) throws IOException, InterruptedException {
        return ProbeState.parse(
                process.await(what, ProbeState::isState, longest).text());
    }

    private ProbeState ask(String command) throws IOException, InterruptedException {
        process.send(command);
        ProbeState state = answer("answer '" + command + "'", LONGEST_ANSWER);
        if (state.deadLetters() > 0) {
            throw process.failed("made " + state.deadLetters() + " dead letters of images that are whole");
        }
        return state;
    }

    ProbeState state() throws IOException, InterruptedException {
        return ask(MemoryProbe.STATE);
    }

    /** Stalls the device, until the end. */
    void stall() throws IOException, InterruptedException {
        ask(MemoryProbe.STALL);
    }

    long residentBytes() throws IOException {
        return ResidentMemory.bytes(process.pid());
    }

    IllegalStateException failed(String what) {
        return process.failed(what);
    }

    /** Lets it end by itself. */
    void end() throws IOException, InterruptedException {
        process.send(MemoryProbe.END);
        process.requireEnd("after '" + MemoryProbe.END + "'");
    }

    @Override
    public void close() {
        process.close();
    }
}
