package io.github.eastwest.bundle;

import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * CloudWatch answers → time series. An answer's series say which metric they are only by their id, joined with the
 * queries that lie beside, or by a label of the agreed form.
 */
final class MetricMapper {
    private static final Pattern STATISTIC =
            Pattern.compile("Sum|Average|Minimum|Maximum|SampleCount|IQM|[pP]\\d.*|(tm|wm|tc|ts|TM|WM|TC|TS|PR)\\d?.*");
    private static final Pattern PERIOD = Pattern.compile("[1-9]\\d{0,7}");

    private final Map<String, Map<String, Identity>> queries = new LinkedHashMap<>();
    private final Map<Identity, Series> series = new LinkedHashMap<>();

    private MetricMapper() {}

    /** Reads ListMetrics, GetMetricData and DescribeAlarms. */
    static Metrics read(Answers answers) {
        MetricMapper mapper = new MetricMapper();
        answers.read("cloudwatch/metric-data-queries", "MetricDataQueries", mapper::query);
        answers.read("cloudwatch/get-metric-data", "MetricDataResults", mapper::result);
        List<MetricSeries> all = new ArrayList<>();
        mapper.series.forEach((identity, points) -> all.add(points.of(identity)));
        return new Metrics(
                all,
                new ArrayList<>(
                        new LinkedHashSet<>(answers.read("cloudwatch/list-metrics", "Metrics", MetricMapper::listed))),
                answers.read("cloudwatch/describe-alarms", "MetricAlarms", MetricMapper::alarm));
    }

    private static Optional<Metrics.Alarm> alarm(Json json) {
        Optional<String> name = json.at("AlarmName").required();
        Optional<String> state = json.at("StateValue").required();
        return name.isEmpty() || state.isEmpty()
                ? Optional.empty()
                // StateUpdatedTimestamp moves when only the reason changes.
                : Optional.of(new Metrics.Alarm(
                        name.get(),
                        state.get(),
                        json.at("StateTransitionedTimestamp").time()));
    }

    /** What a series is. */
    record Identity(
            String namespace, String name, String statistic, int periodSeconds, Map<String, String> dimensions) {}

    /** The points of one metric, from however many answers. */
    private static final class Series {
        private final List<MetricSeries.Point> points = new ArrayList<>();
        private boolean ended;
        private boolean failed;

        MetricSeries of(Identity identity) {
            // Newest first is CloudWatch's default; pages and repeated answers may bring a point twice.
            points.sort(Comparator.comparing(MetricSeries.Point::at));
            List<MetricSeries.Point> once = new ArrayList<>();
            for (MetricSeries.Point point : points) {
                if (once.isEmpty() || !once.get(once.size() - 1).at().equals(point.at())) {
                    once.add(point);
                }
            }
            return new MetricSeries(
                    identity.namespace(),
                    identity.name(),
                    identity.statistic(),
                    identity.periodSeconds(),
                    identity.dimensions(),
                    once,
                    ended && !failed);
        }
    }

