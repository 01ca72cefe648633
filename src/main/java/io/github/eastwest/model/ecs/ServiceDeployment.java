package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One entry of a service's deployment history ({@code DescribeServiceDeployments}).
 *
 * @param arn its ARN
 * @param service service name
 * @param status SUCCESSFUL, IN_PROGRESS, ROLLBACK_SUCCESSFUL, …; open set
 * @param statusReason ECS's words; empty when none
 * @param createdAt when it was requested
 * @param finishedAt when it ended
 * @param circuitBreaker TRIGGERED, MONITORING, …; empty when absent
 * @param revisions what it moved from and to
 */
public record ServiceDeployment(
        String arn,
        String service,
        String status,
        String statusReason,
        Optional<Instant> createdAt,
        Optional<Instant> finishedAt,
        String circuitBreaker,
        Revisions revisions) {
    /**
     * Service revision ARNs of a deployment.
     *
     * @param sources what ran before
     * @param target what it rolls out
     * @param rollback what it was rolled back to
     */
    public record Revisions(List<String> sources, Optional<String> target, Optional<String> rollback) {
        public Revisions {
            sources = List.copyOf(sources);
        }
    }
}
