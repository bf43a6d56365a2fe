package io.resnetstreams.faults;

/** A fault, and the instances that it is inflicted on. */
enum Fault {
    KILL_ONE("`kill -9` of one of two instances", null, ProcessFaults::killOne),
    KILL_ALL("`kill -9` of all instances at once", Behaviour.SOUND, ProcessFaults::killAll),
    SUSPEND("SIGSTOP for longer than the session, then SIGCONT", Behaviour.SOUND, ProcessFaults::suspend),
    POISON_EVENTS("15 % hostile events", Behaviour.SOUND, ProcessFaults::misbehave),
    KILL_BROKER("`kill -9` of the broker and restart", Behaviour.SOUND, BrokerFaults::kill),
    SLOW_CONNECTION("slow connection", Behaviour.SOUND, BrokerFaults::slowConnection),
    CUT_CONNECTION("cut and silent connection of one instance", Behaviour.SOUND, BrokerFaults::cutConnection),
    UNSENT_OUTCOMES("outcomes that can't be sent in time", null, BrokerFaults::unsentOutcomes),
    CLOCK_STEPS("wall clock set back by an hour, and ahead again", null, ProcessFaults::stepClock),
    FULL_DISK("full disk under the broker", Behaviour.SOUND, BrokerFaults::fullDisk),
    ROLLING_RESTART("rolling restart by SIGTERM", null, ProcessFaults::rollingRestart),
    CHANGING_ASSIGNMENT("instances come and go", Behaviour.SOUND, ProcessFaults::changeAssignment),
    HALTS(
            "`Runtime.halt` in the classifier",
            Behaviour.HALTS,
            run -> ProcessFaults.terminateInside(run, Behaviour.HALTS, FakeClassifier.HALTED)),
    HANGS(
            "classifier hangs beyond its time-out",
            Behaviour.HANGS,
            run -> ProcessFaults.terminateInside(run, Behaviour.HANGS, FakeInstance.FAILED)),
    THROWS("classifier throws", Behaviour.THROWS, ProcessFaults::misbehave),
    WRONG_COUNT("classifier returns a row too few", Behaviour.WRONG_COUNT, ProcessFaults::misbehave),
    NOT_FINITE("classifier returns NaN", Behaviour.NOT_FINITE, ProcessFaults::misbehave),
    OUT_OF_MEMORY("out of device memory", Behaviour.OUT_OF_MEMORY, ProcessFaults::misbehave);

    private final String title;
    private final Behaviour behaviour;
    private final Infliction infliction;

    /** Inflicts a fault on a new run, and starts its instances. */
    @FunctionalInterface
    interface Infliction {
        void on(FaultRun run) throws Exception;
    }

    /**
     * Creates a fault.
     *
     * @param behaviour the classifier's; null for the {@code run} command with the bundled model
     */
    Fault(String title, Behaviour behaviour, Infliction infliction) {
        this.title = title;
        this.behaviour = behaviour;
        this.infliction = infliction;
    }

    /** Returns whether it is a fault of the classifier that the process survives. */
    boolean endsNoProcess() {
        return compareTo(THROWS) >= 0;
    }

    String title() {
        return title;
    }

    /** Returns the options of the instances; null for the {@code run} command. */
    FakeInstance.Options options() {
        return behaviour == null ? null : FakeInstance.Options.of(behaviour);
    }

    void inflictOn(FaultRun run) throws Exception {
        infliction.on(run);
    }
}
