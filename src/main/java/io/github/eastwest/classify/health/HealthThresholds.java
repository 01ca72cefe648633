package io.github.eastwest.classify.health;

/**
 * Every number that the health of an edge is judged with.
 *
 * @param failing what is failing
 * @param degraded what is degraded
 * @param earlier what differs from earlier days
 */
public record HealthThresholds(double failing, double degraded, Earlier earlier) {
    /**
     * The defaults: failing from a tenth of the requests on, degraded from a hundredth on. An edge that loses a request in a
     * hundred misses an objective of 99.9 % ten times over; one that loses a tenth is what somebody is called for.
     */
    public static final HealthThresholds DEFAULT =
            new HealthThresholds(0.10, 0.01, new Earlier(3, 5.0, 0.001, 10, 2.0, 50, 0.5, 100));

    /**
     * What differs from earlier days. Always against the highest or lowest of the days too, so that an hour that varies much
     * is not taken for a change.
     *
     * @param days days with data below which nothing is compared
     * @param shareFactor times the median from which the failed share rose
     * @param shareAtLeast failed share below which a rise does not matter
     * @param failuresAtLeast failed requests below which a rise may be chance
     * @param timeFactor times the median from which the response time rose
     * @param timeMillis ms above the median below which a rise does not matter
     * @param trafficShare share of the lowest day below which the traffic fell
     * @param trafficPerHour requests per hour of the lowest day below which the traffic is not compared
     */
    public record Earlier(
            int days,
            double shareFactor,
            double shareAtLeast,
            int failuresAtLeast,
            double timeFactor,
            int timeMillis,
            double trafficShare,
            int trafficPerHour) {}

    /**
     * Requests needed to call an edge ok: with that many and no failure, a share of {@link #degraded} is excluded at 95 %
     * (the rule of three).
     */
    public int requestsNeeded() {
        return (int) Math.ceil(3 / degraded);
    }
}
