package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.log.AccessLogEntry;
import java.time.Instant;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextFormatsTest {
    private static final String ISTIO_TAIL =
            " outbound|8080||customer.default.svc.cluster.local - 172.18.2.58:8080 192.168.205.6:34832 - default";

    @Nested
    class ServiceConnect {
        @Test
        void readsHttp() {
            Recorded read = Recorded.of(
                    "[2026-11-20T07:40:46.216Z] \"GET /api/orders/42 HTTP/1.1\" 200 3 11 7 5"
                            + " \"10.0.0.9, 10.0.0.8\" \"curl/8.11.1\" \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"payments:8080\" \"127.0.0.1:8080\"");

            assertThat(read.format()).isEqualTo("service-connect-http-text");
            AccessLogEntry entry = read.entry();
            assertThat(entry.startMillis())
                    .isEqualTo(Instant.parse("2026-11-20T07:40:46.216Z").toEpochMilli());
            assertThat(entry.request())
                    .isEqualTo(new AccessLogEntry.Request(
                            "HTTP/1.1",
                            "GET",
                            "/api/orders/42",
                            "payments:8080",
                            "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd",
                            "curl/8.11.1",
                            "10.0.0.9, 10.0.0.8",
                            null));
            assertThat(entry.response().status()).isEqualTo(200);
            assertThat(entry.response().bytesReceived()).isEqualTo(3);
            assertThat(entry.response().bytesSent()).isEqualTo(11);
            assertThat(entry.response().flags()).isEmpty();
            assertThat(entry.timing()).isEqualTo(new AccessLogEntry.Timing(7, 5));
            assertThat(entry.upstream()).isEqualTo(new AccessLogEntry.Upstream("127.0.0.1:8080", null, null));
        }

        @Test
        void readsAbsentValuesAsAbsentNotAsZero() {
            AccessLogEntry entry = Recorded.of(
                            "[2026-11-20T07:40:46.216Z] \"- - HTTP/1.1\" 400 0 11 0 - \"-\" \"-\" \"-\" \"-\" \"-\"")
                    .entry();

            assertThat(entry.request().method()).isNull();
            assertThat(entry.request().path()).isNull();
            assertThat(entry.request().requestId()).isNull();
            assertThat(entry.hasHost()).isFalse();
            assertThat(entry.hasServiceTime()).isFalse();
            assertThat(entry.timing().serviceTimeMillis()).isEqualTo(AccessLogEntry.ABSENT);
            assertThat(entry.isTcp()).isFalse();
        }

        @Test
        void readsHttp2ByItsStreamId() {
            Recorded read = Recorded.of(
                    "[2026-11-20T07:40:46.216Z] \"GET /x HTTP/2\" 200 0 11 1 0 \"-\" \"a\" \"-\" \"payments\" \"10.0.1.23:8080\" \"123456789\"");

            assertThat(read.format()).isEqualTo("service-connect-http2-text");
            assertThat(read.entry().upstream().host()).isEqualTo("10.0.1.23:8080");
            assertThat(read.entry().request().requestId()).isEqualTo("123456789");
        }

        @Test
        void readsGrpcStatusInEveryForm() {
            for (String printed : new String[] {"Unavailable", "UNAVAILABLE", "14"}) {
                Recorded read = Recorded.of(
                        "[2026-11-20T07:40:46.216Z] \"POST /pay.v1.Pay/Charge HTTP/2\" 200 " + printed
                                + " 35 0 15001 - \"-\" \"grpc-java-netty/1.68\" \"rid\" \"payments:9090\" \"10.0.1.23:9090\" \"99887766\"");

                assertThat(read.format()).isEqualTo("service-connect-grpc-text");
                assertThat(read.entry().response().grpcStatus()).isEqualTo("Unavailable");
                assertThat(read.entry().response().bytesReceived()).isEqualTo(35);
                assertThat(read.entry().timing()).isEqualTo(new AccessLogEntry.Timing(15001, AccessLogEntry.ABSENT));
            }
        }

        @Test
        void takesALoneDashForAGrpcStatusOnlyBeforeAStreamId() {
            String numbers =
                    "[2026-11-20T07:40:46.216Z] \"GET /x HTTP/2\" 200 - 35 0 1 - \"-\" \"a\" \"rid\" \"payments\" ";

            assertThat(Recorded.of(numbers + "\"10.0.1.23:8080\" \"7\"").format())
                    .isEqualTo("service-connect-grpc-text");
            assertThat(Recorded.of(numbers + "\"10.0.1.23:8080\"").format()).isEqualTo("envoy-text");
            assertThat(Recorded.of(numbers + "\"-\" \"-\"").format()).isEqualTo("service-connect-grpc-text");
        }

        @Test
        void readsTcp() {
            Recorded read = Recorded.of("[2026-11-20T07:40:46.216Z] 10.0.1.5:44321 44321 120 480 3600123 - 17");

            assertThat(read.format()).isEqualTo("service-connect-tcp-text");
            AccessLogEntry entry = read.entry();
            assertThat(entry.isTcp()).isTrue();
            assertThat(entry.request().protocol()).isEqualTo("TCP");
            assertThat(entry.request().remoteAddress()).isEqualTo("10.0.1.5:44321");
            assertThat(entry.response().bytesReceived()).isEqualTo(120);
            assertThat(entry.response().bytesSent()).isEqualTo(480);
            assertThat(entry.timing().durationMillis()).isEqualTo(3600123);
            assertThat(entry.response().details()).isNull();
        }

        @Test
        void readsTcpTerminationDetailsWithBlanks() {
            AccessLogEntry entry = Recorded.of(
                            "[2026-11-20T07:40:46.216Z] [fd00::5]:44321 44321 0 0 1 transport socket timeout was reached 17")
                    .entry();

            assertThat(entry.response().details()).isEqualTo("transport socket timeout was reached");
            assertThat(entry.request().remoteAddress()).isEqualTo("[fd00::5]:44321");
        }
    }

    @Nested
    class QuotesInTheUserAgent {
        /** envoyproxy/envoy#4191: nothing is escaped. */
        @Test
        void takesWhatIsLeftBetweenBothEndsForTheUserAgent() {
            AccessLogEntry entry = Recorded.of(
                            "[2018-08-14T23:08:23.803Z] \"GET / HTTP/1.1\" 200 - 0 4521 0 - \"192.88.34.220\""
                                    + " \"USER_AGENT_I_WANT_YOU_TO_SEE\" \"AJ\" \"WAS\" \"HERE\" \"-\" \"localhost:10000\" \"-\"")
                    .entry();

            assertThat(entry.request().forwardedFor()).isEqualTo("192.88.34.220");
            assertThat(entry.request().userAgent()).isEqualTo("USER_AGENT_I_WANT_YOU_TO_SEE\" \"AJ\" \"WAS\" \"HERE");
            assertThat(entry.request().requestId()).isNull();
            assertThat(entry.request().authority()).isEqualTo("localhost:10000");
            assertThat(entry.hasHost()).isFalse();
        }

        @Test
        void readsAnOddQuote() {
            AccessLogEntry entry = Recorded.of(
                            "[2026-11-20T07:40:46.216Z] \"GET / HTTP/1.1\" 200 0 11 1 0 \"-\" \"5\" tablet\""
                                    + " \"rid\" \"payments\" \"127.0.0.1:8080\"")
                    .entry();

            assertThat(entry.request().userAgent()).isEqualTo("5\" tablet");
            assertThat(entry.request().requestId()).isEqualTo("rid");
        }

        @Test
        void readsAPathWithAQuote() {
            AccessLogEntry entry = Recorded.of(
                            "[2026-11-20T07:40:46.216Z] \"GET /a\" 2 b HTTP/1.1\" 200 0 11 1 0 \"-\" \"a\""
                                    + " \"rid\" \"payments\" \"127.0.0.1:8080\"")
                    .entry();

            assertThat(entry.request().path()).isEqualTo("/a\" 2 b");
            assertThat(entry.response().status()).isEqualTo(200);
        }
    }

    @Nested
    class Envoy {
        @Test
        void readsTheDefaultFormat() {
            Recorded read = Recorded.of(
                    "[2016-04-15T20:17:00.310Z] \"POST /api/v1/locations HTTP/2\" 204 - 154 0 226 100"
                            + " \"10.0.35.28\" \"nsq2http\" \"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2\" \"locations\" \"tcp://10.0.2.1:80\"");

            assertThat(read.format()).isEqualTo("envoy-text");
            assertThat(read.entry().upstream().host()).isEqualTo("10.0.2.1:80");
            assertThat(read.entry().response().flags()).isEmpty();
            assertThat(read.entry().timing()).isEqualTo(new AccessLogEntry.Timing(226, 100));
        }

        @Test
        void readsFlagsShortAndLong() {
            String rest = " 0 91 3 - \"-\" \"a\" \"rid\" \"payments\" \"10.0.2.1:80\"";

            assertThat(Recorded.of("[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 503 URX,UF" + rest)
                            .entry()
                            .response()
                            .flags())
                    .containsExactly("URX", "UF");
            assertThat(Recorded.of("[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 503 NoHealthyUpstream,XX" + rest)
                            .entry()
                            .response()
                            .flags())
                    .containsExactly("UH", "XX");
        }

        @Test
        void readsOtherTimes() {
            String rest = "] \"GET / HTTP/1.1\" 503 UH 0 19 0 - \"-\" \"a\" \"rid\" \"payments\" \"-\"";
            long expected = Instant.parse("2024-01-30T08:40:46Z").toEpochMilli();

            assertThat(Recorded.of("[2024-01-30T10:40:46.000000000+0200" + rest)
                            .entry()
                            .startMillis())
                    .isEqualTo(expected);
            assertThat(Recorded.of("[2024-01-30T08:40:46Z" + rest).entry().startMillis())
                    .isEqualTo(expected);
            assertThat(Recorded.of("[1706604046.000" + rest).entry().startMillis())
                    .isEqualTo(expected);
            assertThat(Recorded.of("[30/Jan/2024:08:40:46 +0000" + rest).entry().startMillis())
                    .isEqualTo(AccessLogEntry.ABSENT);
        }

        @Test
        void readsEmptyValuesOfOmitEmpty() {
            AccessLogEntry entry = Recorded.of(
                            "[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 503 UH 0 19 0  \"\" \"\" \"rid\" \"payments\" \"\"")
                    .entry();

            assertThat(entry.hasServiceTime()).isFalse();
            assertThat(entry.request().userAgent()).isNull();
            assertThat(entry.request().authority()).isEqualTo("payments");
            assertThat(entry.hasHost()).isFalse();
        }

        @Test
        void readsExtraAndMissingColumnsAtTheEnd() {
            String start =
                    "[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 503 UH 0 19 4 - \"-\" \"a\" \"rid\" \"payments\"";

            AccessLogEntry missing = Recorded.of(start).entry();
            assertThat(missing.request().authority()).isEqualTo("payments");
            assertThat(missing.hasHost()).isFalse();
            AccessLogEntry extra =
                    Recorded.of(start + " \"10.1.1.1:80\" extra 17").entry();
            assertThat(extra.upstream().host()).isEqualTo("10.1.1.1:80");
            AccessLogEntry extraQuoted =
                    Recorded.of(start + " \"10.1.1.1:80\" \"x\" \"y\" \"z\"").entry();
            assertThat(extraQuoted.upstream().host()).isEqualTo("10.1.1.1:80");
            assertThat(extraQuoted.request().requestId()).isEqualTo("rid");
            AccessLogEntry numbersOnly = Recorded.of("[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 503 UH 0 19 4 -")
                    .entry();
            assertThat(numbersOnly.timing().durationMillis()).isEqualTo(4);
        }
    }

    @Nested
    class Istio {
        @Test
        void readsTheCurrentGeneration() {
            Recorded read = Recorded.of("[2022-02-09T13:34:21.473Z] \"GET / HTTP/1.1\" 503 UF,URX"
                    + " upstream_reset_before_response_started{connection_failure} - \"TLS error: Secret is not supplied by SDS\" 0 91 24255 - \"-\" \"curl/7.68.0\""
                    + " \"5ab981ed-c95f-4730-8732-2fe6fd7f6208\" \"customer.default.svc.cluster.local:8080\" \"172.16.0.15:8080\""
                    + ISTIO_TAIL);

            assertThat(read.format()).isEqualTo("istio-text");
            AccessLogEntry entry = read.entry();
            assertThat(entry.response().flags()).containsExactly("UF", "URX");
            assertThat(entry.response().details())
                    .isEqualTo("upstream_reset_before_response_started{connection_failure}");
            assertThat(entry.upstream())
                    .isEqualTo(new AccessLogEntry.Upstream(
                            "172.16.0.15:8080",
                            "outbound|8080||customer.default.svc.cluster.local",
                            "TLS error: Secret is not supplied by SDS"));
            assertThat(entry.timing().durationMillis()).isEqualTo(24255);
            assertThat(entry.request().remoteAddress()).isEqualTo("192.168.205.6:34832");
        }

        @Test
        void readsTheGenerationOfTheMixer() {
            AccessLogEntry entry = Recorded.of(
                            "[2020-09-24T13:31:37.980Z] \"PUT /eureka/apps/X?status=UP HTTP/1.1\" 503 UF,URX \"-\" \"TLS error: x\" 0 91 3037 - \"-\""
                                    + " \"Java-EurekaClient/v1.9.13\" \"1cd54507-3f93-4ff3-a93e-35ead11da70f\" \"eureka-server:8761\" \"172.16.0.198:8761\""
                                    + ISTIO_TAIL)
                    .entry();

            assertThat(entry.response().details()).isNull();
            assertThat(entry.upstream().transportFailure()).isEqualTo("TLS error: x");
            assertThat(entry.response().bytesSent()).isEqualTo(91);
        }

        @Test
        void readsTheGenerationsBefore() {
            String columns =
                    " 0 91 3 - \"-\" \"a\" \"rid\" \"eureka-server:8761\" \"172.16.0.198:8761\" outbound|8761||eureka - 1.1.1.1:1 2.2.2.2:2";

            Recorded oldest = Recorded.of("[2020-09-24T13:31:37.980Z] \"GET / HTTP/1.1\" 503 UF" + columns);
            assertThat(oldest.format()).isEqualTo("istio-text");
            assertThat(oldest.entry().upstream().cluster()).isEqualTo("outbound|8761||eureka");
            Recorded withMixer =
                    Recorded.of("[2020-09-24T13:31:37.980Z] \"GET / HTTP/1.1\" 503 UF \"-\"" + columns + " -");
            assertThat(withMixer.format()).isEqualTo("istio-text");
            assertThat(withMixer.entry().upstream().transportFailure()).isNull();
            assertThat(withMixer.entry().response().flags()).containsExactly("UF");
        }

        @Test
        void readsTcp() {
            AccessLogEntry entry = Recorded.of(
                            "[2024-01-27T14:15:24.881Z] \"- - -\" 0 UF,URX - - \"-\" 0 0 10000 - \"-\" \"-\" \"-\" \"-\" \"10.43.0.1:27018\""
                                    + " outbound|27018||mymongodb.somedomain - 240.240.40.99:27018 10.42.0.10:34145 - -")
                    .entry();

            assertThat(entry.isTcp()).isTrue();
            assertThat(entry.request().protocol()).isEqualTo("TCP");
            assertThat(entry.response().flags()).containsExactly("UF", "URX");
            assertThat(entry.timing().durationMillis()).isEqualTo(10000);
        }

        @Test
        void readsALineWithoutItsQuotedColumns() {
            Recorded read = Recorded.of("[2025-06-09T16:31:35.223Z] \"POST /x HTTP/2\" 200 UPE"
                    + " upstream_reset_before_response_started{protocol_error} - \"-\" 67960 0 8 -");

            assertThat(read.entry().response().flags()).containsExactly("UPE");
            assertThat(read.entry().response().bytesReceived()).isEqualTo(67960);
        }
    }

    @Nested
    class Damaged {
        @Test
        void namesTheColumnWhereReadingFailed() {
            // "[2026-04-15T20:17:00.310Z] " has 27 bytes, the request 16, a blank: the status begins at column 45.
            assertThat(Recorded.of("[2026-04-15T20:17:00.310Z] \"GET / HTTP/1.1\" 5003 UH 0 19 4 -").unparsed)
                    .singleElement()
                    .asString()
                    .startsWith("1:45: no status");
        }

        @Test
        void rejectsLinesCutInsideAQuote() {
            String line =
                    "[2026-11-20T07:40:46.216Z] \"GET / HTTP/1.1\" 200 0 11 1 0 \"-\" \"curl/8.11.1\" \"rid\" \"payments\" \"127.0.0.1:8080\"";
            for (int length = 1; length < line.length(); length++) {
                String cut = line.substring(0, length);
                long quotes = cut.chars().filter(c -> c == '"').count();
                if (quotes % 2 == 1) {
                    assertThat(Recorded.of(cut).unparsed).as(cut).hasSize(1);
                }
            }
        }
    }
}
