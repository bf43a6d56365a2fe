package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.bytedeco.leptonica.global.leptonica;

/**
 * Decodes the first frame of a GIF ("Graphics Interchange Format", version 89a) with giflib.
 *
 * <p>giflib reads all frames, and fails where a later one is damaged or the trailer is missing. So it is given a file of the
 * first frame alone. The frame lies on a canvas, as in Pillow's first frame: as large as the file's, and larger if the frame
 * is; around it is the transparent colour if there is one, else the first. Without a palette indices are grey.
 */
final class GifDecoder {
    private static final int HEADER_BYTES = 13;
    private static final int COLOURS = 256;
    private static final int CONTROL = 0xF9;

    private final FileBytes file;
    private final byte[] palette = new byte[3 * COLOURS + 1]; // and a byte, so that each colour can be read as a number
    private int at = HEADER_BYTES;
    private int background;
    private final int frame;

    /** Reads up to the first frame's data. */
    private GifDecoder(FileBytes file) throws RejectedEventException {
        this.file = file;
        for (int i = 0; i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
        readPalette(file.u8(10));
        int block;
        while ((block = file.u8(at++)) != ',') {
            if (block == ';') {
                throw FileBytes.corrupt("its trailer comes at byte " + at + ", before any image");
            } else if (block == '!') {
                if (file.u8(at) == CONTROL && (file.u8(at + 2) & 1) != 0) {
                    background = file.u8(at + 5);
                }
                at++;
                while (file.u8(at) > 0) {
                    at += 1 + file.u8(at);
                }
                at++;
            }
        }
        frame = at;
        at += 9;
        readPalette(file.u8(at - 1));
    }

    private void readPalette(int flags) throws RejectedEventException {
        if ((flags & 0x80) != 0) {
            int bytes = 3 * (2 << (flags & 7));
            file.require(at, bytes);
            System.arraycopy(file.data(), at, palette, 0, bytes);
            at += bytes;
        }
    }

    /** Returns the size of the canvas; rejects a file that ends before its first frame. */
    static ImageHeader header(FileBytes file) throws RejectedEventException {
        int frame = new GifDecoder(file).frame;
        return new ImageHeader(
                ImageFormat.GIF,
                Math.max(file.u16le(6), file.u16le(frame) + file.u16le(frame + 4)),
                Math.max(file.u16le(8), file.u16le(frame + 2) + file.u16le(frame + 6)));
    }

    static Pixels decode(FileBytes file, ImageHeader header) throws RejectedEventException {
        GifDecoder gif = new GifDecoder(file);
        byte[] firstFrame = gif.firstFrame();
        try {
            int colour = ByteBuffer.wrap(gif.palette).getInt(3 * gif.background);
            return Leptonica.read(firstFrame, leptonica::pixReadMemGif)
                    .onCanvas(header, file.u16le(gif.frame), file.u16le(gif.frame + 2), colour);
        } catch (RejectedEventException e) {
            file.require(gif.at, 1); // else its data go on to the end
            throw FileBytes.corrupt("the codes of its first frame are damaged or end too early");
        }
    }

    /** Passes the frame's data and returns a file of it alone, with a palette of every index. */
    private byte[] firstFrame() throws RejectedEventException {
        ByteArrayOutputStream alone = new ByteArrayOutputStream(file.length() + palette.length);
        alone.write(file.data(), 0, 6);
        alone.write(file.data(), frame + 4, 4); // width and height
        alone.writeBytes(new byte[] {(byte) 0xF7, 0, 0});
        alone.write(palette, 0, 3 * COLOURS);
        alone.writeBytes(new byte[] {',', 0, 0, 0, 0});
        alone.write(file.data(), frame + 4, 4);
        alone.write(file.u8(frame + 8) & 0x40); // whether it is interlaced
        alone.write(file.u8(at));
        for (at++; at < file.length() && file.u8(at) > 0; at += 1 + file.u8(at)) {
            int bytes = Math.min(file.length() - at - 1, file.u8(at));
            alone.write(bytes);
            alone.write(file.data(), at + 1, bytes);
        }
        alone.write(0);
        alone.write(';');
        return alone.toByteArray();
    }
}
