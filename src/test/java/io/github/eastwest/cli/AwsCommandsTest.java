package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every AWS command that a page, the README or the documentation prints, and every kind of command that a rule builds to
 * confirm a finding, is read-only and is understood by the real AWS CLI: sent to a closed local port it must fail for want of a
 * connection, after the CLI has accepted flags, parameters and JMESPath. What a bundle holds reaches the shell as words only.
 *
 * <p>Without a Python that has the AWS CLI that part is skipped, so that a JDK and Maven are enough to build; with the
 * environment variable {@code CI} set it fails.
 */
class AwsCommandsTest {
    private static final String READ_ONLY =
            "aws [a-z0-9-]+ (describe|list|get|filter|discover|lookup|start-query)(-[a-z0-9-]+)?( .*)?";

    /** Of the samples as they are, by name. */
    private static final Map<String, List<Finding>> FINDINGS = new TreeMap<>();

    private static final long SECONDS_FOR_ONE = 60;

    @Test
    void commandsOnlyRead() throws IOException {
        List<String> commands = commands();

        assertThat(commands).hasSizeGreaterThan(RootCause.values().length);
        assertThat(commands).allSatisfy(c -> assertThat(c).matches(READ_ONLY));
    }

    @Test
    void commandsThatRulesBuildOnlyRead() throws IOException {
        List<String> built = built();

        assertThat(built).hasSizeGreaterThan(30);
        assertThat(built).allSatisfy(c -> assertThat(c).matches(READ_ONLY));
    }

    @Test
    void everyCauseConfirmsItselfByACommand() throws IOException {
        for (Sample sample : Sample.all()) {
            if (!sample.expected().get("cause").isNull()) {
                assertThat(findings(sample).get(0).confirm()).as(sample.name()).isNotEmpty();
            }
        }
    }

