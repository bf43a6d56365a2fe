package io.resnetstreams.service;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Handles signals in the place of Java, which would run all shutdown hooks at once. That of ONNX Runtime frees what running
 * batches use (microsoft/onnxruntime issue 31352).
 */
final class Signals {
    private Signals() {}

    /** What happens on a signal. */
    interface Handler {
        /** Called on a thread of its own with the signal's number. */
        void handle(int number);
    }

    /**
     * Handles a signal from now on.
     *
     * @param name without SIG, such as {@code TERM}
     * @return false if Java does not handle signals, because of the option {@code -Xrs}
     */
    static boolean handle(String name, Handler handler) {
        // The compiler warns of direct use, and the warning can't be suppressed.
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                handler.handle(
                                        (Integer) signal.getMethod("getNumber").invoke(arguments[0]));
                                yield null;
                            }
                            case "hashCode" -> System.identityHashCode(self);
                            case "equals" -> self == arguments[0];
                            default -> name;
                        };
                    });
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (InvocationTargetException e) {
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
