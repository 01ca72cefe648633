package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.accesslog.LabAccuracyTest.Column;
import io.github.eastwest.accesslog.LabAccuracyTest.Score;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The recordings changed as other set-ups would change them: the inference must not have learned them by heart. */
class LabTransformedTest {
    private static final List<LabRecording.Line> T15 = LabRecording.read("envoy-1.36-t15.jsonl.gz");
    private static final List<LabRecording.Line> T5 = LabRecording.read("envoy-1.40-t5.jsonl.gz");

    static Stream<Arguments> otherTimeouts() {
        return Stream.of(
                        Arguments.of("t15", 15_000L, 1_000L, 30_000L, 5_000L),
                        Arguments.of("t15", 15_000L, 1_000L, 60_000L, 1_000L),
                        Arguments.of("t15", 15_000L, 1_000L, 7_000L, 500L),
                        Arguments.of("t5", 5_000L, 2_000L, 15_000L, 3_000L),
                        Arguments.of("t5", 5_000L, 2_000L, 20_000L, 2_000L),
                        Arguments.of("t5", 5_000L, 2_000L, 3_000L, 1_000L))
                .flatMap(set -> Stream.of("http", "http2", "grpc")
                        .flatMap(protocol -> Stream.of(Column.values())
                                .map(column -> Arguments.of(
                                        set.get()[0],
                                        set.get()[1],
                                        set.get()[2],
                                        set.get()[3],
                                        set.get()[4],
                                        protocol,
                                        column))));
    }

    @ParameterizedTest(name = "{0}: request timeout {1} as {3}, connect timeout {2} as {4}, {5} {6}")
    @MethodSource("otherTimeouts")
    void learnsOtherTimeouts(
            String recording,
            long timeout,
            long connect,
            long newTimeout,
            long newConnect,
            String protocol,
            Column column) {
        List<LabRecording.Line> lines = (recording.equals("t15") ? T15 : T5)
                .stream()
                        .filter(line -> line.protocol().equals(protocol))
                        .map(line -> scaled(line, timeout, connect, newTimeout, newConnect))
                        .toList();

        Score score = LabAccuracyTest.score(lines, column);

        double best = best(recording, protocol, column);
        assertThat(100 * score.accuracy())
                .as(score.table().toString())
                .isGreaterThanOrEqualTo(best * (protocol.equals("grpc") ? 0.98 : 0.99));
        assertThat(score.containment()).as(score.table().toString()).isGreaterThanOrEqualTo(0.99);
        assertThat(score.falseAlarms()).as(score.table().toString()).isZero();
    }

    static Stream<Arguments> shares() {
        return Stream.of("t15", "t5")
                .flatMap(recording -> Stream.of("http", "http2", "grpc")
                        .flatMap(protocol -> Stream.of(Column.values())
                                .flatMap(column -> Stream.of(0, 1, 2)
                                        .map(part -> Arguments.of(recording, protocol, column, part)))));
    }

    @ParameterizedTest(name = "{0} {1} {2}, third {3}")
    @MethodSource("shares")
    void worksOnAThirdOfTheRequests(String recording, String protocol, Column column, int part) {
        List<LabRecording.Line> lines = (recording.equals("t15") ? T15 : T5)
                .stream()
                        .filter(line -> line.protocol().equals(protocol))
                        .filter(line -> Math.floorMod(LineStore.hash(line.id()), 3) == part)
                        .toList();

        Score score = LabAccuracyTest.score(lines, column);

        // A third can hold more of the indistinguishable lines than its share: 30 lines of gRPC are 0.5 standard
        // errors.
        assertThat(100 * score.accuracy())
                .as(score.table().toString())
                .isGreaterThanOrEqualTo(best(recording, protocol, column) - 3);
        assertThat(score.containment()).as(score.table().toString()).isGreaterThanOrEqualTo(0.985);
        assertThat(score.falseAlarms()).as(score.table().toString()).isZero();
    }

    static Stream<Arguments> oneSidedColumns() {
        return LabAccuracyTest.columns().filter(row -> row.get()[2] != Column.BOTH);
    }

