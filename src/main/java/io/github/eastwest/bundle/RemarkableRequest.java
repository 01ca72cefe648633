package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.AccessLogReader;
import io.github.eastwest.accesslog.LineSample;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.Optional;

/**
 * A request that failed or may have, as far as it decides whether the other side's lines of it are worth asking for.
 *
 * @param id its id
 * @param startMillis start, milliseconds since the epoch
 * @param endMillis end, milliseconds since the epoch
 * @param inward whether it went into the logging proxy's own application
 * @param outward whether it went to another task
 * @param answered whether the upstream answered
 */
public record RemarkableRequest(
        String id, long startMillis, long endMillis, boolean inward, boolean outward, boolean answered) {
    /** The character class of a sample that takes every request id. */
    public static final String EVERY_ID = LineSample.ALL;

    /** The remarkable request that a line tells of; empty for other lines, and for requests without id. */
    public static Optional<RemarkableRequest> of(String line) {
        Optional<AccessLogEntry> entry = AccessLogReader.entry(line, Side.UNKNOWN);
        if (entry.filter(LineSample::isRemarkable).isEmpty()) {
            return Optional.empty();
        }
        String id = entry.get().request().requestId();
        LineSample.Way way = LineSample.Way.of(entry.get().upstream().host());
        return id == null || entry.get().startMillis() < 0
                ? Optional.empty()
                : Optional.of(new RemarkableRequest(
                        id,
                        entry.get().startMillis(),
                        entry.get().endMillis(),
                        way == LineSample.Way.INWARD,
                        way == LineSample.Way.OUTWARD,
                        entry.get().hasServiceTime()));
    }

    /** The request id in an access line; empty where there is none. */
    public static Optional<String> idOf(String line) {
        return AccessLogReader.entry(line, Side.UNKNOWN)
                .flatMap(entry -> Optional.ofNullable(entry.request().requestId()));
    }
}
