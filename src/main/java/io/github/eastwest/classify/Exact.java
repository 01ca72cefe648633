package io.github.eastwest.classify;

/** Exact tests on counts: no normal approximation, so that small counts say as little as they do. */
public final class Exact {
    private static final int BISECTIONS = 60;

    private Exact() {}

    /** Probability of at least {@code k} of {@code n} when each has the probability {@code p} (binomial). */
    public static double tail(long n, long k, double p) {
        if (k <= 0 || p >= 1) {
            return 1;
        }
        if (p <= 0 || k > n) {
            return 0;
        }
        if (k < p * n) {
            // The sum from k upwards would start among terms too small to count.
            return Math.max(0, 1 - tail(n, n - k + 1, 1 - p));
        }
        double sum = 0;
        double term = Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
        double odds = p / (1 - p);
        for (long i = k; i <= n && (i == k || term > sum * 1e-13); i++) {
            sum += term;
            term *= (double) (n - i) / (i + 1) * odds;
        }
        return Math.min(1, sum);
    }

    /**
     * Probability that the first group has at most as many failed as it has, if both groups fail alike: Fisher's exact test,
     * one-sided.
     *
     * @param failed failed calls of the first group
     * @param total its calls
     * @param otherFailed failed calls of the other group
     * @param otherTotal its calls
     */
    public static double fewer(long failed, long total, long otherFailed, long otherTotal) {
        long allFailed = failed + otherFailed;
        long lowest = Math.max(0, allFailed - otherTotal);
        double logAll = logChoose(total + otherTotal, allFailed);
        double sum = 0;
        for (long i = failed; i >= lowest; i--) {
            double term = Math.exp(logChoose(total, i) + logChoose(otherTotal, allFailed - i) - logAll);
            sum += term;
            if (term < sum * 1e-13) {
                break;
            }
        }
        return Math.min(1, sum);
    }

    /** The largest share of which {@code k} or fewer of {@code n} still has that probability (Clopper and Pearson). */
    public static double upperShare(long k, long n, double probability) {
        if (k >= n) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (1 - tail(n, k + 1, middle) > probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double logChoose(long n, long k) {
        return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    }

    /** Stirling's series, summed directly where it is not yet exact to the last digits. */
    private static double logFactorial(long n) {
        if (n < 20) {
            double sum = 0;
            for (long i = 2; i <= n; i++) {
                sum += Math.log(i);
            }
            return sum;
        }
        double x = n + 1.0;
        return (x - 0.5) * Math.log(x)
                - x
                + 0.5 * Math.log(2 * Math.PI)
                + 1 / (12 * x)
                - 1 / (360 * x * x * x)
                + 1 / (1260 * Math.pow(x, 5));
    }
}
