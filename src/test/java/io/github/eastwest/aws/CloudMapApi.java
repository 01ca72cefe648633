package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.text;
import static io.github.eastwest.aws.Documents.texts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** AWS Cloud Map, as far as it reads. */
final class CloudMapApi {
    private final ServedBundle bundle;
    private final Settings settings;

    CloudMapApi(ServedBundle bundle, Settings settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    Map<String, Object> answer(ApiCall call) {
        return switch (call.operation()) {
            case "ListNamespaces" -> listNamespaces(call);
            case "GetNamespace" -> getNamespace(call);
            case "ListServices" -> listServices(call);
            case "GetService" -> getService(call);
            case "DiscoverInstances" -> discoverInstances(call);
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        };
    }

    private Map<String, Object> listNamespaces(ApiCall call) {
        List<Map<String, Object>> found = filtered(
                bundle.items("servicediscovery/list-namespaces", "Namespaces"),
                call,
                Map.of(
                        "TYPE", n -> text(n, "Type"),
                        "NAME", n -> text(n, "Name"),
                        "HTTP_NAME", CloudMapApi::httpName,
                        "RESOURCE_OWNER", n -> "SELF"));
        return page(call, "Namespaces", found);
    }

    private Map<String, Object> getNamespace(ApiCall call) {
        String id = call.required("Id");
        return bundle.answers("servicediscovery/get-namespace").stream()
                .filter(d -> identified(Documents.structure(d.get("Namespace")), id))
                .findFirst()
                .orElseThrow(() -> ApiError.of("NamespaceNotFound", "Cannot find namespace " + id));
    }

    private Map<String, Object> listServices(ApiCall call) {
        Map<String, String> namespaces = new LinkedHashMap<>();
        bundle.answers("servicediscovery/get-service").stream()
                .map(d -> Documents.structure(d.get("Service")))
                .forEach(s -> namespaces.put(text(s, "Id"), text(s, "NamespaceId", "")));
        List<Map<String, Object>> found = filtered(
                bundle.items("servicediscovery/list-services", "Services"),
                call,
                Map.of(
                        "NAMESPACE_ID", s -> namespaces.getOrDefault(text(s, "Id"), ""),
                        "RESOURCE_OWNER", s -> "SELF"));
        return page(call, "Services", found);
    }

    private Map<String, Object> getService(ApiCall call) {
        String id = call.required("Id");
        return bundle.answers("servicediscovery/get-service").stream()
                .filter(d -> identified(Documents.structure(d.get("Service")), id))
                .findFirst()
                .orElseThrow(() -> ApiError.of("ServiceNotFound", "Cannot find service " + id));
    }

    private Map<String, Object> discoverInstances(ApiCall call) {
        String namespace = call.required("NamespaceName");
        String service = call.required("ServiceName");
        String health = call.text("HealthStatus").orElse("ALL");
        if (!List.of("HEALTHY", "UNHEALTHY", "ALL", "HEALTHY_OR_ELSE_ALL").contains(health)) {
            throw call.invalid("HealthStatus " + health);
        }
        int most = call.number("MaxResults").orElse(100);
        if (most < 1 || most > 1000) {
            throw call.invalid("MaxResults must be between 1 and 1000");
        }
        boolean known = bundle.items("servicediscovery/list-namespaces", "Namespaces").stream()
                .anyMatch(n -> httpName(n).equals(namespace));
        if (!known) {
            throw ApiError.of("NamespaceNotFound", "Cannot find namespace " + namespace);
        }
        Map<String, Object> document = bundle.answer("servicediscovery/discover-instances", service)
                .or(() -> bundle.items("servicediscovery/list-services", "Services").stream()
                        .filter(s -> service.equals(s.get("Name")))
                        .findFirst()
                        .map(s -> Map.of("Instances", List.of(), "InstancesRevision", 0)))
                .orElseThrow(() -> ApiError.of("ServiceNotFound", "Cannot find service " + service));
        // Service Connect's services have no health check: AWS ignores HealthStatus there.
        List<Map<String, Object>> instances = Documents.structures(document, "Instances");
        return Documents.with(document, "Instances", instances.subList(0, Math.min(most, instances.size())));
    }

    private List<Map<String, Object>> filtered(
            List<Map<String, Object>> all, ApiCall call, Map<String, Function<Map<String, Object>, String>> fields) {
        return all.stream()
                .filter(item -> call.structures("Filters").stream().allMatch(filter -> {
                    Function<Map<String, Object>, String> field = Optional.ofNullable(fields.get(text(filter, "Name")))
                            .orElseThrow(() -> call.invalid("filter " + filter.get("Name")));
                    String value = field.apply(item);
                    List<String> wanted = texts(filter, "Values");
                    return switch (text(filter, "Condition", "EQ")) {
                        case "EQ", "IN" -> wanted.contains(value);
                        case "BEGINS_WITH" -> wanted.stream().anyMatch(value::startsWith);
                        default -> throw call.invalid("condition " + filter.get("Condition"));
                    };
                }))
                .toList();
    }

    private Map<String, Object> page(ApiCall call, String member, List<Map<String, Object>> all) {
        int size = call.number("MaxResults").orElse(100);
        if (size < 1 || size > 100) {
            throw call.invalid("MaxResults must be between 1 and 100");
        }
        Pages.Page<Map<String, Object>> page = Pages.page(
                all, Math.min(size, settings.pageSize()), call, "NextToken", token -> call.invalid("NextToken"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(member, page.items());
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }

    private static boolean identified(Map<String, Object> resource, String id) {
        return id.equals(resource.get("Id")) || id.equals(resource.get("Arn"));
    }

    private static String httpName(Map<String, Object> namespace) {
        return text(
                Documents.structure(
                        Documents.structure(namespace.get("Properties")).get("HttpProperties")),
                "HttpName");
    }
}
