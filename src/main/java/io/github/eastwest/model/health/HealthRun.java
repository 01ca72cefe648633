package io.github.eastwest.model.health;

import io.github.eastwest.model.Severity;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run's JSON tells the next one.
 *
 * @param to end of the window it looked at
 * @param scope what it looked at, as {@link HealthSnapshot.Scope#label}
 * @param edges its edges
 */
public record HealthRun(Instant to, String scope, SortedMap<CallEdge, Entry> edges) {
    public HealthRun {
        edges = Collections.unmodifiableSortedMap(new TreeMap<>(edges));
    }

    /**
     * An edge in a run.
     *
     * @param state its state
     * @param severity error or warning when it was a problem
     * @param since since which run's end it was in that state
     */
    public record Entry(EdgeState state, Optional<Severity> severity, Optional<Instant> since) {}
}
