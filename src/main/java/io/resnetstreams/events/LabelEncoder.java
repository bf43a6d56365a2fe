package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * Encodes labels as JSON or Avro, and makes their headers from those of their events. The label's own {@code content-type}, and
 * with the format {@code cloudevents} its attributes (Kafka protocol binding 1.0.2, binary mode), take the place of those of the
 * event, which become {@code event-content-type} and {@code event-ce_…}. All other headers pass unchanged. Thread-safe.
 */
public final class LabelEncoder {
    /** JSON without envelope. */
    public static final LabelEncoder JSON = new LabelEncoder(new LabelSettings("json", false, 0, 0, "false"), 0);

    /** The prefix of the event's headers whose names a label uses itself. */
    public static final String EVENT_PREFIX = "event-";

    private static final Header JSON_TYPE = contentType("application/json");
    private static final Header AVRO_TYPE = contentType("application/vnd.confluent.avro");
    private static final byte[] SPEC_VERSION = "1.0".getBytes(UTF_8);
    private static final byte[] TYPE = "io.resnetstreams.label".getBytes(UTF_8);

    private final LabelSettings settings;
    private final int schemaId;

    /** Encodes as the settings say; {@code schemaId} is the id of the schema of labels in the registry, for Avro. */
    public LabelEncoder(LabelSettings settings, int schemaId) {
        this.settings = settings;
        this.schemaId = schemaId;
    }

    private static Header contentType(String name) {
        return new RecordHeader(EventReader.CONTENT_TYPE_HEADER, name.getBytes(UTF_8));
    }

    /** Returns what labels contain. */
    public LabelSettings settings() {
        return settings;
    }

    /** Encodes the label of an image of an event. */
    public EncodedLabel encode(RawEvent event, LabelEvent label) {
        RecordHeaders headers = new RecordHeaders();
        long bytes = 0;
        int count = 0;
        for (Header header : event.headers()) {
            bytes += add(
                    headers,
                    isReplaced(header.key()) ? new RecordHeader(EVENT_PREFIX + header.key(), header.value()) : header);
            count++;
        }
        bytes += add(headers, settings.writesAvro() ? AVRO_TYPE : JSON_TYPE);
        count++;
        if (settings.isCloudEvent()) {
            for (Header attribute : attributes(label)) {
                bytes += add(headers, attribute);
                count++;
            }
        }
        return new EncodedLabel(label, value(label), headers, count, bytes);
    }

    private static long add(RecordHeaders headers, Header header) {
        headers.add(header);
        return Utils.utf8Length(header.key()) + (header.value() == null ? 0 : header.value().length);
    }

    private static boolean isReplaced(String name) {
        return name.equals(EventReader.CONTENT_TYPE_HEADER) || name.startsWith(EventReader.CLOUD_EVENT_PREFIX);
    }

    /** Returns the value of a label's record. */
    public byte[] value(LabelEvent label) {
        if (settings.writesAvro()) {
            return Framing.framed(schemaId, AvroLabels.encode(label));
        }
        return settings.connectSchema() ? ConnectEnvelope.around(label.toJson()) : label.toJson();
    }

    private static Header[] attributes(LabelEvent label) {
        LabelEvent.Source source = label.origin();
        Part part = source.onePart();
        return new Header[] {
            attribute("specversion", SPEC_VERSION),
            // The same event has the same label, also after it was processed again.
            attribute("id", (label.source() + (part == null ? "" : "#" + part.number())).getBytes(UTF_8)),
            attribute("source", ("urn:resnet-streams:" + source.topic()).getBytes(UTF_8)),
            attribute("type", TYPE),
            attribute("subject", label.id().getBytes(UTF_8)),
            attribute(
                    "time", Instant.ofEpochMilli(source.timestamp()).toString().getBytes(UTF_8)),
        };
    }

    private static Header attribute(String name, byte[] value) {
        return new RecordHeader(EventReader.CLOUD_EVENT_PREFIX + name, value);
    }
}
