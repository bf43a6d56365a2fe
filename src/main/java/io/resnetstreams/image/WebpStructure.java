package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.resnetstreams.events.RejectedEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.leptonica.global.leptonica;

/** Reads the chunks of a WebP file ("WebP Container Specification"), and decodes its image or first frame with libwebp. */
final class WebpStructure {
    private static final int FIRST_CHUNK = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;

    private WebpStructure() {}

    static ImageHeader header(FileBytes file) throws RejectedEventException {
        if (file.has(FIRST_CHUNK, "VP8X")) {
            return new ImageHeader(ImageFormat.WEBP, file.u24le(24) + 1, file.u24le(27) + 1);
        }
        if (file.has(FIRST_CHUNK, "VP8L")) {
            int sizes = (int) file.u32le(21); // two 14-bit fields: width - 1 and height - 1
            return new ImageHeader(ImageFormat.WEBP, (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1);
        }
        if (file.has(FIRST_CHUNK, "VP8 ")) {
            return new ImageHeader(ImageFormat.WEBP, file.u16le(26) & 0x3FFF, file.u16le(28) & 0x3FFF);
        }
        file.require(FIRST_CHUNK, 4);
        throw FileBytes.corrupt("its first WebP chunk is not VP8, VP8L or VP8X");
    }

    /** Returns the offset of the content of the first chunk of this type, 0 if there is none. */
    static int find(FileBytes file, String type) throws RejectedEventException {
        long end = CHUNK_HEADER + file.u32le(4);
        long next;
        for (int at = FIRST_CHUNK; at + CHUNK_HEADER <= end; at = (int) next) {
            long length = file.u32le(at + 4);
            file.require(at + CHUNK_HEADER, length);
            if (file.has(at, type)) {
                return at + CHUNK_HEADER;
            }
            next = at + CHUNK_HEADER + length + (length & 1); // chunks are padded to even lengths
        }
        return 0;
    }

    static Pixels decode(FileBytes file, ImageHeader header) throws RejectedEventException {
        file.require(8, file.u32le(4));
        int frame = file.has(FIRST_CHUNK, "VP8X") ? find(file, "ANMF") : 0;
        Pixels pixels = Leptonica.read(frame == 0 ? file.data() : alone(file, frame), leptonica::pixReadMemWebP);
        return frame == 0 ? pixels : pixels.onCanvas(header, 2 * file.u24le(frame), 2 * file.u24le(frame + 3), 0);
    }

    /** Returns a file that contains only this frame of an animation. */
    private static byte[] alone(FileBytes file, int frame) throws RejectedEventException {
        file.require(frame, FRAME_HEADER);
        int bytes = (int) file.u32le(frame - 4) - FRAME_HEADER;
        ByteBuffer alone = ByteBuffer.allocate(FIRST_CHUNK + CHUNK_HEADER + 10 + Math.max(0, bytes))
                .order(ByteOrder.LITTLE_ENDIAN);
        alone.put("RIFF".getBytes(US_ASCII)).putInt(alone.capacity() - 8).put("WEBPVP8X".getBytes(US_ASCII));
        alone.putInt(10).putInt(0x10); // the transparency flag
        alone.put(file.data(), frame + 6, 6); // width and height
        return alone.put(file.data(), frame + FRAME_HEADER, Math.max(0, bytes)).array();
    }
}
