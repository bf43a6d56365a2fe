/** What crosses Kafka: image events, label events, dead letters, and how they are written and read. */
package io.resnetstreams.events;
