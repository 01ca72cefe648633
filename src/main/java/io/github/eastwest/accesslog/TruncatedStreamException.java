package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.StreamSummary;
import java.io.IOException;

/** A stream that ended before its time: cut gzip, damaged document, too many bytes. What was read before has been delivered. */
public final class TruncatedStreamException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient StreamSummary summary;

    TruncatedStreamException(String message, StreamSummary summary, Throwable cause) {
        super(message, cause);
        this.summary = summary;
    }

    /** What was read before the stream ended. */
    public StreamSummary summary() {
        return summary;
    }
}
