package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a filter selects, against the lines that an unfiltered run writes. */
class LineFilterTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static String text = "";
    private static List<JsonNode> all = List.of();

    @BeforeAll
    static void readEverything() throws IOException {
        StringBuilder lines = new StringBuilder();
        GeneratedLines generated = new GeneratedLines(11);
        for (int i = 0; i < 3_000; i++) {
            lines.append(generated.next()).append('\n');
        }
        for (ScannerDifferentialTest.LabLines.Line line :
                ScannerDifferentialTest.LabLines.of(ScannerDifferentialTest.LabLines.RECORDINGS.get(0))) {
            lines.append(line.text()).append('\n');
        }
        lines.append("what is this\n\n");
        text = lines.toString();
        all = written(LineFilter.ALL);
    }

    private static LogAnalysis analysis(Choice choice) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new LogAnalysis(
                List.of(new LogSource("x", Side.UNKNOWN, () -> new ByteArrayInputStream(bytes))), choice, 2);
    }

    private static List<JsonNode> written(LineFilter filter) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogAnalysis analysis = analysis(new Choice(filter, List.of()))) {
            analysis.summarize();
            analysis.lines(out);
        }
        return out.toString(StandardCharsets.UTF_8).lines().map(JSON::readTree).toList();
    }

    private static AccessLogSummary summary(LineFilter filter) throws IOException {
        try (LogAnalysis analysis = analysis(new Choice(filter, List.of()))) {
            return analysis.summarize();
        }
    }

    private static LineFilter where(String... terms) {
        List<LineFilter.Term> parsed = new ArrayList<>();
        for (String term : terms) {
            parsed.addAll(LineFilter.Term.parse(term));
        }
        return new LineFilter(Long.MIN_VALUE, Long.MAX_VALUE, parsed);
    }

    /** Some lines, and not all of them, are selected: exactly those that fit, with the same meaning as without a filter. */
    private static void selects(LineFilter filter, Predicate<JsonNode> fits) throws IOException {
        List<JsonNode> expected = all.stream()
                .filter(line -> line.get("kind").stringValue().equals("access"))
                .filter(fits)
                .toList();
        long access = all.stream()
                .filter(line -> line.get("kind").stringValue().equals("access"))
                .count();
        assertThat(expected.size()).isBetween(1, (int) access - 1);

        assertThat(written(filter)).isEqualTo(expected);

        AccessLogSummary summary = summary(filter);
        assertThat(summary.requests().count()).isEqualTo(expected.size());
        assertThat(summary.lines().counts().access()).isEqualTo(access);
        assertThat(summary.lines().selection().leftOut()).isEqualTo(access - expected.size());
        assertThat(summary.lines().counts())
                .isEqualTo(summary(LineFilter.ALL).lines().counts());
        Map<String, Long> conditions = expected.stream()
                .collect(Collectors.groupingBy(line -> line.get("condition").stringValue(), Collectors.counting()));
        assertThat(summary.conditions().stream()
                        .collect(Collectors.toMap(c -> c.condition().id(), AccessLogSummary.ConditionCount::count)))
                .isEqualTo(conditions);
        assertThat(summary.minutes().minutes().stream()
                                .mapToLong(minute -> minute.count().count())
                                .sum()
                        + summary.minutes().withoutTime().count())
                .isEqualTo(expected.size());
        assertThat(summary.requests().latency().orElseThrow().count())
                .isEqualTo(expected.stream()
                        .filter(line -> !line.get("status").isNull()
                                && !line.get("durationMs").isNull())
                        .count());
    }

    private static String string(JsonNode line, String field) {
        return line.get(field).isNull() ? "" : line.get(field).asString();
    }

    @Test
    void selectsByStatus() throws IOException {
        selects(where("status=503"), line -> string(line, "status").equals("503"));
        selects(where("status=4xx,503"), line -> string(line, "status").matches("4..|503"));
        selects(where("status!=2xx,-"), line -> !string(line, "status").matches("2..|"));
        selects(
                where("status=5xx", "status!=503"),
                line -> string(line, "status").matches("5(?!03).."));
        selects(where("status=0"), line -> string(line, "status").equals("0"));
    }

    @Test
    void selectsByCondition() throws IOException {
        selects(
                where("condition=failed"),
                line -> Condition.of(string(line, "condition")).orElseThrow().failure());
        selects(
                where("condition=no_healthy_upstream,upstream_overflow"),
                line -> string(line, "condition").matches("no_healthy_upstream|upstream_overflow"));
        selects(
                where("condition!=success,application_4xx"),
                line -> !string(line, "condition").matches("success|application_4xx"));
    }

    @Test
    void selectsByTexts() throws IOException {
        selects(where("host=-"), line -> string(line, "upstreamHost").isEmpty());
        selects(where("host=10.0.1*"), line -> string(line, "upstreamHost").startsWith("10.0.1"));
        selects(where("host!=10.*,-"), line -> !string(line, "upstreamHost").matches("10[.].*|"));
        selects(where("method=POST"), line -> string(line, "method").equals("POST"));
        selects(
                where("authority=*:8080,method!=GET"),
                line -> string(line, "authority").endsWith(":8080")
                        && !string(line, "method").equals("GET"));
        selects(where("path=/o*"), line -> string(line, "path").startsWith("/o"));
    }

    @Test
    void looksAtAPathWithoutItsQueryUnlessAskedForOne() {
        String line =
                "[2026-11-20T07:40:46.216Z] \"GET /a%s HTTP/1.1\" 200 0 11 1 0 \"-\" \"x\" \"i\" \"a\" \"10.0.0.1:80\"";
        assertThat(accepts("path=/a", line.formatted(""))).isTrue();
        assertThat(accepts("path=/a", line.formatted("?b=/c"))).isTrue();
        assertThat(accepts("path=/a?b=*", line.formatted("?b=/c"))).isTrue();
        assertThat(accepts("path=/a", line.formatted("/b"))).isFalse();
        assertThat(accepts("path=*", line.formatted("/b"))).isTrue();
        assertThat(accepts("path=/*b*d", line.formatted("/b/c/b/d"))).isTrue();
        assertThat(accepts("path=/*b*d", line.formatted("/b/c/b/d/"))).isFalse();
    }

    @Test
    void looksAtTextsBehindTheirEscapes() {
        String line =
                "{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"method\":\"GET\",\"path\":\"\\/a\\u0062\",\"protocol\":\"HTTP/1.1\","
                        + "\"response_code\":200,\"bytes_received\":0,\"bytes_sent\":1,\"duration\":1,\"upstream_host\":\"tcp://10.0.0.1:80\"}";
        assertThat(accepts("path=/ab", line)).isTrue();
        assertThat(accepts("host=10.0.0.1:80", line)).isTrue();
        assertThat(accepts("host!=10.0.0.1:80", line)).isFalse();
    }

    private static boolean accepts(String term, String text) {
        byte[] bytes = Arrays.copyOf((text + "\n").getBytes(StandardCharsets.UTF_8), text.length() + 1 + Swar.SLACK);
        ScannedLine line = new ScannedLine();
        new LineScanner().scan(bytes, 0, text.length(), line);
        assertThat(line.kind).isEqualTo(ScannedLine.Kind.ACCESS);
        return where(term).accepts(line);
    }

    @Test
    void selectsATimeFromItsBeginningToBeforeItsEnd() throws IOException {
        List<String> times = all.stream()
                .map(line -> string(line, "time"))
                .filter(time -> !time.isEmpty())
                .distinct()
                .sorted()
                .toList();
        String from = times.get(times.size() / 4);
        String to = times.get(times.size() / 2);
        LineFilter window = new LineFilter(
                Instant.parse(from).toEpochMilli(), Instant.parse(to).toEpochMilli(), List.of());

        selects(
                window,
                line -> string(line, "time").compareTo(from) >= 0
                        && string(line, "time").compareTo(to) < 0);
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        for (String wrong : List.of(
                "", "status", "colour=red", "status=5x", "status=1000", "status=", "condition=bad", "host=a,,b")) {
            assertThatThrownBy(() -> LineFilter.Term.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesAnEqualsSignOfNoFieldForPartOfAValue() {
        assertThat(where("path=/a,b=c,status=200").asked()).containsExactly("path=/a,b=c", "status=200");
    }
}
