package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.SdkAws;
import io.github.eastwest.model.Side;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The endpoint is as strict as AWS: what it accepts, refuses, pages and loses. */
class AwsEndpointTest {
    private static final Path SAMPLE = Path.of("samples/checkout-payments");
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String GROUP = "/ecs/prod/service-connect";

    /** The sample's window. */
    private static final Instant FROM = Instant.parse("2026-11-21T12:47:47Z");

    private static final Instant TO = Instant.parse("2026-11-21T12:49:17Z");

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private AwsEndpoint serve(Settings settings) {
        AwsEndpoint endpoint = AwsEndpoint.serving(SAMPLE, settings);
        open.add(endpoint);
        return endpoint;
    }

    private Aws client(AwsEndpoint endpoint) {
        AwsSettings.Access access = new AwsSettings.Access(Optional.empty(), Optional.empty(), Optional.empty());
        Aws aws = SdkAws.open(new AwsSettings(access, access, Optional.of(endpoint.uri()), endpoint.environment()));
        open.add(0, aws);
        return aws;
    }

    private static Map<String, Object> call(Aws aws, Operation operation, Map<String, Object> parameters)
            throws AwsFailure, InterruptedException {
        Answer answer = aws.call(Call.of(operation, Side.CALLER, parameters), LONG);
        assertThat(answer.cutShort()).isEmpty();
        return answer.document();
    }

    private static void refused(Aws aws, Operation operation, Map<String, Object> parameters, String code) {
        assertThatThrownBy(() -> call(aws, operation, parameters))
                .asInstanceOf(InstanceOfAssertFactories.type(AwsFailure.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static List<String> each(Map<String, Object> answer, String list, String member) {
        return Documents.structures(answer, list).stream()
                .map(item -> Documents.text(item, member))
                .toList();
    }

    @Test
    void failuresNameWhatIsMissingAndTheRestIsAnswered() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));

        Map<String, Object> answer =
                call(aws, Operation.DESCRIBE_SERVICES, Map.of("cluster", "prod", "services", List.of("payments", "x")));

        assertThat(each(answer, "services", "serviceName")).containsExactly("payments");
        assertThat(Documents.structures(answer, "failures"))
                .containsExactly(Map.of(
                        "arn", "arn:aws:ecs:eu-west-1:552135669152:service/prod/x",
                        "reason", "MISSING"));
        refused(
                aws,
                Operation.DESCRIBE_SERVICES,
                Map.of("cluster", "x", "services", List.of("payments")),
                "ClusterNotFoundException");
    }

