package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** A redacted copy of each recording says the same as the recording. */
class RedactedSamplesTest {
    private static final byte[] KEY = key();

    private static byte[] key() {
        byte[] key = new byte[Redaction.KEY_BYTES];
        Arrays.fill(key, (byte) 7);
        return key;
    }

    static Stream<Sample> recordings() {
        return Stream.concat(Sample.all().stream(), Sample.incidents().stream());
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void diagnosesAsTheOriginalAndHoldsNothingOfIt(Sample sample, @TempDir Path folder) throws IOException {
        Path copy = folder.resolve("copy.zip");
        try (Bundle bundle = Bundle.open(sample.directory())) {
            Redaction.save(bundle, copy, KEY);
        }

        CommandLineRun original = diagnose(sample, sample.directory());
        CommandLineRun redacted = diagnose(sample, copy);

        // With the originals put back for the tokens the whole report is the same: findings, hops, counts, evidence.
        // Only the tables of hosts and of controls are sorted by address.
        JsonNode map = JsonMapper.shared().readTree(Files.readAllBytes(Redaction.map(copy)));
        assertThat(redacted.exit()).isEqualTo(original.exit());
        assertThat(report(restore(redacted.out(), map.get("replaced")))).isEqualTo(report(original.out()));
        assertThat(left(texts(sample.directory()), texts(copy))).isEmpty();
    }

    /** The bundles of single edges inside of it, too: the closer look finds the same. */
    @Test
    void aHealthBundleSaysTheSameAsWell(@TempDir Path folder) throws IOException {
        Path original = Path.of("samples/health-prod");
        Path copy = folder.resolve("copy.zip");
        try (Bundle bundle = Bundle.open(original)) {
            Redaction.save(bundle, copy, KEY);
        }

        CommandLineRun before = CommandLineRun.of("health", "--bundle", original.toString(), "-o", "json");
        CommandLineRun after = CommandLineRun.of("health", "--bundle", copy.toString(), "-o", "json");

        JsonNode map = JsonMapper.shared().readTree(Files.readAllBytes(Redaction.map(copy)));
        assertThat(before.out()).contains("EW301");
        assertThat(after.exit()).isEqualTo(before.exit());
        assertThat(JsonMapper.shared().readTree(restore(after.out(), map.get("replaced"))))
                .isEqualTo(JsonMapper.shared().readTree(before.out()));
        assertThat(texts(copy)).contains("logs/lines/caller", "payments").doesNotContain("552135669152");
        assertThat(left(texts(original), texts(copy))).isEmpty();
    }

    private static JsonNode report(String json) {
        JsonNode report = JsonMapper.shared().readTree(json);
        sort(report.path("traffic").path("hosts"), "host");
        sort(report.path("background").path("controls"), "name");
        return report;
    }

    private static void sort(JsonNode table, String by) {
        if (table instanceof ArrayNode array) {
            List<JsonNode> sorted = new ArrayList<>(array.values());
            sorted.sort(Comparator.comparing(row -> row.get(by).asString()));
            array.removeAll();
            array.addAll(sorted);
        }
    }

    /** Everything in a bundle as text. */
    private static String texts(Path path) throws IOException {
        StringBuilder texts = new StringBuilder();
        try (Bundle bundle = Bundle.open(path)) {
            for (String file : bundle.paths()) {
                if (Layout.isPart(file) || Layout.edgeFolder(file).isPresent()) {
                    texts.append(file).append('\n');
                    try (LogInput in = bundle.openLog(file, Long.MAX_VALUE)) {
                        texts.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return texts.toString();
    }

    /** What tells of somebody, found without any of our own code. */
    private static final Pattern TELLING = Pattern.compile("(?<![0-9A-Za-z])\\d{12}(?![0-9A-Za-z])"
            + "|(?<![0-9.])(?!127\\.|0\\.|10\\.0\\.0\\.0/8)\\d+\\.\\d+\\.\\d+\\.\\d+(?![0-9.])"
            + "|ip-\\d+-\\d+-\\d+-\\d+"
            + "|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
            + "|\"user_agent\":\"[^\"]+\""
            + "|[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    private static Set<String> left(String original, String copy) {
        Set<String> telling = new TreeSet<>();
        TELLING.matcher(original).results().forEach(found -> telling.add(found.group()));
        assertThat(telling).hasSizeGreaterThan(5);
        Set<String> copied = new TreeSet<>();
        TELLING.matcher(copy).results().forEach(found -> copied.add(found.group()));
        telling.retainAll(copied);
        return telling;
    }

    private static CommandLineRun diagnose(Sample sample, Path bundle) {
        JsonNode edge = sample.expected().get("edge");
        return CommandLineRun.of(
                "diagnose",
                edge.get("caller").asString(),
                edge.get("callee").asString(),
                "--bundle",
                bundle.toString(),
                "-o",
                "json");
    }

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Puts the originals back; longer tokens first, since one may begin like another. */
    private static String restore(String text, JsonNode kinds) {
        String restored = UUID.matcher(text)
                .replaceAll(id -> kinds.path("request-id").path(id.group()).asString(id.group()));
        List<String[]> pairs = new ArrayList<>();
        kinds.properties().stream()
                .filter(kind -> !kind.getKey().equals("request-id"))
                .forEach(kind -> kind.getValue()
                        .properties()
                        .forEach(entry -> pairs.add(
                                new String[] {entry.getKey(), entry.getValue().asString()})));
        pairs.sort(Comparator.comparing((String[] pair) -> -pair[0].length()));
        for (String[] pair : pairs) {
            restored = restored.replace(pair[0], pair[1]);
        }
        return restored;
    }
}
