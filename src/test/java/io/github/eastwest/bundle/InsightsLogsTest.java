package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Coverage.State;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.log.StreamSummary;
import io.github.eastwest.model.log.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The small bundle with its caller's lines replaced by answers of Logs Insights. */
class InsightsLogsTest {
    private static final String STREAM =
            BundleFiles.CALLER_STREAM.replace("_ecs", "/ecs").replaceAll("_([0-9a-f]{32})", "/$1");
    private static final String WINDOW = "from=2026-11-21T04:15:00.000Z to=2026-11-21T04:18:00.000Z";
    private static final String LINES = "# lines failures=[0-9A-Za-z] sample=[0] " + WINDOW + "\n";

    private record Row(Map<String, String> fields) {}

    private static BundleFiles bundle() {
        return BundleFiles.small().without("logs/lines/caller");
    }

    private static String message(String id, int status, String host, int second) {
        return "{\"authority\":\"address-check:8080\",\"bytes_received\":0,\"bytes_sent\":"
                + (status == 503 ? 91 : 300) + ",\"duration\":250,\"method\":\"GET\",\"path\":\"/countries\","
                + "\"protocol\":\"HTTP/1.1\",\"request_id\":\"" + id + "\",\"response_code\":" + status
                + ",\"start_time\":\"2026-11-21T04:15:0" + second + ".000Z\",\"upstream_host\":\"" + host
                + "\",\"upstream_service_time\":" + (status == 503 ? "null" : "\"250\"") + "}";
    }

    private static String message(String id, int status) {
        return message(id, status, "10.56.5.86:8080", 1);
    }

