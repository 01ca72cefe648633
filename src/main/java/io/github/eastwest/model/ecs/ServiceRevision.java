package io.github.eastwest.model.ecs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A service's configuration as one deployment froze it ({@code DescribeServiceRevisions}).
 *
 * @param arn its ARN
 * @param service service name
 * @param taskDefinition {@code family:revision}
 * @param createdAt when it was frozen
 * @param serviceConnect its Service Connect configuration; empty when it has none
 * @param securityGroups security group ids of its tasks
 */
public record ServiceRevision(
        String arn,
        String service,
        String taskDefinition,
        Optional<Instant> createdAt,
        Optional<ServiceConnect> serviceConnect,
        List<String> securityGroups) {
    public ServiceRevision {
        securityGroups = List.copyOf(securityGroups);
    }
}
