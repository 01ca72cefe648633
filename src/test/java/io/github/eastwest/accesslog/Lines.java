package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.time.Instant;
import java.util.List;

/** Builds access lines for tests; a fresh builder is a caller's successful GET. */
final class Lines {
    /** Start of every line that does not say otherwise. */
    static final long NOON = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    private String stream = "caller";
    private Side side = Side.CALLER;
    private long number = 1;
    private long start = NOON;
    private String protocol = "HTTP/1.1";
    private String method = "GET";
    private String path = "/orders";
    private String authority = "payments:8080";
    private String id = "7f2e24d1-aa04-438f-b6ed-daec1674a886";
    private String remote;
    private int status = 200;
    private String grpc;
    private List<String> flags = List.of();
    private String details;
    private long received;
    private long sent = 120;
    private String host = "10.0.1.11:8080";
    private String transport;
    private long duration = 4;
    private long serviceTime = AccessLogEntry.ABSENT;

    static Lines caller() {
        return new Lines().serviceTime(4);
    }

    static Lines callee() {
        return new Lines()
                .stream("callee").side(Side.CALLEE).host("127.0.0.1:8080").serviceTime(4);
    }

    /** A gRPC answer of Envoy's own: status 200 without body. */
    Lines grpcReply(String status, long millis) {
        return protocol("HTTP/2")
                .method("POST")
                .grpc(status)
                .status(200)
                .sent(0)
                .received(37)
                .duration(millis)
                .noServiceTime();
    }

    /** An HTTP error of Envoy's own. */
    Lines reply(int status, long bytes, long millis) {
        return status(status).sent(bytes).duration(millis).noServiceTime();
    }

    Lines stream(String value) {
        stream = value;
        return this;
    }

    Lines side(Side value) {
        side = value;
        return this;
    }

    Lines number(long value) {
        number = value;
        return this;
    }

    Lines start(long value) {
        start = value;
        return this;
    }

    Lines after(long millis) {
        return start(NOON + millis);
    }

    Lines protocol(String value) {
        protocol = value;
        return this;
    }

    Lines method(String value) {
        method = value;
        return this;
    }

    Lines path(String value) {
        path = value;
        return this;
    }

    Lines authority(String value) {
        authority = value;
        return this;
    }

    Lines id(String value) {
        id = value;
        return this;
    }

    Lines remote(String value) {
        remote = value;
        return this;
    }

    Lines status(int value) {
        status = value;
        return this;
    }

    Lines grpc(String value) {
        grpc = value;
        return this;
    }

    Lines flags(String... values) {
        flags = List.of(values);
        return this;
    }

    Lines details(String value) {
        details = value;
        return this;
    }

    Lines received(long value) {
        received = value;
        return this;
    }

    Lines sent(long value) {
        sent = value;
        return this;
    }

    Lines host(String value) {
        host = value;
        return this;
    }

    Lines transport(String value) {
        transport = value;
        return this;
    }

    Lines duration(long value) {
        duration = value;
        return this;
    }

    Lines serviceTime(long value) {
        serviceTime = value;
        return this;
    }

    Lines noServiceTime() {
        return serviceTime(AccessLogEntry.ABSENT);
    }

    /** A TCP connection, which has neither status nor host nor id. */
    Lines tcp(String remoteAddress) {
        return protocol("TCP")
                .method(null)
                .path(null)
                .authority(null)
                .id(null)
                .host(null)
                .noServiceTime()
                .status(-1)
                .remote(remoteAddress);
    }

    AccessLogEntry line() {
        return new AccessLogEntry(
                new LineRef(stream, number, side),
                start,
                new AccessLogEntry.Request(protocol, method, path, authority, id, "agent/1", null, remote),
                new AccessLogEntry.Response(status, grpc, flags, details, received, sent),
                new AccessLogEntry.Upstream(host, null, transport),
                new AccessLogEntry.Timing(duration, serviceTime));
    }
}
