package io.github.eastwest.classify.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.metric.AlarmState;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Background.Control;
import io.github.eastwest.model.report.Background.Onset;
import io.github.eastwest.model.report.Background.Rung;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Incident;
import io.github.eastwest.model.report.Incident.Fact;
import io.github.eastwest.model.report.Incident.Replay;
import io.github.eastwest.model.report.Incident.Step;
import io.github.eastwest.model.report.Incident.Verification.State;
import io.github.eastwest.model.report.TrafficReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A made-up hour: a deployment at 10:20, failures from 10:21 to 10:41, an alarm at 10:25 that is well at 10:45. */
class IncidentsTest {
    private static final Instant TEN = Instant.parse("2026-11-21T10:00:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(TEN, TEN.plusSeconds(3600));
    private static final Edge EDGE = new Edge(
            "orders", "payments", Optional.of("prod"), Optional.empty(), Optional.empty(), Edge.Method.SERVICE_CONNECT);
    private static final Map<String, String> TOWARDS =
            Map.of("TargetDiscoveryName", "pay", "ServiceName", "orders", "ClusterName", "prod");
    private static final AlarmPlan.Alarm ERRORS = new AlarmPlan.Alarm(
            AlarmPlan.Kind.BACKEND_5XX,
            "orders-payments-backend-5xx",
            "why",
            new AlarmPlan.Metric("AWS/ECS", "HTTPCode_Target_5XX_Count", TOWARDS, "Sum", "Count"),
            new AlarmPlan.Evaluation(
                    AlarmPlan.Comparison.AT_LEAST, OptionalDouble.of(5), 60, 5, 3, AlarmPlan.Missing.NOT_BREACHING));
    private static final AlarmPlan PLAN = new AlarmPlan(List.of(ERRORS), List.of(), List.of());

    private static Instant at(int minute) {
        return TEN.plusSeconds(60L * minute);
    }

    private static final Change DEPLOYMENT =
            change("C1", 20, Change.Kind.DEPLOYMENT, Optional.of(1), "payments:7 replaces payments:6");
    private static final Change ROLLBACK =
            change("C2", 40, Change.Kind.DEPLOYMENT, Optional.empty(), "payments:6 replaces payments:7");

    private static Change change(String id, int minute, Change.Kind kind, Optional<Integer> rank, String text) {
        return new Change(
                id,
                at(minute),
                kind,
                "payments",
                text,
                "ecs/describe-service-deployments",
                Optional.of(Duration.between(at(minute), at(21))),
                rank,
                rank.map(r -> "its tasks answer with errors"),
                Optional.empty(),
                List.of());
    }

    private static Background background(boolean atStart, Optional<Instant> until) {
        return new Background(
                Optional.of(new Onset(
                        at(21),
                        at(22),
                        Optional.of(Condition.APPLICATION_5XX),
                        OptionalDouble.of(0.001),
                        0.5,
                        until,
                        atStart,
                        "logs/lines/caller")),
                List.of(DEPLOYMENT, ROLLBACK),
                List.of("ecs/describe-service-deployments"),
                List.of(new Rung(
                        "perRequestTimeoutSeconds of payments",
                        Hop.CALLEE_PROXY,
                        Optional.of(Duration.ofSeconds(15)),
                        "default",
                        2,
                        Optional.of("longer than the client waits"),
                        Optional.of("ecs/describe-services"))),
                List.of(
                        new Control("other_caller", "web", 500, 200, "hit", "web is hit, too", "cloudwatch"),
                        new Control("other_caller", "batch", 9, 1, "too_few", "", "cloudwatch"),
                        new Control("zone", "a", 700, 0, "spared", "0 of 700 calls failed", "logs/lines/caller")),
                Optional.empty());
    }

    private static Finding finding(RootCause cause, long explained, Optional<RootCause> because, String id) {
        return new Finding(
                cause,
                new Finding.Assessment(Verdict.LIKELY, 0.9, Severity.ERROR, cause.hop()),
                "summary of " + cause.code(),
                List.of(
                        new Evidence(
                                id,
                                Evidence.Supports.FOR,
                                "a fact",
                                "logs/lines/caller",
                                Optional.empty(),
                                Optional.empty()),
                        new Evidence(
                                id + "0",
                                Evidence.Supports.AGAINST,
                                "another",
                                "logs/lines/caller",
                                Optional.empty(),
                                Optional.empty())),
                List.of(),
                List.of(new Finding.Fix("repair it", "none"), new Finding.Fix("or roll back", "slow")),
                because,
                explained);
    }

    private static Diagnosis diagnosis(Background background) {
        TrafficReport traffic = new TrafficReport(
                2_000,
                500,
                0,
                List.of(
                        new TrafficReport.ConditionCount(Condition.SUCCESS, 1_500, Basis.INFERRED, Optional.empty()),
                        new TrafficReport.ConditionCount(
                                Condition.APPLICATION_5XX, 500, Basis.INFERRED, Optional.of(Hop.CALLEE_APP))),
                TrafficReport.Latency.NONE,
                new TrafficReport.Series(
                        600,
                        IntStream.range(0, 6)
                                .mapToObj(i -> new TrafficReport.Bucket(
                                        TEN.plusSeconds(600L * i),
                                        i == 2 || i == 3
                                                ? Map.of(Condition.APPLICATION_5XX, 250L)
                                                : Map.of(Condition.SUCCESS, 375L),
                                        TrafficReport.Latency.NONE))
                                .toList()),
                List.of(),
                List.of());
        return new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                EDGE,
                WINDOW,
                Optional.of(traffic),
                new Diagnosis.Causes(
                        List.of(
                                finding(RootCause.BAD_DEPLOYMENT, 100, Optional.empty(), "E1"),
                                finding(RootCause.OUTLIER_EJECTION, 400, Optional.of(RootCause.BAD_DEPLOYMENT), "E2")),
                        List.of(new Diagnosis.RuledOut(RootCause.OUT_OF_MEMORY, "no task was killed")),
                        List.of(new Diagnosis.Undetermined(RootCause.CRASH_LOOP, List.of("ecs/describe-tasks"))),
                        List.of()),
                new Coverage(List.of()),
                List.of(
                        new Diagnosis.TimelineEntry(
                                at(20).plusSeconds(30), "deployment", "payments:7 began", Optional.empty()),
                        new Diagnosis.TimelineEntry(
                                at(21), "traffic", "first application_5xx of 500", Optional.of("E1")),
                        new Diagnosis.TimelineEntry(at(23), "ejection", "10.0.0.1 ejected", Optional.empty())),
                List.of(),
                background);
    }

