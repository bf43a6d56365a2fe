package io.resnetstreams.metrics;

/** The stage and code of a dead letter. */
public record DeadLetterKind(String stage, String code) {}
