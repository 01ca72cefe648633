package io.github.eastwest.bundle;

import java.time.Instant;
import java.util.Optional;

/**
 * What the user asked for; where it is empty the bundle decides.
 *
 * @param caller ECS service name of the caller
 * @param callee ECS service name of the callee
 * @param cluster the caller's cluster, name or ARN
 * @param calleeCluster the callee's cluster, name or ARN
 * @param from first instant looked at
 * @param to first instant no longer looked at
 */
public record Request(
        Optional<String> caller,
        Optional<String> callee,
        Optional<String> cluster,
        Optional<String> calleeCluster,
        Optional<Instant> from,
        Optional<Instant> to) {
    /** Everything as the bundle says. */
    public static Request none() {
        return new Request(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The edge, and the rest as the bundle says. */
    public static Request edge(String caller, String callee) {
        return new Request(
                Optional.of(caller),
                Optional.of(callee),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
