package io.resnetstreams.service;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** What Java has no calls for, from the C library of Linux and macOS. */
interface CLibrary extends Library {
    CLibrary INSTANCE = Native.load("c", CLibrary.class);

    int SIGINT = 2;
    int SIGTERM = 15;
    /** {@code SIG_DFL}: the signal ends the process. */
    Pointer DEFAULT_ACTION = Pointer.NULL;

    /** Ends the process at once. {@code Runtime.halt} does not: it lets native libraries take themselves down. */
    void _exit(int status);

    /** Says what a signal does; returns what it did before. */
    Pointer signal(int number, Pointer action);
}
