package io.github.eastwest.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What ECS says of a recording's callee, as far as a fault that is injected must respect it. */
final class Callee {
    private static final long DEFAULT_TIMEOUT_MILLIS = 15_000;

    private final String name;
    private final JsonNode services;
    private final Map<String, String> runningRevisions = new HashMap<>();
    private final int revisions;

    Callee(Donor donor) {
        name = donor.callee();
        services = read(donor, "ecs/describe-services.json");
        List<JsonNode> tasks = read(donor, "ecs/describe-tasks.json")
                .path("tasks")
                .valueStream()
                .filter(t -> t.path("group").asString("").equals("service:" + name))
                .toList();
        revisions = (int) tasks.stream()
                .map(t -> t.path("taskDefinitionArn").asString(""))
                .distinct()
                .count();
        for (JsonNode task : tasks) {
            if (task.path("lastStatus").asString("").equals("RUNNING")) {
                task.findValuesAsString("privateIPv4Address")
                        .forEach(a -> runningRevisions.put(
                                a, task.path("taskDefinitionArn").asString("")));
                task.path("attachments")
                        .valueStream()
                        .flatMap(a -> a.path("details").valueStream())
                        .filter(d -> d.path("name").asString("").equals("privateIPv4Address"))
                        .forEach(d -> runningRevisions.put(
                                d.path("value").asString(""),
                                task.path("taskDefinitionArn").asString("")));
            }
        }
    }

    private static JsonNode read(Donor donor, String path) {
        String text = donor.files().get(path);
        return JsonMapper.shared().readTree(text == null ? "{}" : text);
    }

    String name() {
        return name;
    }

    /** Task definitions of its tasks, running and stopped. */
    int revisions() {
        return revisions;
    }

    long requestTimeoutMillis() {
        return services.path("services")
                .valueStream()
                .filter(s -> s.path("serviceName").asString("").equals(name))
                .flatMap(s -> s.findValues("perRequestTimeoutSeconds").stream())
                .mapToLong(seconds -> seconds.asLong() * 1000)
                .findFirst()
                .orElse(DEFAULT_TIMEOUT_MILLIS);
    }

    /** The calls of each task that runs on and has another one of its revision beside it. */
    List<List<Lines.Call>> replicas(List<Lines.Call> calls) {
        Map<String, List<Lines.Call>> byHost = new TreeMap<>();
        calls.forEach(
                c -> byHost.computeIfAbsent(c.host(), h -> new ArrayList<>()).add(c));
        Map<String, Integer> hosts = new HashMap<>();
        byHost.keySet().forEach(h -> hosts.merge(revision(h), 1, Integer::sum));
        return byHost.entrySet().stream()
                .filter(e -> !revision(e.getKey()).isEmpty() && hosts.get(revision(e.getKey())) >= 2)
                .map(Map.Entry::getValue)
                .toList();
    }

    private String revision(String host) {
        int colon = host.lastIndexOf(':');
        return runningRevisions.getOrDefault(colon < 0 ? host : host.substring(0, colon), "");
    }
}
