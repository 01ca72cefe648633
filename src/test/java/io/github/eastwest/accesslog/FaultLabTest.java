package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.accesslog.LabAccuracyTest.Column;
import io.github.eastwest.accesslog.LabAccuracyTest.Score;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Provokes every fault on real Envoys ({@code src/lab/faults.py}) and measures how often a line is understood whose flags
 * are hidden. {@code LAB_FOLDER} is where binaries are kept; they are downloaded when they are missing.
 */
@Tag("lab")
class FaultLabTest {
    private static final Path LAB = Path.of("src", "lab");

    /** The request timeout of the lab less what a busy machine makes a timer fire early. */
    private static final long AT_TIMEOUT_MS = 14_990;

    /** The connect timeout of the lab's callers. */
    private static final long CONNECT_TIMEOUT_MS = 1000;

    @ParameterizedTest
    @ValueSource(strings = {"1.36.2", "1.40.0"})
    void namesProvokedConditionsAsOftenAsTheFieldsAllow(String version) throws Exception {
        List<LabRecording.Line> lines = record(version);
        StringBuilder report = new StringBuilder("Envoy " + version + ", " + lines.size() + " lines\n");
        SoftAssertions softly = new SoftAssertions();

        for (String protocol : List.of("http", "http2", "grpc")) {
            List<LabRecording.Line> own =
                    LabAccuracyTest.only(lines, line -> line.protocol().equals(protocol));
            for (Column column : Column.values()) {
                Score score = LabAccuracyTest.score(own, column);
                double best = best(own, column);
                report.append(String.format(
                        Locale.ROOT,
                        "%n%s, lines of %s: %d failing, %.2f %% right, best possible %.2f %%, truth first or among the"
                                + " alternatives %.2f %% of %d, false alarms %d, lost failures %d%n",
                        protocol,
                        column.name().toLowerCase(Locale.ROOT),
                        score.failing(),
                        100 * score.accuracy(),
                        100 * best,
                        100 * score.containment(),
                        score.all(),
                        score.falseAlarms(),
                        score.lostFailures()));
                conditions(own, column).forEach((condition, counts) -> report.append(counts.row(condition)));
                score.table().forEach((cell, count) -> report.append("    " + count + " " + cell + "\n"));
                String name = version + " " + protocol + " " + column;
                softly.assertThat(score.failing()).as(name).isGreaterThan(200);
                softly.assertThat(score.accuracy())
                        .as(name + ": right")
                        .isGreaterThanOrEqualTo(best * (protocol.equals("grpc") ? 0.98 : 0.99));
                softly.assertThat(score.containment())
                        .as(name + ": first or among the alternatives")
                        .isGreaterThanOrEqualTo(0.99);
                softly.assertThat(score.falseAlarms())
                        .as(name + ": false alarms")
                        .isZero();
                softly.assertThat(score.lostFailures())
                        .as(name + ": lost failures")
                        .isZero();
            }
        }

        Path target = Files.createDirectories(Path.of("target", "lab"));
        Files.writeString(target.resolve("envoy-" + version + ".txt"), report);
        System.out.println(report);
        softly.assertAll();
    }

    private static List<LabRecording.Line> record(String version) throws IOException, InterruptedException {
        Path folder = Path.of(Optional.ofNullable(System.getenv("LAB_FOLDER"))
                .orElse(System.getProperty("user.home") + "/.cache/eastwest/lab"));
        run("bash", LAB.resolve("install").toString(), folder.toString(), version);
        Path out = Files.createDirectories(Path.of("target", "lab")).resolve("envoy-" + version + ".jsonl.gz");
        run(
                folder.resolve("python/bin/python").toString(),
                LAB.resolve("faults.py").toString(),
                "--envoy",
                folder.resolve("envoy-" + version).toString(),
                "--out",
                out.toString());
        return LabRecording.read(Files.newInputStream(out));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command[0]).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    /** How a condition was met. */
    private static final class Counts {
        private int there;
        private int named;
        private int right;

        String row(Condition condition) {
            return String.format(
                    Locale.ROOT,
                    "  %-34s %5d lines  recall %s  precision %s%n",
                    condition.id(),
                    there,
                    share(right, there),
                    share(right, named));
        }

        private static String share(int part, int of) {
            return of == 0 ? "     -" : String.format(Locale.ROOT, "%5.1f%%", 100.0 * part / of);
        }
    }

    /** Lines by condition: there, named, named rightly. */
    private static Map<Condition, Counts> conditions(List<LabRecording.Line> lines, Column column) {
        Observations learned = new Observations();
        List<LabRecording.Line> shown = LabAccuracyTest.only(
                lines, line -> column == Column.BOTH || line.caller() == (column == Column.CALLER));
        shown.forEach(line -> learned.observe(line.shown()));
        ConditionInference inference = new ConditionInference(learned);
        Map<String, List<LabRecording.Line>> callees = LabRecording.callees(lines);
        Map<Condition, Counts> counts = new TreeMap<>();
        for (LabRecording.Line line : shown) {
            if (column == Column.BOTH && !line.caller()) {
                continue;
            }
            Attribution answer = column == Column.BOTH
                    ? inference.attribute(Optional.of(line.shown()), attempts(line, callees))
                    : inference.attribute(line.shown());
            Counts truth = counts.computeIfAbsent(line.truth(), c -> new Counts());
            truth.there++;
            counts.computeIfAbsent(answer.condition(), c -> new Counts()).named++;
            truth.right += answer.condition() == line.truth() ? 1 : 0;
        }
        return counts;
    }

    private static List<AccessLogEntry> attempts(LabRecording.Line line, Map<String, List<LabRecording.Line>> callees) {
        List<AccessLogEntry> attempts = new ArrayList<>();
        if (line.id() != null) {
            callees.getOrDefault(line.id(), List.of()).forEach(attempt -> attempts.add(attempt.shown()));
        }
        return attempts;
    }

    /**
     * What the best possible reader of the shown fields names rightly: for lines that look alike in status, length, host,
     * service time and duration against the timeouts, always their most frequent condition.
     */
    private static double best(List<LabRecording.Line> lines, Column column) {
        Map<String, List<LabRecording.Line>> callees = LabRecording.callees(lines);
        Map<String, Map<Condition, Integer>> alike = new HashMap<>();
        int failing = 0;
        for (LabRecording.Line line : lines) {
            boolean shown = column == Column.CALLEE ? !line.caller() : line.caller();
            if (!shown || !line.failing() || line.cut()) {
                continue;
            }
            failing++;
            StringBuilder look = new StringBuilder(look(line.shown()));
            if (column == Column.BOTH) {
                attempts(line, callees).forEach(attempt -> look.append('|').append(look(attempt)));
            }
            alike.computeIfAbsent(look.toString(), l -> new HashMap<>()).merge(line.truth(), 1, Integer::sum);
        }
        int right = alike.values().stream()
                .mapToInt(truths -> truths.values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElseThrow())
                .sum();
        return (double) right / failing;
    }

    private static String look(AccessLogEntry line) {
        long duration = line.timing().durationMillis();
        String time =
                duration >= AT_TIMEOUT_MS ? "request timeout" : duration >= CONNECT_TIMEOUT_MS ? "connect timeout" : "";
        return line.response().status() + " " + line.response().grpcStatus() + " "
                + line.response().bytesSent() + " " + (line.upstream().host() != null) + " "
                + line.hasServiceTime() + " " + time;
    }
}
