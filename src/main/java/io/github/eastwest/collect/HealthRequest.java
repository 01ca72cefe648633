package io.github.eastwest.collect;

import io.github.eastwest.model.health.HealthWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What to collect for a health report.
 *
 * @param cluster cluster, name or ARN; empty for the only one there is, or for those of the namespace
 * @param namespace Cloud Map namespace, name or ARN, whose services are the callers looked at; empty for all of the cluster
 * @param window the time looked at and what it is compared with
 * @param now the time of the collection
 * @param metricNamespace CloudWatch namespace of Service Connect's metrics; empty for {@code AWS/ECS}
 * @param timeout how long all of it may take
 * @param maxCostUsd what it may cost at most, USD
 * @param dryRun whether only to list, and to say what the rest would cost
 * @param tool name and version of this tool
 */
public record HealthRequest(
        Optional<String> cluster,
        Optional<String> namespace,
        HealthWindow window,
        Instant now,
        Optional<String> metricNamespace,
        Duration timeout,
        double maxCostUsd,
        boolean dryRun,
        String tool) {
    /** How long a collection may take unless the user says otherwise: ten thousand edges are some hundred calls. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
}
