package io.resnetstreams.image;

import com.sun.jna.Function;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Keeps OpenCV from writing a line to standard error for each image it can't decode: the dead letter says it. (The
 * warnings of libjpeg and libpng, which it contains, can't be turned off.)
 */
final class NativeLog {
    /** {@code cv::utils::logging::setLogLevel(LogLevel)}, which the Java bindings leave out. */
    private static final String SET_LOG_LEVEL = "_ZN2cv5utils7logging11setLogLevelENS1_8LogLevelE";

    private static final int SILENT = 0;

    private NativeLog() {}

    /** Sets the log level; the libraries must be loaded. Where the function is not found, the log stays as it is. */
    static void silence() {
        Pointer function = Loader.addressof(SET_LOG_LEVEL);
        if (function != null && !function.isNull()) {
            Function.getFunction(new com.sun.jna.Pointer(function.address())).invokeInt(new Object[] {SILENT});
        }
    }
}
