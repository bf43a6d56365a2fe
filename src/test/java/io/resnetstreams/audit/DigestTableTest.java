package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.audit.AuditedPartition.DigestTable;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DigestTableTest {
    private final DigestTable table = new DigestTable();

    private static byte[] digest(int beginning) {
        return ByteBuffer.allocate(8).putInt(beginning).array();
    }

    @Test
    void aPlaceWithoutDigestHasNoOther() {
        table.add(5, digest(1));
        assertThat(table.hasOther(4, digest(2))).isFalse();
        assertThat(table.hasOther(6, digest(2))).isFalse();
    }

    @Test
    void placesAndDigestsOfAnySizeAreDistinguished() {
        int[] places = {Integer.MAX_VALUE, 0, 1, 1 << 30};
        int[] digests = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};
        for (int i = 0; i < places.length; i++) {
            table.add(places[i], digest(digests[i]));
        }
        for (int i = 0; i < places.length; i++) {
            for (int digest : digests) {
                assertThat(table.hasOther(places[i], digest(digest)))
                        .as("%d of %d", digest, places[i])
                        .isEqualTo(digest != digests[i]);
            }
        }
    }

    @Test
    void severalDigestsAtOnePlaceAreAllKept() {
        table.add(3, digest(7));
        table.add(3, digest(7));
        assertThat(table.hasOther(3, digest(7))).isFalse();
        table.add(3, digest(8));
        assertThat(table.hasOther(3, digest(7))).isTrue();
        assertThat(table.hasOther(3, digest(8))).isTrue();
    }

    @Test
    void itGrows() {
        for (int place = 100_000; place >= 0; place--) {
            table.add(place, digest(place * 31));
        }
        for (int place = 0; place <= 100_000; place++) {
            assertThat(table.hasOther(place, digest(place * 31))).isFalse();
            assertThat(table.hasOther(place, digest(place * 31 + 1))).isTrue();
        }
    }
}
