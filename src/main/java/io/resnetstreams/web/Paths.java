package io.resnetstreams.web;

import com.sun.net.httpserver.HttpExchange;

/** Names of outcomes in paths: {@code /…/NUMBER-INSTANCE}. Stateless. */
final class Paths {
    static final long NONE = -1;

    private Paths() {}

    /** Returns the number that the last part of a path has, or {@link #NONE}; of another instance it is none. */
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
