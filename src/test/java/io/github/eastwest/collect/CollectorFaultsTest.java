package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What fails is said, and does not pass for empty; the rest goes on. */
class CollectorFaultsTest {
    /** Operations that only name what to ask another for. */
    private static final Map<Operation, Operation> PART_OF = Map.of(
            Operation.LIST_TASKS, Operation.DESCRIBE_TASKS,
            Operation.LIST_SERVICE_DEPLOYMENTS, Operation.DESCRIBE_SERVICE_DEPLOYMENTS);

    private static final Set<Operation> NOT_CALLED = EnumSet.of(
            Operation.LIST_CLUSTERS,
            Operation.LIST_SERVICES,
            Operation.START_QUERY,
            Operation.GET_QUERY_RESULTS,
            Operation.STOP_QUERY,
            Operation.GET_CALLER_IDENTITY);

    private static final BundleAws CHECKOUT = new BundleAws(Requests.CHECKOUT);

    /** A healthy edge with few lines. */
    private static final Path SMALL = Path.of("samples/planner-calendar");

    private static final BundleAws ACCOUNT = new BundleAws(SMALL);

    private static ScriptedAws checkout() {
        return new ScriptedAws(CHECKOUT);
    }

    static Stream<Arguments> everySourceInEveryWay() {
        return Arrays.stream(Operation.values())
                .filter(operation -> !NOT_CALLED.contains(operation))
                .flatMap(operation -> Arrays.stream(AwsFailure.Kind.values())
                        .filter(kind -> kind != AwsFailure.Kind.LIMITED)
                        .map(kind -> Arguments.of(operation, kind)));
    }

