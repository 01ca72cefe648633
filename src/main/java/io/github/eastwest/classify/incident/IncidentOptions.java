package io.github.eastwest.classify.incident;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What people know that no source tells.
 *
 * @param objective share of calls that must succeed, percent, above 0 and below 100; empty without an objective
 * @param period the objective's period
 * @param detectedAt when somebody noticed; wins over alarms
 * @param mitigatedAt when the harm ended; wins over the data
 * @param resolvedAt when the cause was gone; wins over the data
 */
public record IncidentOptions(
        Optional<BigDecimal> objective,
        Duration period,
        Optional<Instant> detectedAt,
        Optional<Instant> mitigatedAt,
        Optional<Instant> resolvedAt) {
    /** Nothing besides the evidence. */
    public static final IncidentOptions NONE = new IncidentOptions(
            Optional.empty(), Duration.ofDays(30), Optional.empty(), Optional.empty(), Optional.empty());
}