    private static Snapshot snapshot(List<MetricSeries> series) {
        return new Snapshot(
                EDGE,
                WINDOW,
                new Snapshot.Account(Optional.empty(), Optional.empty()),
                new Coverage(List.of()),
                new Snapshot.Ecs(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new CloudMap(List.of(), List.of(), List.of()),
                        List.of(),
                        List.of(),
                        List.of()),
                new Network(List.of(), List.of(), List.of(), List.of(), List.of()),
                new Metrics(series, List.of()),
                new LogEvidence(List.of(), Optional.empty()));
    }

    private static AlarmState alarm(String name, Map<String, String> dimensions, AlarmState.Transition... changes) {
        return new AlarmState(name, "OK", "", "AWS/ECS", "CPUUtilization", dimensions, List.of(changes));
    }

    private static final AlarmState FIRED = alarm(
            "payments-cpu",
            Map.of("ServiceName", "payments", "ClusterName", "prod"),
            new AlarmState.Transition(at(25), "ALARM"),
            new AlarmState.Transition(at(45), "OK"));

    private static Incident incident(Optional<List<AlarmState>> alarms, IncidentOptions options) {
        return Incidents.of(
                snapshot(List.of()), diagnosis(background(false, Optional.of(at(41)))), alarms, PLAN, options);
    }

    @Test
    void timesComeFromAlarmsAndTheOnset() {
        Incident.Times times =
                incident(Optional.of(List.of(FIRED)), IncidentOptions.NONE).times();

        assertThat(times.began().orElseThrow().at()).isEqualTo(at(21));
        assertThat(times.detected().orElseThrow().at()).isEqualTo(at(25));
        assertThat(times.mitigated().orElseThrow().at()).isEqualTo(at(41));
        assertThat(times.resolved().orElseThrow().at()).isEqualTo(at(45));
    }

