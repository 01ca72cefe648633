package io.github.eastwest.collect;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AWS for a dry run. What is free and without which nothing can be said is read: where the services are, where they log and
 * how much those log groups hold, which is a hundred-thousandth of a dollar per group. Everything else is answered with
 * placeholders in capitals, so that what depends on it is planned too.
 */
final class DryRun implements Aws {
    private static final Set<Operation> READ = Set.of(
            Operation.LIST_CLUSTERS,
            Operation.LIST_SERVICES,
            Operation.DESCRIBE_SERVICES,
            Operation.LIST_NAMESPACES,
            Operation.DESCRIBE_LOG_GROUPS);

    private static final Pattern QUERY = Pattern.compile("^# (\\w+)[^\"]*\"([^\"]*)\"");

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Aws aws;
    /** The time that each query asks about, by its id. */
    private final Map<String, List<Instant>> asked = new ConcurrentHashMap<>();

    DryRun(Aws aws) {
        this.aws = aws;
    }

    /** Whether a call is really made, as it is. */
    static boolean makes(Call call) {
        return READ.contains(call.operation());
    }

    @Override
    public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
        if (makes(call)) {
            return aws.call(call, within);
        }
        return call.operation() == Operation.GET_METRIC_DATA ? volume(call, within) : placeholder(call);
    }

    /** The volume of the log groups, the only metric that is read. */
    private Answer volume(Call call, Duration within) throws InterruptedException {
        List<Object> queries = Field.of(call.parameters()).at("MetricDataQueries").items().stream()
                .filter(query -> query.at("MetricStat")
                        .at("Metric")
                        .at("Namespace")
                        .textOrEmpty()
                        .equals(MetricSources.LOGS))
                .flatMap(query -> query.raw().stream())
                .toList();
        if (!queries.isEmpty()) {
            Map<String, Object> parameters = OrderedMap.of("MetricDataQueries", queries);
            call.parameters().forEach(parameters::putIfAbsent);
            try {
                return aws.call(
                        new Call(call.operation(), call.side(), call.region(), parameters, call.mostItems()), within);
            } catch (AwsFailure unread) {
                return placeholder(call);
            }
        }
        return placeholder(call);
    }

    private Answer placeholder(Call call) {
        return new Answer(document(call), Optional.empty(), 1);
    }

    private Map<String, Object> document(Call call) {
        return switch (call.operation()) {
            case LIST_TASKS -> OrderedMap.of("taskArns", List.of("TASK_ARN"));
            case DESCRIBE_TASKS ->
                one(
                        "tasks",
                        OrderedMap.of(
                                "taskArn",
                                "TASK_ARN",
                                "attachments",
                                List.of(OrderedMap.of(
                                        "details",
                                        List.of(OrderedMap.of(
                                                "name", "networkInterfaceId", "value", "INTERFACE_ID"))))));
            case LIST_SERVICE_DEPLOYMENTS ->
                one(
                        "serviceDeployments",
                        OrderedMap.of(
                                "serviceDeploymentArn",
                                "SERVICE_DEPLOYMENT_ARN",
                                "targetServiceRevisionArn",
                                "SERVICE_REVISION_ARN"));
            case DESCRIBE_SERVICE_REVISIONS ->
                one("serviceRevisions", OrderedMap.of("taskDefinition", "EARLIER_TASK_DEFINITION_ARN"));
            case DESCRIBE_SUBNETS -> one("Subnets", OrderedMap.of("VpcId", "VPC_ID"));
            case DESCRIBE_NETWORK_ACLS -> one("NetworkAcls", OrderedMap.of("NetworkAclId", "NETWORK_ACL_ID"));
            case DESCRIBE_ROUTE_TABLES -> one("RouteTables", OrderedMap.of("RouteTableId", "ROUTE_TABLE_ID"));
            case GET_SERVICE -> OrderedMap.of("Service", OrderedMap.of("NamespaceId", "NAMESPACE_ID"));
            case START_QUERY -> {
                asked.put(queryId(call), List.of(time(call, "startTime"), time(call, "endTime")));
                yield OrderedMap.of("queryId", queryId(call));
            }
            case GET_QUERY_RESULTS -> results(call);
            default -> Map.of();
        };
    }

    private static Map<String, Object> one(String member, Map<String, Object> element) {
        return OrderedMap.of(member, List.of(element));
    }

    /** A query's name, with which its text begins, and the streams it asks about. */
    private static String queryId(Call call) {
        Matcher query = QUERY.matcher(String.valueOf(call.parameters().get("queryString")));
        return query.find()
                ? query.group(1).toUpperCase(Locale.ROOT) + "_QUERY_ID_"
                        + query.group(2).replaceAll("[^A-Za-z0-9-]", "_")
                : "QUERY_ID";
    }

    private static Instant time(Call call, String parameter) {
        return Instant.ofEpochSecond(
                ((Number) Objects.requireNonNull(call.parameters().get(parameter))).longValue());
    }

    /**
     * Numbers that tell nothing, so that a sample is planned, and lines with failed calls from the first moment to the last to
     * ask the other side about: more than that can never be scanned.
     */
    private Map<String, Object> results(Call call) {
        String id = String.valueOf(call.parameters().get("queryId"));
        Map<String, Object> results = OrderedMap.of("status", "Unknown", "results", List.of());
        if (id.startsWith("LINES")) {
            List<Object> rows = new ArrayList<>();
            for (Instant at : asked.getOrDefault(id, List.of())) {
                for (String host : List.of("TASK_ADDRESS:PORT", "127.0.0.1:PORT")) {
                    String line = "{\"start_time\":\"" + MILLIS.format(at)
                            + "\",\"method\":\"METHOD\",\"path\":\"PATH\",\"protocol\":\"HTTP/1.1\",\"response_code\":503,"
                            + "\"bytes_sent\":0,\"duration\":1,\"upstream_host\":\"" + host
                            + "\",\"authority\":\"NAME\",\"request_id\":\"REQUEST-ID-" + rows.size() + "-OF-" + id
                            + "\"}";
                    rows.add(List.of(OrderedMap.of("field", "@message", "value", line)));
                }
            }
            results.put("results", rows);
        }
        return results;
    }

    @Override
    public void close() {
        aws.close();
    }
}
