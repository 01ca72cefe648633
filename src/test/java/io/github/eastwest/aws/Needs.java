package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of an account's documents an edge needs, by one rule: a thing is needed if it belongs to the caller or the callee, or
 * if one of them names it. Of the other services of their namespace the configuration is needed too, since a name of theirs
 * may be the callee's; their tasks, deployments and definitions are not.
 */
final class Needs {
    private final ServedBundle account;
    private final List<Map<String, Object>> ends;
    private final String named;

    Needs(ServedBundle account) {
        this.account = account;
        this.ends = read("ecs/describe-services", "services").stream()
                .filter(this::isEnd)
                .toList();
        this.named = ends.toString();
    }

    /** What the account lists; nothing where that may not be read. */
    private List<Map<String, Object>> read(String operation, String member) {
        try {
            return account.items(operation, member);
        } catch (ApiError denied) {
            return List.of();
        }
    }

    private boolean isEnd(Map<String, Object> service) {
        String name = EcsApi.lastPart(text(service, "serviceArn"));
        return text(service, "clusterArn").endsWith("/" + account.edge("cluster"))
                && (name.equals(account.edge("caller")) || name.equals(account.edge("callee")));
    }

    /** Whether a document is needed, by its path without extension. */
    boolean document(String path) {
        String key = path.substring(path.lastIndexOf('/') + 1);
        return switch (path.substring(0, path.length() - key.length())) {
            case "servicediscovery/get-service/" -> named.contains("service/" + key);
            case "servicediscovery/discover-instances/" -> named.contains("discoveryName=" + key);
            case "ecs/describe-task-definition/" -> definitions().contains(key);
            // GetService tells more than the list of services.
            case "servicediscovery/" -> !key.equals("list-services");
            case "logs/" -> named.contains("logConfiguration");
            default -> true;
        };
    }

    /** Names of the task definitions of the ends, as files are named. */
    private Set<String> definitions() {
        Set<String> names = new HashSet<>();
        Stream.of(
                        ends.stream(),
                        ends.stream().flatMap(end -> structures(end, "deployments").stream()),
                        read("ecs/describe-service-revisions", "serviceRevisions").stream()
                                .filter(this::ofEnd),
                        read("ecs/describe-tasks", "tasks").stream().filter(this::ofEnd))
                .flatMap(users -> users)
                .flatMap(user -> Stream.of("taskDefinition", "taskDefinitionArn")
                        .flatMap(member -> Optional.ofNullable(user.get(member)).stream()))
                .forEach(arn -> names.add(EcsApi.lastPart(arn.toString()).replace(':', '_')));
        return names;
    }

    /** Whether a task, a deployment or a revision is one of the caller or the callee. */
    private boolean ofEnd(Map<String, Object> thing) {
        return ends.stream()
                .anyMatch(end -> thing.containsKey("group")
                        ? thing.get("group").equals("service:" + end.get("serviceName"))
                                && thing.get("clusterArn").equals(end.get("clusterArn"))
                        : end.get("serviceArn").equals(thing.get("serviceArn")));
    }

    /** A document with what is needed of its lists. */
    Map<String, Object> part(String path, Map<String, Object> document) {
        Map<String, Object> part = new LinkedHashMap<>(document);
        part.replaceAll((member, value) -> value instanceof List<?> list && !member.equals("failures")
                ? list.stream().filter(element -> element(path, element)).toList()
                : value);
        return part;
    }

