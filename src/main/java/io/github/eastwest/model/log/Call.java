package io.github.eastwest.model.log;

import io.github.eastwest.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of the edge, counted once, with what both proxies wrote about it.
 *
 * @param caller the caller's proxy line, where the caller logs
 * @param callee the callee's proxy lines of the same request id: one per attempt, in order of start; empty when the
 *     callee does not log or never saw it
 * @param attribution what happened and which hop made it
 * @param calleeRead whether every line of the callee's about this call was read, as far as its logs were: otherwise no
 *     line tells nothing
 */
public record Call(
        Optional<AccessLogEntry> caller, List<AccessLogEntry> callee, Attribution attribution, boolean calleeRead) {
    /** @throws IllegalArgumentException if there is no line at all */
    public Call {
        callee = List.copyOf(callee);
        if (caller.isEmpty() && callee.isEmpty()) {
            throw new IllegalArgumentException("a call needs a line");
        }
    }

    /** A call of which every line was read, as far as logs were. */
    public Call(Optional<AccessLogEntry> caller, List<AccessLogEntry> callee, Attribution attribution) {
        this(caller, callee, attribution, true);
    }

    /** The line that counts: the caller's where it exists, else the callee's last. */
    public AccessLogEntry line() {
        return caller.isPresent() ? caller.get() : callee.get(callee.size() - 1);
    }

    /** Whether something went wrong with the call, whatever its status: a stream cut after its headers has status 200. */
    public boolean failed() {
        return attribution.condition().failure();
    }

    /**
     * Whether the call counts as failed by its answer: status 0, 5xx, a gRPC status other than OK, or a 404 made by a proxy.
     * Where the line does not show the answer it counts by its condition: TCP, and a gRPC status in a format without one
     * (an empty 200).
     */
    public boolean countsAsFailed() {
        AccessLogEntry line = line();
        if (line.isTcp()) {
            return failed();
        }
        String grpc = line.response().grpcStatus();
        int status = line.response().status();
        return status == 0
                || status >= 500
                || grpc != null && !grpc.equals("OK")
                || status == 404 && attribution.condition() == Condition.NO_ROUTE
                || status == 200 && grpc == null && line.response().bytesSent() == 0 && failed();
    }

    /** Start, milliseconds since the epoch. */
    public long startMillis() {
        return line().startMillis();
    }

    /** End, milliseconds since the epoch. */
    public long endMillis() {
        return line().endMillis();
    }

    /** Duration in milliseconds as the counting line tells it, or {@link AccessLogEntry#ABSENT}. */
    public long durationMillis() {
        return line().timing().durationMillis();
    }

    /** {@code address:port} of the callee's task that the caller's proxy chose last; null when none or unknown. */
    public @Nullable String calleeHost() {
        return caller.map(AccessLogEntry::upstream)
                .map(AccessLogEntry.Upstream::host)
                .orElse(null);
    }
}
