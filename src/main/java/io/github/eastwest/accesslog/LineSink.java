package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;

/** Receives the lines of log streams, one call per line. */
public interface LineSink {
    /**
     * An access-log line.
     *
     * @param entry the line
     * @param format name of the format it was read with
     */
    void access(AccessLogEntry entry, String format);

    /** An event of Envoy's outlier detection. */
    void outlier(OutlierEvent event);

    /** A line of the proxy's own log. */
    void proxy(ProxyLogLine line);

    /**
     * A line that fits no known form.
     *
     * @param ref where it stands
     * @param column byte column where reading failed, from 1
     * @param reason why
     * @param excerpt the line, cut to a printable length
     */
    default void unparsed(LineRef ref, int column, String reason, String excerpt) {}

    /** An empty line. */
    default void blank(LineRef ref) {}
}
