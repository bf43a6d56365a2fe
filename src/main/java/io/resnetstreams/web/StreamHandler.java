package io.resnetstreams.web;

import com.sun.net.httpserver.HttpHandler;

/** A handler that returns immediately. Another thread sends the response and closes the exchange. */
interface StreamHandler extends HttpHandler {}