    @ParameterizedTest
    @MethodSource("everySourceInEveryWay")
    void aSourceThatFailsIsSaidAndTheOthersGoOn(Operation operation, AwsFailure.Kind kind)
            throws InterruptedException, IOException {
        ScriptedAws aws = new ScriptedAws(ACCOUNT)
                .fail(call -> call.operation() == operation, kind, "SomeCode")
                .fail(call -> call.operation() == Operation.START_QUERY, kind, "SomeCode");

        Collected collected = Requests.of(SMALL).collect(aws);

        Map<String, String> states = Statements.states(collected);
        String expected = Set.of(AwsFailure.Kind.DENIED, AwsFailure.Kind.EXPIRED, AwsFailure.Kind.NO_CREDENTIALS)
                        .contains(kind)
                ? "denied"
                : "failed";
        for (String input : inputs(operation)) {
            assertThat(states).containsEntry(input, expected);
            assertThat(Statements.files(collected, input)).isEmpty();
            assertThat(Statements.detail(collected, input)).isNotEmpty();
            if (kind == AwsFailure.Kind.DENIED) {
                assertThat(Statements.detail(collected, input))
                        .contains("{\"Effect\":\"Allow\",\"Action\":")
                        .contains("\"" + operation.action() + "\"");
            }
        }
        // What needs nothing of it is read all the same.
        Set<String> complete = states.entrySet().stream()
                .filter(entry -> entry.getValue().equals("complete"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(complete).containsAll(independent(operation));
        try (Bundle bundle = Bundle.of(collected.bundle().files())) {
            Coverage coverage = SnapshotReader.read(bundle, Request.none()).coverage();
            inputs(operation)
                    .forEach(input -> Arrays.stream(Input.values())
                            // The list of namespaces stands in for a namespace of its own.
                            .filter(known -> known.id().equals(input) && known != Input.NAMESPACES)
                            .forEach(known -> assertThat(coverage.isRead(known)).isFalse()));
        }
    }

    private static List<String> inputs(Operation operation) {
        return operation == Operation.FILTER_LOG_EVENTS
                ? List.of("logs/lines/caller", "logs/lines/callee")
                : List.of(PART_OF.getOrDefault(operation, operation).path());
    }

    /** Sources of other services than the operation's, as far as they do not hang on the service's description. */
    private static Set<String> independent(Operation operation) {
        if (operation == Operation.DESCRIBE_SERVICES) {
            return Set.of(
                    "ecs/describe-tasks",
                    "ecs/describe-clusters",
                    "cloudwatch/list-metrics",
                    "ecs/describe-service-revisions");
        }
        Set<String> all = Arrays.stream(Input.values()).map(Input::id).collect(Collectors.toSet());
        all.removeIf(input -> input.startsWith(operation.service() + "/"));
        // The window ends at the time of the collection: CloudTrail may show more later.
        all.remove(Input.TRAIL.id());
        switch (operation) {
            case LIST_TASKS, DESCRIBE_TASKS -> all.remove("ec2/describe-network-interfaces");
            case DESCRIBE_CLUSTERS -> all.removeIf(input -> input.startsWith("servicediscovery/"));
            default -> {}
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"DESCRIBE_SERVICES", "DESCRIBE_TASKS", "LIST_TASKS", "FILTER_LOG_EVENTS"})
    void aHealthyEdgeIsNotCalledHealthyWithoutARequiredSource(Operation operation)
            throws InterruptedException, IOException {
        assertThat(outcome(Requests.of(SMALL).collect(ACCOUNT))).isEqualTo(Diagnosis.Outcome.HEALTHY);

        ScriptedAws aws = new ScriptedAws(ACCOUNT)
                .fail(
                        call -> call.operation() == operation || call.operation() == Operation.START_QUERY,
                        AwsFailure.Kind.THROTTLED,
                        "ThrottlingException");

        assertThat(outcome(Requests.of(SMALL).collect(aws))).isNotEqualTo(Diagnosis.Outcome.HEALTHY);
    }

    private static Diagnosis.Outcome outcome(Collected collected) throws IOException {
        try (Bundle bundle = Bundle.of(collected.bundle().files())) {
            return new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(bundle, Request.none()))
                    .outcome();
        }
    }

    @Test
    void oneSideDeniedIsPartial() throws InterruptedException {
        ScriptedAws aws = checkout()
                .fail(
                        call -> call.operation() == Operation.DESCRIBE_TASKS && call.side() == Side.CALLEE,
                        AwsFailure.Kind.DENIED,
                        "AccessDenied");

        Collected collected = Requests.checkout().collect(aws);

        assertThat(Statements.states(collected)).containsEntry("ecs/describe-tasks", "partial");
        assertThat(Statements.detail(collected, "ecs/describe-tasks"))
                .isEqualTo("ecs:DescribeTasks denied; allow: "
                        + "{\"Effect\":\"Allow\",\"Action\":\"ecs:DescribeTasks\",\"Resource\":\"*\"}");
    }

    @Test
    void anAnswerCutShortIsPartial() throws InterruptedException {
        ScriptedAws aws = checkout()
                .when(
                        call -> call.operation() == Operation.LIST_METRICS,
                        (call, within) -> new Answer(
                                CHECKOUT.call(call, within).document(),
                                Optional.of(BundleAws.failure(AwsFailure.Kind.THROTTLED, "ThrottlingException")),
                                3));

        Collected collected = Requests.checkout().collect(aws);

        assertThat(Statements.states(collected)).containsEntry("cloudwatch/list-metrics", "partial");
        assertThat(Statements.files(collected, "cloudwatch/list-metrics")).hasSize(1);
        assertThat(collected.calls())
                .filteredOn(call -> call.operation() == Operation.LIST_METRICS)
                .allMatch(call -> call.requests() == 3);
    }

    @Test
    void failuresInsideAnAnswerAreRead() throws InterruptedException {
        ScriptedAws aws = checkout()
                .when(
                        call -> call.operation() == Operation.DESCRIBE_TASKS && call.side() == Side.CALLER,
                        (call, within) -> {
                            Map<String, Object> document = OrderedMap.of(
                                    "tasks",
                                    CHECKOUT.call(call, within).document().get("tasks"));
                            document.put("failures", List.of(OrderedMap.of("arn", "task/x", "reason", "MISSING")));
                            return new Answer(document, Optional.empty(), 1);
                        });

        Collected collected = Requests.checkout().collect(aws);

        assertThat(Statements.states(collected)).containsEntry("ecs/describe-tasks", "partial");
        assertThat(Statements.detail(collected, "ecs/describe-tasks"))
                .isEqualTo("ecs:DescribeTasks says MISSING of task/x");
    }

    @Test
    void aNamespaceOfWhichNotAllIsDescribedIsPartial() throws InterruptedException {
        // 130 services besides the edge's, of which 100 are asked about, and one of another account.
        List<Object> arns = new ArrayList<>();
        IntStream.range(0, 130).forEach(i -> arns.add("arn:aws:ecs:eu-west-1:552135669152:service/prod/other-" + i));
        arns.add("arn:aws:ecs:eu-west-1:552135669152:service/prod/payments");
        arns.add("arn:aws:ecs:eu-west-1:999988887777:service/prod/theirs");
        ScriptedAws aws = checkout()
                .when(
                        call -> call.operation() == Operation.LIST_SERVICES_BY_NAMESPACE,
                        (call, within) -> new Answer(OrderedMap.of("serviceArns", arns), Optional.empty(), 1))
                .when(
                        call -> call.operation() == Operation.DESCRIBE_SERVICES
                                && String.valueOf(call.parameters().get("services"))
                                        .contains("other-"),
                        (call, within) -> new Answer(OrderedMap.of("services", List.of()), Optional.empty(), 1));

        Collected collected = Requests.checkout().collect(aws);

        assertThat(aws.calls(Operation.DESCRIBE_SERVICES)).hasSize(2 + 100 / 10);
        assertThat(Statements.states(collected)).containsEntry("ecs/list-services-by-namespace", "partial");
        assertThat(Statements.detail(collected, "ecs/list-services-by-namespace"))
                .isEqualTo(
                        "31 services of the namespace were not described: 100 are at most, and none of other accounts");
    }

    @Test
    void everythingDeniedIsStillABundle() throws InterruptedException {
        Collected collected = Requests.checkout()
                .collect(checkout().fail(call -> true, AwsFailure.Kind.DENIED, "AccessDeniedException"));

        Map<String, String> states = Statements.states(collected);
        assertThat(states).doesNotContainValue("complete").doesNotContainValue("partial");
        assertThat(states).containsEntry("ecs/describe-services", "denied");
        assertThat(collected.bundle().files()).containsOnlyKeys("manifest.json");
    }

    /** Without any, the failure itself says how to give some. */
    @ParameterizedTest
    @CsvSource({"EXPIRED, aws sso login", "NO_CREDENTIALS, ''"})
    void withoutCredentialsThereIsNoAccess(AwsFailure.Kind kind, String hint) {
        ScriptedAws aws = checkout().fail(call -> true, kind, "ExpiredTokenException");

        assertThatThrownBy(() -> Requests.checkout().collect(aws))
                .isInstanceOfSatisfying(EastwestException.class, e -> {
                    assertThat(e.kind()).isEqualTo(EastwestException.Kind.NO_ACCESS);
                    assertThat(e.hint()).contains(hint);
                    assertThat(e.hint().isEmpty()).isEqualTo(hint.isEmpty());
                });
    }

    @Test
    void credentialsOfOneSideThatHaveExpiredAreThatSidesCoverage() throws InterruptedException {
        ScriptedAws aws =
                checkout().fail(call -> call.side() == Side.CALLEE, AwsFailure.Kind.EXPIRED, "ExpiredTokenException");

        Map<String, String> states = Statements.states(Requests.checkout().collect(aws));

        assertThat(states)
                .containsEntry("ecs/describe-services", "partial")
                .containsEntry("ecs/describe-tasks", "partial")
                .containsEntry("logs/lines/callee", "not_collected");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"LIST_METRICS", "LIST_NAMESPACES", "DESCRIBE_LOG_GROUPS", "DESCRIBE_SUBNETS", "DESCRIBE_ALARMS"})
    void anEndpointThatNeverAnswersDoesNotBlockTheRest(Operation operation) throws InterruptedException {
        Duration timeout = Duration.ofSeconds(4);
        ScriptedAws aws = checkout().hang(call -> call.operation().service().equals(operation.service()));
        long began = System.nanoTime();

        Collected collected = Requests.checkout().timeout(timeout).collect(aws);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(timeout.plusSeconds(3));
        Map<String, String> states = Statements.states(collected);
        assertThat(states).containsEntry(operation.path(), "failed");
        assertThat(states.entrySet())
                .filteredOn(entry -> !entry.getKey().startsWith(operation.service() + "/")
                        && !entry.getKey().equals("ecs/list-services-by-namespace")
                        && !entry.getKey().equals(Input.TRAIL.id()))
                .extracting(Map.Entry::getValue)
                .containsOnly("complete");
    }