    private static Row row(String message, String pointer) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("@timestamp", "2026-11-21 04:15:02.000");
        row.put("@logStream", STREAM);
        row.put("@message", message);
        row.put("began", "2026-11-21T04:15:01.000Z");
        row.put("@ptr", pointer);
        return new Row(row);
    }

    private static Row count(long lines, String... fields) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("bucket", "2026-11-21T04:15");
        row.put("name", "address-check:8080");
        row.put("way", "10.5");
        row.put("code", "200");
        for (int i = 0; i < fields.length; i += 2) {
            row.put(fields[i], fields[i + 1]);
        }
        row.put("lines", Long.toString(lines));
        return new Row(row);
    }

    private static Row failures(long lines) {
        return count(lines, "code", "503", "reply", "91", "own", "null");
    }

    private static String answer(String status, long matched, List<Row> rows) {
        List<Object> results = new ArrayList<>();
        for (Row row : rows) {
            List<Object> cells = new ArrayList<>();
            row.fields().forEach((field, value) -> cells.add(Map.of("field", field, "value", value)));
            results.add(cells);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("results", results);
        answer.put("statistics", Map.of("recordsMatched", (double) matched));
        answer.put("status", status);
        return JsonMapper.shared().writeValueAsString(answer);
    }

    private static String complete(Row... rows) {
        return answer("Complete", rows.length, List.of(rows));
    }

    private static BundleFiles put(BundleFiles files, String name, String text, String answer) {
        return files.with("logs/insights/" + name + ".cwl", text).with("logs/insights/" + name + ".json", answer);
    }

    /** 40 answered calls, 1 of them sampled, and 2 failures. */
    private static BundleFiles sampled() {
        BundleFiles files = bundle();
        put(files, "counts/caller", "# counts digits=16 " + WINDOW + "\n", complete(count(40)));
        put(files, "errors/caller", "# errors digits=16 " + WINDOW + "\n", complete(failures(2)));
        return put(
                files,
                "lines/caller",
                LINES,
                complete(row(message("a0", 200), "1"), row(message("a1", 503), "2"), row(message("a2", 503), "3")));
    }

    private static Coverage.Entry logs(Snapshot snapshot) {
        return snapshot.coverage().entry(Input.CALLER_LOGS).orElseThrow();
    }

    private static Traffic traffic(Snapshot snapshot) {
        return snapshot.logs().traffic().orElseThrow();
    }

    @Test
    void readsExactNumbersAndTheLinesThatCameBack() {
        Snapshot snapshot = sampled().read();
        Traffic traffic = traffic(snapshot);

        assertThat(traffic.requests()).isEqualTo(42);
        assertThat(traffic.failed()).isEqualTo(2);
        assertThat(traffic.failures()).hasSize(2);
        assertThat(traffic.successStep()).isEqualTo(40);
        assertThat(logs(snapshot))
                .isEqualTo(new Coverage.Entry(
                        "logs/lines/caller",
                        State.COMPLETE,
                        "1 stream, 3 access-log lines came back; read by Logs Insights: 2 of 2 remarkable and 1 of 40 other"
                                + " requests, a sample by the request id (its end is [0])"));
        assertThat(snapshot.logs().streams())
                .filteredOn(stream -> stream.side() == Side.CALLER)
                .singleElement()
                .satisfies(stream -> {
                    assertThat(stream.stream()).isEqualTo(BundleFiles.CALLER_STREAM);
                    assertThat(stream.taskId()).contains("5c80ee0a7c044aef53e41bb653ecd3a3");
                    assertThat(stream.counts()).isEqualTo(new StreamSummary.LineCounts(3, 0, 0, 0, 0));
                });
    }

    @Test
    void prefersTheLinesThemselves() {
        BundleFiles files = sampled();
        byte[] log = BundleFiles.small().bytes(BundleFiles.CALLER_LOG);
        Traffic alone = traffic(BundleFiles.small().read());
        Snapshot snapshot = files.with(BundleFiles.CALLER_LOG, log).read();

        assertThat(traffic(snapshot).requests()).isEqualTo(alone.requests());
        assertThat(snapshot.coverage().entries())
                .filteredOn(entry -> entry.input().startsWith("logs/insights/"))
                .extracting(Coverage.Entry::input, Coverage.Entry::detail)
                .contains(org.assertj.core.api.Assertions.tuple(
                        "logs/insights/lines/caller", "ignored: the lines themselves lie in the bundle"))
                .hasSize(3);
    }

    @Test
    void countsALineOnceThatSeveralAnswersBring() {
        BundleFiles files = sampled();
        // Slices overlap by a second, and partners bring what is known already; pointers may differ.
        put(files, "lines/caller-1of2", LINES, complete(row(message("a0", 200), "1"), row(message("a1", 503), "2")));
        put(files, "lines/caller-2of2", LINES, complete(row(message("a1", 503), "9"), row(message("a2", 503), "3")));
        put(
                files,
                "partners/caller",
                "# partners " + WINDOW + "\n| filter id in [\"a1\", \"a2\"]\n",
                complete(row(message("a1", 503), "2"), row(message("a2", 503), "3")));
        Snapshot snapshot = files.read();

        assertThat(traffic(snapshot).requests()).isEqualTo(42);
        assertThat(traffic(snapshot).failures()).hasSize(2);
        assertThat(logs(snapshot).state()).isEqualTo(State.COMPLETE);
        assertThat(logs(snapshot).detail()).contains("and all lines of 2 requests looked up");
    }

    @Test
    void countsEqualLinesOfOneAnswerAsOftenAsTheyStoodInTheLog() {
        BundleFiles files = bundle();
        String tcp =
                "{\"bytes_received\":10,\"bytes_sent\":0,\"connection_id\":7,\"connection_termination_details\":null,"
                        + "\"downstream_remote_address\":\"10.56.9.110:40000\",\"downstream_remote_port\":40000,\"duration\":0,"
                        + "\"start_time\":\"2026-11-21T04:15:01.000Z\"}";
        put(files, "lines/caller", LINES, complete(row(tcp, "1"), row(tcp, "2"), row(tcp, "2")));
        assertThat(files.read().logs().streams())
                .filteredOn(stream -> stream.side() == Side.CALLER)
                .extracting(stream -> stream.counts().access())
                .containsExactly(2L);
    }

    @Test
    void takesTheSlicesInPlaceOfTheAnswerThatWasCut() {
        BundleFiles files = sampled();
        put(files, "lines/caller", LINES, answer("Complete", 20_000, List.of(row(message("a0", 200), "1"))));
        put(files, "lines/caller-1of2", LINES, complete(row(message("a0", 200), "1"), row(message("a1", 503), "2")));
        put(files, "lines/caller-2of2", LINES, complete(row(message("a2", 503), "3")));
        assertThat(logs(files.read()).state()).isEqualTo(State.COMPLETE);
        assertThat(traffic(files.read()).failures()).hasSize(2);
    }

    @Test
    void saysWhichSliceIsMissing() {
        BundleFiles files = sampled();
        put(files, "lines/caller-1of3", LINES, complete(row(message("a0", 200), "1"), row(message("a1", 503), "2")));
        put(files, "lines/caller-3of3", LINES, complete());
        Snapshot snapshot = files.read();
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("of 3 slices of the query lines these are missing: 2");
        // The numbers are exact all the same, and the failure that is missing counts.
        assertThat(traffic(snapshot).requests()).isEqualTo(42);
        assertThat(traffic(snapshot).failed()).isEqualTo(2);
        assertThat(traffic(snapshot).failures()).hasSize(1);
        assertThat(traffic(snapshot).failureStep()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Failed", "Timeout", "Cancelled", "Running", "Scheduled", "Unknown"})
    void isPartialWhereAQueryDidNotEndWell(String status) {
        for (String name : List.of("lines", "counts", "errors")) {
            BundleFiles files = sampled();
            String path = "logs/insights/" + name + "/caller.json";
            Snapshot snapshot = files.replace(path, "Complete", status).read();
            assertThat(logs(snapshot).state()).as(name).isEqualTo(State.PARTIAL);
            assertThat(logs(snapshot).detail()).contains(path + " ended as " + status);
        }
    }

    @Test
    void isPartialWhereMoreMatchedThanCameBack() {
        BundleFiles files = sampled();
        String lines = files.text("logs/insights/lines/caller.json");
        Snapshot cut = files.with("logs/insights/lines/caller.json", lines.replace("3.0", "4.0"))
                .read();
        assertThat(logs(cut).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(cut).detail()).contains("logs/insights/lines/caller.json holds 3 of 4 lines that matched");
    }

    @Test
    void isPartialWhereTheQueryIsNotKnown() {
        Snapshot snapshot = sampled().without("logs/insights/lines/caller.cwl").read();
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail())
                .contains("the query of logs/insights/lines/caller.json does not lie beside it")
                .contains("which requests the sample took is not known");
    }

    @Test
    void isPartialWhereNumbersContradictTheLines() {
        BundleFiles files = sampled();
        put(files, "errors/caller", "# errors digits=16 " + WINDOW + "\n", complete(failures(5)));
        Snapshot snapshot = files.read();
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("5 remarkable requests were counted, and 2 came back");
        assertThat(traffic(snapshot).failed()).isEqualTo(5);
    }

    @Test
    void estimatesWhereTheNumbersAreMissing() {
        Snapshot snapshot = sampled()
                .without("logs/insights/counts", "logs/insights/errors")
                .read();
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("no whole answer of the query counts");
        // [0] is one of sixteen hexadecimal digits.
        assertThat(traffic(snapshot).requests()).isEqualTo(16 + 2);
    }

    @Test
    void needsNoNumbersWhereAllLinesCameBack() {
        BundleFiles files = bundle();
        put(
                files,
                "lines/caller",
                LINES.replace("sample=[0]", "sample=[0-9A-Za-z]"),
                complete(row(message("a0", 200), "1"), row(message("a1", 503), "2")));
        assertThat(logs(files.read()).state()).isEqualTo(State.COMPLETE);
        assertThat(traffic(files.read()).requests()).isEqualTo(2);
    }

    @Test
    void countsPartOfATimeStepThatTheWindowCuts() {
        // 40 calls of one minute, half of which the window has; the lines themselves begin at 04:15:01.
        BundleFiles files = sampled();
        Request half = new Request(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-21T04:15:30Z")));
        Snapshot snapshot = SnapshotReader.read(files.bundle(), half);
        assertThat(traffic(snapshot).requests()).isEqualTo(20 + 2);
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("the window begins or ends within a time step");
    }

    @Test
    void leavesOutStreamsOfTheOtherSide() {
        BundleFiles files = sampled();
        Row stray = row(message("b1", 503), "7");
        stray.fields().put("@logStream", "x/ecs-service-connect-7oyeL/67685d34ece0f5bb0ddac82137329b40");
        put(files, "lines/caller", LINES, complete(row(message("a0", 200), "1"), stray));
        Snapshot snapshot = files.read();
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("belongs to the callee");
    }

    @Test
    void readsWhatTheQueryCouldNotReadAsAnyOtherLine() {
        // A quote in the user agent hides the fields from the query's expression, so no count has the line.
        String quoted =
                "[2026-11-21T04:15:01.000Z] \"GET /countries HTTP/1.1\" 200 0 300 4 4 \"-\" \"a \"b\" c\" \"a7\""
                        + " \"address-check:8080\" \"10.56.5.86:8080\"";
        BundleFiles files = sampled();
        Row row = row(quoted, "7");
        row.fields().remove("began");
        put(
                files,
                "lines/caller",
                LINES,
                complete(
                        row(message("a0", 200), "1"), row(message("a1", 503), "2"), row(message("a2", 503), "3"), row));
        Snapshot snapshot = files.read();
        assertThat(traffic(snapshot).requests()).isEqualTo(43);
        assertThat(logs(snapshot).state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void survivesHostileAnswers() {
        List<String> hostile = List.of(
                "",
                "[]",
                "null",
                "{\"results\":7,\"status\":[]}",
                "{\"results\":[7,[7],[[]],[{}],[{\"field\":{},\"value\":1}]],\"status\":\"Complete\"}",
                "{\"results\":[[{\"field\":\"@message\",\"value\":{\"a\":1}}]],\"statistics\":{\"recordsMatched\":1e999}}",
                "{\"results\":[[{\"field\":\"@message\",\"value\":\"\\u0000\\n\\u001b[2J\"}]],\"status\":\"Complete\"}",
                "{\"results\":[[{\"field\":\"lines\",\"value\":\"-1\"}]],\"status\":\"Complete\"}",
                "{\"results\":[[{\"field\":\"lines\",\"value\":\"1e99\"},{\"field\":\"bucket\",\"value\":\"x\"}]],\"status\":\"Complete\"}",
                "{\"results\":[" + "[".repeat(5_000) + "\"status\":\"Complete\"}");
        for (String name : List.of("lines", "counts", "errors", "partners")) {
            for (String answer : hostile) {
                BundleFiles files = sampled();
                put(files, name + "/caller", LINES, answer);
                Coverage.Entry entry = logs(files.read());
                assertThat(entry.state()).as("%s %s", name, answer).isIn(State.PARTIAL, State.FAILED, State.COMPLETE);
                assertThat(entry.detail()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(2_000);
            }
        }
    }

    @Test
    void stopsAtTheLimitOfAnAnswer() {
        BundleFiles files = sampled();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            rows.add(row(message("a" + i, 503), "" + i));
        }
        put(files, "lines/caller", LINES, answer("Complete", rows.size(), rows));
        Limits defaults = Limits.DEFAULT;
        Limits small = new Limits(
                defaults.entries(),
                defaults.documentBytes(),
                defaults.documentBytesInAll(),
                defaults.values(),
                defaults.logBytes(),
                100_000,
                defaults.logBytesInAll(),
                defaults.expansion());
        Snapshot snapshot = SnapshotReader.read(Bundle.of(files.files(), small), Request.none());
        assertThat(logs(snapshot).state()).isEqualTo(State.PARTIAL);
        assertThat(logs(snapshot).detail()).contains("longer than 100000 bytes");
    }

    @Test
    void doesNotTakeQueriesForPeopleForLogs() {
        Snapshot snapshot = bundle().with("logs/insights/ejections/caller.json", "{}")
                .with("logs/insights/lines/nobody.json", "{}")
                .read();
        assertThat(logs(snapshot).state()).isEqualTo(State.NOT_COLLECTED);
        assertThat(snapshot.coverage().entries())
                .contains(
                        new Coverage.Entry(
                                "logs/insights/ejections/caller.json",
                                State.NOT_COLLECTED,
                                "ignored: not used by the diagnosis of this edge"),
                        new Coverage.Entry(
                                "logs/insights/lines/nobody",
                                State.NOT_COLLECTED,
                                "ignored: nothing tells whose proxies it is about"));
    }
}
