package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, in how many steps, with whose credentials, and what follows from names. */
class CollectorPlanTest {
    private static ScriptedAws checkout() {
        return new ScriptedAws(new BundleAws(Requests.CHECKOUT));
    }

    /**
     * The rounds measured on a busy machine are never fewer than those that depend on each other, but may be more: the
     * fewest of some attempts count.
     */
    private static int rounds(Requests request, int expected) throws InterruptedException {
        int fewest = Integer.MAX_VALUE;
        for (int attempt = 0; attempt < 10 && fewest > expected; attempt++) {
            ScriptedAws aws = checkout().latency(Duration.ofMillis(100));
            request.collect(aws);
            fewest = Math.min(fewest, aws.rounds());
        }
        return fewest;
    }

    @Test
    void asksInAtMostFourRounds() throws InterruptedException {
        assertThat(rounds(Requests.checkout(), 4)).isLessThanOrEqualTo(4);
    }

    @Test
    void needsOneRoundMoreToFindTheOnlyCluster() throws InterruptedException {
        Requests request = Requests.checkout().clusters(Optional.empty(), Optional.empty());

        Collected collected = request.collect(checkout());

        assertThat(rounds(request, 5)).isLessThanOrEqualTo(5);
        assertThat(Statements.manifest(collected).at("edge").at("cluster").text())
                .contains("prod");
        assertThat(Statements.states(collected)).doesNotContainValue("failed");
    }

    @Test
    void listsEveryCallWithItsStep() throws InterruptedException {
        ScriptedAws aws = checkout();

        Collected collected = Requests.checkout().collect(aws);

        assertThat(collected.calls()).hasSize(aws.asked().size());
        assertThat(collected.calls())
                .extracting(PlannedCall::step)
                .contains(1, 2, 3, 4)
                .allMatch(step -> step <= 4);
    }

