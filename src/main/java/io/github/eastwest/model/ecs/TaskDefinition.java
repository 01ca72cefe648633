package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A task definition revision.
 *
 * @param family its family
 * @param revision its revision
 * @param networkMode awsvpc, bridge, …; empty when absent
 * @param cpuUnits task CPU units
 * @param memoryMiB task memory
 * @param containers its containers
 * @param registeredAt when it was registered
 * @param appMesh whether it carries an App Mesh proxy configuration
 */
public record TaskDefinition(
        String family,
        int revision,
        String networkMode,
        OptionalInt cpuUnits,
        OptionalInt memoryMiB,
        List<ContainerDefinition> containers,
        Optional<Instant> registeredAt,
        boolean appMesh) {
    public TaskDefinition {
        containers = List.copyOf(containers);
    }

    /** {@code family:revision}. */
    public String id() {
        return family + ":" + revision;
    }

    /** All port mappings of all containers. */
    public List<PortMapping> portMappings() {
        return containers.stream().flatMap(c -> c.portMappings().stream()).toList();
    }

    /**
     * A container's definition.
     *
     * @param name its name
     * @param image image reference
     * @param essential whether the task stops with it
     * @param portMappings its ports
     * @param environment plain environment variables (never secrets)
     * @param healthCheck whether ECS checks its health
     * @param ending what happens when it ends
     * @param limits what it reserves of the task
     */
    public record ContainerDefinition(
            String name,
            String image,
            boolean essential,
            List<PortMapping> portMappings,
            Map<String, String> environment,
            Optional<HealthCheck> healthCheck,
            Ending ending,
            Limits limits) {
        public ContainerDefinition {
            portMappings = List.copyOf(portMappings);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * What happens when a container ends.
     *
     * @param stopTimeoutSeconds seconds between SIGTERM and SIGKILL
     * @param restarts whether a restart policy starts it again within the same task
     */
    public record Ending(OptionalInt stopTimeoutSeconds, boolean restarts) {}

    /**
     * What a container reserves of its task.
     *
     * @param cpuUnits CPU units; empty or 0 when it reserves none of its own
     * @param memoryMiB hard memory limit
     * @param memoryReservationMiB soft memory limit
     */
    public record Limits(OptionalInt cpuUnits, OptionalInt memoryMiB, OptionalInt memoryReservationMiB) {}

    /**
     * A container port.
     *
     * @param name what Service Connect's {@code portName} refers to; empty when unnamed
     * @param containerPort the port the application listens on
     * @param protocol tcp or udp
     * @param appProtocol http, http2 or grpc; empty means plain TCP
     */
    public record PortMapping(
            Optional<String> name, int containerPort, String protocol, Optional<String> appProtocol) {}

    /** A container health check; times in seconds. */
    public record HealthCheck(
            List<String> command, int intervalSeconds, int timeoutSeconds, int retries, int startPeriodSeconds) {
        public HealthCheck {
            command = List.copyOf(command);
        }
    }
}
