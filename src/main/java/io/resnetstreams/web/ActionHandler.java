package io.resnetstreams.web;

import com.sun.net.httpserver.HttpHandler;

/** A handler that changes state, and therefore accepts only {@code POST}. */
interface ActionHandler extends HttpHandler {}
