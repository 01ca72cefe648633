package io.github.eastwest.model.health;

import java.util.Arrays;
import java.util.Optional;

/**
 * A target metric that health reads. All are measured at the caller's proxies; the code counts hold what applications
 * answered, so failures that a proxy made may be missing in them (facts: aws.md 2.2).
 */
public enum EdgeMetric {
    CODE_2XX("HTTPCode_Target_2XX_Count", "Sum"),
    CODE_3XX("HTTPCode_Target_3XX_Count", "Sum"),
    CODE_4XX("HTTPCode_Target_4XX_Count", "Sum"),
    CODE_5XX("HTTPCode_Target_5XX_Count", "Sum"),
    /** Milliseconds. */
    RESPONSE_TIME("TargetResponseTime", "Average");

    private final String metric;
    private final String statistic;

    EdgeMetric(String metric, String statistic) {
        this.metric = metric;
        this.statistic = statistic;
    }

    /** CloudWatch's name of the metric. */
    public String metric() {
        return metric;
    }

    /** The statistic that is read of it. */
    public String statistic() {
        return statistic;
    }

    /** Whether it counts responses. */
    public boolean counts() {
        return this != RESPONSE_TIME;
    }

    /** The metric of that name; empty when health does not read it. */
    public static Optional<EdgeMetric> of(String metric) {
        return Arrays.stream(values()).filter(m -> m.metric.equals(metric)).findFirst();
    }
}
