package io.github.eastwest.cli;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.report.Diagnosis;
import java.util.Arrays;
import java.util.Optional;

/** Exit codes, the same in every output format. When several hold: 1, 2, 5, 3, 6, 4 in this order. */
public final class ExitCode {
    /** Everything required was read, and nothing is at or above {@code --fail-on}. */
    public static final int OK = 0;

    /** A fault of ours. */
    public static final int INTERNAL = 1;

    /** A bad flag, or an unknown service, cluster or file. */
    public static final int USAGE = 2;

    /** Findings at or above {@code --fail-on}. */
    public static final int FINDINGS = 3;

    /** A required source is missing, or there is too little traffic. */
    public static final int INCONCLUSIVE = 4;

    /** No credentials, or every source denied. */
    public static final int NO_ACCESS = 5;

    /** Something was not read since it would have cost more than allowed. */
    public static final int COST_CAP = 6;

    /** Interrupted by the user. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}

    /**
     * A diagnosis' exit code.
     *
     * @param threshold severity from which on findings count; empty for never
     */
    static int of(Diagnosis diagnosis, Optional<Severity> threshold) {
        if (!diagnosis.causes().faults().isEmpty()) {
            return INTERNAL;
        }
        Coverage coverage = diagnosis.coverage();
        if (nothingAllowed(coverage)) {
            return NO_ACCESS;
        }
        boolean found = threshold.isPresent()
                && diagnosis.causes().findings().stream()
                        .anyMatch(f -> f.assessment().severity().atLeast(threshold.get()));
        if (found) {
            return FINDINGS;
        }
        if (coverage.stoppedAtCost()) {
            return COST_CAP;
        }
        // Below the threshold, but something required was not seen or is not explained: that is no "all well".
        return diagnosis.gaps().isEmpty() ? OK : INCONCLUSIVE;
    }

    /**
     * A health report's exit code.
     *
     * @param threshold severity from which on problems count; empty for never
     */
    static int of(HealthReport report, Optional<Severity> threshold) {
        Coverage coverage = report.coverage();
        boolean refused = coverage.entries().stream().anyMatch(entry -> entry.state() == Coverage.State.DENIED)
                && coverage.entries().stream()
                        .noneMatch(entry ->
                                entry.state() == Coverage.State.COMPLETE || entry.state() == Coverage.State.PARTIAL);
        if (refused) {
            return NO_ACCESS;
        }
        boolean found = threshold.isPresent()
                && report.edges().stream()
                        .flatMap(edge -> edge.judgement().severity().stream())
                        .anyMatch(severity -> severity.atLeast(threshold.get()));
        if (found) {
            return FINDINGS;
        }
        if (coverage.stoppedAtCost()) {
            return COST_CAP;
        }
        return report.gaps().isEmpty() ? OK : INCONCLUSIVE;
    }

    /** A collection's exit code: whether every input is whole that is there to be read and that a cause is found by. */
    static int of(Coverage coverage) {
        if (nothingAllowed(coverage)) {
            return NO_ACCESS;
        }
        if (coverage.stoppedAtCost()) {
            return COST_CAP;
        }
        boolean whole = Arrays.stream(Input.values())
                .filter(input -> !input.optional())
                .map(coverage::state)
                .allMatch(state -> state == Coverage.State.COMPLETE || state == Coverage.State.NOT_CONFIGURED);
        return whole ? OK : INCONCLUSIVE;
    }

    private static boolean nothingAllowed(Coverage coverage) {
        boolean nothingRead = Arrays.stream(Input.values()).noneMatch(coverage::isRead);
        return nothingRead
                && Arrays.stream(Input.values()).anyMatch(input -> coverage.state(input) == Coverage.State.DENIED);
    }
}
