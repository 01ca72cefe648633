package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;

/** Receives the lines of one stream in order. */
public interface LineSink {
    /**
     * An access-log line.
     *
     * @param entry what it says
     * @param format name of its format, see {@link LineFormat}
     */
    void access(AccessLogEntry entry, String format);

    /**
     * Announces that of one side's access lines only a sample follows, through
     * {@link #access(AccessLogEntry, String, LineSample.Drawn)}.
     */
    default void sample(LineSample sample) {}

    /**
     * An access-log line of a sample.
     *
     * @param entry what it says
     * @param format name of its format, see {@link LineFormat}
     * @param drawn how it came back
     */
    default void access(AccessLogEntry entry, String format, LineSample.Drawn drawn) {
        access(entry, format);
    }

    /** An ejection event of Envoy's outlier detection. */
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
