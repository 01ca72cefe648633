package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopTableTest {
    private static AccessLogSummary.Top top(TopBy by, int listed, String... lines) throws IOException {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        try (LogAnalysis analysis = new LogAnalysis(
                List.of(new LogSource("x", Side.UNKNOWN, () -> new ByteArrayInputStream(bytes))),
                new Choice(LineFilter.ALL, List.of(new Choice.Top(by, listed))),
                1)) {
            return analysis.summarize().tops().get(0);
        }
    }

    private static String line(String path, String status, String forwarded, String agent, String host) {
        return "[2026-11-20T07:40:46.216Z] \"GET " + path + " HTTP/1.1\" " + status + " 0 19 1 "
                + (status.equals("200") ? "1" : "-") + " \"" + forwarded + "\" \"" + agent
                + "\" \"i\" \"payments:8080\" \""
                + host + "\"";
    }

    @Test
    void countsPathsByTheirShape() throws IOException {
        AccessLogSummary.Top top = top(
                TopBy.PATH,
                2,
                line("/orders/1", "200", "-", "a", "10.0.0.1:80"),
                line("/orders/22?x=1", "503", "-", "a", "-"),
                line("/orders/7f2e24d1-aa04-438f-b6ed-daec1674a886", "503", "-", "a", "-"),
                line("/cafe", "200", "-", "a", "10.0.0.1:80"),
                line("/v1/items", "503", "-", "a", "-"),
                line("/cafe", "200", "-", "a", "10.0.0.1:80"));

        // Most failures first: 2 of /orders/*, 1 of /v1/items, and /cafe with 2 lines and no failure is left over.
        assertThat(top.top())
                .extracting(AccessLogSummary.TopCount::value)
                .containsExactly(Optional.of("/orders/*"), Optional.of("/v1/items"));
        assertThat(top.top().get(0).count().count()).isEqualTo(3);
        assertThat(top.top().get(0).count().conditions()).containsExactly(Map.entry(Condition.NO_HEALTHY_UPSTREAM, 2L));
        assertThat(top.other().count()).isEqualTo(2);
        assertThat(top.other().failed()).isZero();
        assertThat(top.shortBy()).isZero();
    }

    @Test
    void countsCallersByTheBestThatALineTells() throws IOException {
        AccessLogSummary.Top top = top(
                TopBy.CALLER,
                10,
                line("/", "200", "192.0.2.1, 10.0.0.9", "curl", "10.0.0.1:80"),
                line("/", "200", "192.0.2.1", "x", "10.0.0.1:80"),
                line("/", "200", "-", "curl", "10.0.0.1:80"),
                line("/", "200", "-", "-", "10.0.0.1:80"),
                "{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"method\":\"GET\",\"path\":\"/\",\"protocol\":\"HTTP/1.1\","
                        + "\"response_code\":200,\"bytes_received\":0,\"bytes_sent\":1,\"duration\":1,"
                        + "\"downstream_remote_address\":\"10.9.9.9:1234\",\"user_agent\":\"curl\"}",
                "{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"method\":\"GET\",\"path\":\"/\",\"protocol\":\"HTTP/1.1\","
                        + "\"response_code\":200,\"bytes_received\":0,\"bytes_sent\":1,\"duration\":1,"
                        + "\"downstream_remote_address\":\"[2001:db8::1]:1234\",\"user_agent\":\"curl\"}");

        assertThat(top.top())
                .extracting(count ->
                        count.value().orElse("none") + " " + count.count().count())
                .containsExactly("192.0.2.1 2", "none 1", "10.9.9.9 1", "[2001:db8::1] 1", "curl 1");
    }

    @Test
    void isExactUntilItIsFullAndBoundedBeyond() {
        Random random = new Random(3);
        Map<String, Long> truth = new HashMap<>();
        TopTable table = new TopTable(TopBy.PATH, 1000);
        long lines = 0;
        for (int piece = 0; piece < 60; piece++) {
            for (int i = 0; i < 4_000; i++) {
                // Some values come again and again, most only once or twice.
                String value = random.nextInt(4) == 0 ? "hot" + random.nextInt(50) : "cold" + random.nextInt(150_000);
                table.add(value, false, random.nextInt(100) == 0 ? Condition.UPSTREAM_RESET : Condition.SUCCESS, 1);
                truth.merge(value, 1L, Long::sum);
                lines++;
            }
            table.bound();
            if (truth.size() <= TopTable.MOST) {
                assertThat(table.view().shortBy()).isZero();
            }
        }
        AccessLogSummary.Top top = table.view();

        assertThat(truth.size()).isGreaterThan(4 * TopTable.MOST);
        assertThat(top.shortBy()).isPositive();
        long counted = top.other().count();
        for (AccessLogSummary.TopCount count : top.top()) {
            long actual = truth.get(count.value().orElseThrow());
            assertThat(count.count().count()).isBetween(actual - top.shortBy(), actual);
            counted += count.count().count();
        }
        assertThat(counted).isEqualTo(lines);
        // What comes 1,200 times on average is far above the bound, and so exact.
        assertThat(top.top().subList(0, 50))
                .allSatisfy(count -> assertThat(count.count().count())
                        .isEqualTo(truth.get(count.value().orElseThrow())));
    }
}
