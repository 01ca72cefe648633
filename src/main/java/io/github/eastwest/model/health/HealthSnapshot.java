package io.github.eastwest.model.health;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * All that a health bundle says.
 *
 * @param scope what was looked at
 * @param window when
 * @param account where
 * @param coverage what was read
 * @param edges every edge that ListMetrics names, in order of edge
 * @param services the ECS services of the scope; empty both when there are none and when they were not read
 * @param diagnoses folder of the bundle with what was collected of one edge's logs and configuration, by edge
 */
public record HealthSnapshot(
        Scope scope,
        HealthWindow window,
        Snapshot.Account account,
        Coverage coverage,
        List<EdgeTraffic> edges,
        List<Service> services,
        SortedMap<CallEdge, Deep> diagnoses) {
    public HealthSnapshot {
        edges = List.copyOf(edges);
        services = List.copyOf(services);
        diagnoses = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(diagnoses));
    }

    /** What was looked at: a cluster, or a namespace. One of the two is there. */
    public record Scope(Optional<String> cluster, Optional<String> namespace) {
        /** {@code cluster prod}, {@code namespace prod.local}. */
        public String label() {
            return cluster.map(name -> "cluster " + name)
                    .or(() -> namespace.map(name -> "namespace " + name))
                    .orElse("every cluster");
        }
    }

    /**
     * What was collected to diagnose an edge.
     *
     * @param folder folder in the bundle, itself a bundle; empty when nothing was collected
     * @param callee the ECS service behind the target; empty when nothing tells it
     * @param problem why nothing was collected; empty when something was
     */
    public record Deep(String folder, Optional<String> callee, String problem) {}

    /** The service behind a discovery name, as configured; empty when no service read, or several, offer it. */
    public Optional<Service> behind(CallEdge edge) {
        return java.util.Optional.ofNullable(offering(services).get(edge.target()))
                .filter(found -> found.size() == 1)
                .map(found -> found.get(0));
    }

    /** The services by the discovery names that they offer. */
    public static Map<String, List<Service>> offering(List<Service> services) {
        Map<String, List<Service>> offering = new java.util.LinkedHashMap<>();
        for (Service service : services) {
            service.serviceConnect().stream()
                    .flatMap(connect -> connect.endpoints().stream())
                    .map(endpoint -> endpoint.discoveryName())
                    .distinct()
                    .forEach(name -> offering.computeIfAbsent(name, any -> new java.util.ArrayList<>())
                            .add(service));
        }
        return offering;
    }
}