    @Test
    void listsTasksByServiceAndStatus() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));

        List<String> running = Documents.texts(
                call(aws, Operation.LIST_TASKS, Map.of("cluster", "prod", "serviceName", "payments")), "taskArns");
        List<String> stopped = Documents.texts(
                call(
                        aws,
                        Operation.LIST_TASKS,
                        Map.of("cluster", "prod", "serviceName", "payments", "desiredStatus", "STOPPED")),
                "taskArns");

        // The sample's payments has three running tasks and others that ended.
        assertThat(running).hasSize(3).doesNotContainAnyElementsOf(stopped);
        assertThat(stopped).isNotEmpty();
        refused(aws, Operation.LIST_TASKS, Map.of("cluster", "prod", "serviceName", "x"), "ServiceNotFoundException");
    }

    @Test
    void pagesHoldAsManyAsTheyMayAndJoinToTheSameAnswer() throws Exception {
        Aws whole = client(serve(Settings.DEFAULT));
        AwsEndpoint small = serve(Settings.DEFAULT.withPageSize(2));
        Aws paged = client(small);
        Map<Operation, Map<String, Object>> calls = Map.of(
                Operation.LIST_METRICS, Map.of("Namespace", "AWS/ECS"),
                Operation.LIST_TASKS, Map.of("cluster", "prod"),
                Operation.DESCRIBE_SUBNETS, Map.of(),
                Operation.DESCRIBE_LOG_GROUPS, Map.of(),
                Operation.LIST_SERVICE_DEPLOYMENTS, Map.of("cluster", "prod", "service", "payments"));

        for (Map.Entry<Operation, Map<String, Object>> call : calls.entrySet()) {
            assertThat(call(paged, call.getKey(), call.getValue()))
                    .isEqualTo(call(whole, call.getKey(), call.getValue()));
        }

        // 3 subnets make 2 pages.
        assertThat(small.requests().stream().filter(r -> r.operation().equals("DescribeSubnets")))
                .hasSize(2);
    }

    @Test
    void historyInPagesIsTheSameHistory() throws Exception {
        Incident incident = Incident.sample("parcel-customs");
        SortedMap<String, byte[]> files = new TreeMap<>(incident.bundle().files());
        files.put(Operation.DESCRIBE_SCALING_ACTIVITIES.path() + ".json", """
                {"ScalingActivities": [
                  {"ActivityId": "a", "ServiceNamespace": "ecs", "ResourceId": "service/freight/customs", "StartTime": "2026-11-21T20:40:00Z"},
                  {"ActivityId": "b", "ServiceNamespace": "ecs", "ResourceId": "service/freight/customs", "StartTime": "2026-11-21T20:42:00Z"},
                  {"ActivityId": "c", "ServiceNamespace": "ecs", "ResourceId": "service/freight/parcel", "StartTime": "2026-11-21T20:41:00Z"}]}
                """.getBytes(StandardCharsets.UTF_8));
        AwsEndpoint endpoint = AwsEndpoint.serving(List.of(ServedBundle.of(files)), Settings.DEFAULT.withPageSize(1));
        open.add(endpoint);
        Aws paged = client(endpoint);

        Map<String, Object> events = call(
                paged,
                Operation.LOOKUP_EVENTS,
                Map.of(
                        "LookupAttributes",
                        List.of(Map.of("AttributeKey", "ResourceName", "AttributeValue", "sg-058725ed62b0b2ca4"))));
        Map<String, Object> activities = call(
                paged,
                Operation.DESCRIBE_SCALING_ACTIVITIES,
                Map.of("ServiceNamespace", "ecs", "ResourceId", "service/freight/customs"));

        // The newest first.
        assertThat(each(activities, "ScalingActivities", "ActivityId")).containsExactly("b", "a");
        assertThat(each(events, "Events", "EventId"))
                .containsExactlyElementsOf(incident.bundle().items("cloudtrail/lookup-events", "Events").stream()
                        .filter(event -> Documents.structures(event, "Resources").stream()
                                .anyMatch(r -> r.containsValue("sg-058725ed62b0b2ca4")))
                        .sorted(Comparator.comparing((Map<String, Object> event) -> Documents.text(event, "EventTime"))
                                .reversed())
                        .map(event -> Documents.text(event, "EventId"))
                        .toList())
                .hasSizeGreaterThan(1);
    }

    @Test
    void tokensAreGoodForTheirOwnRequestOnly() {
        ApiCall call = new ApiCall("ecs", "ListTasks", Map.of("cluster", "prod"));
        String token = Pages.token(call, "nextToken", 2);

        assertThat(Pages.start(
                        new ApiCall("ecs", "ListTasks", Map.of("cluster", "prod", "nextToken", token)),
                        "nextToken",
                        t -> call.invalid(t)))
                .isEqualTo(2);
        assertThatThrownBy(() -> Pages.start(
                        new ApiCall("ecs", "ListTasks", Map.of("cluster", "other", "nextToken", token)),
                        "nextToken",
                        t -> call.invalid(t)))
                .isInstanceOf(ApiError.class);
    }

    @Test
    void describesTaskDefinitionsByFamilyAndRevision() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));

        assertThat(revision(aws, "checkout:365")).isEqualTo(365);
        assertThat(revision(aws, "checkout")).isEqualTo(366);
        refused(aws, Operation.DESCRIBE_TASK_DEFINITION, Map.of("taskDefinition", "checkout:1"), "ClientException");
    }

    private static Object revision(Aws aws, String name) throws AwsFailure, InterruptedException {
        return Documents.structure(call(aws, Operation.DESCRIBE_TASK_DEFINITION, Map.of("taskDefinition", name))
                        .get("taskDefinition"))
                .get("revision");
    }

    @Test
    void oneUnknownInterfaceFailsAllButAFilterDoesNot() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));
        List<Map<String, Object>> known =
                Documents.structures(call(aws, Operation.DESCRIBE_NETWORK_INTERFACES, Map.of()), "NetworkInterfaces");
        String id = Documents.text(known.get(0), "NetworkInterfaceId");

        refused(
                aws,
                Operation.DESCRIBE_NETWORK_INTERFACES,
                Map.of("NetworkInterfaceIds", List.of(id, "eni-0")),
                "InvalidNetworkInterfaceID.NotFound");
        assertThat(each(
                        call(aws, Operation.DESCRIBE_NETWORK_INTERFACES, filter("network-interface-id", id, "eni-0")),
                        "NetworkInterfaces",
                        "NetworkInterfaceId"))
                .containsExactly(id);
        refused(aws, Operation.DESCRIBE_NETWORK_INTERFACES, filter("no-such-filter", id), "InvalidParameterValue");
    }

    private static Map<String, Object> filter(String name, String... values) {
        return Map.of("Filters", List.of(Map.of("Name", name, "Values", List.of(values))));
    }

    @Test
    void evaluatesTheAskedMetricsOnly() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));
        Map<String, Object> edge = Map.of(
                "Namespace", "AWS/ECS",
                "MetricName", "HTTPCode_Target_2XX_Count",
                "Dimensions",
                        dimensions(
                                "TargetDiscoveryName", "payments", "ServiceName", "checkout", "ClusterName", "prod"));
        Map<String, Object> lessExact = Map.of(
                "Namespace", "AWS/ECS",
                "MetricName", "HTTPCode_Target_2XX_Count",
                "Dimensions", dimensions("TargetDiscoveryName", "payments", "ServiceName", "checkout"));

        List<Map<String, Object>> results = Documents.structures(
                call(
                        aws,
                        Operation.GET_METRIC_DATA,
                        Map.of(
                                "StartTime",
                                FROM,
                                "EndTime",
                                TO,
                                "MetricDataQueries",
                                List.of(
                                        query("exact", edge, "Sum", 60),
                                        query("five", edge, "Sum", 300),
                                        query("other", edge, "Average", 60),
                                        query("less", lessExact, "Sum", 60)))),
                "MetricDataResults");

        // The sample's series: 371 at 12:47, 316 at 12:48. Five minutes hold both: 687.
        assertThat(numbers(results.get(0))).containsExactly(316.0, 371.0);
        assertThat(numbers(results.get(1))).containsExactly(687.0);
        assertThat(numbers(results.get(2))).isEmpty();
        assertThat(numbers(results.get(3))).isEmpty();
    }

    private static List<Double> numbers(Map<String, Object> result) {
        return ((List<?>) result.get("Values"))
                .stream().map(v -> Double.valueOf(v.toString())).toList();
    }

    private static List<Map<String, Object>> dimensions(String... namesAndValues) {
        return IntStream.range(0, namesAndValues.length / 2)
                .mapToObj(
                        i -> Map.<String, Object>of("Name", namesAndValues[2 * i], "Value", namesAndValues[2 * i + 1]))
                .toList();
    }

    private static Map<String, Object> query(String id, Map<String, Object> metric, String stat, int period) {
        return Map.of("Id", id, "MetricStat", Map.of("Metric", metric, "Period", period, "Stat", stat));
    }

    @Test
    void minutesAreGoneAfterFifteenDays() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));
        Map<String, Object> bytes = Map.of(
                "Namespace", "AWS/Logs",
                "MetricName", "IncomingBytes",
                "Dimensions", dimensions("LogGroupName", GROUP));

        List<Map<String, Object>> results = Documents.structures(
                call(
                        aws,
                        Operation.GET_METRIC_DATA,
                        Map.of(
                                "StartTime", FROM.minus(Duration.ofDays(20)),
                                "EndTime", TO,
                                "MetricDataQueries",
                                        List.of(query("m", bytes, "Sum", 60), query("f", bytes, "Sum", 300)))),
                "MetricDataResults");

        assertThat(numbers(results.get(0))).isEmpty();
        assertThat(numbers(results.get(1))).isNotEmpty();
    }

    @Test
    void filtersLogEventsByStreamAndTimeThroughEmptyPages() throws Exception {
        AwsEndpoint endpoint = serve(Settings.DEFAULT.withPageSize(500).withEmptyLogPages(2));
        Map<String, Object> parameters = Map.of(
                "logGroupName",
                GROUP,
                "logStreamNamePrefix",
                "payments/ecs-service-connect-",
                "startTime",
                FROM.toEpochMilli(),
                "endTime",
                TO.toEpochMilli());

        Map<String, Object> answer = call(client(endpoint), Operation.FILTER_LOG_EVENTS, parameters);

        List<String> streams = each(answer, "events", "logStreamName");
        assertThat(streams).allMatch(s -> s.startsWith("payments/ecs-service-connect-xQCvC/"));
        // Pages of 500 events, of which none comes near the bound of 1 MiB, each after two pages without any.
        int pages = (streams.size() + 499) / 500;
        assertThat(pages).isGreaterThan(1);
        assertThat(endpoint.requests()).hasSize(3 * pages);
        assertThat(each(
                        call(
                                client(serve(Settings.DEFAULT)),
                                Operation.FILTER_LOG_EVENTS,
                                Map.of(
                                        "logGroupName",
                                        GROUP,
                                        "startTime",
                                        TO.plusSeconds(60).toEpochMilli())),
                        "events",
                        "message"))
                .isEmpty();
    }

    @Test
    void infrequentAccessHasNoEventsToFilterButQueries() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT.withInfrequentAccess()));

        refused(aws, Operation.FILTER_LOG_EVENTS, Map.of("logGroupName", GROUP), "InvalidOperationException");
        assertThat(each(call(aws, Operation.DESCRIBE_LOG_GROUPS, Map.of()), "logGroups", "logGroupClass"))
                .containsOnly("INFREQUENT_ACCESS");
        String id = start(
                aws, "parse @message /\"response_code\":(?<code>\\d+)/ | stats count(*) as n by code | sort n desc");
        List<String> statuses = new ArrayList<>();
        Map<String, Object> answer = Map.of();
        while (!statuses.contains("Complete")) {
            answer = call(aws, Operation.GET_QUERY_RESULTS, Map.of("queryId", id));
            statuses.add(Documents.text(answer, "status"));
        }
        assertThat(statuses).containsExactly("Scheduled", "Running", "Complete");
        // The 1662 lines with 200 are the most: zcat | grep -c '"response_code":200'
        assertThat(((List<?>) answer.get("results")).get(0))
                .isEqualTo(List.of(Map.of("field", "code", "value", "200"), Map.of("field", "n", "value", "1662")));
    }

    @Test
    void stopsQueriesThatRun() throws Exception {
        Aws aws = client(serve(Settings.DEFAULT));
        String id = start(aws, "filter @message like /x/");

        assertThat(call(aws, Operation.STOP_QUERY, Map.of("queryId", id))).containsEntry("success", true);
        assertThat(call(aws, Operation.GET_QUERY_RESULTS, Map.of("queryId", id)))
                .containsEntry("status", "Cancelled");
        refused(aws, Operation.STOP_QUERY, Map.of("queryId", id), "InvalidParameterException");
        assertThatThrownBy(() -> start(aws, "filtre @message like /x/")).hasMessageContaining("unknown command filtre");
    }

    private static String start(Aws aws, String query) throws AwsFailure, InterruptedException {
        return Documents.text(
                call(
                        aws,
                        Operation.START_QUERY,
                        Map.of(
                                "logGroupName",
                                GROUP,
                                "startTime",
                                FROM.getEpochSecond(),
                                "endTime",
                                TO.getEpochSecond() + 60,
                                "queryString",
                                query)),
                "queryId");
    }

    @Test
    void namespaceListingsAreThrottled() throws Exception {
        AwsEndpoint endpoint = serve(Settings.DEFAULT.withNamespaceListingsPerSecond(1));
        Aws aws = client(endpoint);

        for (int i = 0; i < 2; i++) {
            call(aws, Operation.LIST_SERVICES_BY_NAMESPACE, Map.of("namespace", "prod.local"));
        }

        assertThat(endpoint.requests()).anyMatch(r -> r.error().equals("ThrottlingException"));
    }

    @Test
    void whatTheBundleCouldNotReadIsDenied() {
        AwsEndpoint endpoint = AwsEndpoint.serving(Path.of("samples/checkout-payments-sparse"));
        open.add(endpoint);
        Aws aws = client(endpoint);

        refused(aws, Operation.LIST_METRICS, Map.of(), "AccessDenied");
        refused(aws, Operation.DESCRIBE_SUBNETS, Map.of(), "UnauthorizedOperation");
    }

    @Test
    void refusesWhatIsNotSignedForItsRegionByAKnownKey() throws Exception {
        AwsEndpoint endpoint = serve(Settings.DEFAULT);

        refused(client(endpoint, Map.of("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")), "UnrecognizedClientException");
        refused(client(endpoint, Map.of("AWS_SECRET_ACCESS_KEY", "wrong")), "InvalidSignatureException");
        refused(client(endpoint, Map.of("AWS_REGION", "us-east-1")), "InvalidSignatureException");
        HttpResponse<String> unsigned = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(endpoint.uri() + "/"))
                                .header("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListClusters")
                                .header("Content-Type", "application/x-amz-json-1.1")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(unsigned.statusCode()).isEqualTo(400);
        assertThat(unsigned.body()).contains("MissingAuthenticationTokenException");
    }

    private static void refused(Aws aws, String code) {
        refused(aws, Operation.LIST_CLUSTERS, Map.of(), code);
    }

    private Aws client(AwsEndpoint endpoint, Map<String, String> changes) {
        Map<String, String> environment = new java.util.HashMap<>(endpoint.environment());
        environment.putAll(changes);
        AwsSettings.Access access = new AwsSettings.Access(Optional.empty(), Optional.empty(), Optional.empty());
        Aws aws = SdkAws.open(new AwsSettings(access, access, Optional.of(endpoint.uri()), environment));
        open.add(0, aws);
        return aws;
    }

    @Test
    void anotherAccountIsReachedByItsRole() throws Exception {
        AwsEndpoint endpoint = AwsEndpoint.serving(
                List.of(
                        ServedBundle.read(SAMPLE),
                        ServedBundle.of(Map.of(
                                "manifest.json",
                                "{\"region\":\"eu-west-1\",\"account\":\"210987654321\"}"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
                Settings.DEFAULT);
        open.add(endpoint);
        Aws aws = SdkAws.open(new AwsSettings(
                new AwsSettings.Access(Optional.empty(), Optional.empty(), Optional.empty()),
                new AwsSettings.Access(
                        Optional.empty(), Optional.empty(), Optional.of("arn:aws:iam::210987654321:role/reader")),
                Optional.of(endpoint.uri()),
                endpoint.environment()));
        open.add(0, aws);

        assertThat(aws.call(Call.of(Operation.GET_CALLER_IDENTITY, Side.CALLER, Map.of()), LONG)
                        .document())
                .containsEntry("Account", "552135669152");
        assertThat(aws.call(Call.of(Operation.GET_CALLER_IDENTITY, Side.CALLEE, Map.of()), LONG)
                        .document())
                .containsEntry("Account", "210987654321");
    }

    @Test
    void countsConnectionsThatClientsHold() throws IOException, InterruptedException {
        AwsEndpoint endpoint = serve(Settings.DEFAULT);
        org.junit.jupiter.api.Assumptions.assumeTrue(endpoint.openConnections().isPresent());
        assertThat(endpoint.openConnections()).hasValue(0L);
        try (java.net.Socket socket =
                new java.net.Socket("127.0.0.1", endpoint.uri().getPort())) {
            assertThat(socket.isConnected()).isTrue();
            assertThat(endpoint.openConnections()).hasValue(1L);
        }
    }
}
