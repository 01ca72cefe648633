package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An ECS service ({@code DescribeServices}).
 *
 * @param name service name
 * @param cluster cluster name
 * @param status ACTIVE, DRAINING or INACTIVE
 * @param tasks desired, running and pending tasks
 * @param deployments PRIMARY first
 * @param events newest first, at most 100
 * @param createdAt when the service was created
 * @param routing what else can carry calls to it
 */
public record Service(
        String name,
        String cluster,
        String status,
        TaskCounts tasks,
        List<Deployment> deployments,
        List<ServiceEvent> events,
        Optional<Instant> createdAt,
        Routing routing) {
    public Service {
        deployments = List.copyOf(deployments);
        events = List.copyOf(events);
    }

    /** Numbers of tasks. */
    public record TaskCounts(int desired, int running, int pending) {}

    /** A line of the service's event list. */
    public record ServiceEvent(Instant at, String message) {}

    /**
     * What else can carry calls to the service.
     *
     * @param loadBalancers whether it is behind a load balancer
     * @param registryIds Cloud Map service ids under which it is registered for DNS discovery ({@code
     *     serviceRegistries}); empty ids where the answer has none
     * @param vpcLattice whether it has VPC Lattice target groups
     */
    public record Routing(boolean loadBalancers, List<String> registryIds, boolean vpcLattice) {
        public Routing {
            registryIds = List.copyOf(registryIds);
        }
    }

    /** The PRIMARY deployment. */
    public Optional<Deployment> primary() {
        return deployments.stream().filter(d -> d.status().equals("PRIMARY")).findFirst();
    }

    /** Service Connect of the PRIMARY deployment; empty when that deployment has none. */
    public Optional<ServiceConnect> serviceConnect() {
        return primary().flatMap(Deployment::serviceConnect);
    }
}
