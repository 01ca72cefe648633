package io.github.eastwest.model.health;

import java.util.Comparator;

/**
 * An edge as CloudWatch knows it: a service that calls, and the discovery name that it calls.
 *
 * @param cluster the caller's cluster ({@code ClusterName} of the target metrics)
 * @param caller the ECS service that calls ({@code ServiceName} of the target metrics)
 * @param target the discovery name that is called ({@code TargetDiscoveryName}); often the callee's service name
 */
public record CallEdge(String cluster, String caller, String target) implements Comparable<CallEdge> {
    private static final Comparator<CallEdge> ORDER = Comparator.comparing(CallEdge::cluster)
            .thenComparing(CallEdge::caller)
            .thenComparing(CallEdge::target);

    /** {@code caller → target}. */
    public String label() {
        return caller + " \u2192 " + target;
    }

    @Override
    public int compareTo(CallEdge other) {
        return ORDER.compare(this, other);
    }
}
