package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.log.AccessLogEntry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** JSON objects and key=value lines. */
class FieldFormatsTest {
    private static String serviceConnect(String duration, String extra) {
        return "{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"method\":\"POST\",\"path\":\"/x\",\"protocol\":\"HTTP/2\",\"response_code\":200,"
                + "\"bytes_received\":35,\"bytes_sent\":0," + duration
                + ",\"upstream_service_time\":null,\"forwarded_for\":null,"
                + "\"user_agent\":\"a\",\"request_id\":\"rid\",\"authority\":\"payments:9090\",\"upstream_host\":\"10.0.1.23:9090\""
                + extra + "}";
    }

    @Test
    void readsServiceConnectFormats() {
        Recorded http = Recorded.of(serviceConnect("\"duration_ms\":7", ""));
        assertThat(http.format()).isEqualTo("service-connect-http-json");
        assertThat(http.entry().timing()).isEqualTo(new AccessLogEntry.Timing(7, AccessLogEntry.ABSENT));

        Recorded http2 = Recorded.of(serviceConnect("\"duration\":\"7\"", ",\"stream_id\":\"9\""));
        assertThat(http2.format()).isEqualTo("service-connect-http2-json");
        assertThat(http2.entry().timing().durationMillis()).isEqualTo(7);

        Recorded grpc =
                Recorded.of(serviceConnect("\"duration\":7", ",\"stream_id\":\"9\",\"grpc_status\":\"Unavailable\""));
        assertThat(grpc.format()).isEqualTo("service-connect-grpc-json");
        assertThat(grpc.entry().response().grpcStatus()).isEqualTo("Unavailable");

        Recorded tcp = Recorded.of(
                "{\"bytes_received\":12,\"bytes_sent\":18,\"connection_id\":1859,\"connection_termination_details\":null,"
                        + "\"downstream_remote_address\":\"10.0.1.11:51004\",\"downstream_remote_port\":51004,\"duration\":2,\"start_time\":\"2026-11-21T03:30:24.075Z\"}");
        assertThat(tcp.format()).isEqualTo("service-connect-tcp-json");
        assertThat(tcp.entry().isTcp()).isTrue();
        assertThat(tcp.entry().request().remoteAddress()).isEqualTo("10.0.1.11:51004");
    }

    @Test
    void readsNumbersAsNumbersStringsNullDashAndExponent() {
        for (String sent : new String[] {"300000", "\"300000\"", "3e+05", "\"3e+05\"", "300000.0"}) {
            assertThat(Recorded.of(serviceConnect("\"duration\":7", "")
                                    .replace("\"bytes_sent\":0", "\"bytes_sent\":" + sent))
                            .entry()
                            .response()
                            .bytesSent())
                    .as(sent)
                    .isEqualTo(300_000);
        }
        for (String sent : new String[] {"null", "\"-\"", "\"\""}) {
            assertThat(Recorded.of(serviceConnect("\"duration\":7", "")
                                    .replace("\"bytes_sent\":0", "\"bytes_sent\":" + sent))
                            .entry()
                            .response()
                            .bytesSent())
                    .as(sent)
                    .isEqualTo(AccessLogEntry.ABSENT);
        }
    }

    @Test
    void readsIstio() {
        Recorded read = Recorded.of(
                "{\"start_time\":\"2025-12-22T17:09:54.276Z\",\"method\":\"GET\",\"path\":\"/status/200\",\"protocol\":\"HTTP/1.1\",\"response_code\":\"503\",\"response_flags\":\"URX,UF\","
                        + "\"response_code_details\":\"upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}\",\"upstream_transport_failure_reason\":\"delayed_connect_error:_Connection_refused\","
                        + "\"bytes_received\":\"0\",\"bytes_sent\":\"190\",\"duration\":\"63\",\"upstream_service_time\":\"-\",\"request_id\":\"6e0d7462-2323-9e73-8dcf-43701a368edb\",\"authority\":\"mock-server:8080\","
                        + "\"upstream_host\":\"10.244.2.4:8080\",\"upstream_cluster\":\"outbound|8080||mock-server.default.svc.cluster.local\",\"upstream_local_address\":\"-\",\"grpc_status\":\"-\",\"upstream_request_attempt_count\":\"3\",\"request_duration\":\"0\",\"response_duration\":\"-\"}");

        assertThat(read.format()).isEqualTo("istio-json");
        AccessLogEntry entry = read.entry();
        assertThat(entry.response().flags()).containsExactly("URX", "UF");
        assertThat(entry.response().status()).isEqualTo(503);
        assertThat(entry.timing()).isEqualTo(new AccessLogEntry.Timing(63, AccessLogEntry.ABSENT));
        assertThat(entry.upstream().cluster()).isEqualTo("outbound|8080||mock-server.default.svc.cluster.local");
        assertThat(entry.isGrpc()).isFalse();
    }

