package io.github.eastwest.model.health;

import io.github.eastwest.model.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One edge in a health report.
 *
 * @param edge which
 * @param callee the ECS service behind its target; empty when the configuration does not tell it
 * @param judgement how it is, and why
 * @param now the window's numbers
 * @param earlier the same hours of earlier days
 * @param periods the window period by period, for drawings
 * @param since how it stands against the previous run
 * @param diagnosis what its logs and configuration say; empty when it was not looked at closer
 */
public record EdgeHealth(
        CallEdge edge,
        Optional<String> callee,
        Judgement judgement,
        Numbers now,
        Earlier earlier,
        List<Period> periods,
        Since since,
        Optional<EdgeDiagnosis> diagnosis) {
    public EdgeHealth {
        periods = List.copyOf(periods);
    }

    /**
     * How an edge is, and why.
     *
     * @param state how it is
     * @param severity error or warning when it is a problem; empty when it is none
     * @param reasons why, the worst first; never empty
     */
    public record Judgement(EdgeState state, Optional<Severity> severity, List<Reason> reasons) {
        public Judgement {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Why an edge is in its state.
     *
     * @param code stable name, {@code failed_share}
     * @param severity how bad; empty when it only explains
     * @param text with numbers and thresholds
     */
    public record Reason(String code, Optional<Severity> severity, String text) {}

    /**
     * The numbers of the window. Empty where CloudWatch has no point, which is not zero.
     *
     * @param requests answered requests of all codes
     * @param failed of these, 5xx
     * @param clientErrors of these, 4xx: no failures of the edge
     * @param responseMillis mean response time as callers' proxies saw it, ms
     */
    public record Numbers(
            OptionalLong requests, OptionalLong failed, OptionalLong clientErrors, OptionalDouble responseMillis) {}

    /**
     * The same hours of earlier days.
     *
     * @param daysRead days that CloudWatch was asked about and answered
     * @param daysWithData of these, days with requests
     * @param requestsPerHour requests in an hour; empty without data
     * @param failedShare failed share, 0 to 1; empty without data
     * @param responseMillis mean response time, ms; empty without data
     */
    public record Earlier(
            int daysRead,
            int daysWithData,
            Optional<Range> requestsPerHour,
            Optional<Range> failedShare,
            Optional<Range> responseMillis) {
        /** Nothing was compared. */
        public static final Earlier NONE = new Earlier(0, 0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The middle and the spread of the days' values: their median, the lowest and the highest. */
    public record Range(double median, double low, double high) {}

    /** A period of the window; empty where CloudWatch has no point. */
    public record Period(OptionalLong requests, OptionalLong failed) {}

    /**
     * How an edge stands against the previous run.
     *
     * @param change in a word
     * @param before its state then; empty when it was not there, or there is no previous run
     * @param at since which run's end it is in its state without a break; empty when nothing tells
     */
    public record Since(EdgeChange change, Optional<EdgeState> before, Optional<Instant> at) {}

    /** Whether it is a problem. */
    public boolean problem() {
        return judgement.severity().isPresent();
    }

    /** Requests of the window that failed, as a share from 0 to 1; empty without requests. */
    public OptionalDouble failedShare() {
        return now.requests().isPresent()
                        && now.requests().getAsLong() > 0
                        && now.failed().isPresent()
                ? OptionalDouble.of(
                        (double) now.failed().getAsLong() / now.requests().getAsLong())
                : OptionalDouble.empty();
    }

    /** The same with what a closer look brought. */
    public EdgeHealth with(EdgeDiagnosis closer) {
        return new EdgeHealth(edge, callee, judgement, now, earlier, periods, since, Optional.of(closer));
    }
}
