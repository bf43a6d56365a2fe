/**
 * Fetches the images that events refer to: from S3, over HTTP, and from folders. It decides which references are allowed,
 * when a fetch is tried again, and how much memory fetched images take.
 *
 * <p>Start at {@link io.resnetstreams.fetch.ImageFetcher} and {@link io.resnetstreams.fetch.FetchSettings}. It must not know
 * Kafka, engines or Prometheus.
 */
package io.resnetstreams.fetch;