    @Test
    void whatPeopleSayWins() {
        IncidentOptions options = new IncidentOptions(
                Optional.empty(), Duration.ofDays(30), Optional.of(at(24)), Optional.of(at(39)), Optional.of(at(59)));
        Incident incident = incident(Optional.of(List.of(FIRED)), options);

        assertThat(incident.times().detected()).contains(new Incident.Moment(at(24), "--detected-at"));
        assertThat(incident.times().mitigated()).contains(new Incident.Moment(at(39), "--mitigated-at"));
        assertThat(incident.times().resolved()).contains(new Incident.Moment(at(59), "--resolved-at"));
        assertThat(incident.timeline()).extracting(Fact::source).contains("--detected-at", "--resolved-at");
    }

    @Test
    void whatNoSourceTellsIsNotMeasured() {
        Incident unread = incident(Optional.empty(), IncidentOptions.NONE);
        Incident quiet = incident(Optional.of(List.of()), IncidentOptions.NONE);
        Incident lasting = Incidents.of(
                snapshot(List.of()),
                diagnosis(background(true, Optional.empty())),
                Optional.empty(),
                PLAN,
                IncidentOptions.NONE);

        assertThat(unread.times().detected()).isEmpty();
        assertThat(unread.detection().read()).isFalse();
        assertThat(unread.detection().proposals().get(0).exists()).isEmpty();
        assertThat(quiet.times().detected()).isEmpty();
        assertThat(quiet.detection().read()).isTrue();
        assertThat(quiet.detection().proposals().get(0).exists()).contains(false);
        assertThat(lasting.times().mitigated()).isEmpty();
        assertThat(lasting.times().resolved()).isEmpty();
        assertThat(lasting.impact().span().orElseThrow().atStart()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"19, false", "20, true", "21, true", "74, true", "75, false"})
    void anAlarmBelongsToTheIncidentFromAMinuteBeforeTheOnsetToAQuarterAfterTheWindow(int minute, boolean fired) {
        AlarmState alarm = alarm("a", Map.of("ServiceName", "orders"), new AlarmState.Transition(at(minute), "ALARM"));

        assertThat(incident(Optional.of(List.of(alarm)), IncidentOptions.NONE)
                        .detection()
                        .fired()
                        .isEmpty())
                .isEqualTo(!fired);
    }

    @Test
    void alarmsOfOthersAreNotOurs() {
        List<AlarmState> others = List.of(
                alarm("x", Map.of("ServiceName", "stock"), new AlarmState.Transition(at(25), "ALARM")),
                alarm(
                        "y",
                        Map.of("ServiceName", "payments", "ClusterName", "staging"),
                        new AlarmState.Transition(at(25), "ALARM")));
        Incident.Detection detection =
                incident(Optional.of(others), IncidentOptions.NONE).detection();

        assertThat(detection.fired()).isEmpty();
        assertThat(detection.quiet()).isEmpty();
    }

    @Test
    void withoutAChangePointTheSeriesTellsHowLong() {
        Incident incident = Incidents.of(
                snapshot(List.of()), diagnosis(Background.NONE), Optional.empty(), PLAN, IncidentOptions.NONE);

        // Buckets 2 and 3 of 10 minutes fail.
        assertThat(incident.impact().span()).hasValueSatisfying(span -> {
            assertThat(span.from()).isEqualTo(at(20));
            assertThat(span.until()).contains(at(40));
            assertThat(span.atStart()).isFalse();
        });
    }

    @Test
    void impactNamesWhoWasHit() {
        Incident.Impact impact =
                incident(Optional.empty(), IncidentOptions.NONE).impact();

        assertThat(impact.callers())
                .extracting(group -> group.name() + " " + group.failed() + "/"
                        + group.requests().getAsLong())
                .containsExactly("orders 500/2000", "web 200/500");
        assertThat(impact.budget()).isEmpty();
    }

