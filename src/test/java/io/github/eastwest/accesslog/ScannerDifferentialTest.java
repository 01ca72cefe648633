package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The scanner against a naive parser, and its fast paths against its careful ones, over recorded, generated and mutated lines. */
class ScannerDifferentialTest {
    private static final int LINES = 210_000;
    private static final LineRef REF = new LineRef("s", 1, Side.UNKNOWN);

    private final StringPool pool = new StringPool();
    private final LineScanner warm = new LineScanner();
    private final LineScanner cold = new LineScanner();
    private final ScannedLine warmLine = new ScannedLine();
    private final ScannedLine careful = new ScannedLine();
    private int compared;
    private int lines;

    @Test
    void readsEveryRecordedLineAsTheTruthSays() throws IOException {
        for (String recording : LabLines.RECORDINGS) {
            for (LabLines.Line line : LabLines.of(recording)) {
                for (String printed : List.of(line.text(), line.json())) {
                    Map<String, String> expected =
                            NaiveLineParser.parse(printed).orElseThrow(() -> new AssertionError(printed));
                    check(printed, expected);
                }
                assertThat(line.truth().get("response_code") == null
                                || warmLine.status()
                                        == line.truth().get("response_code").asInt())
                        .as(line.json())
                        .isTrue();
            }
        }
        assertThat(lines).isGreaterThan(30_000);
    }

    @Test
    void agreesWithTheNaiveParserAndWithItselfOverMutatedLines() throws IOException {
        // More lines than the build's, and others, on demand.
        int most = Integer.getInteger("differential.lines", LINES);
        Random random = new Random(20261121L + most - LINES);
        List<String> seeds = new ArrayList<>();
        for (LabLines.Line line : LabLines.of(LabLines.RECORDINGS.get(0))) {
            seeds.add(line.text());
            seeds.add(line.json());
        }
        GeneratedLines generated = new GeneratedLines(7L + most - LINES);
        for (int i = 0; i < most; i++) {
            String line = random.nextInt(3) == 0 ? generated.next() : seeds.get(random.nextInt(seeds.size()));
            for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
                line = mutate(line, random);
            }
            line = line.replace('\n', '_');
            if (line.isEmpty()) {
                continue;
            }
            Optional<Map<String, String>> expected = NaiveLineParser.parse(line);
            if (expected.isPresent()) {
                compared++;
                check(line, expected.get());
            } else {
                scanBoth(line);
            }
        }
        assertThat(lines).isGreaterThan(most / 20 * 19);
        // Otherwise the mutations leave nothing to compare.
        assertThat(compared).isGreaterThan(most / 3);
    }

    private static String mutate(String line, Random random) {
        if (line.isEmpty()) {
            return line;
        }
        int at = random.nextInt(line.length());
        String symbols = "\" -0159{}[]:,\\nullZT.a";
        return switch (random.nextInt(6)) {
            case 0 -> line.substring(0, at) + line.substring(at + 1);
            case 1 -> line.substring(0, at) + symbols.charAt(random.nextInt(symbols.length())) + line.substring(at);
            case 2 -> line.substring(0, at) + symbols.charAt(random.nextInt(symbols.length())) + line.substring(at + 1);
            case 3 -> line.substring(0, at);
            case 4 -> {
                int end = Math.min(line.length(), at + 1 + random.nextInt(12));
                yield line.substring(0, end) + line.substring(at);
            }
            default -> line.substring(0, at) + (char) (1 + random.nextInt(0x17F)) + line.substring(at);
        };
    }

    private void check(String line, Map<String, String> expected) {
        scanBoth(line);
        assertThat(warmLine.kind).as(line).isEqualTo(ScannedLine.Kind.ACCESS);
        Map<String, String> actual = fields(warmLine);
        if (!expected.containsKey("format")) {
            actual.remove("format");
        }
        assertThat(actual).as(line).isEqualTo(new LinkedHashMap<>(expected));
    }

    /** Scans with and without what was learned from the lines before; both must find the same. */
    private void scanBoth(String line) {
        lines++;
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        byte[] buffer = LineScanner.padded(bytes, bytes.length);
        int end = warm.scan(buffer, 0, bytes.length, warmLine);
        cold.scanLine(buffer, 0, bytes.length, careful);
        assertThat(end).as(line).isEqualTo(bytes.length);
        assertThat(warmLine.kind).as(line).isEqualTo(careful.kind);
        if (warmLine.kind == ScannedLine.Kind.ACCESS) {
            assertThat(warmLine.format).as(line).isEqualTo(careful.format);
            assertThat(warmLine.entry(REF, pool)).as(line).isEqualTo(careful.entry(REF, pool));
        } else if (warmLine.kind == ScannedLine.Kind.UNPARSED) {
            assertThat(warmLine.failedColumn())
                    .as(line)
                    .isEqualTo(careful.failedColumn())
                    .isPositive();
        }
    }

    private Map<String, String> fields(ScannedLine line) {
        AccessLogEntry entry = line.entry(REF, pool);
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "start", entry.startMillis());
        put(fields, "status", entry.response().status());
        put(fields, "received", entry.response().bytesReceived());
        put(fields, "sent", entry.response().bytesSent());
        put(fields, "duration", entry.timing().durationMillis());
        put(fields, "service", entry.timing().serviceTimeMillis());
        put(fields, "method", entry.request().method());
        put(fields, "path", entry.request().path());
        put(fields, "protocol", entry.request().protocol());
        put(fields, "authority", entry.request().authority());
        put(fields, "id", entry.request().requestId());
        put(fields, "agent", entry.request().userAgent());
        put(fields, "xff", entry.request().forwardedFor());
        put(fields, "remote", entry.request().remoteAddress());
        put(fields, "grpc", entry.response().grpcStatus());
        put(fields, "details", entry.response().details());
        put(fields, "host", entry.upstream().host());
        put(fields, "cluster", entry.upstream().cluster());
        put(fields, "transport", entry.upstream().transportFailure());
        if (!entry.response().flags().isEmpty()) {
            fields.put("flags", String.join(",", entry.response().flags()));
        }
        fields.put("format", line.format);
        return fields;
    }

    private static void put(Map<String, String> fields, String name, long number) {
        if (number != AccessLogEntry.ABSENT) {
            fields.put(name, Long.toString(number));
        }
    }

    private static void put(Map<String, String> fields, String name, String text) {
        if (text != null) {
            fields.put(name, text);
        }
    }

    /** Lines recorded from a real proxy, with the truth. */
    static final class LabLines {
        static final List<String> RECORDINGS = List.of("envoy-1.36-t15", "envoy-1.40-t5");

        private LabLines() {}

        record Line(String side, String text, String json, JsonNode truth) {}

        static List<Line> of(String recording) throws IOException {
            JsonMapper mapper = JsonMapper.builder().build();
            List<Line> lines = new ArrayList<>();
            try (InputStream in = ScannerDifferentialTest.class.getResourceAsStream(
                            "/accesslog/lab/" + recording + ".jsonl.gz");
                    BufferedReader reader = new BufferedReader(
                            new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    JsonNode node = mapper.readTree(line);
                    lines.add(new Line(
                            node.get("side").asString(),
                            node.get("sc_text").asString(),
                            node.get("sc_json").asString(),
                            node.get("truth")));
                }
            }
            return lines;
        }
    }
}
