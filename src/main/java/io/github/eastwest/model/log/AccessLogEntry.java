package io.github.eastwest.model.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One access-log line, whatever its format.
 *
 * @param ref where it stands
 * @param startMillis start of the request (TCP: of the connection), milliseconds since the epoch; {@link #ABSENT} if the line has none
 * @param request what was asked
 * @param response what was answered
 * @param upstream whom the proxy chose
 * @param timing how long it took
 */
public record AccessLogEntry(
        LineRef ref, long startMillis, Request request, Response response, Upstream upstream, Timing timing) {
    /** Stands for a number that the line does not have: absent is not zero. */
    public static final long ABSENT = -1;

    /**
     * What was asked; a component is null where the line has none ({@code -} or null).
     *
     * @param protocol {@code HTTP/1.1}, {@code HTTP/2}, {@code TCP} for the TCP formats
     * @param path as printed
     * @param requestId the join key between both proxies
     * @param remoteAddress the peer's address where the format has one (TCP: with port)
     */
    public record Request(
            @Nullable String protocol,
            @Nullable String method,
            @Nullable String path,
            @Nullable String authority,
            @Nullable String requestId,
            @Nullable String userAgent,
            @Nullable String forwardedFor,
            @Nullable String remoteAddress) {}

    /**
     * What was answered.
     *
     * @param status HTTP status; 0 when no response was started; -1 where the format has none (TCP)
     * @param grpcStatus CamelCase name such as {@code Unavailable}; null when the line has none
     * @param flags Envoy response flags in short form; empty when the format or the line has none
     * @param details response-code details (TCP: connection termination details); null when absent
     * @param bytesReceived body bytes from downstream, or {@link #ABSENT}
     * @param bytesSent body bytes to downstream, or {@link #ABSENT}
     */
    public record Response(
            int status,
            @Nullable String grpcStatus,
            List<String> flags,
            @Nullable String details,
            long bytesReceived,
            long bytesSent) {
        public Response {
            flags = List.copyOf(flags);
        }
    }

    /**
     * Whom the proxy chose.
     *
     * @param host {@code address:port} of the last host chosen, connected or not; null when none was
     * @param cluster upstream cluster name; null where the format has none
     * @param transportFailure upstream transport failure reason; null when absent
     */
    public record Upstream(
            @Nullable String host,
            @Nullable String cluster,
            @Nullable String transportFailure) {}

    /**
     * How long it took.
     *
     * @param durationMillis start of the request to the last byte out, or {@link #ABSENT}
     * @param serviceTimeMillis {@code x-envoy-upstream-service-time}, or {@link #ABSENT}: set only when the upstream answered
     */
    public record Timing(long durationMillis, long serviceTimeMillis) {}

    /** Whether a host had been chosen. */
    public boolean hasHost() {
        return upstream.host() != null;
    }

    /** Whether the upstream answered. */
    public boolean hasServiceTime() {
        return timing.serviceTimeMillis() >= 0;
    }

    /** End of the request, milliseconds since the epoch; its start where no duration is known. */
    public long endMillis() {
        return startMillis + Math.max(0, timing.durationMillis());
    }

    /** Whether this line tells of a TCP connection, not of a request. */
    public boolean isTcp() {
        return response.status() < 0;
    }

    /** Whether this line tells of a gRPC request. */
    public boolean isGrpc() {
        return response.grpcStatus() != null;
    }
}
