package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What Cloud Map knows of the edge.
 *
 * @param namespaces namespaces
 * @param services services (endpoints)
 * @param instances registered instances
 */
public record CloudMap(List<Namespace> namespaces, List<DiscoveryService> services, List<Instance> instances) {
    public CloudMap {
        namespaces = List.copyOf(namespaces);
        services = List.copyOf(services);
        instances = List.copyOf(instances);
    }

    /** A namespace; {@code httpName} is what DiscoverInstances wants. */
    public record Namespace(String id, String arn, String name, String type, Optional<String> httpName) {}

    /** A Cloud Map service; Service Connect makes one per endpoint. */
    public record DiscoveryService(
            String id, String name, String type, Optional<String> namespaceId, Optional<Instant> createdAt) {}

    /**
     * A registered instance; Service Connect registers each task.
     *
     * @param id instance id, for Service Connect the task id
     * @param namespace namespace name
     * @param service Cloud Map service name
     * @param address private IPv4 address
     * @param port registered port
     * @param health HEALTHY, UNHEALTHY or UNKNOWN
     * @param ecsService name of the ECS service that it says it belongs to; empty when it does not say
     */
    public record Instance(
            String id,
            String namespace,
            String service,
            Optional<String> address,
            OptionalInt port,
            String health,
            String ecsService) {}
}
