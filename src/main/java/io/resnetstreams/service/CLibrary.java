package io.resnetstreams.service;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Functions of the C library of Linux and macOS that Java does not offer. */
interface CLibrary extends Library {
    CLibrary INSTANCE = Native.load("c", CLibrary.class);

    int SIGINT = 2;
    int SIGTERM = 15;
    /** {@code SIG_DFL}: the signal terminates the process. */
    Pointer DEFAULT_ACTION = Pointer.NULL;

    /** Terminates the process at once. {@code Runtime.halt} runs the exit handlers of native libraries first. */
    void _exit(int status);

    /** Sets the action of a signal, and returns the previous one. */
    Pointer signal(int number, Pointer action);
}
