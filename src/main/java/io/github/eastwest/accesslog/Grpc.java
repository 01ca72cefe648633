package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** gRPC status names as access logs spell them: CamelCase, SNAKE_CASE or numbers. */
enum Grpc {
    OK,
    CANCELED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED,
    /** A name that gRPC does not define. */
    UNRECOGNISED;

    private static final List<Grpc> BY_NUMBER = List.of(values()).subList(0, UNRECOGNISED.ordinal());

    /** The status of that spelling; null is no status at all. */
    static @Nullable Grpc of(@Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("-")) {
            return null;
        }
        if (text.length() <= 2 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = Integer.parseInt(text);
            return number < BY_NUMBER.size() ? BY_NUMBER.get(number) : UNRECOGNISED;
        }
        String name = text.replace("_", "").toUpperCase(Locale.ROOT);
        for (Grpc status : BY_NUMBER) {
            if (status.squeezed.equals(name)) {
                return status;
            }
        }
        return name.equals("CANCELLED") ? CANCELED : UNRECOGNISED;
    }

    private final String squeezed = name().replace("_", "");

    /**
     * Whether a line tells of a gRPC request answered 200 without a body by something other than its application, in a
     * format without gRPC status (the port is not declared as gRPC): every local reply to gRPC is such a 200.
     */
    static boolean emptyReplyWithoutStatus(AccessLogEntry line) {
        return line.response().status() == 200
                && line.response().grpcStatus() == null
                && line.response().bytesSent() == 0
                && !line.hasServiceTime()
                && isRequest(line.request());
    }

    /** A POST over HTTP/2, or one that a gRPC client sent: between the proxies it may travel as HTTP/1.1. */
    private static boolean isRequest(AccessLogEntry.Request request) {
        if (!"POST".equals(request.method())) {
            return false;
        }
        String protocol = request.protocol();
        String agent = request.userAgent();
        return protocol != null && protocol.startsWith("HTTP/2") || agent != null && agent.startsWith("grpc-");
    }
}
