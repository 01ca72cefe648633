package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Redaction;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A redacted bundle whose logs were asked by Logs Insights says the same as the one that it was made of. */
class RedactedInsightsTest {
    @TempDir
    private Path folder;

    /** Every eighth: all of them are redacted with their lines elsewhere. */
    static List<Incident> incidents() {
        List<Incident> all = Incident.all();
        return IntStream.range(0, all.size())
                .filter(i -> i % 8 == 2)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("incidents")
    void diagnosesTheSame(Incident incident) throws IOException, InterruptedException {
        Map<String, byte[]> files;
        try (AwsEndpoint endpoint =
                incident.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(1))) {
            files = incident.collect(endpoint, Duration.ofSeconds(60)).bundle().files();
        }
        Path copy = folder.resolve("copy");
        try (Bundle bundle = Bundle.of(files)) {
            Redaction.save(bundle, copy, new byte[Redaction.KEY_BYTES]);
        }
        SortedMap<String, byte[]> redacted = files(copy);

        Diagnosis before = incident.diagnose(files);
        Diagnosis after = incident.diagnose(redacted);

        assertThat(after.outcome()).isEqualTo(before.outcome());
        assertThat(findings(after)).isEqualTo(findings(before));
        assertThat(after.causes().ruledOut()).hasSameSizeAs(before.causes().ruledOut());
        assertThat(after.gaps()).hasSameSizeAs(before.gaps());
        assertThat(after.traffic().map(RedactedInsightsTest::counts))
                .isEqualTo(before.traffic().map(RedactedInsightsTest::counts));
        String account = new String(files.get("manifest.json"), StandardCharsets.UTF_8)
                .replaceAll("(?s).*\"account\" : \"(\\d{12})\".*", "$1");
        assertThat(account).hasSize(12);
        assertThat(redacted)
                .allSatisfy((path, bytes) -> assertThat(new String(bytes, StandardCharsets.UTF_8))
                        .as(path)
                        .doesNotContain(account));
    }

    private static List<String> findings(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .map(finding -> finding.cause() + " " + finding.assessment() + " " + finding.causedBy())
                .toList();
    }

    private static List<Object> counts(TrafficReport traffic) {
        return List.of(traffic.requests(), traffic.failed(), traffic.unattributed(), traffic.conditions());
    }

    private static SortedMap<String, byte[]> files(Path root) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
