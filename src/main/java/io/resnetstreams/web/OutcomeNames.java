package io.resnetstreams.web;

import com.sun.net.httpserver.HttpExchange;

/** Names of outcomes in requests: {@code NUMBER-INSTANCE}. Stateless. */
final class OutcomeNames {
    static final long NONE = -1;

    private OutcomeNames() {}

    /** Returns the number in the last part of a path, or {@link #NONE} if the name is malformed or of another instance. */
    static long number(HttpExchange exchange, String instance) {
        String path = exchange.getRequestURI().getPath();
        return number(path.substring(path.lastIndexOf('/') + 1), instance);
    }

    static long number(String name, String instance) {
        return name != null && name.matches("\\d{1,18}-" + instance)
                ? Long.parseLong(name.substring(0, name.indexOf('-')))
                : NONE;
    }
}
