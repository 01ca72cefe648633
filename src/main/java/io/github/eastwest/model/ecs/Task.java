package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A task ({@code DescribeTasks}).
 *
 * @param id task id, the last part of its ARN and of its log streams' names
 * @param service name of its ECS service; empty for a standalone task
 * @param taskDefinition {@code family:revision}
 * @param deploymentId {@code startedBy}
 * @param placement where it runs
 * @param state what ECS says of it
 * @param lifecycle when what happened
 * @param containers application containers and the Service Connect proxy
 */
public record Task(
        String id,
        String service,
        String taskDefinition,
        String deploymentId,
        Placement placement,
        State state,
        Lifecycle lifecycle,
        List<Container> containers) {
    public Task {
        containers = List.copyOf(containers);
    }

    /**
     * Where a task runs.
     *
     * @param address private IPv4 address
     * @param availabilityZone its zone
     * @param subnetId its subnet
     * @param interfaceId its network interface
     */
    public record Placement(
            Optional<String> address,
            Optional<String> availabilityZone,
            Optional<String> subnetId,
            Optional<String> interfaceId) {}

    /**
     * What ECS says of a task.
     *
     * @param lastStatus PROVISIONING … RUNNING … STOPPED
     * @param health HEALTHY, UNHEALTHY or UNKNOWN
     * @param stopCode why it stopped, such as EssentialContainerExited; empty while it runs
     * @param stoppedReason ECS's words; empty while it runs
     * @param serviceConnectProxy name of its Service Connect container; empty when it has none
     * @param cpuUnits task CPU units
     * @param memoryMiB task memory
     */
    public record State(
            String lastStatus,
            String health,
            String stopCode,
            String stoppedReason,
            Optional<String> serviceConnectProxy,
            OptionalInt cpuUnits,
            OptionalInt memoryMiB) {}

    /** When what happened to a task. */
    public record Lifecycle(
            Optional<Instant> createdAt,
            Optional<Instant> startedAt,
            Optional<Instant> stoppingAt,
            Optional<Instant> executionStoppedAt,
            Optional<Instant> stoppedAt) {}

    /**
     * A container of a task.
     *
     * @param name its name
     * @param lastStatus RUNNING, STOPPED, …
     * @param health HEALTHY, UNHEALTHY or UNKNOWN
     * @param exitCode exit code once stopped
     * @param reason ECS's words, such as OutOfMemoryError: …; empty when none
     * @param image image reference; empty for the proxy
     */
    public record Container(
            String name, String lastStatus, String health, OptionalInt exitCode, String reason, String image) {}

    /** Whether it runs. */
    public boolean running() {
        return state.lastStatus().equals("RUNNING");
    }

    /** Whether it has stopped. */
    public boolean stopped() {
        return state.lastStatus().equals("STOPPED");
    }

    /** Its containers without the Service Connect proxy. */
    public List<Container> applicationContainers() {
        return containers.stream()
                .filter(c -> !c.name().equals(state.serviceConnectProxy().orElse(""))
                        && !c.name().startsWith("ecs-service-connect-"))
                .toList();
    }
}
