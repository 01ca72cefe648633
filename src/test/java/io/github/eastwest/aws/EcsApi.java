package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Amazon ECS, as far as it reads. */
final class EcsApi {
    private final ServedBundle bundle;
    private final Settings settings;

    EcsApi(ServedBundle bundle, Settings settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    Map<String, Object> answer(ApiCall call) {
        return switch (call.operation()) {
            case "ListClusters" -> page(call, "clusterArns", 100, clusterArns());
            case "DescribeClusters" -> describeClusters(call);
            case "ListServices" -> listServices(call);
            case "DescribeServices" -> describeServices(call);
            case "ListServicesByNamespace" -> listServicesByNamespace(call);
            case "ListTasks" -> listTasks(call);
            case "DescribeTasks" -> describeTasks(call);
            case "DescribeTaskDefinition" -> describeTaskDefinition(call);
            case "ListServiceDeployments" -> listServiceDeployments(call);
            case "DescribeServiceDeployments" ->
                described(call, "serviceDeploymentArns", "serviceDeployments", "serviceDeploymentArn");
            case "DescribeServiceRevisions" ->
                described(call, "serviceRevisionArns", "serviceRevisions", "serviceRevisionArn");
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        };
    }

    // ---- clusters

    private List<Map<String, Object>> services() {
        return bundle.items("ecs/describe-services", "services");
    }

    private List<String> clusterArns() {
        Set<String> arns = new LinkedHashSet<>();
        services().forEach(s -> arns.add(text(s, "clusterArn")));
        try {
            bundle.items("ecs/describe-clusters", "clusters").forEach(c -> arns.add(text(c, "clusterArn")));
        } catch (ApiError e) {
            // DescribeClusters may be refused where ListClusters is not.
        }
        return List.copyOf(arns);
    }

    /** The ARN of the cluster that the request names, by default {@code default}. */
    private String cluster(ApiCall call) {
        String asked = call.text("cluster").orElse("default");
        return clusterArns().stream()
                .filter(arn -> named(arn, asked))
                .findFirst()
                .orElseThrow(() -> ApiError.of("ClusterNotFoundException", "Cluster not found."));
    }

    private Map<String, Object> describeClusters(ApiCall call) {
        List<String> asked = call.has("clusters") ? call.texts("clusters") : List.of("default");
        atMost(asked, 100, "Clusters", call);
        Set<String> include = included(call, Set.of("ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"));
        List<Map<String, Object>> known = bundle.items("ecs/describe-clusters", "clusters");
        List<Map<String, Object>> found = new ArrayList<>();
        List<Map<String, Object>> failures = new ArrayList<>();
        for (String name : asked) {
            known.stream()
                    .filter(c -> named(text(c, "clusterArn"), name))
                    .findFirst()
                    .ifPresentOrElse(
                            c -> found.add(onlyIncluded(
                                    c,
                                    include,
                                    Map.of("settings", "SETTINGS", "statistics", "STATISTICS", "tags", "TAGS"))),
                            () -> failures.add(missing(arn("cluster/" + name, name))));
        }
        return answer("clusters", found, failures);
    }

    // ---- services

    private Map<String, Object> listServices(ApiCall call) {
        String cluster = cluster(call);
        List<String> arns = services().stream()
                .filter(s -> text(s, "clusterArn").equals(cluster))
                .filter(s -> call.text("launchType")
                        .map(t -> t.equals(s.get("launchType")))
                        .orElse(true))
                .map(s -> text(s, "serviceArn"))
                .toList();
        return page(call, "serviceArns", 10, arns);
    }

    private Map<String, Object> describeServices(ApiCall call) {
        String cluster = cluster(call);
        List<String> asked = call.texts("services");
        if (asked.isEmpty()) {
            throw call.invalid("Services cannot be empty.");
        }
        atMost(asked, 10, "Services", call);
        Set<String> include = included(call, Set.of("TAGS"));
        List<Map<String, Object>> found = new ArrayList<>();
        List<Map<String, Object>> failures = new ArrayList<>();
        for (String name : asked) {
            services().stream()
                    .filter(s -> text(s, "clusterArn").equals(cluster) && named(text(s, "serviceArn"), name))
                    .findFirst()
                    .ifPresentOrElse(
                            s -> found.add(include.isEmpty() ? without(s, "tags") : s),
                            () -> failures.add(missing(arn("service/" + lastPart(cluster) + "/" + name, name))));
        }
        return answer("services", found, failures);
    }

    private Map<String, Object> listServicesByNamespace(ApiCall call) {
        String asked = call.required("namespace");
        boolean known = bundle.items("servicediscovery/list-namespaces", "Namespaces").stream()
                .anyMatch(n -> asked.equals(n.get("Arn")) || asked.equals(n.get("Name")));
        if (!known) {
            throw ApiError.of("NamespaceNotFoundException", "The specified namespace wasn't found.");
        }
        return page(
                call,
                "serviceArns",
                10,
                bundle.document("ecs/list-services-by-namespace")
                        .map(d -> Documents.texts(d, "serviceArns"))
                        .orElse(List.of()));
    }

    // ---- tasks

    private List<Map<String, Object>> tasks() {
        return bundle.items("ecs/describe-tasks", "tasks");
    }

    private Map<String, Object> listTasks(ApiCall call) {
        String cluster = cluster(call);
        Optional<String> service = call.text("serviceName").map(EcsApi::lastPart);
        service.ifPresent(name -> services().stream()
                .filter(s -> text(s, "clusterArn").equals(cluster) && name.equals(s.get("serviceName")))
                .findFirst()
                .orElseThrow(() -> ApiError.of("ServiceNotFoundException", "Service not found.")));
        String status = call.text("desiredStatus").orElse("RUNNING");
        if (!Set.of("RUNNING", "PENDING", "STOPPED").contains(status)) {
            throw call.invalid("desiredStatus " + status);
        }
        List<String> arns = tasks().stream()
                .filter(t -> text(t, "clusterArn").equals(cluster))
                .filter(t -> service.map(s -> ("service:" + s).equals(t.get("group")))
                        .orElse(true))
                .filter(t -> status.equals(t.get("desiredStatus")))
                .filter(t -> call.text("family")
                        .map(f -> lastPart(text(t, "taskDefinitionArn")).startsWith(f + ":"))
                        .orElse(true))
                .filter(t -> call.text("startedBy")
                        .map(s -> s.equals(t.get("startedBy")))
                        .orElse(true))
                .map(t -> text(t, "taskArn"))
                .toList();
        return page(call, "taskArns", 100, arns);
    }

    private Map<String, Object> describeTasks(ApiCall call) {
        String cluster = cluster(call);
        List<String> asked = call.texts("tasks");
        if (asked.isEmpty()) {
            throw call.invalid("Tasks cannot be empty.");
        }
        atMost(asked, 100, "Tasks", call);
        Set<String> include = included(call, Set.of("TAGS"));
        List<Map<String, Object>> found = new ArrayList<>();
        List<Map<String, Object>> failures = new ArrayList<>();
        for (String name : asked) {
            tasks().stream()
                    .filter(t -> text(t, "clusterArn").equals(cluster) && named(text(t, "taskArn"), name))
                    .findFirst()
                    .ifPresentOrElse(
                            t -> found.add(onlyIncluded(t, include, Map.of("tags", "TAGS"))),
                            () -> failures.add(missing(arn("task/" + lastPart(cluster) + "/" + name, name))));
        }
        return answer("tasks", found, failures);
    }

    private Map<String, Object> describeTaskDefinition(ApiCall call) {
        String asked = lastPart(call.required("taskDefinition"));
        Set<String> include = included(call, Set.of("TAGS"));
        return bundle.answers("ecs/describe-task-definition").stream()
                .filter(d -> {
                    String name = lastPart(text(Documents.structure(d.get("taskDefinition")), "taskDefinitionArn"));
                    return name.equals(asked)
                            || name.substring(0, name.lastIndexOf(':')).equals(asked);
                })
                // A family alone means its newest revision.
                .max(Comparator.comparing(d -> new java.math.BigDecimal(Documents.structure(d.get("taskDefinition"))
                        .get("revision")
                        .toString())))
                .map(d -> include.isEmpty() ? without(d, "tags") : d)
                .orElseThrow(() -> ApiError.of("ClientException", "Unable to describe task definition."));
    }

    // ---- deployments

    private Map<String, Object> listServiceDeployments(ApiCall call) {
        String cluster = cluster(call);
        String asked = call.required("service");
        Map<String, Object> service = services().stream()
                .filter(s -> text(s, "clusterArn").equals(cluster) && named(text(s, "serviceArn"), asked))
                .findFirst()
                .orElseThrow(() -> ApiError.of("ServiceNotFoundException", "Service not found."));
        Set<String> statuses = Set.copyOf(call.texts("status"));
        Optional<Map<String, Object>> created =
                Optional.ofNullable(call.parameters().get("createdAt")).map(Documents::structure);
        Optional<Instant> after = created.map(c -> (Instant) c.get("after"));
        Optional<Instant> before = created.map(c -> (Instant) c.get("before"));
        List<Map<String, Object>> briefs =
                bundle.items("ecs/describe-service-deployments", "serviceDeployments").stream()
                        .filter(d -> service.get("serviceArn").equals(d.get("serviceArn")))
                        .filter(d -> statuses.isEmpty() || statuses.contains(text(d, "status")))
                        .filter(d -> after.map(a -> !createdAt(d).isBefore(a)).orElse(true))
                        .filter(d -> before.map(b -> !createdAt(d).isAfter(b)).orElse(true))
                        .sorted(Comparator.comparing(EcsApi::createdAt).reversed())
                        .map(EcsApi::brief)
                        .toList();
        return page(call, "serviceDeployments", 20, briefs);
    }

    private static Instant createdAt(Map<String, Object> deployment) {
        return Shape.instant(text(deployment, "createdAt"));
    }

    private static Map<String, Object> brief(Map<String, Object> deployment) {
        Map<String, Object> brief = new LinkedHashMap<>();
        for (String member :
                List.of("serviceDeploymentArn", "serviceArn", "clusterArn", "startedAt", "createdAt", "finishedAt")) {
            Optional.ofNullable(deployment.get(member)).ifPresent(value -> brief.put(member, value));
        }
        Optional.ofNullable(deployment.get("targetServiceRevision"))
                .ifPresent(r -> brief.put("targetServiceRevisionArn", text(Documents.structure(r), "arn")));
        for (String member : List.of("status", "statusReason")) {
            Optional.ofNullable(deployment.get(member)).ifPresent(value -> brief.put(member, value));
        }
        return brief;
    }

    private Map<String, Object> described(ApiCall call, String asked, String member, String key) {
        List<String> arns = call.texts(asked);
        if (arns.isEmpty()) {
            throw call.invalid(asked + " cannot be empty.");
        }
        atMost(arns, 20, asked, call);
        String path = call.operation().contains("Deployments")
                ? "ecs/describe-service-deployments"
                : "ecs/describe-service-revisions";
        Map<String, Map<String, Object>> known = new LinkedHashMap<>();
        bundle.items(path, member).forEach(d -> known.put(text(d, key), d));
        List<Map<String, Object>> found = new ArrayList<>();
        List<Map<String, Object>> failures = new ArrayList<>();
        for (String arn : arns) {
            @Nullable Map<String, Object> one = known.get(arn);
            if (one == null) {
                failures.add(missing(arn));
            } else {
                found.add(one);
            }
        }
        return answer(member, found, failures);
    }

    // ---- common

    private Map<String, Object> page(ApiCall call, String member, int defaultSize, List<?> all) {
        int size = call.number("maxResults").orElse(defaultSize);
        if (size < 1 || size > 100) {
            throw call.invalid("maxResults must be between 1 and 100");
        }
        Pages.Page<?> page = Pages.page(
                all, Math.min(size, settings.pageSize()), call, "nextToken", token -> call.invalid("Invalid token"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(member, page.items());
        page.nextToken().ifPresent(token -> answer.put("nextToken", token));
        return answer;
    }

    private static Map<String, Object> answer(
            String member, List<Map<String, Object>> found, List<Map<String, Object>> failures) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(member, found);
        answer.put("failures", failures);
        return answer;
    }

    private static Map<String, Object> missing(String arn) {
        Map<String, Object> failure = new LinkedHashMap<>();
        failure.put("arn", arn);
        failure.put("reason", "MISSING");
        return failure;
    }

    private String arn(String resource, String asked) {
        return asked.startsWith("arn:")
                ? asked
                : "arn:aws:ecs:" + bundle.region() + ":" + bundle.account() + ":" + resource;
    }

    private static void atMost(List<String> asked, int most, String what, ApiCall call) {
        if (asked.size() > most) {
            throw call.invalid(what + " cannot have more than " + most + " elements");
        }
    }

    private static Set<String> included(ApiCall call, Set<String> known) {
        Set<String> include = Set.copyOf(call.texts("include"));
        include.stream().filter(i -> !known.contains(i)).findFirst().ifPresent(i -> {
            throw call.invalid("include " + i);
        });
        return include;
    }

    /** Lists that AWS sends empty unless the request includes them. */
    private static Map<String, Object> onlyIncluded(
            Map<String, Object> document, Set<String> include, Map<String, String> members) {
        Map<String, Object> copy = new LinkedHashMap<>(document);
        members.forEach((member, name) -> {
            if (copy.containsKey(member) && !include.contains(name)) {
                copy.put(member, List.of());
            }
        });
        return copy;
    }

    private static Map<String, Object> without(Map<String, Object> document, String member) {
        Map<String, Object> copy = new LinkedHashMap<>(document);
        copy.remove(member);
        return copy;
    }

    /** Whether a resource is asked for by its ARN or its name. */
    private static boolean named(String arn, String asked) {
        return arn.equals(asked) || lastPart(arn).equals(asked);
    }

    static String lastPart(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    /** All deployments of the services. */
    List<Map<String, Object>> deployments() {
        return services().stream()
                .flatMap(s -> structures(s, "deployments").stream())
                .toList();
    }

    /** The Service Connect configurations of all deployments and revisions. */
    List<Map<String, Object>> serviceConnectConfigurations() {
        List<Map<String, Object>> configurations = new ArrayList<>(deployments());
        try {
            configurations.addAll(bundle.items("ecs/describe-service-revisions", "serviceRevisions"));
        } catch (ApiError e) {
            // The services alone do.
        }
        return configurations.stream()
                .map(d -> d.get("serviceConnectConfiguration"))
                .filter(Objects::nonNull)
                .map(Documents::structure)
                .toList();
    }
}
