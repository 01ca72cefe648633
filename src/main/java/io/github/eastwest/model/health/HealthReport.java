package io.github.eastwest.model.health;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The health of a cluster's or namespace's edges.
 *
 * @param scope what was looked at
 * @param window when
 * @param account where
 * @param edges all of them, the worst change first
 * @param blindSpots what cannot be seen, in order of name
 * @param gaps what the report lacks to be conclusive; empty when it is
 * @param coverage what was read
 * @param past the previous run and the ones before
 */
public record HealthReport(
        HealthSnapshot.Scope scope,
        HealthWindow window,
        Snapshot.Account account,
        List<EdgeHealth> edges,
        List<BlindSpot> blindSpots,
        List<String> gaps,
        Coverage coverage,
        Past past) {
    public HealthReport {
        edges = List.copyOf(edges);
        blindSpots = List.copyOf(blindSpots);
        gaps = List.copyOf(gaps);
    }

    /**
     * Something that cannot be seen.
     *
     * @param what an edge or a service
     * @param why what is missing, and what would show it
     */
    public record BlindSpot(String what, String why) {}

    /**
     * Earlier runs.
     *
     * @param previous end of the previous run's window; empty when there is none
     * @param gone edges of the previous run that ListMetrics no longer names, with their state then
     * @param trend runs of the history, the oldest first, this one excluded
     */
    public record Past(Optional<Instant> previous, List<Gone> gone, List<TrendPoint> trend) {
        /** Nothing is known of earlier runs. */
        public static final Past NONE = new Past(Optional.empty(), List.of(), List.of());

        public Past {
            gone = List.copyOf(gone);
            trend = List.copyOf(trend);
        }
    }

    /** An edge that is no longer there. */
    public record Gone(CallEdge edge, EdgeState before, Optional<Severity> severity) {}

    /**
     * A run in numbers.
     *
     * @param to end of its window
     * @param edges edges
     * @param errors edges with a problem of severity error
     * @param warnings edges with a problem of severity warning
     * @param unjudged edges that carried traffic, or should have, and could not be judged
     */
    public record TrendPoint(Instant to, int edges, int errors, int warnings, int unjudged) {}

    /** {@code cluster prod · 123456789012 · eu-west-1}: runs of the same place are compared with each other. */
    public String place() {
        return place(scope, account);
    }

    /** The place of a scope in an account. */
    public static String place(HealthSnapshot.Scope scope, Snapshot.Account account) {
        List<String> parts = new ArrayList<>(List.of(scope.label()));
        account.accountId().ifPresent(parts::add);
        account.region().ifPresent(parts::add);
        return String.join(" \u00B7 ", parts);
    }

    /** The same with other edges. */
    public HealthReport withEdges(List<EdgeHealth> others) {
        return new HealthReport(scope, window, account, others, blindSpots, gaps, coverage, past);
    }

    /** How many edges are in each state; states without edges are absent. */
    public Map<EdgeState, Integer> states() {
        Map<EdgeState, Integer> states = new EnumMap<>(EdgeState.class);
        edges.forEach(edge -> states.merge(edge.judgement().state(), 1, Integer::sum));
        return states;
    }

    /** How many edges changed so against the previous run. */
    public Map<EdgeChange, Integer> changes() {
        Map<EdgeChange, Integer> changes = new EnumMap<>(EdgeChange.class);
        edges.forEach(edge -> changes.merge(edge.since().change(), 1, Integer::sum));
        return changes;
    }

    /** How many edges have a problem of that severity. */
    public int problems(Severity severity) {
        return (int) edges.stream()
                .filter(edge -> edge.judgement().severity().equals(Optional.of(severity)))
                .count();
    }

    /** This run in numbers. */
    public TrendPoint point() {
        int unjudged = (int) edges.stream()
                .filter(edge -> edge.judgement().state() == EdgeState.BLIND
                        || edge.judgement().state() == EdgeState.TOO_FEW)
                .count();
        return new TrendPoint(
                window.window().to(), edges.size(), problems(Severity.ERROR), problems(Severity.WARNING), unjudged);
    }
}
