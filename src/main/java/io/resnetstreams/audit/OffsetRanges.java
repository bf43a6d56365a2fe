package io.resnetstreams.audit;

import io.resnetstreams.kafka.TopicScan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.kafka.common.utils.ByteUtils;

/** A set of offsets, stored as disjoint ranges. Threading: one thread. */
public final class OffsetRanges {
    /** The first offset of each range, and the offset behind its last. */
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Returns whether an offset is in the set. */
    public boolean contains(long offset) {
        Map.Entry<Long, Long> range = ends.floorEntry(offset);
        return range != null && offset < range.getValue();
    }

    /** Adds the offsets from one up to another, the end excluded. */
    public void add(long from, long to) {
        if (from >= to) {
            return;
        }
        long begin = from;
        long end = to;
        for (Map.Entry<Long, Long> range = ends.floorEntry(end);
                range != null && range.getValue() >= begin;
                range = ends.floorEntry(end)) {
            begin = Math.min(begin, range.getKey());
            end = Math.max(end, range.getValue());
            ends.remove(range.getKey());
        }
        ends.put(begin, end);
    }

    /** Returns the smallest offset that is not in the set. */
    public long firstMissing() {
        Map.Entry<Long, Long> range = ends.floorEntry(0L);
        return range == null ? 0 : range.getValue();
    }

    /** Returns the ranges behind the first missing offset, as text. */
    public String encoded() {
        long last = firstMissing();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
            for (Map.Entry<Long, Long> range : ends.tailMap(last).entrySet()) {
                ByteUtils.writeVarlong(range.getKey() - last, out);
                ByteUtils.writeVarlong(range.getValue() - range.getKey(), out);
                last = range.getValue();
            }
            // A zero ends the list, since no range is empty.
            ByteUtils.writeVarlong(0, out);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        } finally {
            deflater.end();
        }
        return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** Decodes the text of {@link #encoded}, and adds all offsets below the first missing one. */
    public static OffsetRanges decoded(long firstMissing, String text) {
        OffsetRanges ranges = new OffsetRanges();
        ranges.add(0, firstMissing);
        byte[] bytes = Base64.getDecoder().decode(text);
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes)))) {
            long last = firstMissing;
            for (long gap = ByteUtils.readVarlong(in); gap > 0; gap = ByteUtils.readVarlong(in)) {
                long begin = last + gap;
                last = begin + ByteUtils.readVarlong(in);
                ranges.add(begin, last);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not the metadata of a resend", e);
        }
        return ranges;
    }

    /** Returns the smallest offset, or the default if the set is empty. */
    long first(long defaultOffset) {
        return ends.isEmpty() ? defaultOffset : ends.firstKey();
    }

    /** Returns the ranges that are missing between two offsets, the end excluded and not before the first. */
    List<TopicScan.Range> missing(long from, long to) {
        List<TopicScan.Range> missing = new ArrayList<>();
        Map.Entry<Long, Long> around = ends.floorEntry(from);
        long next = around == null ? from : Math.max(from, around.getValue());
        for (Map.Entry<Long, Long> range : ends.subMap(from, false, to, false).entrySet()) {
            missing.add(new TopicScan.Range(next, range.getKey()));
            next = range.getValue();
        }
        if (next < to) {
            missing.add(new TopicScan.Range(next, to));
        }
        return missing;
    }
}
