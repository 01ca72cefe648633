package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Lines whose condition needs no thought: the upstream answered, and nothing in the line leaves room for another reading.
 *
 * <p>The rules are the narrow part of {@link ConditionInference} that nothing learned can change; a test compares both.
 */
final class PlainLines {
    /** From this time between headers and end on, an answer may be a stream that was cut. */
    private static final long LONGEST_BODY_MILLIS = LearnedTimers.STREAMING_BODY;
    /** Envoy's own texts are shorter; a longer body is the application's. */
    private static final long LONGEST_LOCAL_REPLY = 400;

    /** The columns that can say more. */
    private static final int TELLING = 1 << Fields.FLAGS
            | 1 << Fields.TRANSPORT_FAILURE
            | 1 << Fields.TERMINATION
            | 1 << Fields.DETAILS
            | 1 << Fields.GRPC_STATUS;

    private PlainLines() {}

    /** {@code SUCCESS} or {@code APPLICATION_4XX} if that is beyond doubt, else null. */
    static @Nullable Condition condition(ScannedLine line) {
        int status = line.status();
        if (status >= 500 || !isAnswer(line)) {
            return null;
        }
        long sent = line.numbers[Fields.BYTES_SENT];
        if (status < 100) {
            return status < 0 && sent > 0 ? Condition.SUCCESS : null;
        }
        long serviceTime = line.numbers[Fields.SERVICE_TIME];
        if (status < 400) {
            boolean plain =
                    serviceTime < 0 ? sent > 0 : line.numbers[Fields.DURATION] - serviceTime < LONGEST_BODY_MILLIS;
            return plain ? Condition.SUCCESS : null;
        }
        boolean own = sent > LONGEST_LOCAL_REPLY || line.hasLoopbackHost();
        return own && serviceTime >= 0 && status != 408 ? Condition.APPLICATION_4XX : null;
    }

    /**
     * {@code APPLICATION_4XX} or {@code APPLICATION_5XX} if the line alone says so and no line of the other side can say more; else null.
     *
     * @param oneSided whether no lines of the other side are at hand
     */
    static @Nullable Condition applicationError(ScannedLine line, boolean oneSided) {
        int status = line.status();
        boolean answered = status >= 400 && status != 408 && line.numbers[Fields.SERVICE_TIME] >= 0 && isAnswer(line);
        if (!answered || !(line.hasLoopbackHost() || oneSided && !mayBeRelayed(status))) {
            return null;
        }
        return status < 500 ? Condition.APPLICATION_4XX : Condition.APPLICATION_5XX;
    }

    /** Whether no column says more than that the upstream answered. */
    private static boolean isAnswer(ScannedLine line) {
        if ((line.present & TELLING) == 0) {
            return true;
        }
        if (line.has(Fields.FLAGS) || line.has(Fields.TRANSPORT_FAILURE) || line.has(Fields.TERMINATION)) {
            return false;
        }
        if (line.has(Fields.DETAILS) && !line.textEquals(Fields.DETAILS, "via_upstream")) {
            return false;
        }
        return !line.has(Fields.GRPC_STATUS) || line.textEquals(Fields.GRPC_STATUS, "OK");
    }

    /** Whether an error of that status may be the text of the other side's proxy. */
    private static boolean mayBeRelayed(int status) {
        return status >= 502 && status <= 504;
    }
}
