package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Collector;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.Progress;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation in turn is denied, throttled, broken or silent, on an edge that is healthy: the run ends in time, coverage
 * names what is missing and why, nothing missing becomes a finding, and the edge is called healthy only where everything
 * that this needs was read.
 */
class FailForwardTest {
    /** A sample with everything read, nothing found, and few lines. */
    private static final Incident HEALTHY = Incident.sample("planner-calendar");

    /** What {@code --timeout} says, and how much later a busy machine may be done. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private static final Duration LATE = Duration.ofSeconds(4);

    /** Long enough for every retry. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    /** What must have been read before an edge may be called healthy. */
    private static final Set<Input> REQUIRED =
            EnumSet.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS, Input.METRICS);

    /** Runs at once; they mostly wait. */
    private static final int AT_ONCE = 6;

    /** What an operation's failure leaves incomplete, where that is not its own document. */
    private static final Map<Operation, Set<String>> AFFECTED = Map.of(
            Operation.LIST_TASKS, Set.of("ecs/describe-tasks"),
            Operation.LIST_SERVICE_DEPLOYMENTS, Set.of("ecs/describe-service-deployments"),
            Operation.FILTER_LOG_EVENTS, Set.of("logs/lines/caller", "logs/lines/callee"),
            Operation.START_QUERY, Set.of("logs/lines/caller", "logs/lines/callee"),
            Operation.GET_QUERY_RESULTS, Set.of("logs/lines/caller", "logs/lines/callee"));

    /** An operation, and the log class with which it is called. */
    private record Case(Operation operation, Settings settings) {
        Set<String> affected() {
            return AFFECTED.getOrDefault(operation, Set.of(operation.path()));
        }
    }

    private record Outcome(Case of, Duration took, Map<String, Coverage.Entry> coverage, Diagnosis diagnosis) {
        List<Coverage.Entry> affected() {
            return coverage.values().stream()
                    .filter(entry -> of.affected().contains(entry.input()))
                    .toList();
        }
    }

    @Test
    void deniedSaysWhichActionToAllow() throws Exception {
        for (Outcome outcome : outcomes(Fault.denied(), PATIENT)) {
            String action = outcome.of().operation().action();
            assertThat(outcome.affected()).as(action).isNotEmpty().allSatisfy(entry -> {
                assertThat(entry.state()).isIn(Coverage.State.DENIED, Coverage.State.PARTIAL);
                assertThat(entry.detail())
                        .contains(action)
                        .contains("{\"Effect\":\"Allow\",\"Action\":\"" + action + "\",\"Resource\":\"*\"}");
            });
            neitherHealthyNorAFault(outcome);
        }
    }

    static Stream<Arguments> permanentFaults() {
        return Stream.of(
                Arguments.of("throttled", Fault.throttled()),
                Arguments.of("HTTP 500", Fault.internalError()),
                Arguments.of("garbage", Fault.garbage()),
                Arguments.of("cut within the answer", Fault.cut()),
                Arguments.of("cut before the answer", Fault.dropped()),
                Arguments.of("silent", Fault.hang()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("permanentFaults")
    void endsInTimeAndNamesWhatIsMissing(String name, Fault fault) throws Exception {
        for (Outcome outcome : outcomes(fault, TIMEOUT)) {
            String operation = outcome.of().operation().api();
            assertThat(outcome.took()).as(operation).isLessThan(TIMEOUT.plus(LATE));
            assertThat(outcome.affected()).as(operation).isNotEmpty().allSatisfy(entry -> {
                assertThat(entry.state()).isIn(Coverage.State.FAILED, Coverage.State.PARTIAL);
                assertThat(entry.detail()).isNotEmpty();
            });
            neitherHealthyNorAFault(outcome);
        }
    }

    static Stream<Arguments> passingFaults() {
        return Stream.of(
                Arguments.of("throttled twice", Fault.throttled().times(2)),
                Arguments.of("HTTP 500 once", Fault.internalError().times(1)),
                Arguments.of("cut once", Fault.dropped().times(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passingFaults")
    void getsOverWhatPasses(String name, Fault fault) throws Exception {
        for (Outcome outcome : outcomes(fault, PATIENT)) {
            assertThat(outcome.affected())
                    .as(outcome.of().operation().api())
                    .isNotEmpty()
                    .allSatisfy(entry -> assertThat(entry.state()).isEqualTo(Coverage.State.COMPLETE));
            assertThat(outcome.diagnosis().outcome()).isEqualTo(Diagnosis.Outcome.HEALTHY);
        }
    }

    private static void neitherHealthyNorAFault(Outcome outcome) {
        boolean requiredIsMissing = REQUIRED.stream()
                .anyMatch(input -> outcome.diagnosis().coverage().state(input) != Coverage.State.COMPLETE);
        String operation = outcome.of().operation().api();
        assertThat(outcome.diagnosis().outcome())
                .as(operation)
                .isEqualTo(requiredIsMissing ? Diagnosis.Outcome.INCONCLUSIVE : Diagnosis.Outcome.HEALTHY);
        assertThat(requiredIsMissing
                        || REQUIRED.stream()
                                .noneMatch(input -> outcome.of().affected().contains(input.id())))
                .as("%s fails, and what needs it is complete", operation)
                .isTrue();
        // Blind spots may be told; what was not read must not look like a fault of the edge.
        assertThat(outcome.diagnosis().causes().findings())
                .as(operation)
                .allMatch(f -> f.cause().blindSpot());
        assertThat(outcome.diagnosis().causes().faults()).as(operation).isEmpty();
    }

    /** Every operation that a run calls, each failing in a run of its own. */
    private static List<Outcome> outcomes(Fault fault, Duration timeout) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (Settings settings : List.of(
                Settings.DEFAULT, Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(0))) {
            called(settings).stream()
                    .filter(operation -> cases.stream().noneMatch(c -> c.operation() == operation))
                    .forEach(operation -> cases.add(new Case(operation, settings)));
        }
        assertThat(cases).hasSizeGreaterThan(20);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            ConcurrentLinkedQueue<Case> waiting = new ConcurrentLinkedQueue<>(cases);
            List<Callable<List<Outcome>>> workers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                workers.add(() -> work(waiting, fault, timeout));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<List<Outcome>> worker : pool.invokeAll(workers)) {
                outcomes.addAll(worker.get());
            }
            assertThat(outcomes).hasSameSizeAs(cases);
            return outcomes;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<Outcome> work(ConcurrentLinkedQueue<Case> waiting, Fault fault, Duration timeout)
            throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Case next = waiting.poll(); next != null; next = waiting.poll()) {
            try (AwsEndpoint endpoint = HEALTHY.serve(next.settings());
                    Aws aws = Incident.client(endpoint)) {
                endpoint.fault(next.operation(), fault);
                long start = System.nanoTime();
                Collected collected = new Collector(aws, Progress.NONE).collect(HEALTHY.request(timeout));
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                Diagnosis diagnosis = HEALTHY.diagnose(collected.bundle().files());
                Map<String, Coverage.Entry> coverage = diagnosis.coverage().entries().stream()
                        .collect(Collectors.toMap(Coverage.Entry::input, entry -> entry, (a, b) -> a));
                outcomes.add(new Outcome(next, took, coverage, diagnosis));
            }
        }
        return outcomes;
    }

    private static Set<Operation> called(Settings settings) throws InterruptedException {
        Set<String> names;
        try (AwsEndpoint endpoint = HEALTHY.serve(settings)) {
            HEALTHY.collect(endpoint, PATIENT);
            names = endpoint.requests().stream()
                    .map(RecordedRequest::operation)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        return EnumSet.allOf(Operation.class).stream()
                .filter(operation -> names.contains(operation.api()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Operation.class)));
    }

    // ---- whole runs

    @Test
    void expiredCredentialsAreNoAccessAndSayHowToRenew() {
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT)) {
            endpoint.fault(Fault.expired());
            CommandLineRun run = diagnose(endpoint);

            assertThat(run.exit()).isEqualTo(5);
            assertThat(run.err()).contains("aws sso login");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void nothingAllowedIsNoAccess() {
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT)) {
            endpoint.fault(Fault.denied());

            assertThat(diagnose(endpoint).exit()).isEqualTo(5);
        }
    }

    @Test
    void misspeltServiceIsUsageWithWhatMayBeMeant() {
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT)) {
            CommandLineRun run = LiveCommand.run(
                    endpoint.environment(),
                    HEALTHY.bundle().collectedAt(),
                    "diagnose",
                    "plannr",
                    "calendar",
                    "--cluster",
                    HEALTHY.bundle().edge("cluster"));

            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("planner");
        }
    }

    @Test
    void whatWouldCostTooMuchIsNotAsked() {
        // 1,858 lines of about 400 bytes, a million times: some 700 GB, 3.5 USD for each of three scans.
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT.withLogBytesFactor(1_000_000))) {
            CommandLineRun run = diagnose(endpoint);

            assertThat(run.exit()).isEqualTo(6);
            assertThat(endpoint.requests()).noneMatch(r -> r.operation().equals("StartQuery"));
            assertThat(run.out()).contains("--max-cost");
        }
    }

    @Test
    void largeGroupsAreAskedNotRead() {
        // Some 700 MB: no longer read line by line, and cheap to ask.
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT.withLogBytesFactor(1_000))) {
            CommandLineRun run = diagnose(endpoint);

            assertThat(run.exit()).isZero();
            assertThat(endpoint.requests()).anyMatch(r -> r.operation().equals("StartQuery"));
            assertThat(endpoint.requests()).noneMatch(r -> r.operation().equals("FilterLogEvents"));
        }
    }

    @Test
    void interruptedRunStopsItsQueries() throws InterruptedException {
        try (AwsEndpoint endpoint =
                HEALTHY.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(Integer.MAX_VALUE))) {
            Thread collecting = new Thread(() -> {
                try {
                    HEALTHY.collect(endpoint, PATIENT);
                } catch (InterruptedException expected) {
                    Thread.currentThread().interrupt();
                }
            });
            collecting.start();
            // Counts and errors of both sides.
            await(endpoint, "GetQueryResults", 4);
            collecting.interrupt();
            collecting.join(TimeUnit.SECONDS.toMillis(30));

            assertThat(collecting.isAlive()).isFalse();
            assertThat(count(endpoint, "StopQuery")).isEqualTo(count(endpoint, "StartQuery"));
        }
    }

    private static void await(AwsEndpoint endpoint, String operation, int times) throws InterruptedException {
        for (int i = 0; i < 3_000 && count(endpoint, operation) < times; i++) {
            Thread.sleep(10);
        }
        assertThat(count(endpoint, operation)).isGreaterThanOrEqualTo(times);
    }

    private static long count(AwsEndpoint endpoint, String operation) {
        return endpoint.requests().stream()
                .filter(r -> r.operation().equals(operation) && r.status() == 200)
                .count();
    }

    private static CommandLineRun diagnose(AwsEndpoint endpoint) {
        return LiveReplayTest.run(HEALTHY, endpoint, "diagnose", List.of());
    }

    @Test
    void causesAreThoseOfTheIntactEdge() throws IOException, InterruptedException {
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT)) {
            Diagnosis diagnosis =
                    HEALTHY.diagnose(HEALTHY.collect(endpoint, PATIENT).bundle().files());

            assertThat(diagnosis.outcome()).isEqualTo(Diagnosis.Outcome.HEALTHY);
            assertThat(diagnosis.causes().findings().stream()
                            .map(f -> f.cause())
                            .toList())
                    .allMatch(RootCause::blindSpot);
        }
    }
}
