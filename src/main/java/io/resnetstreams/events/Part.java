package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Which of several images of an event an outcome is for, such as {@code 2/3}.
 *
 * @param number the number of the image in the event, from 1
 * @param of the number of images of the event
 */
public record Part(int number, int of) {
    /** The header with the part on dead letters; an event that has it stands for this part of it only. */
    public static final String HEADER = "resnet-streams.part";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

    public Part {
        if (number < 1 || number > of) {
            throw new IllegalArgumentException("the part is " + number + "/" + of + "; allowed are 1 to " + of);
        }
    }

    /** Returns the part in a text as {@link #toString} writes it, or null if it is none. */
    public static Part parse(String text) {
        Matcher matcher = TEXT.matcher(String.valueOf(text));
        if (!matcher.matches()) {
            return null;
        }
        int number = Integer.parseInt(matcher.group(1));
        int of = Integer.parseInt(matcher.group(2));
        return number < 1 || number > of ? null : new Part(number, of);
    }

    /** Returns headers of an event that is sent again for one of its images; the part is null for the whole event. */
    public static Headers marked(Headers headers, Part part) {
        // The other images have their outcomes.
        return part == null
                ? headers
                : new RecordHeaders(headers).add(HEADER, part.toString().getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return number + "/" + of;
    }
}
