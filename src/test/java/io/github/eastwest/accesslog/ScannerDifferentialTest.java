package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The scanner against a naive parser, and its fast paths against its careful ones, over recorded, generated and mutated lines. */
class ScannerDifferentialTest {
    private static final int LINES = 210_000;

    private final ScannerCheck scanner = new ScannerCheck();

    @Test
    void readsEveryRecordedLineAsTheTruthSays() throws IOException {
        for (String recording : LabLines.RECORDINGS) {
            for (LabLines.Line line : LabLines.of(recording)) {
                for (String printed : List.of(line.text(), line.json())) {
                    assertThat(scanner.check(printed)).as(printed).isTrue();
                }
                assertThat(line.truth().get("response_code") == null
                                || scanner.line().status()
                                        == line.truth().get("response_code").asInt())
                        .as(line.json())
                        .isTrue();
            }
        }
        assertThat(scanner.lines()).isGreaterThan(30_000);
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
        int compared = 0;
        for (int i = 0; i < most; i++) {
            String line = random.nextInt(3) == 0 ? generated.next() : seeds.get(random.nextInt(seeds.size()));
            for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
                line = mutate(line, random);
            }
            line = line.replace('\n', '_');
            if (line.isEmpty()) {
                continue;
            }
            if (scanner.check(line)) {
                compared++;
            }
        }
        assertThat(scanner.lines()).isGreaterThan(most / 20 * 19);
        // Otherwise the mutations leave nothing to compare.
        assertThat(compared).isGreaterThan(most / 3);
    }

    /** What a line is can hang on a value: one that has the keys of the line before is not therefore of its kind. */
    @Test
    void readsLinesOfKnownKeysByTheirValues() {
        for (String line : List.of(
                "{\"type\":\"x\",\"upstream_url\":\"10.0.0.1:80\",\"action\":\"EJECT\",\"timestamp\":\"2026-11-20T07:40:46.216Z\"}",
                "{\"type\":\"x\",\"upstream_url\":\"10.0.0.2:80\",\"action\":\"UNEJECT\",\"timestamp\":\"2026-11-20T07:41:46.216Z\"}",
                "{\"type\":\"x\",\"upstream_url\":\"10.0.0.1:80\",\"action\":\"LOOK\",\"timestamp\":\"2026-11-20T07:40:46.216Z\"}",
                "{\"ts\":\"2026-11-20T07:40:46.216Z\",\"level\":\"info\",\"message\":\"a\"}",
                "{\"ts\":\"2026-11-20T07:42:46.216Z\",\"level\":\"warn\",\"message\":\"b\"}",
                "{\"ts\":\"2026-11-20T07:42:46.216Z\",\"level\":null,\"message\":\"b\"}")) {
            scanner.check(line);
            scanner.check(line);
        }
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