    @Test
    void listsTheNamespacesServicesOnce() throws InterruptedException {
        ScriptedAws aws = checkout();

        Requests.checkout().collect(aws);

        assertThat(aws.calls(Operation.LIST_SERVICES_BY_NAMESPACE)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void bringsTheSameBytesWhateverTheOrderOfAnswers(long seed) throws InterruptedException {
        Collected quiet = Requests.checkout().collect(checkout());

        Collected jittery = Requests.checkout().collect(checkout().chance(seed));

        assertThat(text(jittery)).isEqualTo(text(quiet));
        assertThat(jittery.calls()).isEqualTo(quiet.calls());
    }

    private static Map<String, String> text(Collected collected) {
        Map<String, String> text = new TreeMap<>();
        collected
                .bundle()
                .files()
                .forEach((path, bytes) -> text.put(path, new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
        return text;
    }

    @Test
    void takesServicesByArn() throws InterruptedException {
        Collected collected = Requests.checkout()
                .names(
                        "arn:aws:ecs:eu-west-1:552135669152:service/prod/checkout",
                        "arn:aws:ecs:eu-west-1:552135669152:service/prod/payments")
                .clusters(Optional.empty(), Optional.empty())
                .collect(checkout());

        Field edge = Statements.manifest(collected).at("edge");
        assertThat(edge.at("caller").text()).contains("checkout");
        assertThat(edge.at("cluster").text()).contains("prod");
        assertThat(collected.calls()).noneMatch(call -> call.operation() == Operation.LIST_CLUSTERS);
    }

    @Test
    void refusesAClusterThatContradictsTheArn() {
        Requests request = Requests.checkout()
                .names("arn:aws:ecs:eu-west-1:552135669152:service/prod/checkout", "payments")
                .clusters(Optional.of("staging"), Optional.empty());

        assertThatThrownBy(() -> request.collect(checkout())).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.USAGE);
            assertThat(e).hasMessageContaining("prod").hasMessageContaining("staging");
        });
    }

    @Test
    void saysWhichServiceMayBeMeant() {
        Requests request = Requests.checkout().names("chekout", "payments");

        assertThatThrownBy(() -> request.collect(checkout())).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.USAGE);
            assertThat(e).hasMessage("cluster prod has no service 'chekout'");
            assertThat(e.hint()).isEqualTo("Did you mean 'checkout'? It has: checkout, payments.");
        });
    }

    @Test
    void saysThatTheCalleeMayBeInAnotherCluster() {
        Requests request = Requests.checkout().names("checkout", "ledger");

        assertThatThrownBy(() -> request.collect(checkout()))
                .isInstanceOfSatisfying(
                        EastwestException.class,
                        e -> assertThat(e.hint())
                                .isEqualTo(
                                        "It has: checkout, payments. Give --callee-cluster if it is in another cluster."));
    }

    @Test
    void saysWhichClusterMayBeMeant() {
        Requests request = Requests.checkout().clusters(Optional.of("prd"), Optional.empty());

        assertThatThrownBy(() -> request.collect(checkout())).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.USAGE);
            assertThat(e).hasMessage("there is no ECS cluster 'prd' in this account and Region");
            assertThat(e.hint()).isEqualTo("Did you mean 'prod'? There are: prod.");
        });
    }

    /** An account in which these clusters have these services, beside what the sample has of prod. */
    private static ScriptedAws clusters(Map<String, List<String>> services) {
        return checkout()
                .when(
                        call -> call.operation() == Operation.LIST_CLUSTERS,
                        (call, within) -> answer(OrderedMap.of(
                                "clusterArns",
                                services.keySet().stream()
                                        .map(name -> "arn:aws:ecs:eu-west-1:552135669152:cluster/" + name)
                                        .toList())))
                .when(
                        call -> call.operation() == Operation.DESCRIBE_SERVICES
                                && call.parameters().get("services").equals(List.of("checkout", "payments")),
                        (call, within) -> {
                            List<Object> found = new ArrayList<>();
                            services.getOrDefault(call.parameters().get("cluster"), List.of())
                                    .forEach(name -> found.add(OrderedMap.of("serviceName", name, "status", "ACTIVE")));
                            return answer(OrderedMap.of("services", found));
                        });
    }

    private static Answer answer(Map<String, Object> document) {
        return new Answer(document, Optional.empty(), 1);
    }

    @Test
    void takesTheClusterThatHoldsTheCaller() throws InterruptedException {
        ScriptedAws aws =
                clusters(Map.of("prod", List.of("checkout"), "staging", List.of("payments"), "dev", List.of()));

        Collected collected =
                Requests.checkout().clusters(Optional.empty(), Optional.empty()).collect(aws);

        assertThat(Statements.manifest(collected).at("edge").at("cluster").text())
                .contains("prod");
    }

    @Test
    void takesTheOneClusterThatHoldsBoth() throws InterruptedException {
        ScriptedAws aws = clusters(Map.of("prod", List.of("checkout", "payments"), "staging", List.of("checkout")));

        Collected collected =
                Requests.checkout().clusters(Optional.empty(), Optional.empty()).collect(aws);

        assertThat(Statements.manifest(collected).at("edge").at("cluster").text())
                .contains("prod");
    }

    @Test
    void namesTheClustersWhenSeveralFit() {
        ScriptedAws aws = clusters(new TreeMap<>(
                Map.of("prod", List.of("checkout", "payments"), "staging", List.of("checkout", "payments"))));
        Requests request = Requests.checkout().clusters(Optional.empty(), Optional.empty());

        assertThatThrownBy(() -> request.collect(aws)).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.USAGE);
            assertThat(e).hasMessage("several clusters have a service 'checkout': prod, staging");
        });
    }

    @Test
    void saysThatNoClusterHasTheCaller() {
        ScriptedAws aws = clusters(new TreeMap<>(Map.of("prod", List.of("payments"), "staging", List.of())));
        Requests request = Requests.checkout().clusters(Optional.empty(), Optional.empty());

        assertThatThrownBy(() -> request.collect(aws)).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.USAGE);
            assertThat(e).hasMessage("no cluster has a service 'checkout'");
        });
    }

    @Test
    void asksForTheClusterWhenClustersMayNotBeListed() {
        ScriptedAws aws = checkout()
                .fail(call -> call.operation() == Operation.LIST_CLUSTERS, AwsFailure.Kind.DENIED, "AccessDenied");
        Requests request = Requests.checkout().clusters(Optional.empty(), Optional.empty());

        assertThatThrownBy(() -> request.collect(aws)).isInstanceOfSatisfying(EastwestException.class, e -> {
            assertThat(e.kind()).isEqualTo(EastwestException.Kind.NO_ACCESS);
            assertThat(e.hint())
                    .isEqualTo("Give --cluster. Allow it: "
                            + "{\"Effect\":\"Allow\",\"Action\":\"ecs:ListClusters\",\"Resource\":\"*\"}");
        });
    }

    @Test
    void asksEachSidesAccountForWhatLiesThere() throws InterruptedException {
        // The callee's service lies in another account, in a namespace that this account shares.
        String namespace = "arn:aws:servicediscovery:eu-west-1:999988887777:namespace/ns-qmbo5wgqivchael3";
        ScriptedAws aws = checkout().when(call -> call.operation() == Operation.DESCRIBE_SERVICES, (call, within) -> {
            String service = String.valueOf(((List<?>) call.parameters().get("services")).get(0));
            String account = service.equals("payments") ? "999988887777" : "111122223333";
            Map<String, Object> connect = OrderedMap.of(
                    "enabled",
                    true,
                    "namespace",
                    namespace,
                    "services",
                    List.of(OrderedMap.of("portName", "http", "discoveryName", service)));
            Map<String, Object> deployment = OrderedMap.of("status", "PRIMARY", "serviceConnectConfiguration", connect);
            return answer(OrderedMap.of(
                    "services",
                    List.of(OrderedMap.of(
                            "serviceArn",
                            "arn:aws:ecs:eu-west-1:" + account + ":service/prod/" + service,
                            "serviceName",
                            service,
                            "deployments",
                            List.of(deployment)))));
        });

        Requests.checkout().collect(aws);

        assertThat(metrics(aws, Side.CALLER))
                .contains("HTTPCode_Target_5XX_Count")
                .doesNotContain("RequestCount");
        assertThat(metrics(aws, Side.CALLEE)).contains("RequestCount").doesNotContain("HTTPCode_Target_5XX_Count");
        assertThat(aws.calls(Operation.DESCRIBE_TASKS, Side.CALLEE)).hasSize(1);
        // The namespace belongs to the callee's account: the caller's has to name it by ARN and owner.
        assertThat(aws.calls(Operation.DISCOVER_INSTANCES, Side.CALLER))
                .allMatch(call -> "999988887777".equals(call.parameters().get("OwnerAccount")));
        assertThat(aws.calls(Operation.DISCOVER_INSTANCES, Side.CALLEE))
                .noneMatch(call -> call.parameters().containsKey("OwnerAccount"));
        assertThat(aws.calls(Operation.GET_NAMESPACE, Side.CALLER))
                .extracting(call -> call.parameters().get("Id"))
                .containsExactly(namespace);
        assertThat(aws.calls(Operation.GET_NAMESPACE, Side.CALLEE))
                .extracting(call -> call.parameters().get("Id"))
                .containsExactly("ns-qmbo5wgqivchael3");
        assertThat(aws.calls(Operation.LIST_SERVICES_BY_NAMESPACE)).hasSize(1);
    }

    private static List<String> metrics(ScriptedAws aws, Side side) {
        return aws.calls(Operation.GET_METRIC_DATA, side).stream()
                .flatMap(call -> Field.of(call.parameters()).at("MetricDataQueries").items().stream())
                .map(query ->
                        query.at("MetricStat").at("Metric").at("MetricName").textOrEmpty())
                .distinct()
                .toList();
    }

    @Test
    void everyOperationOfThePolicyIsCalledSomewhere() throws InterruptedException {
        java.util.Set<Operation> called = new java.util.TreeSet<>();
        ScriptedAws plain = checkout();
        Requests.checkout().clusters(Optional.empty(), Optional.empty()).collect(plain);
        called.addAll(plain.operations());
        ScriptedAws misspelt = checkout();
        assertThatThrownBy(
                        () -> Requests.checkout().names("chekout", "payments").collect(misspelt))
                .isInstanceOf(EastwestException.class);
        called.addAll(misspelt.operations());
        ScriptedAws queries = checkout().logs("INFREQUENT_ACCESS", 1e9).polls(1_000_000);
        Requests.checkout().timeout(Duration.ofSeconds(4)).collect(queries);
        called.addAll(queries.operations());
        ScriptedAws nameless = checkout()
                .fail(call -> call.operation() == Operation.DESCRIBE_SERVICES, AwsFailure.Kind.DENIED, "AccessDenied");
        Requests.checkout().collect(nameless);
        called.addAll(nameless.operations());

        assertThat(called).containsExactly(Operation.values());
    }
}
