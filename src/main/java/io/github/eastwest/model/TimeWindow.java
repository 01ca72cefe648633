package io.github.eastwest.model;

import java.time.Duration;
import java.time.Instant;

/**
 * The time looked at, UTC.
 *
 * @param from first instant inside
 * @param to first instant after the window
 */
public record TimeWindow(Instant from, Instant to) {
    /** @throws IllegalArgumentException if {@code to} is not after {@code from} */
    public TimeWindow {
        if (!to.isAfter(from)) {
            throw new IllegalArgumentException("the window ends (" + to + ") before it begins (" + from + ")");
        }
    }

    /** Whether that instant lies inside. */
    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }

    /** Whether that instant, in milliseconds since the epoch, lies inside. */
    public boolean containsMillis(long epochMillis) {
        return epochMillis >= from.toEpochMilli() && epochMillis < to.toEpochMilli();
    }

    /** Its length. */
    public Duration length() {
        return Duration.between(from, to);
    }
}
