package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrappingsTest {
    private static final String TEXT =
            "[2026-11-20T07:40:46.216Z] \"GET /a HTTP/1.1\" 200 0 11 1 0 \"-\" \"curl/8.11.1\""
                    + " \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"payments:8080\" \"127.0.0.1:8080\"";
    private static final String JSON =
            "{\"authority\":\"payments:8080\",\"bytes_received\":0,\"bytes_sent\":11,\"duration\":1,"
                    + "\"forwarded_for\":null,\"method\":\"GET\",\"path\":\"/a\",\"protocol\":\"HTTP/1.1\",\"request_id\":\"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\","
                    + "\"response_code\":200,\"start_time\":\"2026-11-20T07:40:46.216Z\",\"upstream_host\":\"127.0.0.1:8080\","
                    + "\"upstream_service_time\":\"0\",\"user_agent\":\"curl/8.11.1\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                // S3 export of a log group
                "2026-11-20T07:40:46.216Z ",
                // aws logs tail, detailed and short
                "2026-11-20T07:40:46.216000+00:00 pay/ecs-service-connect-oRK9o/53e8d42970824d237e111885b6e9afa5 ",
                "2026-11-20T07:40:46 ",
                // docker compose, plain, with time, coloured
                "payments-1  | ",
                "payments-1  | 2026-11-20T07:40:46.216123456Z ",
                "\u001B[36mpayments-1  |\u001B[0m ",
                // Kubernetes: CRI file, kubectl --prefix, stern
                "2026-11-20T07:40:46.216123456Z stdout F ",
                "[pod/payments-1/istio-proxy] ",
                "payments-1 istio-proxy ",
                // syslog, grep with file names
                "Nov 20 07:40:46 host proxy[17]: ",
                "proxy.log:",
            })
    void readsLinesBehindPrefixes(String prefix) {
        Recorded bare = Recorded.of(TEXT, JSON);

        Recorded read = Recorded.of(prefix + TEXT, prefix + JSON);

        assertThat(read.unparsed).isEmpty();
        assertThat(read.entries).isEqualTo(bare.entries);
        assertThat(read.formats).containsExactly("service-connect-http-text", "service-connect-http-json");
    }

    @Test
    void readsLinesInsideJsonEnvelopes() {
        String escaped = TEXT.replace("\"", "\\\"");

        Recorded read = Recorded.of(
                "{\"log\":\"" + escaped + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T07:40:46.3Z\"}",
                "{\"container_name\":\"proxy\",\"source\":\"stdout\",\"log\":\"" + JSON.replace("\"", "\\\"") + "\"}",
                "{\"timestamp\":1763624446216,\"message\":\"" + escaped + "\",\"level\":\"info\"}",
                "{\"insertId\":\"x\",\"jsonPayload\":" + JSON + "}");

        assertThat(read.unparsed).isEmpty();
        assertThat(read.entries).hasSize(4).allSatisfy(entry -> {
            assertThat(entry.request().requestId()).isEqualTo("c13c6bc6-5a9e-4ee8-929d-7089c54f31fd");
            assertThat(entry.upstream().host()).isEqualTo("127.0.0.1:8080");
            assertThat(entry.timing().durationMillis()).isEqualTo(1);
        });
    }

    @Test
    void readsAnswersOfFilterLogEvents() {
        String escaped = TEXT.replace("\"", "\\\"");
        String pretty = """
                {
                    "events": [
                        {
                            "logStreamName": "pay/ecs-service-connect-oRK9o/53e8d42970824d237e111885b6e9afa5",
                            "timestamp": 1763624446216,
                            "message": "%s",
                            "ingestionTime": 1763624450000,
                            "eventId": "1"
                        },
                        {
                            "message": "[2026-11-20 07:40:46.216][7][info][main] [source/server/server.cc:974] exiting"
                        },
                        {
                            "message": "what is this"
                        }
                    ],
                    "searchedLogStreams": [],
                    "nextToken": "x"
                }
                """.formatted(escaped);

        for (String document : new String[] {pretty, pretty.replaceAll("\n *", "")}) {
            Recorded read = Recorded.of(document.getBytes(StandardCharsets.UTF_8));

            assertThat(read.entry()).isEqualTo(Recorded.of(TEXT).entry());
            assertThat(read.proxyLines)
                    .singleElement()
                    .satisfies(line -> assertThat(line.message()).isEqualTo("exiting"));
            assertThat(read.unparsed).hasSize(1);
            assertThat(read.summary.counts().total()).isEqualTo(3);
        }
    }

    @Test
    void readsArraysOfMessagesEventsAndAccessObjects() {
        String escaped = TEXT.replace("\"", "\\\"");

        assertThat(Recorded.of("[\"" + escaped + "\"]").entries).hasSize(1);
        assertThat(Recorded.of("[{\"message\":\"" + escaped + "\"}, {\"message\":\"" + escaped + "\"}]").entries)
                .hasSize(2);
        assertThat(Recorded.of("[" + JSON + "," + JSON + "]").entries).hasSize(2);
        assertThat(Recorded.of(JSON.replace(",\"", ",\n  \"").replace("{", "{\n") + "\n" + JSON.replace("{", "{\n"))
                        .entries)
                .hasSize(2);
    }

    @Test
    void readsAnswersOfGetQueryResults() {
        String row =
                "[{\"field\":\"@timestamp\",\"value\":\"2026-11-20 07:40:46.216\"},{\"field\":\"@message\",\"value\":\""
                        + TEXT.replace("\"", "\\\"") + "\"},{\"field\":\"@ptr\",\"value\":\"x\"}]";

        Recorded read = Recorded.of("{\"queryLanguage\":\"CWLI\",\"results\":[" + row + "," + row
                + "],\"statistics\":{},\"status\":\"Complete\"}");

        assertThat(read.entries).hasSize(2).first().isEqualTo(Recorded.of(TEXT).entry());
    }

    @Test
    void readsCsvExports() {
        String quoted = "\"" + TEXT.replace("\"", "\"\"") + "\"";

        assertThat(Recorded.of(
                                "@timestamp,@message",
                                "2026-11-20 07:40:46.216," + quoted,
                                "2026-11-20 07:40:47.216," + quoted)
                        .entries)
                .hasSize(2);
        assertThat(Recorded.of("timestamp,message", "1763624446216," + quoted + "\r").entries)
                .hasSize(1);
        assertThat(Recorded.of(
                                "start_time,response_code,duration,upstream_host,request_id",
                                "2026-11-20T07:40:46.216Z,503,7,10.0.0.1:80,\"a,b\"")
                        .entry()
                        .request()
                        .requestId())
                .isEqualTo("a,b");
    }

    @Test
    void readsGzipOfSeveralMembersAndOtherEncodings() throws IOException {
        byte[] twoMembers = concat(gzip(TEXT + "\n"), gzip(JSON + "\n"));

        assertThat(Recorded.of(twoMembers).entries).hasSize(2);
        assertThat(Recorded.of(("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_8)).entries)
                .hasSize(1);
        assertThat(Recorded.of(("\uFEFF" + TEXT + "\r\n" + JSON + "\r\n").getBytes(StandardCharsets.UTF_16LE)).entries)
                .hasSize(2);
        assertThat(Recorded.of(("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_16BE)).entries)
                .hasSize(1);
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        bytes.write(second);
        return bytes.toByteArray();
    }
}
