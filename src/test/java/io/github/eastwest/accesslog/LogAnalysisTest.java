package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LogAnalysisTest {
    /** The recorded lines of one side as a source. */
    private static LogSource recorded(String recording, String side, boolean json, Side told, int times)
            throws IOException {
        StringBuilder text = new StringBuilder();
        for (ScannerDifferentialTest.LabLines.Line line : ScannerDifferentialTest.LabLines.of(recording)) {
            if (line.side().equals(side)) {
                text.append(json ? line.json() : line.text()).append('\n');
            }
        }
        return source(side, told, text.toString().repeat(times));
    }

    private static LogSource source(String name, Side side, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new LogSource(name, side, () -> new ByteArrayInputStream(bytes));
    }

    private static AccessLogSummary summary(List<LogSource> sources, int threads) throws IOException {
        try (LogAnalysis analysis = new LogAnalysis(sources, threads)) {
            return analysis.summarize();
        }
    }

    /** All entries of a source, read one by one. */
    private static List<AccessLogEntry> entries(LogSource source) throws IOException {
        Recorded read = new Recorded();
        AccessLogReader.read(source.opener().open(), source.name(), source.side(), read);
        return read.entries;
    }

    /** Counts by what a function says, the slow way. */
    private static <K> Map<K, Long> counts(List<AccessLogEntry> entries, Function<AccessLogEntry, K> key) {
        Map<K, Long> counts = new TreeMap<>();
        entries.forEach(entry -> counts.merge(key.apply(entry), 1L, Long::sum));
        return counts;
    }

    @Test
    void countsLikeANaiveLoopOverAllLines() throws IOException {
        for (boolean json : new boolean[] {true, false}) {
            LogSource source = recorded("envoy-1.40-t5", "caller", json, Side.CALLER, 3);
            List<AccessLogEntry> entries = entries(source);
            Observations learned = new Observations();
            entries.forEach(learned::observe);
            ConditionInference inference = new ConditionInference(learned);

            AccessLogSummary summary = summary(List.of(source), 2);

            Map<Condition, Long> conditions = new TreeMap<>();
            summary.conditions().forEach(c -> conditions.put(c.condition(), c.count()));
            assertThat(conditions)
                    .isEqualTo(counts(entries, e -> inference.attribute(e).condition()));
            Map<Integer, Long> statuses = new TreeMap<>();
            summary.statuses().forEach(s -> statuses.put(s.status(), s.count()));
            assertThat(statuses).isEqualTo(counts(entries, e -> e.response().status()));
            Map<String, Long> hosts = new TreeMap<>();
            summary.hosts()
                    .hosts()
                    .forEach(h -> hosts.put(h.host().orElse("-"), h.count().count()));
            assertThat(hosts)
                    .isEqualTo(counts(
                            entries,
                            e -> e.upstream().host() == null
                                    ? "-"
                                    : e.upstream().host()));
            Map<Long, Long> minutes = new TreeMap<>();
            summary.minutes()
                    .minutes()
                    .forEach(m -> minutes.put(m.startMillis(), m.count().count()));
            assertThat(minutes).isEqualTo(counts(entries, e -> e.startMillis() / 60_000 * 60_000));
            assertThat(summary.requests().count()).isEqualTo(entries.size());
            long failed = entries.stream()
                    .filter(e -> inference.attribute(e).condition().failure())
                    .count();
            assertThat(summary.requests().failed()).isEqualTo(failed);
            List<Long> durations = entries.stream()
                    .filter(e -> !e.isTcp())
                    .map(e -> e.timing().durationMillis())
                    .sorted()
                    .toList();
            assertThat(summary.requests().latency().orElseThrow().count()).isEqualTo(durations.size());
            // Below 2048 ms the histogram is exact.
            assertThat(summary.requests().latency().orElseThrow().p50())
                    .isEqualTo(durations.get((durations.size() + 1) / 2 - 1));
        }
    }

    @Test
    void everyBreakdownAddsUp() throws IOException {
        AccessLogSummary summary = summary(
                List.of(
                        recorded("envoy-1.36-t15", "caller", true, Side.CALLER, 4),
                        recorded("envoy-1.36-t15", "callee", false, Side.CALLEE, 4),
                        source(
                                "junk",
                                Side.UNKNOWN,
                                "\n\nwhat\n[2026-11-20 07:40:46.216][1][error] [AppNet Agent] x\n{}\n")),
                2);

        long requests = summary.requests().count();
        assertThat(summary.lines().counts().access()).isEqualTo(requests);
        assertThat(summary.lines().counts().total())
                .isEqualTo(summary.sources().stream()
                        .mapToLong(AccessLogSummary.Source::lines)
                        .sum());
        assertThat(summary.lines().counts().blank()).isEqualTo(2);
        assertThat(summary.lines().counts().unparsed()).isEqualTo(2);
        assertThat(summary.lines().firstUnparsed().orElseThrow().line().line()).isEqualTo(3);
        assertThat(summary.conditions().stream()
                        .mapToLong(AccessLogSummary.ConditionCount::count)
                        .sum())
                .isEqualTo(requests);
        assertThat(summary.statuses().stream()
                        .mapToLong(AccessLogSummary.StatusCount::count)
                        .sum())
                .isEqualTo(requests);
        assertThat(summary.hosts().hosts().stream()
                                .mapToLong(h -> h.count().count())
                                .sum()
                        + summary.hosts().other().count())
                .isEqualTo(requests);
        assertThat(summary.minutes().minutes().stream()
                                .mapToLong(m -> m.count().count())
                                .sum()
                        + summary.minutes().withoutTime().count())
                .isEqualTo(requests);
        assertThat(summary.lines().formats().stream()
                        .mapToLong(AccessLogSummary.NamedCount::count)
                        .sum())
                .isEqualTo(requests);
        assertThat(summary.others().proxyLevels()).containsExactly(new AccessLogSummary.NamedCount("error", 1));
    }

    @Test
    void joinsBothSidesByRequestId() throws IOException {
        LogSource caller = recorded("envoy-1.36-t15", "caller", true, Side.CALLER, 1);
        LogSource callee = recorded("envoy-1.36-t15", "callee", true, Side.CALLEE, 1);

        AccessLogSummary both = summary(List.of(caller, callee), 2);

        assertThat(both.requests().joined()).isGreaterThan(500);
        assertThat(summary(List.of(caller), 2).requests().joined()).isZero();
        // The order of the sources does not matter.
        AccessLogSummary reversed = summary(List.of(callee, caller), 2);
        assertThat(reversed.conditions().stream().map(c -> c.condition() + " " + c.count()))
                .isEqualTo(both.conditions().stream()
                        .map(c -> c.condition() + " " + c.count())
                        .toList());
    }

    @Test
    void namesMostConditionsOfTheRecordingsAsTheProxiesKnewThem() throws IOException {
        // Caller's lines carry the origin's condition only with the callee's line at hand; the lab measured 100 % for
        // HTTP.
        LogSource caller = recorded("envoy-1.36-t15", "caller", true, Side.UNKNOWN, 1);
        LogSource callee = recorded("envoy-1.36-t15", "callee", true, Side.UNKNOWN, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        try (LogAnalysis analysis = new LogAnalysis(List.of(caller, callee), 2)) {
            analysis.summarize();
            analysis.lines(out);
        }

        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        List<ScannerDifferentialTest.LabLines.Line> truth = ScannerDifferentialTest.LabLines.of("envoy-1.36-t15");
        assertThat(lines).hasSize(truth.size());
        assertThat(lines)
                .allSatisfy(line -> assertThat(line).startsWith("{\"line\":").endsWith("}"));
        long sides = Arrays.stream(lines)
                .filter(line -> line.contains("\"side\":\"callee\""))
                .count();
        assertThat(sides).isGreaterThan(2_000);
    }

    @Test
    void doesNotDependOnTheNumberOfThreads() throws IOException {
        List<LogSource> sources = List.of(
                recorded("envoy-1.40-t5", "caller", false, Side.CALLER, 8),
                recorded("envoy-1.40-t5", "callee", true, Side.CALLEE, 4));

        AccessLogSummary one = summary(sources, 1);
        ByteArrayOutputStream oneOut = new ByteArrayOutputStream();
        ByteArrayOutputStream fourOut = new ByteArrayOutputStream();
        try (LogAnalysis analysis = new LogAnalysis(sources, 1)) {
            analysis.summarize();
            analysis.lines(oneOut);
        }
        try (LogAnalysis analysis = new LogAnalysis(sources, 4)) {
            assertThat(analysis.summarize()).isEqualTo(one);
            analysis.lines(fourOut);
        }

        assertThat(Arrays.equals(fourOut.toByteArray(), oneOut.toByteArray())).isTrue();
        // Several chunks, or the test shows nothing.
        assertThat(one.sources().get(0).lines()).isGreaterThan(3L * LineChunks.CHUNK_BYTES / 250);
    }

    @Test
    void numbersLinesAcrossChunks() throws IOException {
        GeneratedLines generated = new GeneratedLines(11);
        StringBuilder text = new StringBuilder();
        int lines = 0;
        while (text.length() < 3 * LineChunks.CHUNK_BYTES) {
            text.append(generated.next()).append('\n');
            lines++;
        }
        text.append("the end");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        AccessLogSummary summary;
        try (LogAnalysis analysis = new LogAnalysis(List.of(source("x", Side.UNKNOWN, text.toString())), 2)) {
            summary = analysis.summarize();
            analysis.lines(out);
        }

        assertThat(summary.lines().firstUnparsed().orElseThrow().line().line()).isEqualTo(lines + 1);
        String[] printed = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(printed).hasSize(lines + 1);
        for (int i = 0; i < printed.length; i++) {
            assertThat(printed[i]).startsWith("{\"line\":" + (i + 1) + ",");
        }
    }

    @Test
    void keepsTablesBoundedAndStillAddsUp() throws IOException {
        StringBuilder text = new StringBuilder();
        int lines = 9_000;
        for (int i = 0; i < lines; i++) {
            text.append("[")
                    .append(java.time.Instant.ofEpochSecond(1_700_000_000L + i * 7200L))
                    .append("] \"GET / HTTP/1.1\" 503 0 19 0 - \"-\" \"a\" \"id")
                    .append(i)
                    .append("\" \"p\" \"10.")
                    .append(i >> 8 & 255)
                    .append('.')
                    .append(i & 255)
                    .append(".1:80\"\n");
        }
        // Two hours apart: 9000 minutes fit, 30000 do not.
        AccessLogSummary fits = summary(List.of(source("a", Side.UNKNOWN, text.toString())), 1);
        assertThat(fits.minutes().widthMinutes()).isEqualTo(1);
        assertThat(fits.minutes().minutes()).hasSize(lines);
        assertThat(fits.hosts().hosts()).hasSize(100);
        assertThat(fits.hosts().other().count()).isEqualTo(lines - 100);

        StringBuilder more = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            more.append("[")
                    .append(java.time.Instant.ofEpochSecond(1_700_000_000L + i * 60L))
                    .append("] \"GET / HTTP/1.1\" 200 0 19 0 0 \"-\" \"a\" \"id\" \"p\" \"10.0.0.1:80\"\n");
        }
        AccessLogSummary wide = summary(List.of(source("a", Side.UNKNOWN, more.toString())), 1);
        assertThat(wide.minutes().widthMinutes()).isEqualTo(60);
        assertThat(wide.minutes().minutes().stream()
                        .mapToLong(m -> m.count().count())
                        .sum())
                .isEqualTo(30_000);
    }

    @Test
    void tellsOfASourceThatEndsEarlyAndCountsTheOthers() throws IOException {
        byte[] whole = WrappingsTest.gzip(new GeneratedLines(1).next() + "\n");
        LogSource cut =
                new LogSource("cut.gz", Side.UNKNOWN, () -> new ByteArrayInputStream(whole, 0, whole.length - 9));
        LogSource fine = source("fine", Side.UNKNOWN, new GeneratedLines(2).next() + "\n");

        AccessLogSummary summary = summary(List.of(cut, fine), 2);

        assertThat(summary.sources().get(0).endedEarly()).isPresent();
        assertThat(summary.sources().get(1).endedEarly()).isEmpty();
        assertThat(summary.sources().get(1).lines()).isEqualTo(1);
    }

    @Test
    void plainLinesMeanWhatTheInferenceSays() throws IOException {
        int plain = 0;
        int lines = 0;
        for (String recording : ScannerDifferentialTest.LabLines.RECORDINGS) {
            Observations learned = new Observations();
            List<AccessLogEntry> entries = new ArrayList<>();
            List<String> printed = new ArrayList<>();
            StringPool pool = new StringPool();
            ScannedLine line = new ScannedLine();
            LineScanner scanner = new LineScanner();
            for (ScannerDifferentialTest.LabLines.Line recorded : ScannerDifferentialTest.LabLines.of(recording)) {
                Side side = recorded.side().equals("caller") ? Side.CALLER : Side.CALLEE;
                for (String text : List.of(recorded.json(), recorded.text())) {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    scanner.scanLine(LineScanner.padded(bytes, bytes.length), 0, bytes.length, line);
                    entries.add(line.entry(new LineRef("s", 1, side), pool));
                    learned.observe(entries.get(entries.size() - 1));
                    printed.add(text);
                }
            }
            ConditionInference inference = new ConditionInference(learned);
            for (int i = 0; i < entries.size(); i++) {
                byte[] bytes = printed.get(i).getBytes(StandardCharsets.UTF_8);
                scanner.scanLine(LineScanner.padded(bytes, bytes.length), 0, bytes.length, line);
                Condition condition = PlainLines.condition(line);
                lines++;
                if (condition != null) {
                    plain++;
                    assertThat(inference.attribute(entries.get(i)).condition())
                            .as(printed.get(i))
                            .isEqualTo(condition);
                }
            }
        }
        // The recordings are mostly failures, yet some must be plain.
        assertThat(plain).isBetween(lines / 10, lines);
    }

    @Test
    void spoolKeepsLinesInMemoryAndInTheFileAlike() throws IOException {
        List<String> kept = new ArrayList<>();
        try (LineSpool spool = new LineSpool(2_000)) {
            for (int block = 0; block < 20; block++) {
                LineSpool.Lines lines = new LineSpool.Lines();
                for (int i = 1; i <= 10; i++) {
                    byte[] bytes =
                            ("block " + block + " line " + i + " " + "x".repeat(i)).getBytes(StandardCharsets.UTF_8);
                    lines.add(i, bytes, 0, bytes.length);
                }
                spool.add(block % 3, block * 100L, lines);
            }
            for (int block = 0; block < spool.blocks(); block++) {
                int source = spool.source(block);
                assertThat(source).isEqualTo(block % 3);
                spool.read(block, (number, b, from, to) -> kept.add(number + ": " + Ascii.text(b, from, to)));
            }
        }
        assertThat(kept).hasSize(200);
        // Block 19, line 10: 19 * 100 lines before it.
        assertThat(kept.get(199)).isEqualTo("1910: block 19 line 10 xxxxxxxxxx");
        assertThat(kept.get(0)).isEqualTo("1: block 0 line 1 x");
    }
}
