package io.github.eastwest.classify;

/**
 * How much one kind of evidence moves the odds of a cause. The unit is the natural logarithm of the odds ratio: evidence
 * of weight {@code w} makes the cause {@code e^w} times as likely against its alternatives.
 */
public enum Weight {
    /** A trace that fits: 1.6 times. */
    WEAK(0.5),
    /** A pattern that few other causes make: 3.3 times. */
    MEDIUM(1.2),
    /** A pattern that hardly another cause makes: 11 times. */
    STRONG(2.4),
    /** Proof from configuration, from ECS's own words or from both proxies' lines: 55 times. */
    DECISIVE(4.0);

    private final double logOdds;

    Weight(double logOdds) {
        this.logOdds = logOdds;
    }

    double logOdds() {
        return logOdds;
    }
}
