package io.github.eastwest.classify.alarms;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.AlarmPlan.Alarm;
import io.github.eastwest.model.report.AlarmPlan.Comparison;
import io.github.eastwest.model.report.AlarmPlan.Evaluation;
import io.github.eastwest.model.report.AlarmPlan.Kind;
import io.github.eastwest.model.report.AlarmPlan.Metric;
import io.github.eastwest.model.report.AlarmPlan.MetricFilter;
import io.github.eastwest.model.report.AlarmPlan.Missing;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Proposes alarms for an edge of Service Connect.
 *
 * <p>What the platform publishes decides the form (namespace {@code AWS/ECS}; the three-dimension sets only, since the
 * one-dimension sets sum equal names of all clusters and namespaces):
 *
 * <ul>
 *   <li>towards a callee, as its callers see it: {@code TargetDiscoveryName, ServiceName, ClusterName}, where the service is
 *       the <em>caller</em>;
 *   <li>into a callee, from anyone: {@code DiscoveryName, ServiceName, ClusterName}, where the service is the callee;
 *   <li>a series exists only once something was counted, and only while tasks run: missing data is no zero;
 *   <li>ejections, and answers that the proxies make themselves, have no metric: filters on the proxy's log count them.
 * </ul>
 *
 * <p>A threshold comes from the edge's own usual values where at least {@value #BASELINE_MINUTES} minutes of them were read,
 * else from CloudWatch's anomaly detection or from a fixed number that the alarm's text names.
 */
public final class Alarms {
    /** Namespace of Service Connect's metrics. */
    public static final String SERVICE_CONNECT = "AWS/ECS";

    /** Namespace of the metrics that the filters make. */
    public static final String OWN = "eastwest";

    /** Minutes with data before the failures that make a baseline. */
    static final int BASELINE_MINUTES = 30;

    /** A p99 so many times the highest usual one is a regression. */
    static final double P99_FACTOR = 1.5;

    /** A count so many times the highest usual one is out of the ordinary. */
    static final double COUNT_FACTOR = 3;

    /** Errors per minute without a baseline: after 5 failures in a row the proxies take a task out. */
    static final int ERRORS_PER_MINUTE = 5;

    /** Minutes without traffic; quiet minutes that are usual on the edge are added. */
    static final int SILENT_MINUTES = 5;

    private static final int MINUTE = 60;

    /** CloudWatch looks back over a day at most. */
    private static final int MAX_PERIODS = 24 * 60;

