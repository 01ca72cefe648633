package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A deployment of a service.
 *
 * @param id {@code ecs-svc/…}, a task's {@code startedBy}
 * @param status PRIMARY, ACTIVE or INACTIVE
 * @param taskDefinition {@code family:revision}
 * @param createdAt when it began
 * @param rollout how far it came
 * @param serviceConnect its Service Connect configuration; empty when it has none
 * @param discoveryIds Cloud Map service ids of its endpoints ({@code serviceConnectResources[].discoveryArn})
 * @param securityGroups security group ids of its tasks
 */
public record Deployment(
        String id,
        String status,
        String taskDefinition,
        Optional<Instant> createdAt,
        Rollout rollout,
        Optional<ServiceConnect> serviceConnect,
        List<String> discoveryIds,
        List<String> securityGroups) {
    public Deployment {
        discoveryIds = List.copyOf(discoveryIds);
        securityGroups = List.copyOf(securityGroups);
    }

    /**
     * How far a deployment came.
     *
     * @param state COMPLETED, FAILED, IN_PROGRESS; empty when not a rolling deployment
     * @param reason ECS's words; empty when absent
     * @param tasks desired, running and pending tasks
     * @param failedTasks tasks that failed to start; ECS resets it once tasks run
     */
    public record Rollout(String state, String reason, Service.TaskCounts tasks, int failedTasks) {}
}
