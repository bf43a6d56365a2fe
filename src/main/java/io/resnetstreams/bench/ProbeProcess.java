package io.resnetstreams.bench;

import io.resnetstreams.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Controls a {@link MemoryProbe} in a child process. */
public final class ProbeProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final ChildProcess process;

    private ProbeProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts a probe and waits until it is running. */
    public static ProbeProcess start(PipelineSettings settings, Path model) throws IOException, InterruptedException {
        ProbeProcess probe = new ProbeProcess(ChildProcess.start(ChildProcess.java(
                MemoryProbe.class,
                MemoryProbe.arguments(
                        settings.bootstrapServers(), settings.applicationId(), settings.topics(), model))));
        try {
            probe.answer("RUNNING", START_TIMEOUT);
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
        ProbeState state = answer("the answer to '" + command + "'", ANSWER_TIMEOUT);
        if (state.deadLetters() > 0) {
            throw process.failed("wrote dead letters for valid images: " + state.deadLetters());
        }
        return state;
    }

    /** Returns the current state. */
    public ProbeState state() throws InterruptedException {
        return ask(MemoryProbe.STATE);
    }

    /** Stalls the device permanently. */
    public void stall() throws InterruptedException {
        ask(MemoryProbe.STALL);
    }

    /** Returns the current resident memory of the process. */
    public long residentBytes() throws InterruptedException {
        try {
            return ResidentMemory.bytes(process.pid());
        } catch (IOException e) {
            throw process.failed("has no readable resident memory: " + e.getMessage());
        }
    }

    /** Returns an exception as {@link ChildProcess#failed} does. */
    public IllegalStateException failed(String what) throws InterruptedException {
        return process.failed(what);
    }

    /** Ends the process normally. */
    public void end() throws InterruptedException {
        process.send(MemoryProbe.END);
        process.requireExit("after '" + MemoryProbe.END + "'");
    }

    @Override
    public void close() {
        process.close();
    }
}
