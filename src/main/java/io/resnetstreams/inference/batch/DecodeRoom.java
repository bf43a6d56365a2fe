package io.resnetstreams.inference.batch;

import java.util.function.IntSupplier;

/**
 * How many images may be between their decoding and their outcome. The number is asked for anew whenever an image comes or
 * goes, since it follows the devices: less after out of memory, less after one of them has failed.
 *
 * <p>Threading: any.
 */
public final class DecodeRoom {
    private final IntSupplier size;
    private int taken;

    /** @param size the number at present, in images; one is always allowed */
    public DecodeRoom(IntSupplier size) {
        this.size = size;
    }

    /** Takes a place, waiting for one where there is none. */
    public synchronized void take() throws InterruptedException {
        while (taken >= Math.max(1, size.getAsInt())) {
            wait();
        }
        taken++;
    }

    /** Gives a place back. */
    public synchronized void giveBack() {
        taken--;
        // All, since the number may have grown by more than one place.
        notifyAll();
    }
}