    @ParameterizedTest(name = "Envoy {0}, {1}, {2}")
    @MethodSource("oneSidedColumns")
    void worksOnOneFileOfAllProtocolsWhoseSideIsUnknown(
            String recording, String protocol, Column column, double best, double goal) {
        List<LabRecording.Line> anonymous = (recording.equals("1.36-t15") ? T15 : T5)
                .stream().map(LabTransformedTest::withoutSide).toList();
        Observations learned = new Observations();
        anonymous.stream()
                .filter(line ->
                        column == Column.CALLER == line.shown().ref().stream().equals("caller.log"))
                .forEach(line -> learned.observe(line.shown()));
        List<LabRecording.Line> lines = anonymous.stream()
                .filter(line -> line.protocol().equals(protocol)
                        && column
                                == Column.CALLER
                                == line.shown().ref().stream().equals("caller.log"))
                .toList();

        // Without a side every line is scored as it stands.
        Score score = LabAccuracyTest.score(lines, Column.CALLEE, learned);

        assertThat(100 * score.accuracy()).as(score.table().toString()).isGreaterThanOrEqualTo(best * goal);
        assertThat(score.containment()).as(score.table().toString()).isGreaterThanOrEqualTo(0.99);
        assertThat(score.falseAlarms()).as(score.table().toString()).isZero();
    }

    private static LabRecording.Line withoutSide(LabRecording.Line line) {
        AccessLogEntry shown = line.shown();
        LineRef ref = new LineRef(
                line.caller() ? "caller.log" : "callee.log", shown.ref().line(), Side.UNKNOWN);
        return new LabRecording.Line(
                line.scenario(),
                line.protocol(),
                new AccessLogEntry(
                        ref, shown.startMillis(), shown.request(), shown.response(), shown.upstream(), shown.timing()),
                line.told(),
                line.own(),
                line.truth());
    }

    static Stream<Arguments> scenarios() {
        return Stream.of("t15", "t5").flatMap(recording -> {
            Set<String> names = new TreeSet<>();
            (recording.equals("t15") ? T15 : T5).forEach(line -> names.add(line.scenario()));
            return names.stream()
                    .flatMap(name -> Stream.of(Column.values()).map(column -> Arguments.of(recording, name, column)));
        });
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("scenarios")
    void readsOneFaultAmongSuccesses(String recording, String scenario, Column column) {
        List<LabRecording.Line> all = recording.equals("t15") ? T15 : T5;
        Set<String> protocols = all.stream()
                .filter(line -> line.scenario().equals(scenario))
                .map(LabRecording.Line::protocol)
                .collect(Collectors.toSet());
        Set<String> background = Set.of("ok", "h2_ok", "grpc_ok");
        List<LabRecording.Line> lines = all.stream()
                .filter(line -> line.scenario().equals(scenario)
                        || background.contains(line.scenario()) && protocols.contains(line.protocol()))
                .toList();
        if (lines.stream()
                .noneMatch(line -> line.scenario().equals(scenario)
                        && (column == Column.BOTH || line.caller() == (column == Column.CALLER)))) {
            return;
        }

        Score score = LabAccuracyTest.score(lines, column);

        assertThat(score.falseAlarms()).as(score.table().toString()).isZero();
        assertThat(score.contained()).as(score.table().toString()).isEqualTo(score.all());
    }

    private static double best(String recording, String protocol, Column column) {
        String name = recording.equals("t15") ? "1.36-t15" : "1.40-t5";
        return LabAccuracyTest.columns()
                .map(Arguments::get)
                .filter(row -> row[0].equals(name) && row[1].equals(protocol) && row[2] == column)
                .mapToDouble(row -> (double) row[3])
                .findFirst()
                .orElseThrow();
    }

    /** The line as it would be with another request timeout and another connect timeout. */
    private static LabRecording.Line scaled(
            LabRecording.Line line, long timeout, long connect, long newTimeout, long newConnect) {
        AccessLogEntry.Timing timing = line.shown().timing();
        boolean connecting = line.truth() == Condition.UPSTREAM_CONNECTION_TIMEOUT
                || line.scenario().equals("one_dropped") && timing.durationMillis() > connect / 2;
        AccessLogEntry shown = new AccessLogEntry(
                line.shown().ref(),
                line.shown().startMillis(),
                line.shown().request(),
                line.shown().response(),
                line.shown().upstream(),
                new AccessLogEntry.Timing(
                        scaled(timing.durationMillis(), connecting, timeout, connect, newTimeout, newConnect),
                        scaled(timing.serviceTimeMillis(), connecting, timeout, connect, newTimeout, newConnect)));
        return new LabRecording.Line(line.scenario(), line.protocol(), shown, line.told(), line.own(), line.truth());
    }

    private static long scaled(
            long millis, boolean connecting, long timeout, long connect, long newTimeout, long newConnect) {
        if (millis < 100) {
            return millis;
        }
        if (connecting && millis < timeout - 100) {
            // Attempts scale; the jitter and back-off on top of them do not.
            long attempts = (millis + 50) / connect;
            long rest = millis - attempts * connect;
            return attempts == 0 ? millis * newConnect / connect : attempts * newConnect + rest;
        }
        if (Math.abs(millis - timeout) <= 40) {
            return newTimeout + millis - timeout;
        }
        return millis > timeout / 2 ? millis * newTimeout / timeout : millis;
    }
}