    static Optional<Metrics.MetricId> listed(Json json) {
        Optional<String> namespace = json.at("Namespace").required();
        Optional<String> name = json.at("MetricName").required();
        if (namespace.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        return dimensions(json.at("Dimensions"))
                .map(dimensions -> new Metrics.MetricId(namespace.get(), name.get(), dimensions));
    }

    /** Dimensions in order of name; empty if one cannot be read, since without it the metric would be another one. */
    private static Optional<Map<String, String>> dimensions(Json json) {
        Map<String, String> dimensions = new TreeMap<>();
        for (Json item : json.items()) {
            Optional<String> name = item.at("Name").required();
            Optional<String> value = item.at("Value").required();
            if (name.isEmpty() || value.isEmpty()) {
                return Optional.empty();
            }
            dimensions.put(name.get(), value.get());
        }
        return json.isAbsent() || json.isArray() ? Optional.of(dimensions) : Optional.empty();
    }

    /** Notes a query's identity. */
    private Optional<Identity> query(Json json, String key) {
        Optional<String> id = json.at("Id").required();
        identity(json)
                .ifPresent(identity -> id.ifPresent(known -> queries.computeIfAbsent(key, any -> new LinkedHashMap<>())
                        .putIfAbsent(known, identity)));
        // What is kept counts series; a query is none.
        return Optional.empty();
    }

    /** What a query asks for; queries by expression have no identity. */
    static Optional<Identity> identity(Json query) {
        Json stat = query.at("MetricStat");
        if (stat.isAbsent()) {
            return Optional.empty();
        }
        Json metric = stat.at("Metric");
        Optional<String> namespace = metric.at("Namespace").required();
        Optional<String> name = metric.at("MetricName").required();
        Optional<String> statistic = stat.at("Stat").required();
        OptionalInt period = stat.at("Period").integer();
        Optional<Map<String, String>> dimensions = dimensions(metric.at("Dimensions"));
        if (namespace.isEmpty() || name.isEmpty() || statistic.isEmpty() || period.isEmpty() || dimensions.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Identity(namespace.get(), name.get(), statistic.get(), period.getAsInt(), dimensions.get()));
    }

    private Optional<Identity> result(Json json, String key) {
        String id = json.at("Id").textOrEmpty();
        String label = json.at("Label").textOrEmpty();
        Optional<Identity> identity = Optional.ofNullable(
                        queries.getOrDefault(key, Map.of()).get(id))
                .or(() -> Optional.ofNullable(queries.getOrDefault("", Map.of()).get(id)))
                .or(() -> parse(label));
        if (identity.isEmpty()) {
            json.fault("(Id " + id + ", Label " + label + ") does not say which metric it is");
            return identity;
        }
        Series points = series.computeIfAbsent(identity.get(), any -> new Series());
        List<Json> times = json.at("Timestamps").items();
        List<Json> values = json.at("Values").items();
        if (times.size() != values.size()) {
            json.fault("has " + times.size() + " Timestamps and " + values.size() + " Values");
        }
        for (int i = 0; i < Math.min(times.size(), values.size()); i++) {
            Optional<Instant> at = times.get(i).time();
            OptionalDouble value = values.get(i).number();
            if (at.isPresent() && value.isPresent()) {
                points.points.add(new MetricSeries.Point(at.get(), value.getAsDouble()));
            } else if (times.get(i).isAbsent() || values.get(i).isAbsent()) {
                json.fault("has a point without time or value");
            }
        }
        String status = json.at("StatusCode").text().orElse("Complete");
        // Pages of one series are PartialData until the last, which is Complete.
        points.ended |= status.equals("Complete");
        if (!status.equals("Complete") && !status.equals("PartialData")) {
            points.failed = true;
        }
        return identity;
    }

    /**
     * Reads {@code <Namespace> <MetricName> <Stat> <PeriodSeconds> <Dim>=<Value>[,<Dim>=<Value>…]}. Namespaces and values
     * may hold spaces, values may hold commas and equal signs.
     */
    static Optional<Identity> parse(String label) {
        String[] words = label.strip().split(" ", -1);
        for (int period = 3; period < words.length; period++) {
            if (!PERIOD.matcher(words[period]).matches()
                    || !STATISTIC.matcher(words[period - 1]).matches()) {
                continue;
            }
            String rest = String.join(" ", Arrays.copyOfRange(words, period + 1, words.length));
            Optional<Map<String, String>> dimensions = labelDimensions(rest);
            if (dimensions.isPresent()) {
                return Optional.of(new Identity(
                        String.join(" ", Arrays.copyOfRange(words, 0, period - 2)),
                        words[period - 2],
                        words[period - 1],
                        Integer.parseInt(words[period]),
                        dimensions.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Map<String, String>> labelDimensions(String text) {
        Map<String, String> dimensions = new TreeMap<>();
        String last = "";
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equal = part.indexOf('=');
            if (equal > 0) {
                last = part.substring(0, equal);
                dimensions.put(last, part.substring(equal + 1));
            } else if (last.isEmpty()) {
                return Optional.empty();
            } else {
                dimensions.merge(last, part, (value, more) -> value + "," + more);
            }
        }
        return Optional.of(dimensions);
    }
}