    private boolean element(String path, Object element) {
        return switch (path) {
            case "ecs/describe-services" ->
                isEnd(Documents.structure(element))
                        || account.document("ecs/list-services-by-namespace")
                                .map(d -> Documents.texts(d, "serviceArns"))
                                .orElse(List.of())
                                .contains(text(Documents.structure(element), "serviceArn"));
            case "ecs/describe-tasks", "ecs/describe-service-deployments", "ecs/describe-service-revisions" ->
                ofEnd(Documents.structure(element));
            case "cloudwatch/list-metrics" -> metric(Documents.structure(element));
            case "ec2/describe-security-group-rules" ->
                named.contains(text(Documents.structure(element), "GroupId"))
                        || read("ec2/describe-network-interfaces", "NetworkInterfaces").stream()
                                .anyMatch(face -> structures(face, "Groups").stream()
                                        .anyMatch(group -> text(group, "GroupId")
                                                .equals(text(Documents.structure(element), "GroupId"))));
            case "cloudtrail/lookup-events" -> event(Documents.structure(element));
            case "application-autoscaling/describe-scaling-activities" ->
                ends.stream()
                        .anyMatch(end ->
                                text(end, "serviceArn").endsWith(text(Documents.structure(element), "ResourceId")));
            // Groups are asked for by what their names begin with.
            case "logs/describe-log-groups" ->
                logGroups().anyMatch(text(Documents.structure(element), "logGroupName")::startsWith);
            default -> true;
        };
    }

    /** Events from an hour before the window on that changed a group, an ACL or a table of the ends, or may have. */
    private boolean event(Map<String, Object> event) {
        Instant at = Shape.instant(String.valueOf(event.get("EventTime")));
        boolean byName = List.of("ModifySecurityGroupRules", "UpdateService").contains(text(event, "EventName"));
        String network = named
                + read("ec2/describe-network-interfaces", "NetworkInterfaces")
                + read("ec2/describe-network-acls", "NetworkAcls")
                + read("ec2/describe-route-tables", "RouteTables");
        return !at.isBefore(account.from().minus(Duration.ofHours(1)))
                && !at.isAfter(account.to())
                && (byName
                        || structures(event, "Resources").stream()
                                .anyMatch(r -> network.contains(text(r, "ResourceName"))));
    }

    private Stream<String> logGroups() {
        return ends.stream()
                .flatMap(end -> structures(end, "deployments").stream())
                .map(deployment -> member(member(deployment, "serviceConnectConfiguration"), "logConfiguration"))
                .flatMap(log -> Optional.ofNullable(member(log, "options").get("awslogs-group")).stream())
                .map(String.class::cast);
    }

    private static Map<String, Object> member(Map<String, Object> structure, String name) {
        return Documents.structure(structure.getOrDefault(name, Map.of()));
    }

    /** The caller's metrics of calls, the callee's of its endpoints, and who else has metrics under those names. */
    private boolean metric(Map<String, Object> metric) {
        Map<String, String> dimensions = new LinkedHashMap<>();
        structures(metric, "Dimensions").forEach(d -> dimensions.put(text(d, "Name"), text(d, "Value")));
        return dimensions.containsKey("TargetDiscoveryName") && isEnd(dimensions, "caller")
                || dimensions.containsKey("DiscoveryName") && isEnd(dimensions, "callee")
                || isCalleeName(dimensions);
    }

    private boolean isEnd(Map<String, String> dimensions, String side) {
        return account.edge(side).equals(dimensions.get("ServiceName"))
                && account.edge("cluster").equals(dimensions.get("ClusterName"));
    }

    private boolean isCalleeName(Map<String, String> dimensions) {
        return ends.stream()
                .filter(end -> account.edge("callee").equals(end.get("serviceName")))
                .flatMap(callee -> structures(callee, "deployments").stream())
                .flatMap(deployment -> structures(deployment, "serviceConnectResources").stream())
                .anyMatch(resource -> text(resource, "discoveryName").equals(dimensions.get("DiscoveryName")));
    }

    /** Whether a series is needed: those of the callee's names alone, and those of the caller and the callee. */
    boolean series(String label) {
        Map<String, String> dimensions = new LinkedHashMap<>();
        for (String dimension : label.substring(label.lastIndexOf(' ') + 1).split(",")) {
            dimensions.put(dimension.split("=")[0], dimension.split("=")[1]);
        }
        return isEnd(dimensions, "caller")
                || isEnd(dimensions, "callee")
                || dimensions.size() == 1 && isCalleeName(dimensions);
    }
}
