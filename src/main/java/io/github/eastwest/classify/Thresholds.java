package io.github.eastwest.classify;

/**
 * Every number a rule compares with, in one place and with its unit.
 *
 * @param traffic what counts as traffic, as failing and as noise
 * @param spread what counts as concentrated on one host, path or revision
 * @param timing what counts as the same time
 */
public record Thresholds(Traffic traffic, Spread spread, Timing timing) {
    /** The defaults. */
    public static final Thresholds DEFAULT = new Thresholds(
            new Traffic(30, 0.0005, 2, 0.003, 0.05), new Spread(0.8, 0.02, 5.0, 3, 0.01), new Timing(60, 3, 15, 250));

    /**
     * What counts as traffic, as failing and as noise.
     *
     * @param minimumRequests calls below which nothing can be called healthy
     * @param noiseShare share of all calls up to which scattered connection terminations are the noise floor of any
     *     proxied edge (a public report: 475 of 112 million a day, istio/istio #13848)
     * @param noiseCount terminations up to which a small sample says no more than the noise floor
     * @param applicationNoiseShare share of all calls up to which an application's own errors, spread over hosts and
     *     paths, are its everyday noise
     * @param denseShare failing share of the calls while they last from which even few failures are no noise
     */
    public record Traffic(
            int minimumRequests, double noiseShare, int noiseCount, double applicationNoiseShare, double denseShare) {
        /** Failures up to which so many calls show no more than the noise floor: its mean and two standard deviations. */
        public double noiseLimit(long requests) {
            double mean = noiseShare * requests;
            return Math.max(noiseCount, mean + 2 * Math.sqrt(mean));
        }
    }

    /**
     * What counts as concentrated.
     *
     * @param concentrated share of the failures from which a group (host, path, revision) holds "the" failures
     * @param well failing share up to which the other groups are well
     * @param ratio how many times higher the group's failing share must be than the others'
     * @param minimumFailures failures below which no group can be judged
     * @param chance probability of such a concentration by chance up to which it counts as one
     */
    public record Spread(double concentrated, double well, double ratio, int minimumFailures, double chance) {}

    /**
     * What counts as the same time.
     *
     * @param startSeconds seconds after a task's start that count as its start
     * @param stopSeconds seconds before ECS's stop time that count as its stop: the signal precedes the record
     * @param deploymentMinutes minutes after a deployment's start in which its tasks' failures point to it
     * @param timerMillis milliseconds around a timeout that count as the timeout
     */
    public record Timing(int startSeconds, int stopSeconds, int deploymentMinutes, int timerMillis) {}
}
