package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricSourcesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");

    /** CloudWatch keeps minutes for 15 days, 5 minutes for 63, hours for 455. */
    @ParameterizedTest
    @CsvSource({
        "PT1H, PT1H, 60",
        "P14DT23H, PT1H, 60",
        "P15D, PT1H, 300",
        "P62DT23H, PT1H, 300",
        "P63D, PT1H, 3600",
        "P454DT23H, PT1H, 3600",
        // 1,500 points at most: 1,500 minutes are 25 hours, 1,500 times five minutes 125 hours.
        "PT25H, PT25H, 60",
        "PT25H2M, PT25H2M, 300",
        "PT125H, PT125H, 300",
        "PT126H, PT126H, 3600"
    })
    void asksForThePeriodThatCloudWatchStillKeeps(Duration ago, Duration length, int seconds) {
        Instant from = NOW.minus(ago);
        assertThat(MetricSources.period(new TimeWindow(from, from.plus(length)), NOW))
                .contains(seconds);
    }

    @Test
    void asksForNothingThatCloudWatchNoLongerKeeps() throws InterruptedException {
        Instant from = NOW.minus(Duration.ofDays(455));
        assertThat(MetricSources.period(new TimeWindow(from, from.plusSeconds(60)), NOW))
                .isEmpty();

        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT));
        Collected collected =
                Requests.checkout().window(from, from.plusSeconds(60), NOW).collect(aws);

        assertThat(aws.calls(Operation.GET_METRIC_DATA)).isEmpty();
        assertThat(Statements.states(collected)).containsEntry("cloudwatch/get-metric-data", "not_collected");
    }

    private static List<Map<String, Object>> queries(ScriptedAws aws) {
        List<Map<String, Object>> queries = new ArrayList<>();
        for (Call call : aws.calls(Operation.GET_METRIC_DATA)) {
            for (Field query :
                    Field.of(call.parameters()).at("MetricDataQueries").items()) {
                @SuppressWarnings("unchecked")
                Map<String, Object> map = (Map<String, Object>) query.raw().orElseThrow();
                queries.add(map);
            }
        }
        return queries;
    }

    @Test
    void laysTheQueriesBesideTheAnswerAndLabelsThem() throws InterruptedException {
        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT));

        Collected collected = Requests.checkout().collect(aws);

        List<Map<String, Object>> queries = queries(aws);
        assertThat(queries)
                .extracting(query -> query.get("Label"))
                .contains(
                        "AWS/ECS HTTPCode_Target_5XX_Count Sum 60 ClusterName=prod,ServiceName=checkout,TargetDiscoveryName=payments",
                        "AWS/ECS RequestCount Sum 60 ClusterName=prod,DiscoveryName=payments,ServiceName=payments",
                        "AWS/ECS RequestCount Sum 60 DiscoveryName=payments",
                        "AWS/ECS MemoryUtilization Maximum 60 ClusterName=prod,ServiceName=payments",
                        "AWS/Logs IncomingBytes Sum 60 LogGroupName=/ecs/prod/service-connect")
                .doesNotHaveDuplicates();
        assertThat(queries)
                .extracting(query -> String.valueOf(query.get("Id")))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z][a-zA-Z0-9_]*"));
        byte[] beside = collected.bundle().files().get("cloudwatch/metric-data-queries.json");
        assertThat(new String(beside, java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("[")
                .contains("\"Id\" : \"m0\"");
    }

    @Test
    void asksFromTheMinuteInWhichTheWindowBeginsToThatInWhichItEnds() throws InterruptedException {
        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT));

        // 12:47:47 to 12:49:17.
        Requests.checkout().collect(aws);

        Map<String, Object> parameters =
                aws.calls(Operation.GET_METRIC_DATA).get(0).parameters();
        assertThat(parameters)
                .containsEntry("StartTime", Instant.parse("2026-11-21T12:47:00Z"))
                .containsEntry("EndTime", Instant.parse("2026-11-21T12:50:00Z"));
    }

    @Test
    void takesAnotherNamespace() throws InterruptedException {
        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT));

        Requests.checkout().window(NOW.minusSeconds(3600), NOW, NOW).collect(aws);

        assertThat(aws.calls(Operation.LIST_METRICS))
                .allMatch(call -> call.parameters().get("Namespace").equals("Own/Metrics"));
        assertThat(queries(aws))
                .extracting(query -> String.valueOf(query.get("Label")).split(" ")[0])
                .containsOnly("Own/Metrics", "AWS/Logs");
    }

    @Test
    void withoutConfigurationTheListTellsTheDiscoveryName() throws InterruptedException {
        // The callee's port is called api, and so is its discovery name.
        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT))
                .fail(call -> call.operation() == Operation.DESCRIBE_SERVICES, AwsFailure.Kind.DENIED, "AccessDenied")
                .when(
                        call -> call.operation() == Operation.LIST_METRICS,
                        (call, within) -> new Answer(
                                OrderedMap.of(
                                        "Metrics",
                                        List.of(OrderedMap.of(
                                                "Dimensions",
                                                List.of(OrderedMap.of("Name", "DiscoveryName", "Value", "api"))))),
                                Optional.empty(),
                                1));

        Requests.checkout().collect(aws);

        assertThat(queries(aws))
                .extracting(query -> query.get("Label"))
                .contains(
                        "AWS/ECS TargetResponseTime Average 60 ClusterName=prod,ServiceName=checkout,TargetDiscoveryName=api");
    }

    /** Nine series of calls, seven of the endpoint and one of all namesakes for each of 60 names: more than 1,000 queries. */
    @Test
    void asksForAtMost500SeriesAtATimeAndJoinsTheAnswers() throws InterruptedException {
        List<Object> listed = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            listed.add(
                    OrderedMap.of("Dimensions", List.of(OrderedMap.of("Name", "DiscoveryName", "Value", "name-" + i))));
        }
        ScriptedAws aws = new ScriptedAws(new BundleAws(Requests.CHECKOUT))
                .when(
                        call -> call.operation() == Operation.LIST_METRICS,
                        (call, within) -> new Answer(OrderedMap.of("Metrics", listed), Optional.empty(), 1))
                .when(
                        call -> call.operation() == Operation.GET_METRIC_DATA,
                        (call, within) -> new Answer(
                                OrderedMap.of(
                                        "MetricDataResults",
                                        Field.of(call.parameters()).at("MetricDataQueries").items().stream()
                                                .map(query -> OrderedMap.of(
                                                        "Id", query.at("Id").textOrEmpty(), "StatusCode", "Complete"))
                                                .toList()),
                                Optional.empty(),
                                1));

        Collected collected = Requests.checkout().collect(aws);

        List<Integer> sizes = aws.calls(Operation.GET_METRIC_DATA).stream()
                .map(call -> Field.of(call.parameters())
                        .at("MetricDataQueries")
                        .items()
                        .size())
                .sorted()
                .toList();
        assertThat(sizes).hasSize(3).allMatch(size -> size <= 500).endsWith(500, 500);
        List<String> ids = queries(aws).stream()
                .map(query -> String.valueOf(query.get("Id")))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(1000);
        assertThat(Field.of(BundleAws.read(new String(
                                collected.bundle().files().get("cloudwatch/get-metric-data.json"),
                                java.nio.charset.StandardCharsets.UTF_8)))
                        .at("MetricDataResults")
                        .items())
                .extracting(result -> result.at("Id").textOrEmpty())
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    private static Object alarm(String name, String... dimensions) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < dimensions.length; i += 2) {
            list.add(OrderedMap.of("Name", dimensions[i], "Value", dimensions[i + 1]));
        }
        return OrderedMap.of("AlarmName", name, "Dimensions", list);
    }

    @Test
    void keepsAlarmsOfTheServicesOnly() throws InterruptedException {
        BundleAws account = new BundleAws(Requests.CHECKOUT);
        Object byExpression = OrderedMap.of(
                "AlarmName",
                "expression on calls of the caller",
                "Metrics",
                List.of(OrderedMap.of(
                        "MetricStat",
                        OrderedMap.of(
                                "Metric",
                                OrderedMap.of(
                                        "Dimensions",
                                        List.of(OrderedMap.of("Name", "TargetDiscoveryName", "Value", "checkout")))))));
        List<Object> alarms = List.of(
                alarm("callee", "ServiceName", "payments"),
                alarm("other service", "ServiceName", "search", "ClusterName", "prod"),
                byExpression,
                alarm("callee in its cluster", "ServiceName", "payments", "ClusterName", "prod"),
                alarm("namesake in another cluster", "ServiceName", "payments", "ClusterName", "staging"),
                alarm("discovery name", "DiscoveryName", "pay-api"),
                alarm("another discovery name", "DiscoveryName", "pay-apis"),
                alarm("somebody's calls", "TargetDiscoveryName", "pay-api", "ServiceName", "x", "ClusterName", "prod"));
        ScriptedAws aws = new ScriptedAws(account)
                .when(call -> call.operation() == Operation.DESCRIBE_SERVICES, (call, within) -> {
                    String json = OneLineJson.of(account.call(call, within).document());
                    return new Answer(
                            BundleAws.read(
                                    json.replace("\"discoveryName\":\"payments\"", "\"discoveryName\":\"pay-api\"")),
                            Optional.empty(),
                            1);
                })
                .when(
                        call -> call.operation() == Operation.DESCRIBE_ALARMS,
                        (call, within) -> new Answer(OrderedMap.of("MetricAlarms", alarms), Optional.empty(), 1));

        byte[] file = Requests.checkout().collect(aws).bundle().files().get("cloudwatch/describe-alarms.json");

        assertThat(Field.of(BundleAws.read(new String(file, java.nio.charset.StandardCharsets.UTF_8)))
                        .at("MetricAlarms")
                        .items())
                .extracting(alarm -> alarm.at("AlarmName").textOrEmpty())
                .containsExactly(
                        "callee",
                        "expression on calls of the caller",
                        "callee in its cluster",
                        "discovery name",
                        "somebody's calls");
    }
}
