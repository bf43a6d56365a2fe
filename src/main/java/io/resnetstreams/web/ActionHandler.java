package io.resnetstreams.web;

import com.sun.net.httpserver.HttpHandler;

/** A handler that changes something, so that it is asked by {@code POST} alone. */
interface ActionHandler extends HttpHandler {}
