package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds where in a line those fields stand that tell of people and places, so that they can be replaced in place. For lines
 * of text and {@code key=value} pairs; of JSON, {@link #named} tells what a member of that name is. Not thread-safe.
 */
public final class FieldSpans {
    private final LineScanner scanner = new LineScanner();
    private final ScannedLine line = new ScannedLine();

    /** What a field holds. */
    public enum Kind {
        /** A path, perhaps with query. */
        PATH,
        /** A host, perhaps with port. */
        AUTHORITY,
        /** The join key between both proxies. */
        REQUEST_ID,
        /** What the client calls itself. */
        USER_AGENT,
        /** Addresses, perhaps with port, perhaps several. */
        ADDRESS,
        /** Another line, or words. */
        MESSAGE
    }

    /**
     * A field's place.
     *
     * @param from index of its first byte
     * @param to index after its last byte
     */
    public record Span(Kind kind, int from, int to) {}

    /**
     * What stands in a line.
     *
     * @param access whether the line tells of a request or connection: then what lies between the spans are numbers and words of
     *     the format
     * @param spans in order, without overlap
     */
    public record Found(boolean access, List<Span> spans) {
        public Found {
            spans = List.copyOf(spans);
        }
    }

    /** The fields of a line, whose end is not part of it. */
    public Found of(byte[] text) {
        byte[] padded = LineScanner.padded(text, text.length);
        scanner.scanLine(padded, 0, text.length, line);
        boolean access = line.kind == ScannedLine.Kind.ACCESS;
        boolean inPlace = line.buffer == padded;
        List<Span> spans = new ArrayList<>();
        if (inPlace && (access || line.kind == ScannedLine.Kind.OUTLIER)) {
            for (int field = 0; field < Fields.START_TIME; field++) {
                int number = field;
                if (line.has(field)) {
                    kind(field).ifPresent(kind -> spans.add(new Span(kind, line.starts[number], line.ends[number])));
                }
            }
            spans.sort(Comparator.comparingInt(Span::from));
        }
        return new Found(access && inPlace, spans);
    }

    /** What a JSON member of that name holds; empty when the name means nothing here. */
    public static Optional<Kind> named(String name) {
        int field = Fields.of(name);
        return field == Fields.UNKNOWN ? Optional.empty() : kind(field);
    }

    private static Optional<Kind> kind(int field) {
        return switch (field) {
            case Fields.PATH -> Optional.of(Kind.PATH);
            case Fields.AUTHORITY -> Optional.of(Kind.AUTHORITY);
            case Fields.REQUEST_ID, Fields.STREAM_ID -> Optional.of(Kind.REQUEST_ID);
            case Fields.USER_AGENT -> Optional.of(Kind.USER_AGENT);
            case Fields.FORWARDED_FOR, Fields.REMOTE_ADDRESS, Fields.HOST, Fields.UPSTREAM_URL ->
                Optional.of(Kind.ADDRESS);
            case Fields.MESSAGE -> Optional.of(Kind.MESSAGE);
            default -> Optional.empty();
        };
    }
}
