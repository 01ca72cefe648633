package io.github.eastwest.collect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.json.JsonMapper;

/** An AWS account that holds what a bundle says, and answers each call as AWS would: filtered, with failures. */
public final class BundleAws implements Aws {
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[T ](\\d{2}:\\d{2}:\\d{2}\\.\\d{3})Z?");
    private static final Pattern DURATION = Pattern.compile("\"duration(?:_ms)?\": ?(\\d+)");

    private final Map<String, Map<String, Object>> documents = new TreeMap<>();
    private final List<Event> events = new ArrayList<>();

    /** What the bundle says was not read. */
    private final Set<String> unread = new HashSet<>();

    private static final Map<Operation, Operation> SOURCES = Map.of(
            Operation.LIST_TASKS, Operation.DESCRIBE_TASKS,
            Operation.LIST_SERVICE_DEPLOYMENTS, Operation.DESCRIBE_SERVICE_DEPLOYMENTS);

    private record Event(String stream, long at, String message, String id) {}

    public BundleAws(Path bundle) {
        try (Stream<Path> files = Files.walk(bundle)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String path = bundle.relativize(file).toString().replace('\\', '/');
                if (path.startsWith("logs/lines/")) {
                    lines(file, path);
                } else if (path.endsWith(".json") && path.contains("/")) {
                    documents.put(path, read(Files.readString(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            for (Field entry : Field.of(read(Files.readString(bundle.resolve("manifest.json"))))
                    .at("coverage")
                    .items()) {
                if (!entry.at("state").textOrEmpty().equals("complete")) {
                    unread.add(entry.at("input").textOrEmpty());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        events.sort((a, b) -> Long.compare(a.at(), b.at()));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> read(String json) {
        return JsonMapper.shared().readValue(json, LinkedHashMap.class);
    }

    /** Lines carry the time at which they were written: of a call, its end. */
    private void lines(Path file, String path) throws IOException {
        String name = file.getFileName().toString().replaceAll("\\.log(\\.gz)?$", "");
        String stream = name.replaceFirst("_(ecs-service-connect-[^_]*)_([0-9a-f]+)$", "/$1/$2");
        try (InputStream stored = Files.newInputStream(file);
                InputStream in = path.endsWith(".gz") ? new GZIPInputStream(stored) : stored) {
            long last = 0;
            int number = 0;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.isEmpty()) {
                    continue;
                }
                Matcher time = TIME.matcher(line);
                if (time.find()) {
                    long at = Instant.parse(time.group(1) + "T" + time.group(2) + "Z")
                            .toEpochMilli();
                    Matcher duration = DURATION.matcher(line);
                    last = Math.max(last, at + (duration.find() ? Long.parseLong(duration.group(1)) : 0));
                }
                events.add(new Event(stream, last, line, stream + "#" + number++));
            }
        }
    }

    @Override
    public Answer call(Call call, java.time.Duration within) throws AwsFailure {
        Map<String, Object> document = document(call);
        boolean more =
                document.values().stream().anyMatch(v -> v instanceof List<?> items && items.size() > call.mostItems());
        Map<String, Object> fitting = new LinkedHashMap<>();
        document.forEach((member, value) -> fitting.put(
                member,
                value instanceof List<?> items && items.size() > call.mostItems()
                        ? items.subList(0, call.mostItems())
                        : value));
        return new Answer(fitting, more ? Optional.of(failure(AwsFailure.Kind.LIMITED, "")) : Optional.empty(), 1);
    }

    @Override
    public void close() {}

    private Map<String, Object> document(Call call) throws AwsFailure {
        if (unread.contains(
                SOURCES.getOrDefault(call.operation(), call.operation()).path())) {
            throw failure(AwsFailure.Kind.DENIED, "AccessDeniedException");
        }
        Map<String, Object> p = call.parameters();
        String cluster = name(text(p, "cluster"));
        return switch (call.operation()) {
            case LIST_CLUSTERS ->
                OrderedMap.of("clusterArns", arns("ecs/describe-clusters", "clusters", "clusterArn", c -> true));
            case DESCRIBE_CLUSTERS ->
                described(
                        "ecs/describe-clusters",
                        "clusters",
                        c -> texts(p, "clusters").stream().anyMatch(n -> name(n).equals(c.get("clusterName"))),
                        texts(p, "clusters"),
                        "clusterName");
            case LIST_SERVICES ->
                OrderedMap.of(
                        "serviceArns", arns("ecs/describe-services", "services", "serviceArn", s -> in(s, cluster)));
            case DESCRIBE_SERVICES -> {
                known(cluster);
                yield described(
                        "ecs/describe-services",
                        "services",
                        s -> in(s, cluster)
                                && texts(p, "services").stream().anyMatch(n -> name(n).equals(s.get("serviceName"))),
                        texts(p, "services"),
                        "serviceName");
            }
            case LIST_TASKS ->
                OrderedMap.of(
                        "taskArns",
                        arns(
                                "ecs/describe-tasks",
                                "tasks",
                                "taskArn",
                                t -> in(t, cluster)
                                        && t.get("group").equals("service:" + text(p, "serviceName"))
                                        && (t.get("lastStatus").equals("STOPPED")
                                                == text(p, "desiredStatus").equals("STOPPED"))));
            case DESCRIBE_TASKS ->
                described(
                        "ecs/describe-tasks",
                        "tasks",
                        t -> texts(p, "tasks").contains(t.get("taskArn")),
                        texts(p, "tasks"),
                        "taskArn");
            case LIST_SERVICE_DEPLOYMENTS -> {
                List<Object> briefs = new ArrayList<>();
                for (Map<String, Object> d : elements("ecs/describe-service-deployments", "serviceDeployments")) {
                    if (in(d, cluster) && name(text(d, "serviceArn")).equals(text(p, "service"))) {
                        briefs.add(OrderedMap.of(
                                "serviceDeploymentArn",
                                d.get("serviceDeploymentArn"),
                                "createdAt",
                                d.get("createdAt"),
                                "targetServiceRevisionArn",
                                Field.of(d)
                                        .at("targetServiceRevision")
                                        .at("arn")
                                        .textOrEmpty()));
                    }
                }
                yield OrderedMap.of("serviceDeployments", briefs);
            }
            case DESCRIBE_SERVICE_DEPLOYMENTS ->
                described(
                        "ecs/describe-service-deployments",
                        "serviceDeployments",
                        d -> texts(p, "serviceDeploymentArns").contains(d.get("serviceDeploymentArn")),
                        texts(p, "serviceDeploymentArns"),
                        "serviceDeploymentArn");
            case DESCRIBE_SERVICE_REVISIONS ->
                described(
                        "ecs/describe-service-revisions",
                        "serviceRevisions",
                        d -> texts(p, "serviceRevisionArns").contains(d.get("serviceRevisionArn")),
                        texts(p, "serviceRevisionArns"),
                        "serviceRevisionArn");
            case DESCRIBE_TASK_DEFINITION ->
                one(
                        "ecs/describe-task-definition/",
                        "taskDefinition",
                        d -> text(p, "taskDefinition").equals(d.get("taskDefinitionArn")));
            case LIST_SERVICES_BY_NAMESPACE -> whole("ecs/list-services-by-namespace", "serviceArns");
            case LIST_NAMESPACES -> whole("servicediscovery/list-namespaces", "Namespaces");
            case GET_NAMESPACE ->
                one(
                        "servicediscovery/get-namespace/",
                        "Namespace",
                        n -> text(p, "Id").equals(n.get("Id")) || text(p, "Id").equals(n.get("Arn")));
            case GET_SERVICE ->
                one(
                        "servicediscovery/get-service/",
                        "Service",
                        n -> text(p, "Id").equals(n.get("Id")) || text(p, "Id").equals(n.get("Arn")));
            case DISCOVER_INSTANCES -> {
                Map<String, Object> found =
                        documents.get("servicediscovery/discover-instances/" + text(p, "ServiceName") + ".json");
                if (found == null) {
                    throw failure(AwsFailure.Kind.NOT_FOUND, "ServiceNotFound");
                }
                yield found;
            }
            case LIST_METRICS ->
                OrderedMap.of(
                        "Metrics",
                        elements("cloudwatch/list-metrics", "Metrics").stream()
                                .filter(m -> matches(m, p))
                                .toList());
            case GET_METRIC_DATA -> metricData(p);
            case DESCRIBE_SCALING_ACTIVITIES ->
                OrderedMap.of(
                        "ScalingActivities",
                        elements("application-autoscaling/describe-scaling-activities", "ScalingActivities").stream()
                                .filter(a -> p.get("ResourceId").equals(a.get("ResourceId")))
                                .toList());
            case LOOKUP_EVENTS ->
                OrderedMap.of(
                        "Events",
                        elements("cloudtrail/lookup-events", "Events").stream()
                                .filter(event -> lookedUp(event, p))
                                .toList());
            case DESCRIBE_ALARMS -> whole("cloudwatch/describe-alarms", "MetricAlarms");
            case DESCRIBE_LOG_GROUPS ->
                OrderedMap.of(
                        "logGroups",
                        elements("logs/describe-log-groups", "logGroups").stream()
                                .filter(g -> text(g, "logGroupName").startsWith(text(p, "logGroupNamePrefix")))
                                .toList());
            case FILTER_LOG_EVENTS -> logEvents(p);
            case DESCRIBE_NETWORK_INTERFACES -> filtered("ec2/describe-network-interfaces", "NetworkInterfaces", p);
            case DESCRIBE_SECURITY_GROUP_RULES ->
                filtered("ec2/describe-security-group-rules", "SecurityGroupRules", p);
            case DESCRIBE_SUBNETS -> filtered("ec2/describe-subnets", "Subnets", p);
            case DESCRIBE_NETWORK_ACLS -> filtered("ec2/describe-network-acls", "NetworkAcls", p);
            case DESCRIBE_ROUTE_TABLES -> filtered("ec2/describe-route-tables", "RouteTables", p);
            case GET_CALLER_IDENTITY ->
                OrderedMap.of(
                        "UserId", "AIDA", "Account", "111122223333", "Arn", "arn:aws:iam::111122223333:user/oncall");
            case START_QUERY, GET_QUERY_RESULTS, STOP_QUERY ->
                throw failure(AwsFailure.Kind.REFUSED, "InvalidOperationException");
        };
    }

    static AwsFailure failure(AwsFailure.Kind kind, String code) {
        return new AwsFailure(kind, code, "as the test wants it", new IllegalStateException());
    }

    private void known(String cluster) throws AwsFailure {
        boolean exists = elements("ecs/describe-services", "services").stream().anyMatch(s -> in(s, cluster));
        if (!exists) {
            throw failure(AwsFailure.Kind.NOT_FOUND, "ClusterNotFoundException");
        }
    }

    private static boolean in(Map<String, Object> thing, String cluster) {
        return name(text(thing, "clusterArn")).equals(cluster);
    }

    private Map<String, Object> whole(String path, String member) {
        return documents.getOrDefault(path + ".json", OrderedMap.of(member, List.of()));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> elements(String path, String member) {
        return (List<Map<String, Object>>) whole(path, member).get(member);
    }

    private List<Object> arns(String path, String member, String arn, Predicate<Map<String, Object>> which) {
        return elements(path, member).stream()
                .filter(which)
                .map(e -> e.get(arn))
                .toList();
    }

    private Map<String, Object> described(
            String path, String member, Predicate<Map<String, Object>> which, List<String> asked, String id) {
        List<Map<String, Object>> found =
                elements(path, member).stream().filter(which).toList();
        List<Object> failures = new ArrayList<>();
        for (String arn : asked) {
            if (found.stream().noneMatch(f -> name(text(f, id)).equals(name(arn)))) {
                failures.add(OrderedMap.of("arn", arn, "reason", "MISSING"));
            }
        }
        return OrderedMap.of(member, found, "failures", failures);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> one(String folder, String member, Predicate<Map<String, Object>> which)
            throws AwsFailure {
        for (Map.Entry<String, Map<String, Object>> file : documents.entrySet()) {
            if (file.getKey().startsWith(folder)
                    && which.test((Map<String, Object>) file.getValue().get(member))) {
                return file.getValue();
            }
        }
        throw failure(AwsFailure.Kind.NOT_FOUND, "NotFound");
    }

    private static boolean matches(Map<String, Object> metric, Map<String, Object> p) {
        return text(p, "Namespace").equals(metric.get("Namespace"))
                && Field.of(p).at("Dimensions").items().stream()
                        .allMatch(wanted -> Field.of(metric).at("Dimensions").items().stream()
                                .anyMatch(has -> has.at("Name")
                                                .textOrEmpty()
                                                .equals(wanted.at("Name").textOrEmpty())
                                        && (wanted.at("Value").text().isEmpty()
                                                || has.at("Value")
                                                        .text()
                                                        .equals(wanted.at("Value")
                                                                .text()))));
    }

    private Map<String, Object> metricData(Map<String, Object> p) {
        List<Object> results = new ArrayList<>();
        for (Field query : Field.of(p).at("MetricDataQueries").items()) {
            Map<String, Object> found = elements("cloudwatch/get-metric-data", "MetricDataResults").stream()
                    .filter(series ->
                            series.get("Label").equals(query.at("Label").textOrEmpty()))
                    .findFirst()
                    .orElse(Map.of("Timestamps", List.of(), "Values", List.of(), "StatusCode", "Complete"));
            Map<String, Object> result = OrderedMap.of(
                    "Id",
                    query.at("Id").textOrEmpty(),
                    "Label",
                    query.at("Label").textOrEmpty());
            List.of("Timestamps", "Values", "StatusCode").forEach(member -> result.put(member, found.get(member)));
            results.add(result);
        }
        return OrderedMap.of("MetricDataResults", results, "Messages", List.of());
    }

    private Map<String, Object> logEvents(Map<String, Object> p) {
        long from = ((Number) p.get("startTime")).longValue();
        long to = ((Number) p.get("endTime")).longValue();
        List<Object> found = new ArrayList<>();
        for (Event event : events) {
            if (event.at() >= from && event.at() <= to && event.stream().startsWith(text(p, "logStreamNamePrefix"))) {
                Map<String, Object> e = OrderedMap.of(
                        "logStreamName", event.stream(), "timestamp", event.at(), "message", event.message());
                e.put("eventId", event.id());
                found.add(e);
            }
        }
        return OrderedMap.of("events", found, "searchedLogStreams", List.of());
    }

    private Map<String, Object> filtered(String path, String member, Map<String, Object> p) {
        return OrderedMap.of(
                member,
                elements(path, member).stream()
                        .filter(e -> Field.of(p).at("Filters").items().stream().allMatch(f -> {
                            Set<String> values = new HashSet<>();
                            attribute(Field.of(e), f.at("Name").textOrEmpty(), values);
                            return f.at("Values").texts().stream().anyMatch(values::contains);
                        }))
                        .toList());
    }

    private static boolean lookedUp(Map<String, Object> event, Map<String, Object> p) {
        Field wanted = Field.of(p).at("LookupAttributes").items().get(0);
        String value = wanted.at("AttributeValue").textOrEmpty();
        Instant at = java.time.OffsetDateTime.parse(text(event, "EventTime")).toInstant();
        boolean named = wanted.at("AttributeKey").textOrEmpty().equals("ResourceName")
                ? Field.of(event).at("Resources").items().stream()
                        .anyMatch(r -> r.at("ResourceName").textOrEmpty().equals(value))
                : text(event, "EventName").equals(value);
        return named && !at.isBefore((Instant) p.get("StartTime")) && !at.isAfter((Instant) p.get("EndTime"));
    }

    private static void attribute(Field e, String filter, Set<String> values) {
        switch (filter) {
            case "network-interface-id" -> values.add(e.at("NetworkInterfaceId").textOrEmpty());
            case "private-ip-address" -> values.add(e.at("PrivateIpAddress").textOrEmpty());
            case "group-id" -> values.add(e.at("GroupId").textOrEmpty());
            case "subnet-id" -> values.add(e.at("SubnetId").textOrEmpty());
            case "vpc-id" -> values.add(e.at("VpcId").textOrEmpty());
            case "association.subnet-id" ->
                e.at("Associations")
                        .items()
                        .forEach(a -> values.add(a.at("SubnetId").textOrEmpty()));
            case "association.main" ->
                e.at("Associations")
                        .items()
                        .forEach(a -> values.add(a.at("Main").isTrue() ? "true" : "false"));
            default -> throw new IllegalArgumentException(filter);
        }
    }

    private static String name(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    private static String text(Map<String, Object> map, String key) {
        return Objects.toString(map.get(key), "");
    }

    @SuppressWarnings("unchecked")
    private static List<String> texts(Map<String, Object> map, String key) {
        return (List<String>) map.getOrDefault(key, List.of());
    }
}
