package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.LineSink;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.time.Instant;

/** The time that data covers, rounded outwards to the minute. Requests count; other lines only where there is none. */
final class TimeRange implements LineSink {
    private static final long MINUTE = 60_000;

    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long otherFirst = Long.MAX_VALUE;
    private long otherLast = Long.MIN_VALUE;

    @Override
    public void access(AccessLogEntry entry, String format) {
        if (entry.startMillis() >= 0) {
            add(entry.startMillis());
        }
    }

    @Override
    public void outlier(OutlierEvent event) {
        addOther(event.atMillis());
    }

    @Override
    public void proxy(ProxyLogLine line) {
        addOther(line.atMillis());
    }

    void add(long millis) {
        first = Math.min(first, millis);
        last = Math.max(last, millis);
    }

    private void addOther(long millis) {
        if (millis >= 0) {
            otherFirst = Math.min(otherFirst, millis);
            otherLast = Math.max(otherLast, millis);
        }
    }

    boolean isEmpty() {
        return first > last && otherFirst > otherLast;
    }

    /** Start of the first minute. */
    Instant from() {
        return Instant.ofEpochMilli(Math.floorDiv(first <= last ? first : otherFirst, MINUTE) * MINUTE);
    }

    /** End of the last minute. */
    Instant to() {
        return Instant.ofEpochMilli((Math.floorDiv(first <= last ? last : otherLast, MINUTE) + 1) * MINUTE);
    }
}
