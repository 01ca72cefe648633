package io.github.eastwest.collect;

import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What to collect.
 *
 * @param caller ECS service that calls, name or ARN
 * @param callee ECS service that is called, name or ARN
 * @param cluster the caller's cluster, name or ARN; empty to look for it
 * @param calleeCluster the callee's cluster where it is another one
 * @param window the time looked at
 * @param now the time of the collection
 * @param metricNamespace CloudWatch namespace of Service Connect's metrics; empty for {@code AWS/ECS}
 * @param timeout how long all of it may take
 * @param maxCostUsd what it may cost at most, USD
 * @param dryRun whether only to say what would be called
 * @param tool name and version of this tool
 */
public record CollectRequest(
        String caller,
        String callee,
        Optional<String> cluster,
        Optional<String> calleeCluster,
        TimeWindow window,
        Instant now,
        Optional<String> metricNamespace,
        Duration timeout,
        double maxCostUsd,
        boolean dryRun,
        String tool) {
    /** How long a collection may take unless the user says otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    /** What a collection may cost unless the user says otherwise, USD. */
    public static final double DEFAULT_MAX_COST_USD = 1.0;

    /** @throws IllegalArgumentException if the time is not positive or the cost is negative */
    public CollectRequest {
        if (timeout.isNegative() || timeout.isZero() || !(maxCostUsd >= 0)) {
            throw new IllegalArgumentException("the time must be positive and the cost must not be negative");
        }
    }
}
