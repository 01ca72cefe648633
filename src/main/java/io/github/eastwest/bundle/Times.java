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
    /** Offset with or without colon; without any zone the time is UTC. */
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendPattern("[XXX][XX][X]")
            .optionalEnd()
            .parseDefaulting(ChronoField.OFFSET_SECONDS, 0)
            .toFormatter(Locale.ROOT);

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");
    /** Seconds of the year 5138: what is larger counts milliseconds, as the logs API does. */
    private static final double LARGEST_SECONDS = 1e11;

    private static final int LONGEST = 64;

    private Times() {}

    /** The time of an ISO-8601 string, or of a string of epoch seconds; from 1970 to 9999. */
    static Optional<Instant> parse(String text) {
        String trimmed = text.strip();
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
            TemporalAccessor parsed = ISO.parse(iso);
            Instant time = LocalDateTime.from(parsed)
                    .toInstant(ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS)));
            return inRange(time);
        } catch (DateTimeException notIso) {
            return Optional.empty();
        }
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