    @Test
    void theBudgetIsReckonedForTheWindow() {
        IncidentOptions options = new IncidentOptions(
                Optional.of(new BigDecimal("99.9")),
                Duration.ofDays(30),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Incident.Budget budget =
                incident(Optional.empty(), options).impact().budget().orElseThrow();

        // 0.1 % of 2000 calls are 2; 500 failed: 250 times; the hour is 1/720 of 30 days: 250/720.
        assertThat(budget.allowed()).isCloseTo(2, within(1e-9));
        assertThat(budget.burnRate()).isCloseTo(250, within(1e-6));
        assertThat(budget.ofPeriod()).isCloseTo(250.0 / 720, within(1e-9));
    }

    @Test
    void theTimelineIsSortedAndEveryFactHasAnId() {
        List<Fact> timeline =
                incident(Optional.of(List.of(FIRED)), IncidentOptions.NONE).timeline();

        assertThat(timeline).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        assertThat(timeline).allSatisfy(fact -> assertThat(fact.id()).matches("[EC]\\d+|T-[0-9a-f]{6}"));
        // The deployment is told once: by the change, not by the entry 30 s after it as well.
        assertThat(timeline)
                .extracting(Fact::text)
                .containsExactly(
                        "payments:7 replaces payments:6",
                        // The same time and source: E1 comes before T-….
                        "first application_5xx of 500",
                        "calls begin to fail",
                        "10.0.0.1 ejected",
                        "payments-cpu fires",
                        "payments:6 replaces payments:7",
                        "failures are over",
                        "payments-cpu is OK again");
        assertThat(timeline)
                .isEqualTo(incident(Optional.of(List.of(FIRED)), IncidentOptions.NONE)
                        .timeline());
    }

    @Test
    void theChainGoesFromWhatWasSeenToWhatIsNotEstablished() {
        List<Step> chain =
                incident(Optional.empty(), IncidentOptions.NONE).causation().chain();

        assertThat(chain)
                .extracting(step -> step.answer()
                        .map(answer -> answer.text().substring(0, 5) + answer.evidence())
                        .orElse("not established"))
                .containsExactly(
                        "500\u00a0o[E1]".replace('\u00a0', ' '),
                        "EW205[E2]",
                        "EW505[E1]",
                        "payme[C1]",
                        "not established");
    }

    @Test
    void factorsAndMitigatorsAreStatementsWithEvidence() {
        Incident.Causation causation =
                incident(Optional.empty(), IncidentOptions.NONE).causation();

        assertThat(causation.trigger()).contains(DEPLOYMENT);
        assertThat(causation.contributing())
                .extracting(Incident.Statement::text)
                .containsExactly(
                        "EW505 The callee's new deployment fails (likely): summary of EW505",
                        "EW205 The caller's proxy ejected the callee's tasks (likely): summary of EW205",
                        "perRequestTimeoutSeconds of payments: longer than the client waits");
        assertThat(causation.mitigators())
                .extracting(statement -> statement.text().replace('\u00a0', ' '))
                .containsExactly(
                        "zone a: 0 of 700 calls failed",
                        "before the failures were over, by 60 seconds: payments:6 replaces payments:7");
    }

    @Test
    void actionsAreForFirstCausesAndEachHasItsOwnCheck() {
        IncidentOptions options = new IncidentOptions(
                Optional.of(new BigDecimal("99.9")),
                Duration.ofDays(30),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        assertThat(incident(Optional.empty(), options).actions())
                .extracting(action -> action.check() + " " + action.type().id())
                .containsExactly(
                        "cause:EW505 prevent",
                        "alarm:backend-5xx detect",
                        "edge:healthy mitigate",
                        "slo:99.9 mitigate");
    }

    /** 3 of 5 minutes with at least 5 errors. */
    @ParameterizedTest
    @CsvSource({
        "5 5 5 0 0 0, FIRES, 3",
        "5 0 5 0 5 0, FIRES, 5",
        "5 0 5 0 0 5, STAYS_QUIET, 0",
        "4 4 4 4 4 4, STAYS_QUIET, 0",
        "5 5, STAYS_QUIET, 0"
    })
    void anAlarmIsPlayedOverTheMinutes(String values, Replay.Outcome outcome, int minute) {
        String[] numbers = values.split(" ");
        List<MetricSeries.Point> points = IntStream.range(0, numbers.length)
                .mapToObj(i -> new MetricSeries.Point(at(i), Double.parseDouble(numbers[i])))
                .toList();
        Replay replay = AlarmReplay.of(
                ERRORS,
                snapshot(List.of(
                        new MetricSeries("AWS/ECS", "HTTPCode_Target_5XX_Count", "Sum", 60, TOWARDS, points, true))));

        assertThat(replay.outcome()).isEqualTo(outcome);
        assertThat(replay.at()).isEqualTo(minute == 0 ? Optional.empty() : Optional.of(at(minute)));
    }

    @Test
    void missingMinutesAreWhatTheAlarmSays() {
        MetricSeries bytes = new MetricSeries(
                "AWS/ECS",
                "TargetProcessedBytes",
                "Sum",
                60,
                TOWARDS,
                List.of(new MetricSeries.Point(at(0), 9), new MetricSeries.Point(at(3), 9)),
                true);
        AlarmPlan.Alarm silence = new AlarmPlan.Alarm(
                AlarmPlan.Kind.NO_TRAFFIC,
                "silence",
                "why",
                new AlarmPlan.Metric("AWS/ECS", "TargetProcessedBytes", TOWARDS, "Sum", "Bytes"),
                new AlarmPlan.Evaluation(
                        AlarmPlan.Comparison.AT_MOST, OptionalDouble.of(0), 60, 3, 3, AlarmPlan.Missing.BREACHING));

        // Minutes 4, 5 and 6 are the first three in a row without a point.
        assertThat(AlarmReplay.of(silence, snapshot(List.of(bytes))).at()).contains(at(7));
        // The error counter has no series, but its neighbour has: nothing was counted.
        assertThat(AlarmReplay.of(ERRORS, snapshot(List.of(bytes))).outcome()).isEqualTo(Replay.Outcome.STAYS_QUIET);
        assertThat(AlarmReplay.of(ERRORS, snapshot(List.of())).outcome()).isEqualTo(Replay.Outcome.CANNOT_TELL);
        assertThat(AlarmReplay.of(silence, snapshot(List.of())).outcome()).isEqualTo(Replay.Outcome.CANNOT_TELL);
    }

    @ParameterizedTest
    @CsvSource({
        "cause:EW505, NOT_DONE",
        "cause:EW503, DONE",
        "cause:EW502, CANNOT_TELL",
        "cause:EW999, CANNOT_TELL",
        "edge:healthy, NOT_DONE",
        // 500 of 2000 calls failed: 75 % succeeded
        "slo:75, DONE",
        "slo:75.01, NOT_DONE",
        "alarm:backend-5xx, NOT_DONE",
        "alarm:p99-regression, CANNOT_TELL",
        "rm -rf, CANNOT_TELL"
    })
    void checksAreRepeated(String check, State state) {
        Checks checks = new Checks(diagnosis(Background.NONE), Optional.of(List.of(FIRED)), PLAN);

        assertThat(checks.verify(check).state()).isEqualTo(state);
    }

    @Test
    void anAlarmOnTheSameMetricIsTheAlarmAndUnreadAlarmsAreUnknown() {
        AlarmState same =
                new AlarmState("errors", "OK", "", "AWS/ECS", "HTTPCode_Target_5XX_Count", TOWARDS, List.of());
        Diagnosis diagnosis = diagnosis(Background.NONE);

        assertThat(new Checks(diagnosis, Optional.of(List.of(same)), PLAN)
                        .verify("alarm:backend-5xx")
                        .state())
                .isEqualTo(State.DONE);
        assertThat(new Checks(diagnosis, Optional.empty(), PLAN)
                        .verify("alarm:backend-5xx")
                        .state())
                .isEqualTo(State.CANNOT_TELL);
    }

    @ParameterizedTest
    @CsvSource({"29, CANNOT_TELL", "30, DONE"})
    void tooFewCallsProveNothing(long calls, State state) {
        Diagnosis base = diagnosis(Background.NONE);
        TrafficReport few = new TrafficReport(
                calls,
                0,
                0,
                List.of(),
                new TrafficReport.Latency(
                        OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()),
                new TrafficReport.Series(60, List.of()),
                List.of(),
                List.of());
        Diagnosis diagnosis = new Diagnosis(
                Diagnosis.Outcome.HEALTHY,
                EDGE,
                WINDOW,
                Optional.of(few),
                base.causes(),
                base.coverage(),
                List.of(),
                List.of());

        assertThat(new Checks(diagnosis, Optional.empty(), PLAN)
                        .verify("slo:99.9")
                        .state())
                .isEqualTo(state);
    }
}
