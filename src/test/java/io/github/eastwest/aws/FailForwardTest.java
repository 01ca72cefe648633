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
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation in turn is denied, throttled, broken or silent, on an edge that is healthy: the run ends in time, coverage
 * names what is missing and why, the rest is read as if nothing had happened, nothing missing becomes a finding, and the
 * edge is called healthy only where everything that this needs was read.
 *
 * <p>The runs are made side by side, each by a user of its own, who alone meets the fault.
 */
class FailForwardTest {
    /**
     * A sample with everything read and nothing found, where much nearly is: a registry, a namespace by default, an alias
     * that another namespace has too.
     */
    private static final Incident HEALTHY = Incident.sample("conservatory-concerts");

    private static final String CALLER = HEALTHY.bundle().edge("caller");
    private static final String CLUSTER = HEALTHY.bundle().edge("cluster");

    /**
     * What {@code --timeout} says where a fault makes the run wait, at least; so many times as long as an intact run takes on
     * a machine that is busy with other things.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private static final int TIMES = 30;

    /** How often a run gets three times as much, at most. */
    private static final int MORE = 2;

    /** How much later a run may be done. */
    private static final Duration LATE = Duration.ofSeconds(6);

    /** Long enough for every retry. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    /** What must have been read before an edge may be called healthy. */
    private static final Set<Input> REQUIRED =
            EnumSet.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS, Input.METRICS);

    /** Runs at once that mostly wait, and that mostly work. */
    private static final int WAITING = 6;

    private static final int WORKING = 1;

    private static final Set<String> LOGS = Set.of("logs/lines/caller", "logs/lines/callee");

    /** What an operation's failure leaves incomplete, where that is not its own document. */
    private static final Map<Operation, Set<String>> AFFECTED = Map.of(
            Operation.LIST_TASKS, Set.of("ecs/describe-tasks"),
            Operation.LIST_SERVICE_DEPLOYMENTS, Set.of("ecs/describe-service-deployments"),
            Operation.FILTER_LOG_EVENTS, LOGS,
            Operation.START_QUERY, LOGS,
            Operation.GET_QUERY_RESULTS, LOGS);

    /**
     * What fails in one run, so that not each operation needs one of its own: operations of one service that do not wait for
     * each other.
     *
     * @param besides what must fail too, lest it take the place of what is examined
     * @param infrequent whether the log groups are of the infrequent-access class
     */
    private record Case(Set<Operation> examined, Set<Operation> besides, boolean infrequent) {
        static Case of(Operation first, Operation... others) {
            return new Case(EnumSet.of(first, others), Set.of(), false);
        }

        static Case infrequent(Operation operation) {
            return new Case(EnumSet.of(operation), Set.of(), true);
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of(Operation.DESCRIBE_SERVICES),
            Case.of(
                    Operation.LIST_TASKS,
                    Operation.LIST_SERVICE_DEPLOYMENTS,
                    Operation.LIST_SERVICES_BY_NAMESPACE,
                    Operation.DESCRIBE_TASK_DEFINITION),
            Case.of(
                    Operation.DESCRIBE_TASKS,
                    Operation.DESCRIBE_SERVICE_DEPLOYMENTS,
                    Operation.DESCRIBE_SERVICE_REVISIONS,
                    Operation.DESCRIBE_CLUSTERS),
            Case.of(Operation.LIST_NAMESPACES),
            Case.of(Operation.GET_NAMESPACE, Operation.GET_SERVICE, Operation.DISCOVER_INSTANCES),
            Case.of(Operation.LIST_METRICS, Operation.DESCRIBE_ALARMS),
            Case.of(Operation.GET_METRIC_DATA),
            Case.of(
                    Operation.DESCRIBE_NETWORK_INTERFACES,
                    Operation.DESCRIBE_SECURITY_GROUP_RULES,
                    Operation.DESCRIBE_SUBNETS,
                    Operation.DESCRIBE_NETWORK_ACLS,
                    Operation.DESCRIBE_ROUTE_TABLES),
            Case.of(Operation.DESCRIBE_SCALING_ACTIVITIES, Operation.LOOKUP_EVENTS),
            Case.of(Operation.DESCRIBE_LOG_GROUPS),
            new Case(EnumSet.of(Operation.FILTER_LOG_EVENTS), EnumSet.of(Operation.START_QUERY), false),
            Case.infrequent(Operation.START_QUERY),
            Case.infrequent(Operation.GET_QUERY_RESULTS));

    /** Called in none of the runs, but where something else is amiss. */
    private static final Set<Operation> ELSEWHERE = EnumSet.of(
            Operation.LIST_CLUSTERS, Operation.LIST_SERVICES, Operation.STOP_QUERY, Operation.GET_CALLER_IDENTITY);

    /** Faults that make a run wait, and those that do not. */
    private static final List<Fault> SLOW = List.of(Fault.hang(), Fault.throttled());

    private static final List<Fault> QUICK = List.of(
            Fault.denied(), Fault.expired(), Fault.internalError(), Fault.garbage(), Fault.cut(), Fault.dropped());

    private static AwsEndpoint standard;
    private static AwsEndpoint infrequent;
    private static AwsEndpoint endless;
    private static SortedMap<String, byte[]> intact;
    private static Duration timeout;

    private static final ExecutorService WAITING_POOL = Executors.newFixedThreadPool(WAITING);
    private static final ExecutorService WORKING_POOL = Executors.newFixedThreadPool(WORKING);
    private static final Map<Fault, List<Future<Outcome>>> RUNS = new LinkedHashMap<>();
    private static final Map<Fault, Future<CommandLineRun>> UNSTOPPABLE = new LinkedHashMap<>();

    @BeforeAll
    static void serve() throws InterruptedException {
        standard = HEALTHY.serve(Settings.DEFAULT);
        infrequent = HEALTHY.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(0));
        endless = HEALTHY.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(Integer.MAX_VALUE));
        Duration took = Duration.ZERO;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            intact = HEALTHY.collect(standard, PATIENT).bundle().files();
            took = Duration.ofNanos(System.nanoTime() - start);
        }
        Duration needed = took.multipliedBy(TIMES);
        timeout = needed.compareTo(TIMEOUT) > 0 ? needed : TIMEOUT;
        SLOW.forEach(fault -> RUNS.put(fault, runs(fault, timeout, WAITING_POOL)));
        QUICK.forEach(fault -> RUNS.put(fault, runs(fault, PATIENT, WORKING_POOL)));
        FAULTS.forEach(fault -> UNSTOPPABLE.put(
                fault, WAITING_POOL.submit(() -> diagnose(endless, Map.of(Operation.STOP_QUERY, fault), timeout))));
    }

    @AfterAll
    static void close() {
        WAITING_POOL.shutdownNow();
        WORKING_POOL.shutdownNow();
        standard.close();
        infrequent.close();
        endless.close();
    }

    private static List<Future<Outcome>> runs(Fault fault, Duration time, ExecutorService pool) {
        List<Future<Outcome>> runs = new ArrayList<>();
        CASES.forEach(one -> runs.add(pool.submit(() -> outcome(one, fault, time))));
        return runs;
    }

    /** What comes of a run; with more time where a busy machine kept something waiting that nothing was wrong with. */
    private static Outcome outcome(Case of, Fault fault, Duration time) throws IOException, InterruptedException {
        Outcome outcome = run(of, fault, time);
        for (int i = 0; i < MORE && outcome.starved(); i++) {
            outcome = run(of, fault, outcome.time().multipliedBy(3));
        }
        return outcome;
    }

    private static Outcome run(Case of, Fault fault, Duration time) throws IOException, InterruptedException {
        AwsEndpoint endpoint = of.infrequent() ? infrequent : standard;
        String user = endpoint.user();
        of.examined().forEach(operation -> endpoint.fault(user, operation, fault));
        of.besides().forEach(operation -> endpoint.fault(user, operation, fault));
        try (Aws aws = Incident.client(endpoint.environment(user))) {
            long start = System.nanoTime();
            Collected collected = new Collector(aws, Progress.NONE).collect(HEALTHY.request(time));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            SortedMap<String, byte[]> files = collected.bundle().files();
            return new Outcome(of.examined(), time, took, files, HEALTHY.diagnose(files));
        }
    }

    /** The runs with a fault, when they have ended. */
    private static List<Outcome> outcomes(Fault fault) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<Outcome> run : RUNS.getOrDefault(fault, List.of())) {
            outcomes.add(run.get(300, TimeUnit.SECONDS));
        }
        assertThat(outcomes).hasSameSizeAs(CASES);
        return outcomes;
    }

    @Test
    void everyOperationIsExamined() {
        Set<Operation> examined = EnumSet.copyOf(ELSEWHERE);
        CASES.forEach(one -> examined.addAll(one.examined()));

        assertThat(examined).containsExactly(Operation.values());
    }

    @Test
    void theIntactEdgeIsHealthy() throws IOException {
        Diagnosis diagnosis = HEALTHY.diagnose(intact);

        assertThat(diagnosis.outcome()).isEqualTo(Diagnosis.Outcome.HEALTHY);
        assertThat(diagnosis.causes().findings())
                .allMatch(finding -> finding.cause().blindSpot());
    }

    private record Outcome(
            Set<Operation> failing,
            Duration time,
            Duration took,
            SortedMap<String, byte[]> files,
            Diagnosis diagnosis) {
        /** Whether a source had no time that should be as ever. */
        boolean starved() {
            Set<String> independent = independent();
            return coverage(files).stream()
                    .anyMatch(entry -> independent.contains(entry.input())
                            && entry.detail().contains("no answer in time"));
        }

        /**
         * What lies in another service's hands is as ever; not what is only asked for because of what failed: nearly all is
         * because of the services, the tasks' interfaces because of the tasks, and the names in a namespace by default
         * because of the cluster.
         */
        Set<String> independent() {
            Set<String> independent = coverage(intact).stream()
                    .filter(entry -> entry.state() == Coverage.State.COMPLETE)
                    .map(Coverage.Entry::input)
                    .filter(input ->
                            failing.stream().noneMatch(operation -> input.startsWith(operation.service() + "/")))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (failing.contains(Operation.DESCRIBE_SERVICES)) {
                independent.retainAll(Set.of("cloudwatch/list-metrics"));
            }
            if (failing.contains(Operation.LIST_TASKS) || failing.contains(Operation.DESCRIBE_TASKS)) {
                independent.remove("ec2/describe-network-interfaces");
            }
            return independent;
        }

        Set<String> affected() {
            return failing.stream()
                    .flatMap(operation -> affected(operation).stream())
                    .collect(Collectors.toSet());
        }

        private static Set<String> affected(Operation operation) {
            return AFFECTED.getOrDefault(operation, Set.of(operation.path()));
        }

        /** What the collector says of the inputs that the operation's failure leaves incomplete. */
        List<Coverage.Entry> statements(Operation operation) {
            List<Coverage.Entry> statements = coverage(files).stream()
                    .filter(entry -> affected(operation).contains(entry.input()))
                    .toList();
            assertThat(statements).hasSameSizeAs(affected(operation));
            return statements;
        }
    }

    private static List<Coverage.Entry> coverage(SortedMap<String, byte[]> files) {
        return Documents.structures(Documents.read(files.get("manifest.json")), "coverage").stream()
                .map(entry -> new Coverage.Entry(
                        Documents.text(entry, "input"),
                        Coverage.State.valueOf(Documents.text(entry, "state").toUpperCase(Locale.ROOT)),
                        Documents.text(entry, "detail")))
                .toList();
    }

    @Test
    void deniedSaysWhichActionToAllow() throws Exception {
        examine(Fault.denied(), (operation, entry) -> {
            assertThat(entry.state()).isIn(Coverage.State.DENIED, Coverage.State.PARTIAL);
            // Several denials of one source are one statement.
            assertThat(entry.detail()).contains("denied; allow: {\"Effect\":\"Allow\",\"Action\":");
            assertThat(entry.detail().substring(entry.detail().indexOf("allow: ")))
                    .contains("\"" + operation.action() + "\"")
                    .contains(",\"Resource\":\"*\"}");
        });
    }

    @Test
    void expiredForOneOperationIsThatSourcesCoverage() throws Exception {
        examine(Fault.expired(), (operation, entry) -> {
            assertThat(entry.state()).isIn(Coverage.State.DENIED, Coverage.State.PARTIAL);
            assertThat(entry.detail()).contains(operation.action()).containsIgnoringCase("expired");
        });
    }

    static Stream<Arguments> permanentFaults() {
        return Stream.of(
                Arguments.of("HTTP 500", Fault.internalError()),
                Arguments.of("garbage", Fault.garbage()),
                Arguments.of("cut within the answer", Fault.cut()),
                Arguments.of("cut before the answer", Fault.dropped()),
                Arguments.of("throttled", Fault.throttled()),
                Arguments.of("silent", Fault.hang()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("permanentFaults")
    void namesWhatIsMissing(String name, Fault fault) throws Exception {
        examine(fault, (operation, entry) -> {
            assertThat(entry.state()).isIn(Coverage.State.FAILED, Coverage.State.PARTIAL);
            assertThat(entry.detail()).contains(operation.action());
        });
    }

    private static void examine(Fault fault, BiConsumer<Operation, Coverage.Entry> said) throws Exception {
        for (Outcome outcome : outcomes(fault)) {
            assertThat(outcome.took())
                    .as("%s", outcome.failing())
                    .isLessThan(outcome.time().plus(LATE));
            for (Operation operation : outcome.failing()) {
                assertThat(outcome.statements(operation))
                        .as(operation.api())
                        .allSatisfy(entry -> said.accept(operation, entry));
            }
            restIsAsEver(outcome);
            neitherHealthyNorAFault(outcome);
        }
    }

    private static void restIsAsEver(Outcome outcome) {
        Set<String> independent = outcome.independent();
        assertThat(coverage(outcome.files()))
                .filteredOn(entry -> independent.contains(entry.input()))
                .as("beside %s", outcome.failing())
                .hasSameSizeAs(independent)
                .allMatch(entry -> entry.state() == Coverage.State.COMPLETE);
        assertThat(independent).isNotEmpty();
    }

    private static void neitherHealthyNorAFault(Outcome outcome) {
        boolean requiredIsMissing = REQUIRED.stream()
                .anyMatch(input -> outcome.diagnosis().coverage().state(input) != Coverage.State.COMPLETE);
        String failing = outcome.failing().toString();
        assertThat(outcome.diagnosis().outcome())
                .as(failing)
                .isEqualTo(requiredIsMissing ? Diagnosis.Outcome.INCONCLUSIVE : Diagnosis.Outcome.HEALTHY);
        assertThat(requiredIsMissing
                        || REQUIRED.stream()
                                .noneMatch(input -> outcome.affected().contains(input.id())))
                .as("%s fails, and what needs it is complete", failing)
                .isTrue();
        // Blind spots may be told; what was not read must not look like a fault of the edge.
        assertThat(outcome.diagnosis().causes().findings())
                .as(failing)
                .allMatch(f -> f.cause().blindSpot());
        assertThat(outcome.diagnosis().causes().faults()).as(failing).isEmpty();
    }

    static Stream<Arguments> passingFaults() {
        return Stream.of(
                Arguments.of("throttled twice", Fault.throttled().times(2)),
                Arguments.of("HTTP 500 once", Fault.internalError().times(1)),
                Arguments.of("cut once", Fault.dropped().times(1)));
    }

    /** All operations together, since nothing is left of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("passingFaults")
    void getsOverWhatPasses(String name, Fault fault) throws Exception {
        for (AwsEndpoint endpoint : List.of(standard, infrequent)) {
            SortedMap<String, byte[]> whole =
                    HEALTHY.collect(endpoint, PATIENT).bundle().files();
            String user = endpoint.user();
            EnumSet.allOf(Operation.class).stream()
                    // A query that may have been started unseen is not started again: it costs, and nobody could stop
                    // it.
                    .filter(operation -> operation != Operation.START_QUERY || fault.kind() == Fault.Kind.THROTTLED)
                    .forEach(operation -> endpoint.fault(user, operation, fault));
            SortedMap<String, byte[]> files;
            try (Aws aws = Incident.client(endpoint.environment(user))) {
                files = new Collector(aws, Progress.NONE)
                        .collect(HEALTHY.request(PATIENT))
                        .bundle()
                        .files();
            }

            assertThat(files.keySet()).isEqualTo(whole.keySet());
            files.forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(whole.get(path)));
        }
    }

    @Test
    void logsInsightsTakesThePlaceOfFilterLogEvents() throws Exception {
        String user = standard.user();
        standard.fault(user, Operation.FILTER_LOG_EVENTS, Fault.denied());
        try (Aws aws = Incident.client(standard.environment(user))) {
            Diagnosis diagnosis = HEALTHY.diagnose(new Collector(aws, Progress.NONE)
                    .collect(HEALTHY.request(PATIENT))
                    .bundle()
                    .files());

            assertThat(diagnosis.coverage().isRead(Input.CALLER_LOGS)).isTrue();
            assertThat(diagnosis.coverage().isRead(Input.CALLEE_LOGS)).isTrue();
        }
    }

    // ---- whole runs

    /** Some ways to fail, for operations that are only called where something else is amiss. */
    private static final List<Fault> FAULTS = List.of(
            Fault.denied(),
            Fault.expired(),
            Fault.throttled(),
            Fault.internalError(),
            Fault.garbage(),
            Fault.cut(),
            Fault.dropped(),
            Fault.hang());

    private static CommandLineRun diagnose(
            AwsEndpoint endpoint, Map<Operation, Fault> faults, Duration time, String caller, String... options) {
        String user = endpoint.user();
        faults.forEach((operation, fault) -> endpoint.fault(user, operation, fault));
        List<String> arguments = new ArrayList<>(List.of(
                "diagnose",
                caller,
                HEALTHY.bundle().edge("callee"),
                "--from",
                HEALTHY.bundle().from().toString(),
                "--to",
                HEALTHY.bundle().to().toString(),
                "--timeout",
                time.toSeconds() + "s"));
        arguments.addAll(List.of(options));
        return LiveCommand.run(
                endpoint.environment(user), HEALTHY.bundle().collectedAt(), arguments.toArray(String[]::new));
    }

    private static CommandLineRun diagnose(AwsEndpoint endpoint, Map<Operation, Fault> faults, Duration time) {
        return diagnose(endpoint, faults, time, CALLER, "--cluster", CLUSTER);
    }

    private static CommandLineRun diagnose(AwsEndpoint endpoint, Map<Operation, Fault> faults) {
        return diagnose(endpoint, faults, PATIENT);
    }

    private static Map<Operation, Fault> everywhere(Fault fault) {
        Map<Operation, Fault> faults = new EnumMap<>(Operation.class);
        EnumSet.allOf(Operation.class).forEach(operation -> faults.put(operation, fault));
        return faults;
    }

    /** What a run says for each fault. */
    private static Map<Fault, CommandLineRun> runs(Function<Fault, CommandLineRun> run) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(WAITING);
        try {
            Map<Fault, Future<CommandLineRun>> running = new LinkedHashMap<>();
            FAULTS.forEach(fault -> running.put(fault, pool.submit(() -> run.apply(fault))));
            Map<Fault, CommandLineRun> runs = new LinkedHashMap<>();
            for (Map.Entry<Fault, Future<CommandLineRun>> one : running.entrySet()) {
                runs.put(one.getKey(), one.getValue().get(120, TimeUnit.SECONDS));
            }
            return runs;
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void expiredCredentialsAreNoAccessAndSayHowToRenew() {
        CommandLineRun run = diagnose(standard, everywhere(Fault.expired()));

        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.err()).contains("aws sso login");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void nothingAllowedIsNoAccess() {
        assertThat(diagnose(standard, everywhere(Fault.denied())).exit()).isEqualTo(5);
    }

    @Test
    void misspeltServiceIsUsageWithWhatMayBeMeantIfThatCanBeListed() throws Exception {
        CommandLineRun told = diagnose(standard, Map.of(), PATIENT, "conservatry", "--cluster", CLUSTER);

        assertThat(told.exit()).isEqualTo(2);
        assertThat(told.err()).contains("Did you mean 'conservatory'?");
        runs(fault -> diagnose(
                        standard, Map.of(Operation.LIST_SERVICES, fault), timeout, "conservatry", "--cluster", CLUSTER))
                .forEach((fault, run) -> {
                    assertThat(run.exit()).as(fault.toString()).isEqualTo(2);
                    assertThat(run.err()).contains("has no service 'conservatry'");
                });
    }

    @Test
    void misspeltClusterIsUsageWithWhatMayBeMeantIfThatCanBeListed() throws Exception {
        CommandLineRun told = diagnose(standard, Map.of(), PATIENT, CALLER, "--cluster", "oprea");

        assertThat(told.exit()).isEqualTo(2);
        assertThat(told.err()).contains("Did you mean 'opera'?");
        runs(fault -> diagnose(standard, Map.of(Operation.LIST_CLUSTERS, fault), timeout, CALLER, "--cluster", "oprea"))
                .forEach((fault, run) -> {
                    assertThat(run.exit()).as(fault.toString()).isEqualTo(2);
                    assertThat(run.err()).contains("no ECS cluster 'oprea'");
                });
    }

    @Test
    void withoutAClusterItMustBePossibleToListThem() throws Exception {
        assertThat(diagnose(standard, Map.of(), PATIENT, CALLER).exit()).isZero();
        runs(fault -> diagnose(standard, Map.of(Operation.LIST_CLUSTERS, fault), timeout, CALLER))
                .forEach((fault, run) -> {
                    assertThat(run.exit()).as(fault.toString()).isEqualTo(5);
                    assertThat(run.err()).contains("Give --cluster").contains("ecs:ListClusters");
                });
    }

    @Test
    void withoutAnAccountTheRestIsDiagnosed() throws Exception {
        runs(fault -> diagnose(
                        standard,
                        Map.of(Operation.DESCRIBE_SERVICES, Fault.denied(), Operation.GET_CALLER_IDENTITY, fault),
                        timeout))
                .forEach((fault, run) -> {
                    assertThat(run.exit()).as(fault.toString()).isEqualTo(4);
                    assertThat(run.out()).contains("ecs:DescribeServices");
                });
    }

    @Test
    void queriesThatCannotBeStoppedDoNotHoldUpTheEnd() throws Exception {
        for (Map.Entry<Fault, Future<CommandLineRun>> run : UNSTOPPABLE.entrySet()) {
            assertThat(run.getValue().get(120, TimeUnit.SECONDS).exit())
                    .as(run.getKey().toString())
                    .isEqualTo(4);
        }

        assertThat(count(endless, "StopQuery", status -> true)).isPositive();
    }

    @Test
    void whatWouldCostTooMuchIsNotAsked() {
        // 882 lines of about 400 bytes, two million times: some 700 GB, 3.5 USD for each of three scans.
        try (AwsEndpoint endpoint =
                HEALTHY.serve(Settings.DEFAULT.withInfrequentAccess().withLogBytesFactor(2_000_000))) {
            CommandLineRun run = diagnose(endpoint, Map.of());

            assertThat(run.exit()).isEqualTo(6);
            assertThat(count(endpoint, "StartQuery", status -> true)).isZero();
            assertThat(run.out()).contains("--max-cost");
        }
    }

    @Test
    void largeGroupsAreAskedNotRead() {
        // Some 700 MB: no longer read line by line, and cheap to ask.
        try (AwsEndpoint endpoint = HEALTHY.serve(Settings.DEFAULT.withLogBytesFactor(2_000))) {
            CommandLineRun run = diagnose(endpoint, Map.of());

            assertThat(run.exit()).isZero();
            assertThat(count(endpoint, "StartQuery", status -> status == 200)).isPositive();
            assertThat(count(endpoint, "FilterLogEvents", status -> true)).isZero();
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
            for (int i = 0; i < 3_000 && count(endpoint, "GetQueryResults", status -> status == 200) < 4; i++) {
                Thread.sleep(10);
            }
            assertThat(count(endpoint, "GetQueryResults", status -> status == 200))
                    .isGreaterThanOrEqualTo(4);
            collecting.interrupt();
            collecting.join(TimeUnit.SECONDS.toMillis(30));

            assertThat(collecting.isAlive()).isFalse();
            assertThat(count(endpoint, "StopQuery", status -> status == 200))
                    .isEqualTo(count(endpoint, "StartQuery", status -> status == 200));
        }
    }

    private static long count(AwsEndpoint endpoint, String operation, IntPredicate status) {
        return endpoint.requests().stream()
                .filter(r -> r.operation().equals(operation) && status.test(r.status()))
                .count();
    }
}
