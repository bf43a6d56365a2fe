package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Reads framed values by the schemas of a registry in this process. */
final class FramedRig implements AutoCloseable {
    static final String KEY = "the key";

    final RegistryServer server = new RegistryServer();
    private final EventReader reader;

    FramedRig(String imageField, String idField) throws IOException {
        reader = new EventReader(
                new EventLimits(8, 200, 20, 100, 50), 1 << 24, server.client(), new SchemaFields(imageField, idField));
    }

    int register(Type type, String text, String... references) {
        return server.add("photos-value", type, text, references);
    }

    List<ImageEvent> readAll(byte[] value, String... headers) throws RejectedEventException {
        return reader.read(event(KEY.getBytes(UTF_8), value, headers(headers)));
    }

    ImageEvent read(byte[] value, String... headers) throws RejectedEventException {
        List<ImageEvent> images = readAll(value, headers);
        assertThat(images).hasSize(1);
        return images.get(0);
    }

    ImageEvent read(int schemaId, byte[] bytes) throws RejectedEventException {
        return read(Framing.framed(schemaId, bytes));
    }

    /** Returns CODE: REASON, in one line, for a rejected value. */
    String rejection(byte[] value, String... headers) {
        RejectedEventException rejection =
                catchThrowableOfType(RejectedEventException.class, () -> readAll(value, headers));
        assertThat(rejection).isNotNull();
        assertThat(rejection.stage()).isEqualTo(Stage.EVENT);
        assertThat(rejection.getMessage().lines()).hasSize(1);
        return rejection.code() + ": " + rejection.getMessage();
    }

    String rejection(int schemaId, byte[] bytes) {
        return rejection(Framing.framed(schemaId, bytes));
    }

    /** Does the same, and checks that little memory was allocated. */
    String cheapRejection(int schemaId, byte[] bytes) {
        byte[] value = Framing.framed(schemaId, bytes);
        rejection(value); // loads the schema and classes
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        String rejection = rejection(value);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
        return rejection;
    }

    /** Encodes as Avro's own writer does. */
    static byte[] avro(Schema schema, Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<>(schema, GenericData.get()).write(value, encoder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        server.close();
    }
}
