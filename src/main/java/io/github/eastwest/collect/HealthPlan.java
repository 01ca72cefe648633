package io.github.eastwest.collect;

/**
 * What a health collection calls and costs. Listing and describing is free, GetMetricData is not.
 *
 * @param edges edges that CloudWatch lists
 * @param services services of the scope
 * @param metrics metrics of the window: one per edge and listed metric
 * @param earlierMetrics the same of earlier days
 * @param dataCalls GetMetricData calls for both
 * @param earlierLeftOut whether earlier days were left out since they would have cost more than allowed
 * @param stoppedAtCost whether anything was
 */
public record HealthPlan(
        int edges,
        int services,
        int metrics,
        int earlierMetrics,
        int dataCalls,
        boolean earlierLeftOut,
        boolean stoppedAtCost) {
    /** The cost in USD, at the prices of most Regions. */
    public double usd() {
        return CostEstimate.usd(metrics + earlierMetrics, 0);
    }
}
