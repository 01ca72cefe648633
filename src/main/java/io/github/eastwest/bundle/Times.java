package io.github.eastwest.bundle;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/** Times as AWS's tools print them. */
final class Times {
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");
    /** Seconds of the year 5138: what is larger counts milliseconds, as the logs API does. */
    private static final double LARGEST_SECONDS = 1e11;

    private static final int LONGEST = 64;
    /** {@code 2026-11-21T04:15:47Z}; with a fraction it is longer. */
    private static final int SHORTEST_USUAL = 20;

    private static final int END_OF_SECONDS = 19;
    private static final int MOST_FRACTION_DIGITS = 9;

    private Times() {}

    /** Forms that are seldom seen; in a class of its own because a start without them is shorter by what it takes to build this. */
    private static final class Unusual {
        /** Offset with or without colon; without any zone the time is UTC. */
        static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .appendLiteral('T')
                .append(DateTimeFormatter.ISO_LOCAL_TIME)
                .optionalStart()
                .appendPattern("[XXX][XX][X]")
                .optionalEnd()
                .parseDefaulting(ChronoField.OFFSET_SECONDS, 0)
                .toFormatter(Locale.ROOT);

        private Unusual() {}
    }

    /** The time of an ISO-8601 string, or of a string of epoch seconds; from 1970 to 9999. */
    static Optional<Instant> parse(String text) {
        String trimmed = text.strip();
        Optional<Instant> usual = usual(trimmed);
        if (usual.isPresent()) {
            return usual;
        }
        if (trimmed.isEmpty() || trimmed.length() > LONGEST) {
            return Optional.empty();
        }
        if (trimmed.matches("\\d{1,14}(\\.\\d{1,9})?")) {
            return ofEpoch(Double.parseDouble(trimmed));
        }
        try {
            String iso = trimmed.length() > 10 && trimmed.charAt(10) == ' '
                    ? trimmed.substring(0, 10) + 'T' + trimmed.substring(11).replace(" ", "")
                    : trimmed;
            TemporalAccessor parsed = Unusual.ISO.parse(iso);
            Instant time = LocalDateTime.from(parsed)
                    .toInstant(ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS)));
            return inRange(time);
        } catch (DateTimeException notIso) {
            return Optional.empty();
        }
    }

    /** The time of a string like {@code 2026-11-21T04:15:47.123Z}, as nearly all are; empty for any other form. */
    private static Optional<Instant> usual(String text) {
        int length = text.length();
        boolean shaped = length >= SHORTEST_USUAL
                && length <= SHORTEST_USUAL + 1 + MOST_FRACTION_DIGITS
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && text.charAt(length - 1) == 'Z';
        if (!shaped) {
            return Optional.empty();
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, END_OF_SECONDS);
        int nanos = fraction(text, length - 1);
        if (Math.min(Math.min(Math.min(year, month), Math.min(day, hour)), Math.min(Math.min(minute, second), nanos))
                < 0) {
            return Optional.empty();
        }
        try {
            return inRange(LocalDateTime.of(year, month, day, hour, minute, second, nanos)
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException outOfRange) {
            return Optional.empty();
        }
    }

    /** Nanoseconds between the seconds and that index; -1 if there stands anything but a point and digits. */
    private static int fraction(String text, int to) {
        if (to == END_OF_SECONDS) {
            return 0;
        }
        int digits = to - END_OF_SECONDS - 1;
        if (text.charAt(END_OF_SECONDS) != '.' || digits == 0) {
            return -1;
        }
        int nanos = digits(text, END_OF_SECONDS + 1, to);
        for (int i = digits; i < MOST_FRACTION_DIGITS && nanos > 0; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    /** The number, or -1. */
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    /** The time of seconds since the epoch, with fractions down to the millisecond. */
    static Optional<Instant> ofEpoch(double number) {
        if (!(number >= 0) || number > LARGEST_SECONDS * 1000) {
            return Optional.empty();
        }
        double scale = number > LARGEST_SECONDS ? 1 : 1000;
        return inRange(Instant.ofEpochMilli(Math.round(number * scale)));
    }

    private static Optional<Instant> inRange(Instant time) {
        return time.isBefore(Instant.EPOCH) || time.isAfter(LAST) ? Optional.empty() : Optional.of(time);
    }
}