    /** {@code AlarmName} holds 255 characters. */
    private static final int NAME_LENGTH = 255;

    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_.-]+");

    /** What can stand between the quotes of a filter pattern and mean itself. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:-]{1,200}");

    private final AlarmSubject subject;
    private final List<MetricSeries> usual;
    private final List<Alarm> alarms = new ArrayList<>();
    private final List<MetricFilter> filters = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Alarms(AlarmSubject subject, List<MetricSeries> usual) {
        this.subject = subject;
        this.usual = usual;
    }

    /** Alarms by names alone, without a baseline. */
    public static AlarmPlan of(AlarmSubject subject) {
        return new Alarms(subject, List.of()).plan();
    }

    /**
     * Alarms for a diagnosed edge: names from its configuration, thresholds from its metrics before the failures.
     *
     * @param subject what {@link AlarmSubject#of(Snapshot)} says, or better
     * @throws EastwestException of kind USAGE if something else than Service Connect carries the calls
     */
    public static AlarmPlan of(AlarmSubject subject, Snapshot snapshot, Diagnosis diagnosis) {
        Edge.Method method = snapshot.edge().method();
        if (method != Edge.Method.SERVICE_CONNECT && method != Edge.Method.UNKNOWN) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    snapshot.edge().label() + " is carried by " + method.id() + ", and these alarms look at metrics of"
                            + " Service Connect",
                    "Alarm on the metrics of " + method.id() + " instead.");
        }
        Alarms alarms = new Alarms(subject, usual(snapshot.metrics(), diagnosis));
        int others = AlarmSubject.otherEndpoints(snapshot);
        if (others > 0) {
            alarms.notes.add("The callee offers " + Words.count(others, "more endpoint")
                    + "; these alarms are for the discovery name "
                    + subject.discoveryName().orElse("") + ".");
        }
        return alarms.plan();
    }

    /** Points before the failures began; all of them when nothing failed; none when it is not known what is usual. */
    private static List<MetricSeries> usual(Metrics metrics, Diagnosis diagnosis) {
        Optional<Background.Onset> onset = diagnosis.background().onset();
        boolean calm = diagnosis.outcome() == Diagnosis.Outcome.HEALTHY;
        if (onset.isEmpty() && !calm) {
            return List.of();
        }
        Instant end = onset.map(Background.Onset::earliest).orElse(Instant.MAX);
        return metrics.series().stream()
                .filter(series -> series.periodSeconds() == MINUTE)
                .map(series -> new MetricSeries(
                        series.namespace(),
                        series.name(),
                        series.statistic(),
                        series.periodSeconds(),
                        series.dimensions(),
                        series.points().stream()
                                .filter(point -> !point.at().plusSeconds(MINUTE).isAfter(end))
                                .toList(),
                        series.complete()))
                .toList();
    }

    private AlarmPlan plan() {
        if (subject.discoveryName().isEmpty()) {
            notes.add(
                    "The discovery name is not known; the alarms take the callee's name for it. A wrong one leaves them"
                            + " without data: see serviceConnectConfiguration.services[].discoveryName (default: the port's name).");
        }
        if (subject.callerCluster().isEmpty() || subject.calleeCluster().isEmpty()) {
            notes.add("The cluster is not known; the alarms name it CLUSTER. Replace that.");
        }
        String protocol = subject.protocol().orElse("");
        if (protocol.isEmpty()) {
            notes.add("The port's appProtocol is not known and taken for http: only http and http2 have metrics of"
                    + " status codes.");
        }
        boolean http = protocol.isEmpty() || protocol.equals("http") || protocol.equals("http2");
        if (http) {
            backend5xx();
        } else if (protocol.equals("grpc")) {
            notes.add("No metric counts gRPC errors: HTTPCode_Target_5XX_Count exists for http and http2 only.");
        } else {
            notes.add("The port has no appProtocol: there are no metrics of requests, status codes or response times.");
        }
        proxy5xx(http);
        if (http || protocol.equals("grpc")) {
            p99();
        }
        noTraffic();
        churn();
        ejections();
        return new AlarmPlan(alarms, filters, notes);
    }

    private void backend5xx() {
        Metric metric = towards("HTTPCode_Target_5XX_Count", "Sum", "Count");
        Optional<MetricSeries> baseline = baseline(metric, towards("TargetProcessedBytes", "Sum", "Bytes"));
        double most = baseline.map(Alarms::highest).orElse(0.0);
        double threshold = Math.max(ERRORS_PER_MINUTE, Math.ceil(COUNT_FACTOR * most));
        add(
                Kind.BACKEND_5XX,
                "5xx answers of the application of " + subject.callee() + " to " + subject.caller() + ". Threshold: "
                        + (baseline.isPresent()
                                ? "3 times the usual maximum of " + number(most) + " a minute, at least "
                                        + ERRORS_PER_MINUTE
                                : ERRORS_PER_MINUTE + " a minute, without a baseline")
                        + ". Answers that a proxy makes itself (503, 504) may not be counted here.",
                metric,
                new Evaluation(Comparison.AT_LEAST, OptionalDouble.of(threshold), MINUTE, 5, 3, Missing.NOT_BREACHING));
    }

    private void p99() {
        Metric metric = towards("TargetResponseTime", "p99", "Milliseconds");
        Optional<MetricSeries> baseline = baseline(metric);
        OptionalDouble threshold = baseline.isPresent()
                ? OptionalDouble.of(Math.ceil(P99_FACTOR * highest(baseline.get())))
                : OptionalDouble.empty();
        add(
                Kind.P99_REGRESSION,
                "p99 of the response time of " + subject.callee() + " as " + subject.caller()
                        + " sees it, in milliseconds."
                        + " Threshold: "
                        + (baseline.isPresent()
                                ? "1.5 times the usual maximum of " + number(highest(baseline.get())) + " ms"
                                : "the anomaly detection band of the metric's own history, 2 standard deviations wide")
                        + ". Values are upper bounds of histogram buckets. Documented statistics are Average, Minimum"
                        + " and Maximum: if p99 has no data, take Average.",
                metric,
                new Evaluation(
                        threshold.isPresent() ? Comparison.ABOVE : Comparison.ABOVE_BAND,
                        threshold,
                        MINUTE,
                        15,
                        10,
                        Missing.MISSING));
    }

    private void noTraffic() {
        // Bytes instead of requests: published for every protocol, and with a sum.
        Metric metric = towards("TargetProcessedBytes", "Sum", "Bytes");
        Optional<MetricSeries> baseline = baseline(metric);
        int quiet = baseline.map(Alarms::longestGap).orElse(0);
        int periods = Math.min(MAX_PERIODS, SILENT_MINUTES + quiet);
        add(
                Kind.NO_TRAFFIC,
                "Nothing passes from " + subject.caller() + " to " + subject.callee() + " for " + periods
                        + " minutes"
                        + (baseline.isPresent()
                                ? " (the longest usual pause is " + Words.count(quiet, "minute") + ")"
                                : ", without a baseline: an edge with usual pauses needs more")
                        + ". Without traffic the metric has no data, so missing data breaches; so does a caller without"
                        + " running tasks.",
                metric,
                new Evaluation(Comparison.AT_MOST, OptionalDouble.of(0), MINUTE, periods, periods, Missing.BREACHING));
    }

    private void churn() {
        Metric metric = into("NewConnectionCount", "Sum", "Count");
        Optional<MetricSeries> baseline = baseline(metric);
        OptionalDouble threshold = baseline.isPresent()
                ? OptionalDouble.of(Math.max(1, Math.ceil(COUNT_FACTOR * highest(baseline.get()))))
                : OptionalDouble.empty();
        add(
                Kind.CONNECTION_CHURN,
                "New connections into the proxies of " + subject.callee() + ", from all callers. Threshold: "
                        + (baseline.isPresent()
                                ? "3 times the usual maximum of " + number(highest(baseline.get())) + " a minute"
                                : "the anomaly detection band of the metric's own history, 2 standard deviations wide")
                        + ".",
                metric,
                new Evaluation(
                        threshold.isPresent() ? Comparison.ABOVE : Comparison.ABOVE_BAND,
                        threshold,
                        MINUTE,
                        5,
                        3,
                        Missing.MISSING));
    }

    private void proxy5xx(boolean http) {
        Optional<AlarmSubject.ProxyLog> log = filterable();
        if (!http || log.isEmpty()) {
            return;
        }
        Optional<String> format = log.get().accessLogFormat();
        if (format.isEmpty()) {
            notes.add("The caller's proxies write no access log, as far as known: answers that they make themselves (no"
                    + " host, no connection, time-out) are in no metric and in no log.");
            return;
        }
        List<String> authorities = log.get().authorities().stream()
                .filter(authority -> PLAIN.matcher(authority).matches())
                .toList();
        String pattern = format.get().equals("JSON")
                ? "{ ($.response_code >= 500)" + among("$.authority", authorities) + " }"
                : "[time, request, status = 5*, received, sent, duration, service, forwarded, agent, id"
                        + (authorities.isEmpty() ? "" : ", " + words("authority", authorities)) + ", ...]";
        if (log.get().shared()) {
            notes.add("The callee's proxies log to " + log.get().group()
                    + ", too: the filter for proxy-5xx counts their" + " lines and those of other callers as well.");
        }
        if (authorities.isEmpty()) {
            notes.add("The names under which the caller calls are not known: the filter for proxy-5xx counts the 5xx"
                    + " answers of all that this caller calls.");
        }
        filter(
                Kind.PROXY_5XX,
                log.get().group(),
                pattern,
                "5xx answers that the proxies of " + subject.caller() + " logged, their own among them. Threshold: "
                        + ERRORS_PER_MINUTE + " a minute.",
                ERRORS_PER_MINUTE,
                5,
                3);
    }

    private void ejections() {
        Optional<AlarmSubject.ProxyLog> log = filterable();
        if (log.isEmpty()) {
            return;
        }
        List<String> clusters = log.get().clusters().stream()
                .filter(cluster -> PLAIN.matcher(cluster).matches())
                .toList();
        if (clusters.isEmpty()) {
            notes.add("No ejection of this edge was seen that would tell Envoy's name for the callee: the filter counts"
                    + " ejections of all that this caller calls.");
        }
        filter(
                Kind.EJECTIONS,
                log.get().group(),
                "{ ($.action = \"EJECT\") && ($.enforced IS TRUE)" + among("$.cluster_name", clusters) + " }",
                "Tasks that the proxies of " + subject.caller()
                        + " took out of rotation. There is no metric for this: the"
                        + " filter counts the proxy's own events. Threshold: the first.",
                1,
                1,
                1);
    }

    private Optional<AlarmSubject.ProxyLog> filterable() {
        Optional<AlarmSubject.ProxyLog> log = subject.proxyLog();
        String what = "so nothing counts ejections and the proxies' own answers.";
        if (log.isEmpty()) {
            note("The log group of the caller's proxies is not known, " + what);
        } else if (!log.get().filterable()) {
            note("Log group " + log.get().group() + " is of class Infrequent Access, which has no metric filters, "
                    + what);
        }
        return log.filter(AlarmSubject.ProxyLog::filterable);
    }

    private void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    private void filter(
            Kind kind, String group, String pattern, String why, double threshold, int periods, int datapoints) {
        String metric = name(kind);
        filters.add(new MetricFilter(kind, metric, group, pattern, OWN, metric));
        // The filter writes 0 for events that do not match: no data means that no line arrived at all.
        add(
                kind,
                why,
                new Metric(OWN, metric, Map.of(), "Sum", "Count"),
                new Evaluation(
                        Comparison.AT_LEAST,
                        OptionalDouble.of(threshold),
                        MINUTE,
                        periods,
                        datapoints,
                        Missing.MISSING));
    }

    private static String among(String field, List<String> values) {
        String any = values.stream()
                .map(value -> "(" + field + " = \"" + value + "\")")
                .collect(Collectors.joining(" || "));
        return values.isEmpty() ? "" : " && " + (values.size() == 1 ? any : "(" + any + ")");
    }

    private static String words(String field, List<String> values) {
        return values.stream().map(value -> field + " = \"" + value + "\"").collect(Collectors.joining(" || "));
    }

    private void add(Kind kind, String why, Metric metric, Evaluation evaluation) {
        alarms.add(new Alarm(kind, name(kind), why, metric, evaluation));
    }

    /** {@code checkout-payments-backend-5xx}; names too long for CloudWatch keep their ends apart by a hash. */
    private String name(Kind kind) {
        String edge =
                NOT_IN_NAMES.matcher(subject.caller() + "-" + subject.callee()).replaceAll("_");
        int room = NAME_LENGTH - kind.id().length() - 1;
        if (edge.length() > room) {
            String hash = String.format(Locale.ROOT, "-%08x", edge.hashCode());
            edge = edge.substring(0, room - hash.length()) + hash;
        }
        return edge + "-" + kind.id();
    }

    private Metric towards(String name, String statistic, String unit) {
        return new Metric(
                SERVICE_CONNECT,
                name,
                Map.of(
                        "TargetDiscoveryName",
                        subject.discoveryName().orElse(subject.callee()),
                        "ServiceName",
                        subject.caller(),
                        "ClusterName",
                        subject.callerCluster().orElse("CLUSTER")),
                statistic,
                unit);
    }

    private Metric into(String name, String statistic, String unit) {
        return new Metric(
                SERVICE_CONNECT,
                name,
                Map.of(
                        "DiscoveryName",
                        subject.discoveryName().orElse(subject.callee()),
                        "ServiceName",
                        subject.callee(),
                        "ClusterName",
                        subject.calleeCluster().orElse("CLUSTER")),
                statistic,
                unit);
    }

    private Optional<MetricSeries> baseline(Metric metric) {
        return series(metric).filter(series -> series.points().size() >= BASELINE_MINUTES);
    }

    /** Of a counter that exists only once something was counted, whether it was watched shows in another metric. */
    private Optional<MetricSeries> baseline(Metric counter, Metric watched) {
        return baseline(watched)
                .map(any -> series(counter)
                        .orElse(new MetricSeries(
                                counter.namespace(),
                                counter.name(),
                                counter.statistic(),
                                MINUTE,
                                counter.dimensions(),
                                List.of(),
                                true)));
    }

    private Optional<MetricSeries> series(Metric metric) {
        return usual.stream()
                .filter(series -> series.namespace().equals(metric.namespace())
                        && series.name().equals(metric.name())
                        && series.statistic().equals(metric.statistic())
                        && series.dimensions().equals(metric.dimensions()))
                .findFirst();
    }

    private static double highest(MetricSeries series) {
        return series.points().stream()
                .mapToDouble(MetricSeries.Point::value)
                .max()
                .orElse(0);
    }

    /** Minutes without a point, or with a zero, one after the other. */
    private static int longestGap(MetricSeries series) {
        long longest = 0;
        Optional<Instant> last = Optional.empty();
        for (MetricSeries.Point point : series.points()) {
            if (point.value() > 0) {
                if (last.isPresent()) {
                    longest = Math.max(
                            longest, Duration.between(last.get(), point.at()).toMinutes() - 1);
                }
                last = Optional.of(point.at());
            }
        }
        return (int) Math.min(MAX_PERIODS, longest);
    }

    private static String number(double value) {
        return Words.number(Math.round(Math.ceil(value)));
    }
}
