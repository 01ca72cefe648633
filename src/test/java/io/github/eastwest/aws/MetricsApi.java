package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;
import static io.github.eastwest.aws.Documents.texts;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Amazon CloudWatch, as far as it reads metrics and alarms. */
final class MetricsApi {
    /** A label of a bundle that has no queries beside its answer: namespace, metric, statistic, period, dimensions. */
    private static final Pattern LABEL =
            Pattern.compile("(?<namespace>\\S+) (?<metric>\\S+) (?<stat>\\S+) (?<period>\\d+)(?: (?<dimensions>.+))?");

    private static final Pattern STATISTIC =
            Pattern.compile("SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\\d{1,2}(\\.\\d+)?|p100");
    private static final int QUERIES = 500;
    private static final int DATAPOINTS = 100_800;
    private static final Duration MINUTES_ARE_KEPT = Duration.ofDays(15);
    private static final Duration FIVE_MINUTES_ARE_KEPT = Duration.ofDays(63);

    private final ServedBundle bundle;
    private final Settings settings;
    private final LogStore logs;
    private @Nullable Map<Series, SortedMap<Instant, BigDecimal>> series;

    MetricsApi(ServedBundle bundle, Settings settings, LogStore logs) {
        this.bundle = bundle;
        this.settings = settings;
        this.logs = logs;
    }

