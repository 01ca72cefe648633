package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Lines whose condition needs no thought: the upstream answered, and nothing in the line leaves room for another reading.
 *
 * <p>The rules are the narrow part of {@link ConditionInference} that no other line and nothing learned can change; a test compares both.
 */
final class PlainLines {
    /** From this time between headers and end on, an answer may be a stream that was cut. */
    private static final long LONGEST_BODY_MILLIS = LearnedTimers.STREAMING_BODY;
    /** Envoy's own texts are shorter; a longer body is the application's. */
    private static final long LONGEST_LOCAL_REPLY = 400;

    private PlainLines() {}

    /** {@code SUCCESS} or {@code APPLICATION_4XX} if that is beyond doubt, else null. */
    static @Nullable Condition condition(ScannedLine line) {
        if (line.has(Fields.FLAGS) || line.has(Fields.TRANSPORT_FAILURE) || line.has(Fields.TERMINATION)) {
            return null;
        }
        if (line.has(Fields.DETAILS) && !line.textEquals(Fields.DETAILS, "via_upstream")) {
            return null;
        }
        int status = line.status();
        long sent = line.numbers[Fields.BYTES_SENT];
        if (status < 0) {
            return sent > 0 ? Condition.SUCCESS : null;
        }
        if (status < 100 || status >= 500) {
            return null;
        }
        if (line.has(Fields.GRPC_STATUS) && !line.textEquals(Fields.GRPC_STATUS, "OK")) {
            return null;
        }
        long serviceTime = line.numbers[Fields.SERVICE_TIME];
        if (status < 400) {
            boolean plain =
                    serviceTime < 0 ? sent > 0 : line.numbers[Fields.DURATION] - serviceTime < LONGEST_BODY_MILLIS;
            return plain ? Condition.SUCCESS : null;
        }
        boolean answered = serviceTime >= 0 && status != 408;
        return answered && (sent > LONGEST_LOCAL_REPLY || hasLoopbackHost(line)) ? Condition.APPLICATION_4XX : null;
    }

    private static boolean hasLoopbackHost(ScannedLine line) {
        int from = line.starts[Fields.HOST];
        return from >= 0
                && (Ascii.startsWith(line.buffer, from, line.ends[Fields.HOST], "127.")
                        || Ascii.startsWith(line.buffer, from, line.ends[Fields.HOST], "[::1]"));
    }
}
