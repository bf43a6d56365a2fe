package io.resnetstreams.fetch;

/**
 * A fetched image file. Its bytes count against {@code references.maxBytes} until it is closed, so it must be closed when
 * they are no longer used, also if its event fails.
 *
 * <p>Threading: any thread may close it, any number of times.
 */
public final class FetchedImage implements ImageSource.Fetched {
    private final byte[] bytes;
    private final String sha256;
    private final ByteBudget.Reservation reservation;

    FetchedImage(byte[] bytes, String sha256, ByteBudget.Reservation reservation) {
        this.bytes = bytes;
        this.sha256 = sha256;
        this.reservation = reservation;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String sha256() {
        return sha256;
    }

    @Override
    public void close() {
        reservation.close();
    }
}