    /** Names, ids and groups of a bundle are words of somebody else: none may end its word and begin a command. */
    @Test
    void namesOfABundleReachTheShellAsWords(@TempDir Path folder) throws IOException, InterruptedException {
        Path stub = Files.createDirectory(folder.resolve("bin")).resolve("aws");
        Files.writeString(stub, "#!/bin/sh\necho called >> \"$CALLS\"\n");
        assertThat(stub.toFile().setExecutable(true)).isTrue();
        Path work = Files.createDirectory(folder.resolve("work"));
        Path calls = folder.resolve("calls");
        Set<String> commands = new LinkedHashSet<>();
        for (Sample sample : Sample.all()) {
            Path hostile = folder.resolve(sample.name());
            copyHostile(sample, hostile);
            for (Finding finding : diagnose(sample, hostile, HOSTILE)) {
                finding.confirm().forEach(c -> commands.add(c.command()));
            }
        }
        assertThat(commands).hasSizeGreaterThan(RootCause.values().length);
        Path script = folder.resolve("commands.sh");
        Files.write(script, commands);

        ProcessBuilder builder = new ProcessBuilder("sh", script.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("PATH", stub.getParent() + ":/usr/bin:/bin");
        builder.environment().put("CALLS", calls.toString());
        Process process = builder.start();
        assertThat(process.waitFor(SECONDS_FOR_ONE, TimeUnit.SECONDS)).isTrue();

        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).as("files made by words of the bundle").isEmpty();
        }
        assertThat(Files.readAllLines(calls)).hasSize(commands.size());
        assertThat(Files.readString(folder.resolve("output"))).isEmpty();
    }

    @Test
    void awsCliUnderstandsEveryCommand(@TempDir Path folder) throws IOException, InterruptedException {
        Set<String> commands = new LinkedHashSet<>(commands());
        commands.addAll(built());
        Path query = folder.resolve("bundle/logs/insights/lines/caller.cwl");
        Files.createDirectories(query.getParent());
        Files.copy(Path.of("queries/lines.cwl"), query);

        assertThat(AwsCli.rejected(
                        commands.stream().map(AwsCommandsTest::filledIn).toList(), folder))
                .isEmpty();
    }

    /** Times must be times for the CLI; every other placeholder is a name like any other. */
    private static String filledIn(String command) {
        return command.replaceAll("\\b(FROM|TO)_S\\b", "1763632800")
                .replaceAll("\\b(FROM|TO)_MS\\b", "1763632800000")
                .replaceAll("\\b(FROM|TO)\\b", "2025-11-20T10:00:00Z");
    }

    /** All lines of code blocks that begin with {@code aws}, once each, redirections left out. */
    private static List<String> commands() throws IOException {
        StringBuilder texts = new StringBuilder(Files.readString(Path.of("README.md")));
        texts.append(Files.readString(Path.of("docs/live.md")));
        for (RootCause cause : RootCause.values()) {
            texts.append(Files.readString(Path.of("src/main/resources", Knowledge.page(cause))));
        }
        Set<String> commands = new LinkedHashSet<>();
        texts.toString()
                .lines()
                .filter(line -> line.startsWith("aws "))
                // Deploying writes on purpose, and deploy/check looks at its template; version 1 has no "tail".
                .filter(line -> !line.matches("aws (cloudformation deploy|logs tail) .*"))
                .forEach(line -> commands.add(
                        line.replaceFirst(" > bundle/[A-Za-z0-9_./-]+$", "").strip()));
        return List.copyOf(commands);
    }

    /** One command of each kind that rules build over all samples: values differ, flags and queries are its kind. */
    private static List<String> built() throws IOException {
        Map<String, String> built = new TreeMap<>();
        for (Sample sample : Sample.all()) {
            for (Finding finding : findings(sample)) {
                for (Finding.Confirm confirm : finding.confirm()) {
                    String kind = confirm.command()
                            .replaceAll("(?<= )[A-Z][A-Za-z]*=\\S*", "NAME=VALUE")
                            .replaceAll("(--[a-z-]+) (?!--)(?!')\\S+", "$1 VALUE")
                            .replaceAll("\\d+", "0");
                    built.putIfAbsent(kind, confirm.command());
                }
            }
        }
        return List.copyOf(built.values());
    }

    private static List<Finding> findings(Sample sample) throws IOException {
        List<Finding> found = FINDINGS.get(sample.name());
        if (found == null) {
            found = diagnose(sample, sample.directory(), "");
            FINDINGS.put(sample.name(), found);
        }
        return found;
    }

    private static List<Finding> diagnose(Sample sample, Path bundle, String suffix) throws IOException {
        JsonNode edge = sample.expected().get("edge");
        try (Bundle opened = Bundle.open(bundle)) {
            Request request = new Request(
                    Optional.of(edge.get("caller").asString() + suffix),
                    Optional.of(edge.get("callee").asString() + suffix),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            return new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(opened, request))
                    .causes()
                    .findings();
        }
    }

    /** Ends a quoted word, and a bare one, and makes a file. */
    private static final String HOSTILE = "'; touch made; '$(touch made)";

    /** A sample whose services, clusters, tasks, groups and task definitions carry {@link #HOSTILE} at their end. */
    private static void copyHostile(Sample sample, Path to) throws IOException {
        JsonNode manifest = JsonMapper.shared()
                .readTree(Files.readString(sample.directory().resolve("manifest.json")))
                .get("edge");
        String names = Stream.of("caller", "callee", "cluster")
                .map(manifest::get)
                .map(n -> Pattern.quote(n.asString()))
                .collect(Collectors.joining("|"));
        Pattern words = Pattern.compile("(?<=[\"/:])(" + names + ")(?=[\"/:])|sg-[0-9a-f]{8,17}|[0-9a-f]{32}(?=\")");
        try (Stream<Path> walk = Files.walk(sample.directory())) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(sample.directory().relativize(file).toString());
                Files.createDirectories(copy.getParent());
                if (file.toString().endsWith(".json")) {
                    String text = Files.readString(file);
                    Files.writeString(
                            copy, words.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group() + HOSTILE)));
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }
}
