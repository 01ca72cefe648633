package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;

/** Lines in some output format, collected as bytes. Not thread-safe. */
interface LineOutput {
    /** What was collected, UTF-8. */
    byte[] bytes();

    /** An access line. */
    void access(AccessLogEntry entry, String format, Attribution attribution, Side side);

    /** An event of outlier detection. */
    void outlier(OutlierEvent event);

    /** A line of the proxy's own log. */
    void proxy(ProxyLogLine line);

    /** A line that could not be read. */
    void unparsed(LineRef ref, int column, String reason, String excerpt);

    /** An empty line is an unparsed one that says nothing. */
    void blank(LineRef ref);
}