    private record Metric(String namespace, String name, SortedMap<String, String> dimensions) {
        static Metric of(Map<String, Object> structure) {
            SortedMap<String, String> dimensions = new TreeMap<>();
            structures(structure, "Dimensions").forEach(d -> dimensions.put(text(d, "Name"), text(d, "Value")));
            return new Metric(text(structure, "Namespace"), text(structure, "MetricName"), dimensions);
        }

        Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("Namespace", namespace);
            document.put("MetricName", name);
            List<Map<String, Object>> list = new ArrayList<>();
            dimensions.forEach((name, value) -> {
                Map<String, Object> dimension = new LinkedHashMap<>();
                dimension.put("Name", name);
                dimension.put("Value", value);
                list.add(dimension);
            });
            document.put("Dimensions", list);
            return document;
        }
    }

    private record Series(Metric metric, String stat, int period) {}

    private record Datapoint(int query, Optional<Instant> at, BigDecimal value) {}

    Map<String, Object> answer(ApiCall call) {
        return switch (call.operation()) {
            case "ListMetrics" -> listMetrics(call);
            case "GetMetricData" -> getMetricData(call);
            case "DescribeAlarms" -> describeAlarms(call);
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        };
    }

    // ---- ListMetrics

    private Map<String, Object> listMetrics(ApiCall call) {
        call.text("RecentlyActive").filter(a -> !a.equals("PT3H")).ifPresent(a -> {
            throw call.invalid("RecentlyActive " + a);
        });
        List<Map<String, Object>> filters = call.structures("Dimensions");
        List<Map<String, Object>> all = new ArrayList<>(bundle.items("cloudwatch/list-metrics", "Metrics"));
        logs.volume().keySet().forEach(group -> {
            all.add(volumeOf("IncomingBytes", group).document());
            all.add(volumeOf("IncomingLogEvents", group).document());
        });
        List<Map<String, Object>> found = all.stream()
                .filter(m -> call.text("Namespace")
                        .map(n -> n.equals(m.get("Namespace")))
                        .orElse(true))
                .filter(m -> call.text("MetricName")
                        .map(n -> n.equals(m.get("MetricName")))
                        .orElse(true))
                .filter(m -> filters.stream()
                        .allMatch(f -> structures(m, "Dimensions").stream()
                                .anyMatch(d -> f.get("Name").equals(d.get("Name"))
                                        && (!f.containsKey("Value")
                                                || f.get("Value").equals(d.get("Value"))))))
                .toList();
        return page(call, "Metrics", 500, found);
    }

    // ---- GetMetricData

    private static Metric volumeOf(String metric, String group) {
        return new Metric("AWS/Logs", metric, new TreeMap<>(Map.of("LogGroupName", group)));
    }

    private synchronized Map<Series, SortedMap<Instant, BigDecimal>> series() {
        if (series == null) {
            Map<Series, SortedMap<Instant, BigDecimal>> read = new HashMap<>();
            Map<String, Map<String, Object>> queries = new HashMap<>();
            bundle.document("cloudwatch/metric-data-queries")
                    .ifPresent(d -> structures(d, "MetricDataQueries").forEach(q -> queries.put(text(q, "Id"), q)));
            bundle.items("cloudwatch/get-metric-data", "MetricDataResults").forEach(result -> {
                SortedMap<Instant, BigDecimal> points =
                        read.computeIfAbsent(series(result, queries.get(text(result, "Id"))), s -> new TreeMap<>());
                List<String> times = texts(result, "Timestamps");
                List<?> values = (List<?>) result.getOrDefault("Values", List.of());
                for (int i = 0; i < times.size(); i++) {
                    points.put(
                            Shape.instant(times.get(i)),
                            new BigDecimal(values.get(i).toString()));
                }
            });
            logs.volume()
                    .forEach((group, minutes) -> minutes.forEach((minute, volume) -> {
                        read.computeIfAbsent(
                                        new Series(volumeOf("IncomingBytes", group), "Sum", 60), s -> new TreeMap<>())
                                .put(minute, BigDecimal.valueOf(volume.bytes() * settings.logBytesFactor()));
                        read.computeIfAbsent(
                                        new Series(volumeOf("IncomingLogEvents", group), "Sum", 60),
                                        s -> new TreeMap<>())
                                .put(minute, BigDecimal.valueOf(volume.events() * settings.logBytesFactor()));
                    }));
            series = read;
        }
        return series;
    }

    private static Series series(Map<String, Object> result, @Nullable Map<String, Object> query) {
        if (query != null) {
            Map<String, Object> stat = Documents.structure(query.get("MetricStat"));
            return new Series(
                    Metric.of(Documents.structure(stat.get("Metric"))),
                    text(stat, "Stat"),
                    Integer.parseInt(stat.get("Period").toString()));
        }
        Matcher label = LABEL.matcher(text(result, "Label"));
        if (!label.matches()) {
            throw new IllegalStateException("a series that nothing identifies: " + result.get("Label"));
        }
        SortedMap<String, String> dimensions = new TreeMap<>();
        Optional.ofNullable(label.group("dimensions")).ifPresent(list -> {
            for (String dimension : list.split(",")) {
                int equals = dimension.indexOf('=');
                dimensions.put(dimension.substring(0, equals), dimension.substring(equals + 1));
            }
        });
        return new Series(
                new Metric(label.group("namespace"), label.group("metric"), dimensions),
                label.group("stat"),
                Integer.parseInt(label.group("period")));
    }

    private Map<String, Object> getMetricData(ApiCall call) {
        Instant start = call.time("StartTime").orElseThrow(() -> call.invalid("StartTime is required"));
        Instant end = call.time("EndTime").orElseThrow(() -> call.invalid("EndTime is required"));
        if (!start.isBefore(end)) {
            throw call.invalid("The parameter StartTime must be less than the parameter EndTime.");
        }
        List<Map<String, Object>> queries = call.structures("MetricDataQueries");
        if (queries.isEmpty() || queries.size() > QUERIES) {
            throw call.invalid("MetricDataQueries must have 1 to " + QUERIES + " members");
        }
        String order = call.text("ScanBy").orElse("TimestampDescending");
        if (!order.equals("TimestampDescending") && !order.equals("TimestampAscending")) {
            throw call.invalid("ScanBy " + order);
        }
        int size = call.number("MaxDatapoints").orElse(DATAPOINTS);
        if (size < 1 || size > DATAPOINTS) {
            throw call.invalid("MaxDatapoints must be between 1 and " + DATAPOINTS);
        }
        Set<String> ids = new HashSet<>();
        List<Map<String, Object>> asked = new ArrayList<>();
        List<Datapoint> points = new ArrayList<>();
        for (Map<String, Object> query : queries) {
            String id = text(query, "Id");
            if (!id.matches("[a-z][a-zA-Z0-9_]*") || !ids.add(id)) {
                throw call.invalid("The value " + id + " for parameter MetricDataQueries.member.Id is not valid.");
            }
            SortedMap<Instant, BigDecimal> values = evaluate(query, start, end, call);
            if (Boolean.FALSE.equals(query.get("ReturnData"))) {
                continue;
            }
            int number = asked.size();
            asked.add(query);
            if (values.isEmpty()) {
                points.add(new Datapoint(number, Optional.empty(), BigDecimal.ZERO));
            }
            List<Datapoint> own = new ArrayList<>();
            values.forEach((at, value) -> own.add(new Datapoint(number, Optional.of(at), value)));
            if (order.equals("TimestampDescending")) {
                java.util.Collections.reverse(own);
            }
            points.addAll(own);
        }
        Pages.Page<Datapoint> page =
                Pages.page(points, Math.min(size, settings.pageSize()), call, "NextToken", MetricsApi::refusedToken);
        int position = Pages.start(call, "NextToken", MetricsApi::refusedToken)
                + page.items().size();
        Map<Integer, Map<String, Object>> results = new LinkedHashMap<>();
        for (Datapoint point : page.items()) {
            Map<String, Object> result = results.computeIfAbsent(point.query(), q -> result(asked.get(q)));
            point.at().ifPresent(at -> {
                add(result, "Timestamps", at.toString());
                add(result, "Values", point.value());
            });
        }
        if (position < points.size()) {
            Optional.ofNullable(results.get(points.get(position).query()))
                    .ifPresent(cut -> cut.put("StatusCode", "PartialData"));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("MetricDataResults", List.copyOf(results.values()));
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        answer.put("Messages", List.of());
        return answer;
    }

    @SuppressWarnings("unchecked")
    private static void add(Map<String, Object> result, String member, Object value) {
        ((List<Object>) result.get(member)).add(value);
    }

    private static Map<String, Object> result(Map<String, Object> query) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("Id", text(query, "Id"));
        Map<String, Object> metric =
                Documents.structure(Documents.structure(query.get("MetricStat")).get("Metric"));
        result.put("Label", text(query, "Label", text(metric, "MetricName")));
        result.put("Timestamps", new ArrayList<>());
        result.put("Values", new ArrayList<>());
        result.put("StatusCode", "Complete");
        return result;
    }

    private SortedMap<Instant, BigDecimal> evaluate(
            Map<String, Object> query, Instant start, Instant end, ApiCall call) {
        if (!query.containsKey("MetricStat") || query.containsKey("Expression")) {
            throw call.invalid("Error in expression of " + query.get("Id") + ": this endpoint evaluates none");
        }
        Map<String, Object> asked = Documents.structure(query.get("MetricStat"));
        String stat = text(asked, "Stat");
        if (!STATISTIC.matcher(stat).matches()) {
            throw call.invalid(
                    "The value " + stat + " for parameter MetricDataQueries.member.MetricStat.Stat is not valid.");
        }
        int period = Integer.parseInt(asked.get("Period").toString());
        if (period < 60 || period % 60 != 0) {
            throw call.invalid("The parameter Period must be a multiple of 60");
        }
        Metric metric = Metric.of(Documents.structure(asked.get("Metric")));
        SortedMap<Instant, BigDecimal> points = new TreeMap<>();
        if (period < smallestKept(start)) {
            return points;
        }
        Instant from = floor(start, Math.max(60, smallestKept(start)));
        Map<Instant, List<BigDecimal>> buckets = new TreeMap<>();
        series().forEach((kept, values) -> {
            if (kept.metric().equals(metric) && kept.stat().equals(stat) && period % kept.period() == 0) {
                values.forEach((at, value) -> {
                    Instant bucket = floor(at, period);
                    if (!at.isBefore(from) && at.isBefore(end)) {
                        buckets.computeIfAbsent(bucket, b -> new ArrayList<>()).add(value);
                    }
                });
            }
        });
        buckets.forEach((at, values) -> points.put(at, together(stat, values)));
        return points;
    }

    private static BigDecimal together(String stat, List<BigDecimal> values) {
        BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return switch (stat) {
            case "Sum", "SampleCount" -> sum;
            case "Maximum" -> values.stream().max(BigDecimal::compareTo).orElseThrow();
            case "Minimum" -> values.stream().min(BigDecimal::compareTo).orElseThrow();
            // Averages and percentiles of several minutes need the samples; one minute is exact.
            default ->
                values.size() == 1
                        ? values.get(0)
                        : sum.divide(BigDecimal.valueOf(values.size()), MathContext.DECIMAL32);
        };
    }

    /** The smallest period, in seconds, that CloudWatch still has of that time. */
    private int smallestKept(Instant start) {
        Duration age = Duration.between(start, bundle.collectedAt());
        if (age.compareTo(MINUTES_ARE_KEPT) <= 0) {
            return 60;
        }
        return age.compareTo(FIVE_MINUTES_ARE_KEPT) <= 0 ? 300 : 3600;
    }

    private static Instant floor(Instant at, int seconds) {
        return Instant.ofEpochSecond(at.getEpochSecond() / seconds * seconds);
    }

    // ---- DescribeAlarms

    private Map<String, Object> describeAlarms(ApiCall call) {
        List<String> names = call.texts("AlarmNames");
        List<String> types = call.has("AlarmTypes") ? call.texts("AlarmTypes") : List.of("MetricAlarm");
        if (names.size() > 100) {
            throw call.invalid("AlarmNames cannot have more than 100 elements");
        }
        List<Map.Entry<String, Map<String, Object>>> found = new ArrayList<>();
        for (String member : List.of("MetricAlarms", "CompositeAlarms")) {
            if (!types.contains(member.substring(0, member.length() - 1))) {
                continue;
            }
            bundle.items("cloudwatch/describe-alarms", member).stream()
                    .filter(a -> names.isEmpty() || names.contains(text(a, "AlarmName")))
                    .filter(a -> call.text("AlarmNamePrefix")
                            .map(p -> text(a, "AlarmName").startsWith(p))
                            .orElse(true))
                    .filter(a -> call.text("StateValue")
                            .map(s -> s.equals(a.get("StateValue")))
                            .orElse(true))
                    .forEach(a -> found.add(Map.entry(member, a)));
        }
        int size = call.number("MaxRecords").orElse(50);
        if (size < 1 || size > 100) {
            throw call.invalid("MaxRecords must be between 1 and 100");
        }
        Pages.Page<Map.Entry<String, Map<String, Object>>> page =
                Pages.page(found, Math.min(size, settings.pageSize()), call, "NextToken", MetricsApi::refusedToken);
        Map<String, Object> answer = new LinkedHashMap<>();
        for (String member : List.of("CompositeAlarms", "MetricAlarms")) {
            answer.put(
                    member,
                    page.items().stream()
                            .filter(e -> e.getKey().equals(member))
                            .map(Map.Entry::getValue)
                            .toList());
        }
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }

    private Map<String, Object> page(ApiCall call, String member, int size, List<Map<String, Object>> all) {
        Pages.Page<Map<String, Object>> page =
                Pages.page(all, Math.min(size, settings.pageSize()), call, "NextToken", MetricsApi::refusedToken);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(member, page.items());
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }

    private static ApiError refusedToken(String token) {
        return ApiError.of("InvalidNextToken", "The next token is not valid.");
    }
}
