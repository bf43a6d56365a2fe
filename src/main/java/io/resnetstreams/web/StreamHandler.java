package io.resnetstreams.web;

import com.sun.net.httpserver.HttpHandler;

/** A handler that returns at once and goes on answering on another thread, which closes the exchange. */
interface StreamHandler extends HttpHandler {}
