package io.resnetstreams.precision;

/**
 * What a decision depends on. Where any of it differs, it is made again.
 *
 * @param source digest of the model in fp32
 * @param engine the setting of the engine
 * @param engines the engines' versions
 * @param device the setting of the device
 * @param machine the processor and the GPUs
 * @param samples the setting of the number of images
 * @param images the origin of the images; null where any will do
 * @param named whether the user named the images
 */
public record Circumstances(
        String source,
        String engine,
        String engines,
        String device,
        String machine,
        double minAgreement,
        int samples,
        String images,
        boolean named) {

    /** Returns whether a decision made under other circumstances is good for these. Named images are good for all that name none. */
    boolean accept(Circumstances other) {
        boolean sameImages =
                images == null || images.equals(other.images) && samples == other.samples || !named && other.named;
        return sameImages && equals(other.withImagesOf(this));
    }

    private Circumstances withImagesOf(Circumstances other) {
        return new Circumstances(
                source, engine, engines, device, machine, minAgreement, other.samples, other.images, other.named);
    }
}
