package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OtherLinesTest {
    @Test
    void readsEnvoysOwnLog() {
        ProxyLogLine line = Recorded.of(
                        "[2023-01-11 19:19:39.733][23][info][main] [source/server/server.cc:974] shutting down server instance")
                .proxyLines
                .get(0);

        assertThat(line.atMillis())
                .isEqualTo(Instant.parse("2023-01-11T19:19:39.733Z").toEpochMilli());
        assertThat(line.level()).isEqualTo("info");
        assertThat(line.message()).isEqualTo("shutting down server instance");
    }

    @Test
    void readsTheAgentsLogs() {
        Recorded read = Recorded.of(
                "[2026-11-20 07:40:46.216][1][info] [AppNet Agent] Draining Envoy listeners...",
                "time=\"2026-05-19T10:45:02Z\" level=warning msg=\"Unable to fetch ECS container metadata: i/o timeout\"",
                "2026-05-19T10:45:02.123456Z\twarning\tenvoy config\tgRPC config stream closed");

        assertThat(read.unparsed).isEmpty();
        assertThat(read.proxyLines)
                .extracting(ProxyLogLine::message)
                .containsExactly(
                        "Draining Envoy listeners...",
                        "Unable to fetch ECS container metadata: i/o timeout",
                        "envoy config\tgRPC config stream closed");
        assertThat(read.proxyLines).extracting(ProxyLogLine::level).containsExactly("info", "warning", "warning");
        assertThat(read.proxyLines.get(1).atMillis())
                .isEqualTo(Instant.parse("2026-05-19T10:45:02Z").toEpochMilli());
    }

    @Test
    void readsOutlierEventsOfBothStyles() {
        Recorded read = Recorded.of(
                "{\"type\":\"CONSECUTIVE_5XX\",\"cluster_name\":\"service_responder\",\"upstream_url\":\"127.0.0.1:18081\",\"action\":\"EJECT\",\"num_ejections\":1,\"enforced\":true,\"eject_consecutive_event\":{},\"timestamp\":\"2019-11-02T11:41:25.814Z\"}",
                "{\"type\":\"CONSECUTIVE_5XX\",\"cluster_name\":\"service_responder\",\"upstream_url\":\"127.0.0.1:18081\",\"action\":\"UNEJECT\",\"num_ejections\":1,\"enforced\":false,\"timestamp\":\"2019-11-02T11:41:58Z\",\"secs_since_last_action\":\"32\"}",
                "{\"time\": \"2024-08-20T18:15:47.112Z\", \"secs_since_last_action\": \"-1\", \"cluster\": \"httpbin_httpbin\", \"upstream_url\": \"tcp://0.0.0.0:0\", \"action\": \"eject\", \"type\": \"5xx\", \"num_ejections\": \"1\", \"enforced\": \"true\"}");

        assertThat(read.outliers).extracting(OutlierEvent::eject).containsExactly(true, false, true);
        assertThat(read.outliers).extracting(OutlierEvent::enforced).containsExactly(true, false, true);
        assertThat(read.outliers)
                .extracting(OutlierEvent::host)
                .containsExactly("127.0.0.1:18081", "127.0.0.1:18081", "0.0.0.0:0");
        assertThat(read.outliers)
                .extracting(OutlierEvent::cluster)
                .containsExactly("service_responder", "service_responder", "httpbin_httpbin");
        assertThat(read.outliers.get(1).atMillis())
                .isEqualTo(Instant.parse("2019-11-02T11:41:58Z").toEpochMilli());
        assertThat(read.outliers.get(2).type()).isEqualTo("5xx");
    }

    @Test
    void findsTheTaskInTheStreamsName() {
        assertThat(AccessLogReader.taskId("pay/ecs-service-connect-oRK9o/53e8d42970824d237e111885b6e9afa5"))
                .hasValue("53e8d42970824d237e111885b6e9afa5");
        assertThat(AccessLogReader.taskId("pay_ecs-service-connect-oRK9o_53e8d42970824d237e111885b6e9afa5.log.gz"))
                .hasValue("53e8d42970824d237e111885b6e9afa5");
        assertThat(AccessLogReader.taskId("a/b/c13c6bc6-5a9e-4ee8-929d-7089c54f31fd"))
                .hasValue("c13c6bc6-5a9e-4ee8-929d-7089c54f31fd");
        assertThat(AccessLogReader.taskId("a/b/53e8d42970824d237e111885b6e9afa"))
                .isEmpty();
        assertThat(AccessLogReader.taskId("proxy.log")).isEmpty();
    }
}
