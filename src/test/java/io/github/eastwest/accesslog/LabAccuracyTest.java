package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How often the inference names the true condition of recorded lines whose flags are hidden, against the best that any
 * use of the same fields can reach.
 */
class LabAccuracyTest {
    private static final Map<String, List<LabRecording.Line>> RECORDINGS = Map.of(
            "1.36-t15", LabRecording.read("envoy-1.36-t15.jsonl.gz"),
            "1.40-t5", LabRecording.read("envoy-1.40-t5.jsonl.gz"));

    /** Which lines of a request are shown. */
    enum Column {
        CALLER,
        CALLEE,
        BOTH
    }

    /** What was counted for one set of lines. */
    record Score(
            int failing,
            int right,
            int all,
            int contained,
            int falseAlarms,
            int lostFailures,
            Map<String, Integer> table) {
        double accuracy() {
            return (double) right / failing;
        }

        double containment() {
            return (double) contained / all;
        }
    }

    /** The table of the lab's page: recording, protocol, column, best possible share in percent, goal as a share of it. */
    static Stream<Arguments> columns() {
        return Stream.of(
                Arguments.of("1.36-t15", "http", Column.CALLER, 98.8, 0.99),
                Arguments.of("1.36-t15", "http", Column.CALLEE, 100.0, 0.99),
                Arguments.of("1.36-t15", "http", Column.BOTH, 100.0, 0.99),
                Arguments.of("1.36-t15", "http2", Column.CALLER, 100.0, 0.99),
                Arguments.of("1.36-t15", "http2", Column.CALLEE, 100.0, 0.99),
                Arguments.of("1.36-t15", "http2", Column.BOTH, 100.0, 0.99),
                Arguments.of("1.36-t15", "grpc", Column.CALLER, 72.7, 0.98),
                Arguments.of("1.36-t15", "grpc", Column.CALLEE, 83.5, 0.98),
                Arguments.of("1.36-t15", "grpc", Column.BOTH, 77.0, 0.98),
                Arguments.of("1.40-t5", "http", Column.CALLER, 95.4, 0.99),
                Arguments.of("1.40-t5", "http", Column.CALLEE, 100.0, 0.99),
                Arguments.of("1.40-t5", "http", Column.BOTH, 97.4, 0.99),
                Arguments.of("1.40-t5", "http2", Column.CALLER, 97.4, 0.99),
                Arguments.of("1.40-t5", "http2", Column.CALLEE, 100.0, 0.99),
                Arguments.of("1.40-t5", "http2", Column.BOTH, 97.4, 0.99),
                Arguments.of("1.40-t5", "grpc", Column.CALLER, 72.3, 0.98),
                Arguments.of("1.40-t5", "grpc", Column.CALLEE, 83.5, 0.98),
                Arguments.of("1.40-t5", "grpc", Column.BOTH, 76.4, 0.98));
    }

    @ParameterizedTest(name = "Envoy {0}, {1}, {2}")
    @MethodSource("columns")
    @DisplayName("names the condition of failing lines as often as their fields allow")
    void namesTheConditionAsOftenAsTheFieldsAllow(
            String recording, String protocol, Column column, double best, double goal) {
        List<LabRecording.Line> lines =
                only(RECORDINGS.get(recording), line -> line.protocol().equals(protocol));

        Score score = score(lines, column);

        print(recording + " " + protocol + " " + column, score, best);
        assertThat(100 * score.accuracy()).isGreaterThanOrEqualTo(best * goal);
        assertThat(score.containment()).isGreaterThanOrEqualTo(0.99);
        assertThat(score.falseAlarms()).isZero();
        assertThat(score.lostFailures()).isZero();
    }

