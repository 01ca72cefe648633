package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.sample.Sample;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
 * Every AWS command that a page or the README prints, and every kind of command that a rule builds to confirm a finding, is
 * read-only and is understood by the real AWS CLI, versions 1 and 2: sent to a closed local port it must fail for want of a
 * connection, after the CLI has accepted flags, parameters and JMESPath. What a bundle holds reaches the shell as words only.
 *
 * <p>Without an AWS CLI on the PATH that part is skipped, so that a JDK and Maven are enough to build; with the environment
 * variable {@code CI} set it fails.
 */
class AwsCommandsTest {
    private static final String NOWHERE =
            " --endpoint-url http://127.0.0.1:9 --no-sign-request --region us-east-1 --output json";
    private static final String READ_ONLY =
            "aws [a-z0-9-]+ (describe|list|get|filter|discover|lookup|start-query)(-[a-z0-9-]+)?( .*)?";

    /** One start of the CLI takes 0.5 to 1 s of one core; more at once only compete. */
    private static final int AT_ONCE = 2;

    private static final long SECONDS_FOR_ONE = 60;
    private static final long SECONDS_FOR_ALL = 600;

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
            List<Finding> findings = diagnose(sample, sample.directory(), "");
            if (!sample.expected().get("cause").isNull()) {
                assertThat(findings.get(0).confirm()).as(sample.name()).isNotEmpty();
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
        boolean present = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(p -> Files.isExecutable(Path.of(p, "aws")));
        if (System.getenv("CI") != null) {
            assertThat(present).as("aws on the PATH").isTrue();
        }
        assumeThat(present).as("aws on the PATH").isTrue();
        Path queries = folder.resolve("bundle/cloudwatch/metric-data-queries.json");
        Files.createDirectories(queries.getParent());
        Files.writeString(queries, fenced(Files.readString(Path.of("README.md")), "```json\n[{\"Id\""));

        Map<String, String> rejected = new TreeMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<Map.Entry<String, String>>> runs = new ArrayList<>();
            int number = 0;
            Set<String> commands = new LinkedHashSet<>(commands());
            commands.addAll(built());
            for (String command : commands) {
                Path output = folder.resolve("output-" + number++);
                runs.add(() -> Map.entry(command, run(command, folder, output)));
            }
            for (Future<Map.Entry<String, String>> run : pool.invokeAll(runs, SECONDS_FOR_ALL, TimeUnit.SECONDS)) {
                assertThat(run.isCancelled())
                        .as("all commands within " + SECONDS_FOR_ALL + " s")
                        .isFalse();
                Map.Entry<String, String> answer = run.get();
                if (!answer.getValue().contains("Could not connect to the endpoint URL")) {
                    rejected.put(answer.getKey(), answer.getValue());
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }

        assertThat(rejected).isEmpty();
    }

    private static String run(String command, Path folder, Path output) throws IOException, InterruptedException {
        // The shell reads the line as a user's shell would: its quoting is part of what is tested.
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", filledIn(command) + NOWHERE)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.put("AWS_MAX_ATTEMPTS", "1");
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put("AWS_PAGER", "");
        environment.put("AWS_CONFIG_FILE", folder.resolve("none").toString());
        environment.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());
        Process process = builder.start();
        if (!process.waitFor(SECONDS_FOR_ONE, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return "no answer within " + SECONDS_FOR_ONE + " s";
        }
        return Files.readString(output, StandardCharsets.UTF_8).strip();
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
        for (RootCause cause : RootCause.values()) {
            texts.append(Files.readString(Path.of("src/main/resources", Knowledge.page(cause))));
        }
        Set<String> commands = new LinkedHashSet<>();
        texts.toString()
                .lines()
                .filter(line -> line.startsWith("aws "))
                .forEach(line -> commands.add(
                        line.replaceFirst(" > bundle/[A-Za-z0-9_./-]+$", "").strip()));
        return List.copyOf(commands);
    }

    /** One command of each kind that rules build over all samples: values differ, flags and queries are its kind. */
    private static List<String> built() throws IOException {
        Map<String, String> built = new TreeMap<>();
        for (Sample sample : Sample.all()) {
            for (Finding finding : diagnose(sample, sample.directory(), "")) {
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

    /** The text of the code block that begins with {@code opening}. */
    private static String fenced(String markdown, String opening) {
        int from = markdown.indexOf(opening) + opening.indexOf('\n') + 1;
        return markdown.substring(from, markdown.indexOf("\n```", from));
    }
}
