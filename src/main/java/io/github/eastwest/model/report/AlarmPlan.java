package io.github.eastwest.model.report;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Alarms that would tell of an edge's failures, as definitions: nothing is created.
 *
 * @param alarms CloudWatch alarms
 * @param filters metric filters that make the metrics of some of them
 * @param notes what is assumed, and what no alarm can see
 */
public record AlarmPlan(List<Alarm> alarms, List<MetricFilter> filters, List<String> notes) {
    public AlarmPlan {
        alarms = List.copyOf(alarms);
        filters = List.copyOf(filters);
        notes = List.copyOf(notes);
    }

    /** What an alarm is about. */
    public enum Kind {
        BACKEND_5XX("backend-5xx"),
        PROXY_5XX("proxy-5xx"),
        P99_REGRESSION("p99-regression"),
        NO_TRAFFIC("no-traffic"),
        CONNECTION_CHURN("connection-churn"),
        EJECTIONS("ejections");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }
    }

    /**
     * A CloudWatch alarm.
     *
     * @param kind what it is about
     * @param name its name, unique in the account and Region
     * @param why what it tells, where its threshold comes from and what it cannot see
     * @param metric what it looks at
     * @param evaluation when it fires
     */
    public record Alarm(Kind kind, String name, String why, Metric metric, Evaluation evaluation) {}

    /**
     * A metric with exactly the dimensions it is published with: a set that is not published never has data.
     *
     * @param namespace CloudWatch namespace
     * @param name metric name
     * @param dimensions names and values
     * @param statistic {@code Sum}, {@code Average}, or a percentile such as {@code p99}
     * @param unit what its values are in, for readers; alarms leave it away, since one that does not match the published
     *     one leaves an alarm without data
     */
    public record Metric(String namespace, String name, Map<String, String> dimensions, String statistic, String unit) {
        public Metric {
            dimensions = Collections.unmodifiableMap(new TreeMap<>(dimensions));
        }
    }

    /**
     * When an alarm fires.
     *
     * @param comparison {@code >=}, {@code >} or {@code <=}
     * @param threshold in the metric's unit; empty: the upper bound of CloudWatch's anomaly detection band
     * @param periodSeconds length of a period
     * @param periods how many periods are looked at
     * @param datapoints how many of them must breach
     * @param missing what a period without data counts as
     */
    public record Evaluation(
            Comparison comparison,
            OptionalDouble threshold,
            int periodSeconds,
            int periods,
            int datapoints,
            Missing missing) {}

    /** How a value is compared with the threshold; the name is CloudWatch's. */
    public enum Comparison {
        AT_LEAST("GreaterThanOrEqualToThreshold", "\u2265"),
        ABOVE("GreaterThanThreshold", ">"),
        AT_MOST("LessThanOrEqualToThreshold", "\u2264"),
        ABOVE_BAND("GreaterThanUpperThreshold", "above");

        private final String operator;
        private final String sign;

        Comparison(String operator, String sign) {
            this.operator = operator;
            this.sign = sign;
        }

        /** {@code ComparisonOperator}. */
        public String operator() {
            return operator;
        }

        /** For readers. */
        public String sign() {
            return sign;
        }
    }

    /** What a period without data counts as; the name is CloudWatch's. */
    public enum Missing {
        /** No data is failing: traffic that stopped. */
        BREACHING("breaching"),
        /** No data is well: a counter that exists only once something was counted. */
        NOT_BREACHING("notBreaching"),
        /** No data is no answer: the alarm says INSUFFICIENT_DATA. */
        MISSING("missing");

        private final String id;

        Missing(String id) {
            this.id = id;
        }

        /** {@code TreatMissingData}. */
        public String id() {
            return id;
        }
    }

    /**
     * A metric filter on a log group.
     *
     * @param kind which alarm looks at its metric
     * @param name its name, unique in the log group
     * @param logGroup log group
     * @param pattern filter pattern
     * @param namespace namespace of the metric it makes
     * @param metric name of the metric it makes
     */
    public record MetricFilter(
            Kind kind, String name, String logGroup, String pattern, String namespace, String metric) {}

    /** The alarm of that kind, if there is one. */
    public Optional<Alarm> alarm(Kind kind) {
        return alarms.stream().filter(alarm -> alarm.kind() == kind).findFirst();
    }

    /** The filter that feeds the alarm of that kind, if it needs one. */
    public Optional<MetricFilter> filter(Kind kind) {
        return filters.stream().filter(filter -> filter.kind() == kind).findFirst();
    }
}