    /** Of the lines given one confidence, about that share is right: within 15 points, over both recordings. */
    @Test
    void statesConfidencesThatMatchTheShareThatIsRight() {
        Map<Double, int[]> byConfidence = new TreeMap<>();
        RECORDINGS.values().forEach(lines -> {
            Observations learned = new Observations();
            lines.forEach(line -> learned.observe(line.shown()));
            ConditionInference inference = new ConditionInference(learned);
            for (LabRecording.Line line : lines) {
                Attribution answer = inference.attribute(line.shown());
                int[] count = byConfidence.computeIfAbsent(answer.confidence(), c -> new int[2]);
                count[0] += answer.condition() == line.truth() ? 1 : 0;
                count[1]++;
            }
        });

        byConfidence.forEach((confidence, count) -> {
            System.out.printf(Locale.ROOT, "confidence %.2f: %d of %d right%n", confidence, count[0], count[1]);
            assertThat((double) count[0] / count[1])
                    .as("of confidence " + confidence)
                    .isCloseTo(confidence, within(0.15));
        });
    }

    static List<LabRecording.Line> only(List<LabRecording.Line> lines, Predicate<LabRecording.Line> wanted) {
        return lines.stream().filter(wanted).toList();
    }

    /** Learns from the shown lines of the column and attributes each of them. */
    static Score score(List<LabRecording.Line> lines, Column column) {
        Observations learned = new Observations();
        shown(lines, column).forEach(line -> learned.observe(line.shown()));
        return score(lines, column, learned);
    }

    private static List<LabRecording.Line> shown(List<LabRecording.Line> lines, Column column) {
        return only(lines, line -> column == Column.BOTH || line.caller() == (column == Column.CALLER));
    }

    /** Attributes each shown line of the column in the light of what was learned elsewhere. */
    static Score score(List<LabRecording.Line> lines, Column column, Observations learned) {
        List<LabRecording.Line> shown = shown(lines, column);
        ConditionInference inference = new ConditionInference(learned);
        Map<String, List<LabRecording.Line>> callees = LabRecording.callees(lines);
        int failing = 0;
        int right = 0;
        int all = 0;
        int contained = 0;
        int falseAlarms = 0;
        int lostFailures = 0;
        Map<String, Integer> table = new TreeMap<>();
        for (LabRecording.Line line : shown) {
            if (column == Column.BOTH && !line.caller()) {
                continue;
            }
            List<AccessLogEntry> attempts = new ArrayList<>();
            if (column == Column.BOTH && line.id() != null) {
                callees.getOrDefault(line.id(), List.of()).forEach(attempt -> attempts.add(attempt.shown()));
            }
            Attribution answer = column == Column.BOTH
                    ? inference.attribute(Optional.of(line.shown()), attempts)
                    : inference.attribute(line.shown());
            all++;
            if (answer.condition() == line.truth() || answer.alternatives().contains(line.truth())) {
                contained++;
            }
            if (line.failing() && !line.cut()) {
                failing++;
                right += answer.condition() == line.truth() ? 1 : 0;
            }
            if (line.truth() == Condition.SUCCESS || line.truth() == Condition.APPLICATION_4XX) {
                falseAlarms += answer.condition().failure() ? 1 : 0;
            }
            if (line.failing() && !answer.condition().failure()) {
                lostFailures++;
            }
            if (answer.condition() != line.truth()) {
                table.merge(
                        line.truth().id() + " read as " + answer.condition().id()
                                + (answer.alternatives().contains(line.truth()) ? "" : " (not among alternatives)")
                                + " in " + line.scenario(),
                        1,
                        Integer::sum);
            }
        }
        return new Score(failing, right, all, contained, falseAlarms, lostFailures, table);
    }

    private static void print(String title, Score score, double best) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d failing, %.2f %% right (best possible %.1f), %.2f %% of %d among alternatives, %d false alarms, %d lost%n",
                title,
                score.failing(),
                100 * score.accuracy(),
                best,
                100 * score.containment(),
                score.all(),
                score.falseAlarms(),
                score.lostFailures()));
        score.table().forEach((cell, count) -> text.append(String.format(Locale.ROOT, "  %5d %s%n", count, cell)));
        System.out.print(text);
    }
}
