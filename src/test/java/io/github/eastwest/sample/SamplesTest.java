package io.github.eastwest.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every sample through the real command line, and what must hold over all of them. */
class SamplesTest {
    static List<Sample> samples() {
        return Sample.all();
    }

    private static Diagnosis diagnose(Sample sample, Path bundle) throws IOException {
        return new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(bundle));
    }

    static List<Sample> incidents() {
        return Sample.incidents();
    }

    @ParameterizedTest
    @MethodSource("incidents")
    void answersRecordingsKeptApartToo(Sample incident) {
        isAnsweredAsItsTruthSays(incident);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isAnsweredAsItsTruthSays(Sample sample) {
        CommandLineRun result = CommandLineRun.of(
                "diagnose",
                sample.caller(),
                sample.callee(),
                "--bundle",
                sample.directory().toString(),
                "-o",
                "json");
        JsonNode report = JsonMapper.shared().readTree(result.out());
        JsonNode findings = report.get("findings");
        assertThat(result.exit())
                .isEqualTo(sample.expected().get("exitCode").asInt())
                .isEqualTo(report.get("exitCode").asInt());
        assertThat(report.get("outcome").asString())
                .isEqualTo(sample.expected().get("outcome").asString());
        if (sample.cause().isPresent()) {
            assertThat(findings.get(0).get("code").asString())
                    .isEqualTo(sample.cause().get().code());
            if (!sample.expected().get("hop").isNull()) {
                assertThat(findings.get(0).get("hop").asString())
                        .isEqualTo(sample.expected().get("hop").asString());
            }
        } else {
            // A healthy edge may have a note (noise floor) or a blind spot, never a fault.
            findings.forEach(f -> assertThat(f.get("severity").asString().equals("note")
                            || f.get("code").asString().startsWith("EW6"))
                    .as("%s on a healthy edge", f.get("code"))
                    .isTrue());
        }
        List<String> codes =
                findings.valueStream().map(f -> f.get("code").asString()).toList();
        sample.nearMissOf().forEach(near -> assertThat(codes).doesNotContain(near.code()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void countsEveryCallOnceAndUnderItsTrueCondition(Sample sample) throws IOException {
        Diagnosis diagnosis = diagnose(sample, sample.directory());
        JsonNode requests = sample.expected().get("requests");
        if (requests.isNull()) {
            assertThat(diagnosis.traffic()).isEmpty();
            return;
        }
        assertThat(diagnosis.traffic()).hasValueSatisfying(traffic -> {
            assertThat(traffic.requests()).isEqualTo(requests.asLong());
            assertThat(traffic.failed())
                    .isEqualTo(sample.expected().get("failed").asLong());
            Map<String, Long> failing = new TreeMap<>();
            traffic.conditions().stream()
                    .filter(c -> c.condition().failure())
                    .forEach(c -> failing.put(c.condition().id(), c.count()));
            Map<String, Long> truth = new TreeMap<>(sample.conditions());
            truth.keySet().removeIf(id -> !Condition.of(id).orElseThrow().failure());
            assertThat(failing).isEqualTo(truth);
            assertThat(traffic.conditions().stream().mapToLong(c -> c.count()).sum())
                    .isEqualTo(traffic.requests());
        });
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isNeverHealthyWithAnyRequiredInputTakenAway(Sample sample, @TempDir Path temporary) throws IOException {
        for (String input : List.of(
                "ecs/describe-services.json",
                "ecs/describe-tasks.json",
                "cloudwatch",
                "logs/lines/caller",
                "logs/lines/callee",
                "logs")) {
            if (!Files.exists(sample.directory().resolve(input))) {
                continue;
            }
            Path copy = temporary.resolve(input.replace('/', '-'));
            copyWithout(sample.directory(), copy, input);
            Diagnosis diagnosis = diagnose(sample, copy);
            assertThat(diagnosis.outcome()).as("without %s", input).isNotEqualTo(Diagnosis.Outcome.HEALTHY);
            assertThat(diagnosis.causes().faults()).isEmpty();
            assertThat(diagnosis.gaps()).as("without %s", input).isNotEmpty();
        }
    }

    /** Every sixth: taking each file away reads a bundle some twenty-five times. */
    static List<Sample> someSamples() {
        List<Sample> all = Sample.all();
        return IntStream.range(0, all.size())
                .filter(i -> i % 6 == 0)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("someSamples")
    void doesNotCrashWithAnySingleFileTakenAway(Sample sample, @TempDir Path temporary) throws IOException {
        List<String> files;
        try (Stream<Path> walk = Files.walk(sample.directory())) {
            files = walk.filter(Files::isRegularFile)
                    .map(f -> sample.directory().relativize(f).toString())
                    .filter(f -> !f.startsWith("logs"))
                    .sorted()
                    .toList();
        }
        Path copy = temporary.resolve("bundle");
        copyWithout(sample.directory(), copy, "no such file");
        for (String file : files) {
            Path held = temporary.resolve("held");
            Files.move(copy.resolve(file), held);
            assertThat(diagnose(sample, copy).causes().faults())
                    .as("without %s", file)
                    .isEmpty();
            Files.move(held, copy.resolve(file));
        }
    }

    @Test
    void everyCauseHasAPositiveAndANearMiss() {
        for (RootCause cause : RootCause.values()) {
            assertThat(Sample.all())
                    .as("%s positive", cause)
                    .anyMatch(s -> s.cause().filter(cause::equals).isPresent());
            assertThat(Sample.all())
                    .as("%s near miss", cause)
                    .anyMatch(s -> s.nearMissOf().contains(cause));
        }
    }

    @Test
    void isNeverHealthyOutsideOfWhatWasCollected() {
        // The bundle holds 04:19 to 04:22: nothing of an hour later, and not the second before.
        assertThat(exitOf("2026-11-21T05:19:00Z", "2026-11-21T05:22:00Z")).isEqualTo(4);
        assertThat(exitOf("2026-11-21T04:18:59Z", "2026-11-21T04:22:00Z")).isEqualTo(4);
        assertThat(exitOf("2026-11-21T04:19:00Z", "2026-11-21T04:22:00Z")).isZero();
    }

    private static int exitOf(String from, String to) {
        return CommandLineRun.of(
                        "diagnose",
                        "intranet",
                        "directory",
                        "--bundle",
                        "samples/intranet-directory",
                        "--from",
                        from,
                        "--to",
                        to)
                .exit();
    }

    @Test
    void everyCauseHasOneRule() {
        assertThat(Rules.all()).extracting(Rule::cause).containsExactly(RootCause.values());
    }

    @Test
    void everySampleHasANote() {
        assertThat(Sample.all()).allMatch(s -> Files.exists(s.directory().resolve("NOTE.md")));
    }

    @Test
    void unexplainedFailuresAreCountedAndAddUp() throws IOException {
        for (Sample sample : Sample.all()) {
            Diagnosis diagnosis = diagnose(sample, sample.directory());
            diagnosis.traffic().ifPresent(t -> {
                assertThat(t.unattributed()).as(sample.name()).isBetween(0L, t.failed());
                assertThat(t.series().buckets().stream()
                                .flatMap(b -> b.conditions().values().stream())
                                .mapToLong(Long::longValue)
                                .sum())
                        .as(sample.name())
                        .isEqualTo(t.requests());
            });
        }
    }

    @Test
    void consequencesComeAfterTheirCause() throws IOException {
        for (Sample sample : Sample.all()) {
            List<Finding> findings =
                    diagnose(sample, sample.directory()).causes().findings();
            for (int i = 0; i < findings.size(); i++) {
                int at = i;
                findings.get(i)
                        .causedBy()
                        .ifPresent(cause -> assertThat(
                                        findings.subList(0, at).stream().map(Finding::cause))
                                .as(sample.name())
                                .contains(cause));
            }
        }
    }

    @Test
    void theNoiseFloorIsANoteNotAnError() throws IOException {
        Sample noise = Sample.all().stream()
                .filter(s -> s.name().equals("broker-rates"))
                .findFirst()
                .orElseThrow();
        Diagnosis diagnosis = diagnose(noise, noise.directory());
        assertThat(diagnosis.causes().findings()).singleElement().satisfies(f -> {
            assertThat(f.cause()).isEqualTo(RootCause.KEEP_ALIVE_RACE);
            assertThat(f.assessment().severity()).isEqualTo(Severity.NOTE);
        });
        assertThat(diagnosis.coverage().entries())
                .allMatch(e -> e.state() == Coverage.State.COMPLETE || Input.isOptional(e.input()));
    }

    private static List<Background.Change> suspected(String name) throws IOException {
        Sample sample = Sample.all().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
        Background background = diagnose(sample, sample.directory()).background();
        assertThat(background.changesRead()).contains(Input.TRAIL.id());
        // Something changed after the onset in both, too.
        assertThat(background.changes())
                .anyMatch(c -> c.source().equals(Input.TRAIL.id())
                        && c.beforeOnset().orElseThrow().isNegative());
        return background.changes().stream().filter(c -> c.rank().isPresent()).toList();
    }

    @Test
    void theRuleThatWasRemovedTwoMinutesBeforeIsBlamedAndNotTheDeploymentThatFollowed() throws IOException {
        assertThat(suspected("parcel-customs")).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Background.Change.Kind.SECURITY_GROUP);
            assertThat(change.cause()).contains(RootCause.SECURITY_GROUP_BLOCKS);
            assertThat(change.text()).contains("tcp 8080", "removed");
            assertThat(change.beforeOnset().orElseThrow()).isBetween(Duration.ofSeconds(110), Duration.ofSeconds(130));
        });
    }

    @Test
    void rulesOfOtherGroupsAndPortsAndLaterOnesAreNotBlamedForApplicationErrors() throws IOException {
        assertThat(suspected("herald-editions")).isEmpty();
    }

    static void copyWithout(Path from, Path to, String left) {
        try (Stream<Path> walk = Files.walk(from)) {
            walk.sorted(Comparator.naturalOrder())
                    .filter(p -> !from.relativize(p).toString().startsWith(left))
                    .forEach(p -> {
                        try {
                            Files.copy(p, to.resolve(from.relativize(p).toString()));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theReadmeShowsARecordedLineAndTheRealAnswer() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String example =
                readme.substring(readme.indexOf("<!-- example:begin -->"), readme.indexOf("<!-- example:end -->"));
        String[] blocks = example.split("```\\n?");
        CommandLineRun run =
                CommandLineRun.of("diagnose", "checkout", "payments", "--bundle", "samples/checkout-payments");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(blocks[3].lines().filter(l -> !l.equals("...")).toList())
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(run.out()).contains(line));
        assertThat(recordedLines("checkout-payments")).contains(blocks[1].strip());
    }

    private static List<String> recordedLines(String sample) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("samples", sample, "logs", "lines", "caller"))) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    byte[] bytes = (file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in).readAllBytes();
                    lines.addAll(
                            new String(bytes, StandardCharsets.UTF_8).lines().toList());
                }
            }
            return lines;
        }
    }
}
