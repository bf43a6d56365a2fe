/** Relabelling of history, and what became of the labels. Knows neither the engine nor Prometheus. */
package io.resnetstreams.backfill;