    @Test
    void readsEnvoyGateway() {
        Recorded read = Recorded.of(
                "{\":authority\":\"backend:3000\",\"bytes_received\":0,\"bytes_sent\":466,\"connection_termination_details\":null,\"downstream_local_address\":\"10.244.0.14:3000\",\"downstream_remote_address\":\"10.244.0.12:34805\",\"duration\":1,"
                        + "\"method\":\"GET\",\"protocol\":\"HTTP/1.1\",\"requested_server_name\":null,\"response_code\":200,\"response_code_details\":\"via_upstream\",\"response_flags\":\"-\",\"route_name\":\"httproute/x\",\"start_time\":\"2025-04-09T11:44:45.639Z\",\"upstream_cluster\":\"httproute/x\","
                        + "\"upstream_host\":\"10.244.0.13:3000\",\"upstream_local_address\":\"10.244.0.14:58822\",\"upstream_transport_failure_reason\":null,\"user-agent\":\"curl/7.88.1\",\"x-envoy-origin-path\":\"/\",\"x-envoy-upstream-service-time\":null,\"x-forwarded-for\":\"10.244.0.12\",\"x-request-id\":\"ab1e4da7\"}");

        assertThat(read.format()).isEqualTo("envoy-gateway-json");
        assertThat(read.entry().request())
                .isEqualTo(new AccessLogEntry.Request(
                        "HTTP/1.1",
                        "GET",
                        "/",
                        "backend:3000",
                        "ab1e4da7",
                        "curl/7.88.1",
                        "10.244.0.12",
                        "10.244.0.12:34805"));
        assertThat(read.entry().response().details()).isEqualTo("via_upstream");
    }

    /** envoyproxy/envoy#17432. */
    @Test
    void readsCamelCase() {
        Recorded read = Recorded.of(
                "{\"responseCodeDetails\":\"upstream_reset_before_response_started{connection_failure}\",\"requestPath\":\"/v1/KEY\",\"upstreamServiceTime\":\"-\",\"requestMethod\":\"GET\","
                        + "\"startTime\":\"2021-07-21T09:42:36.514Z\",\"bytesReceived\":\"0\",\"bytesSent\":\"91\",\"protocol\":\"HTTP/1.1\",\"responseFlags\":\"UF,URX\",\"responseCode\":\"503\",\"soapaction\":\"-\",\"duration\":\"55\",\"fullPath\":\"GET /v1/KEY HTTP/1.1\"}");

        assertThat(read.format()).isEqualTo("json");
        assertThat(read.entry().request().path()).isEqualTo("/v1/KEY");
        assertThat(read.entry().response().bytesSent()).isEqualTo(91);
        assertThat(read.entry().response().flags()).containsExactly("UF", "URX");
    }

    @Test
    void readsEscapesNestedValuesAndDuplicateNames() {
        AccessLogEntry entry = Recorded.of(
                        "{ \"labels\" : {\"status\": 7, \"a\": [\"}\"]}, \"path\" : \"/\\u00e9\\\"\\\\\", \"response_code\" : 200 ,\"code\":300, \"x\": true, \"time\":\"2026-11-20T07:40:46Z\" }")
                .entry();

        assertThat(entry.request().path()).isEqualTo("/\u00e9\"\\");
        assertThat(entry.response().status()).isEqualTo(200);
        assertThat(entry.startMillis())
                .isEqualTo(Instant.parse("2026-11-20T07:40:46Z").toEpochMilli());
    }

    @Test
    void readsKeyValueLines() {
        Recorded read = Recorded.of(
                "start_time=2026-11-20T07:40:46.216Z method=GET path=/a?b=c response_code=503 response_flags=UF,URX bytes_sent=91"
                        + " duration=12 upstream-host=10.0.0.1:80 userAgent=\"curl \\\"8\\\"\" x-request-id=rid");

        assertThat(read.format()).isEqualTo("key-value");
        AccessLogEntry entry = read.entry();
        assertThat(entry.request().path()).isEqualTo("/a?b=c");
        assertThat(entry.request().userAgent()).isEqualTo("curl \"8\"");
        assertThat(entry.request().requestId()).isEqualTo("rid");
        assertThat(entry.response().flags()).containsExactly("UF", "URX");
        assertThat(entry.upstream().host()).isEqualTo("10.0.0.1:80");
    }

    @Test
    void doesNotTakeOtherObjectsForAccessLines() {
        Recorded read = Recorded.of(
                "{\"a\":1}",
                "{\"status\":\"ok\",\"path\":\"/x\"}",
                "{\"duration\":5}",
                "{}",
                "{\"response_code\":200,\"duration\":\"soon\",\"path\":\"/\"}",
                "a=b c=d",
                "{\"response_code\":200,\"path\":\"/\"} and more");

        assertThat(read.entries).isEmpty();
        assertThat(read.unparsed).hasSize(7);
    }
}
