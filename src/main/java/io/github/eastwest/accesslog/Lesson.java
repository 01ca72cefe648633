package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@link Observations} can learn from one access line. One object is filled for many lines. */
final class Lesson {
    String stream = "";
    Side side = Side.UNKNOWN;
    long startMillis;
    /** In lower case; null when the line has none. */
    @Nullable
    String authority;

    boolean hasMethod;
    boolean hasHost;
    /** Whether the host is the loopback interface. */
    boolean loopback;
    /** -1 for a TCP connection. */
    int status;

    @Nullable
    Grpc grpc;

    long bytesReceived;
    long bytesSent;
    long durationMillis;
    long serviceTimeMillis;
    /** See {@link Grpc#emptyReplyWithoutStatus}. */
    boolean emptyReply;

    /** Takes what a record says. */
    Lesson of(AccessLogEntry line) {
        stream = line.ref().stream();
        side = line.ref().side();
        startMillis = line.startMillis();
        authority = Observations.authority(line);
        hasMethod = line.request().method() != null;
        String host = line.upstream().host();
        hasHost = host != null;
        loopback = host != null && Observations.isLoopback(host);
        status = line.response().status();
        grpc = Grpc.of(line.response().grpcStatus());
        bytesReceived = line.response().bytesReceived();
        bytesSent = line.response().bytesSent();
        durationMillis = line.timing().durationMillis();
        serviceTimeMillis = line.timing().serviceTimeMillis();
        emptyReply = Grpc.emptyReplyWithoutStatus(line);
        return this;
    }

    /** Takes what a scanned line says. */
    Lesson of(ScannedLine line, LineRef ref, StringPool pool) {
        stream = ref.stream();
        side = ref.side();
        startMillis = line.startMillis;
        String printed = line.text(Fields.AUTHORITY, pool);
        authority = printed == null ? null : printed.toLowerCase(Locale.ROOT);
        hasMethod = line.has(Fields.METHOD);
        hasHost = line.has(Fields.HOST);
        loopback = line.hasLoopbackHost();
        status = line.status();
        grpc = Grpc.of(line.text(Fields.GRPC_STATUS, pool));
        bytesReceived = line.numbers[Fields.BYTES_RECEIVED];
        bytesSent = line.numbers[Fields.BYTES_SENT];
        durationMillis = line.numbers[Fields.DURATION];
        serviceTimeMillis = line.numbers[Fields.SERVICE_TIME];
        emptyReply = status == 200
                && bytesSent == 0
                && !hasServiceTime()
                && Grpc.emptyReplyWithoutStatus(line.entry(ref, pool));
        return this;
    }

    boolean hasServiceTime() {
        return serviceTimeMillis >= 0;
    }

    /**
     * gRPC: refused although a host was chosen, and before the request's message was read. Only a full circuit breaker
     * answers that early; a refused connection takes the message along.
     */
    boolean isRefusedBeforeRead() {
        return grpc == Grpc.UNAVAILABLE
                && hasHost
                && !hasServiceTime()
                && bytesReceived == 0
                && durationMillis >= 0
                && durationMillis <= LearnedTimers.AT_ONCE;
    }
}