    @Test
    void callsThatIgnoreTheirTimeAreGivenUp() throws InterruptedException {
        AtomicReference<Thread> stuck = new AtomicReference<>();
        ScriptedAws aws = checkout().when(call -> call.operation() == Operation.DESCRIBE_SUBNETS, (call, within) -> {
            stuck.set(Thread.currentThread());
            Thread.sleep(60_000);
            throw BundleAws.failure(AwsFailure.Kind.DEADLINE, "");
        });
        long began = System.nanoTime();

        Collected collected = Requests.checkout().timeout(Duration.ofSeconds(2)).collect(aws);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(Statements.states(collected))
                .containsEntry("ec2/describe-subnets", "failed")
                .containsEntry("ec2/describe-security-group-rules", "complete");
        assertThat(stuck.get().isAlive()).isFalse();
    }

    @Test
    void aFaultOfOursIsThatSourcesFailure() throws InterruptedException {
        ScriptedAws aws = checkout().when(call -> call.operation() == Operation.DESCRIBE_SUBNETS, (call, within) -> {
            throw new IllegalStateException("bug");
        });

        assertThat(Statements.states(Requests.checkout().collect(aws)))
                .containsEntry("ec2/describe-subnets", "failed")
                .containsEntry("ec2/describe-network-acls", "complete");
    }

    @Test
    void leavesNoThreads() throws InterruptedException {
        Requests.checkout().collect(checkout());

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("collect-"));
    }

    @Test
    void tellsTheProgressOfEverySourceOnce() throws InterruptedException {
        java.util.List<String> started = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        java.util.List<String> finished = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        Progress progress = new Progress() {
            @Override
            public void started(String source) {
                started.add(source);
            }

            @Override
            public void finished(String source, Coverage.State state, Duration took) {
                finished.add(source + " " + state.id());
            }
        };

        Collected collected =
                new Collector(checkout(), progress).collect(Requests.checkout().request());

        assertThat(started)
                .doesNotHaveDuplicates()
                .containsAll(Statements.states(collected).keySet());
        assertThat(finished)
                .containsExactlyInAnyOrderElementsOf(Statements.states(collected).entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .toList());
    }
}
