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
 * @param scope what it looked at, as {@link HealthReport#place}
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

    /** The run in numbers. */
    public HealthReport.TrendPoint point() {
        int errors = 0;
        int warnings = 0;
        int unjudged = 0;
        for (Entry entry : edges.values()) {
            errors += entry.severity().equals(Optional.of(Severity.ERROR)) ? 1 : 0;
            warnings += entry.severity().equals(Optional.of(Severity.WARNING)) ? 1 : 0;
            unjudged += entry.state() == EdgeState.BLIND || entry.state() == EdgeState.TOO_FEW ? 1 : 0;
        }
        return new HealthReport.TrendPoint(to, edges.size(), errors, warnings, unjudged);
    }
}
