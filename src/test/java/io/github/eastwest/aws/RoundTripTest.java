package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Served over HTTP and collected again, every recorded incident is the same bundle and has the same diagnosis.
 *
 * <p>The exceptions:
 *
 * <ul>
 *   <li>Of documents that list a whole account, or services beside the edge's, comes back what the edge needs
 *       ({@link Needs}). That no diagnosis needs the rest is what the comparison of the diagnoses shows.
 *   <li>The collector asks for more series, for alarms ({@link #ADDED}) and for changes ({@link #SELDOM_RECORDED}).
 *   <li>Lists of ECS may have another order: AWS promises none.
 *   <li>Where a recording has no log of a side although it looked, the collector knows more: which proxies were silent.
 *       The causes are the same then, with more evidence ({@link #hasSilentSide}).
 *   <li>Coverage says in other words why something is missing.
 * </ul>
 */
class RoundTripTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Alarms were not recorded; the queries lie beside the series. */
    private static final Set<String> ADDED = Set.of("cloudwatch/describe-alarms", "cloudwatch/metric-data-queries");

    /** What most recordings have not, because nobody asked for it. */
    private static final Set<String> SELDOM_RECORDED =
            Set.of("cloudtrail/lookup-events", "application-autoscaling/describe-scaling-activities");

    /** The manifest says who collected when; the series are compared one by one. */
    private static final Set<String> COMPARED_OTHERWISE = Set.of("manifest", "cloudwatch/get-metric-data");

    static List<Incident> incidents() {
        return Incident.all();
    }

    @ParameterizedTest
    @MethodSource("incidents")
    void collectsTheSameBundleAndFindsTheSame(Incident incident) throws IOException, InterruptedException {
        Collected collected;
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            collected = incident.collect(endpoint, LONG);
            assertThat(endpoint.requests())
                    .filteredOn(r -> r.status() != 200)
                    .allMatch(r ->
                            r.error().startsWith("AccessDenied") || r.error().equals("UnauthorizedOperation"));
        }
        SortedMap<String, byte[]> files = collected.bundle().files();

        assertThat(linesByStream(ServedBundle.of(files))).isEqualTo(linesByStream(incident.bundle()));
        sameDocuments(incident.bundle(), ServedBundle.of(files));
        sameSeries(incident.bundle(), ServedBundle.of(files));
        Diagnosis diagnosis = incident.diagnose(files);
        sameDiagnosis(diagnosis, incident.diagnose(), hasSilentSide(incident.bundle()));
        assertThat(incident.diagnose(backwards(files))).isEqualTo(diagnosis);
    }

    /** Every list one by one, empty pages of log events between the others, one listing of a namespace per second. */
    @Test
    void pagesMakeNoDifference() throws InterruptedException {
        // Of the samples with log lines the one with the fewest.
        Incident incident = Incident.sample("concierge-itinerary");
        Settings paged = Settings.DEFAULT.withPageSize(1).withEmptyLogPages(1).withNamespaceListingsPerSecond(1);
        SortedMap<String, byte[]> whole;
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            whole = incident.collect(endpoint, LONG).bundle().files();
        }
        try (AwsEndpoint endpoint = incident.serve(paged)) {
            SortedMap<String, byte[]> joined =
                    incident.collect(endpoint, LONG).bundle().files();

            assertThat(joined.keySet()).isEqualTo(whole.keySet());
            joined.forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(whole.get(path)));
            assertThat(endpoint.requests().stream()
                            .filter(request -> request.parameters().keySet().stream()
                                    .anyMatch(name -> name.equalsIgnoreCase("nextToken")))
                            .map(RecordedRequest::operation))
                    .contains(
                            "ListTasks",
                            "ListServiceDeployments",
                            "ListMetrics",
                            "GetMetricData",
                            "FilterLogEvents",
                            "DescribeSecurityGroupRules",
                            "DescribeSubnets",
                            "DescribeNetworkInterfaces");
        }
    }

    /** The answers as AWS might give them as well: it promises no order of most lists. */
    private static Map<String, byte[]> backwards(Map<String, byte[]> files) {
        Map<String, byte[]> backwards = new TreeMap<>(files);
        backwards.replaceAll((path, bytes) -> {
            if (!path.matches("(ecs|servicediscovery|ec2|cloudtrail|application-autoscaling)/.*\\.json")) {
                return bytes;
            }
            Map<String, Object> document = new LinkedHashMap<>(Documents.read(bytes));
            document.replaceAll((member, value) -> {
                List<Object> list = new ArrayList<>(value instanceof List<?> all ? all : List.of());
                Collections.reverse(list);
                return value instanceof List<?> ? list : value;
            });
            return Documents.JSON.writeValueAsBytes(document);
        });
        return backwards;
    }

    private static boolean hasSilentSide(ServedBundle original) {
        return Set.of("caller", "callee").stream()
                .anyMatch(side -> original.lines().keySet().stream().noneMatch(path -> path.startsWith(side + "/")));
    }

    /** A stream without a line is as good as none. */
    private static Map<String, List<String>> linesByStream(ServedBundle bundle) {
        Map<String, List<String>> streams = new TreeMap<>();
        bundle.lines()
                .forEach((path, content) -> streams.put(path, content.lines().toList()));
        streams.values().removeIf(List::isEmpty);
        return streams;
    }

    private static void sameDocuments(ServedBundle original, ServedBundle collected) {
        Needs needs = new Needs(original);
        Map<String, Object> before = documents(original);
        Map<String, Object> after = documents(collected);
        before.keySet().removeIf(path -> !needs.document(path));
        after.keySet().removeAll(ADDED);
        after.keySet().removeIf(path -> SELDOM_RECORDED.contains(path) && !before.containsKey(path));
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((path, document) -> assertThat(unordered(document))
                .as(path)
                .isEqualTo(unordered(needs.part(path, Documents.structure(before.get(path))))));
    }

    private static Map<String, Object> documents(ServedBundle bundle) {
        Map<String, Object> documents = new TreeMap<>();
        bundle.files().forEach((path, bytes) -> {
            String name = path.replace(".json", "");
            if (path.endsWith(".json")
                    && !path.equals("expected.json")
                    && !path.startsWith("logs/lines/")
                    && !COMPARED_OTHERWISE.contains(name)) {
                documents.put(name, normal(Documents.JSON.readValue(bytes, Object.class)));
            }
        });
        return documents;
    }

    /** One way of writing times and numbers, and no members that are empty unless the request includes them. */
    private static Object normal(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, inner) -> {
                if (!(key.equals("tags") && inner.equals(List.of()))) {
                    sorted.put(key.toString(), normal(inner));
                }
            });
            return sorted;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RoundTripTest::normal).toList();
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
        }
        return value instanceof String text && text.matches("\\d{4}-\\d\\d-\\d\\dT.*\\+00:00")
                ? Shape.instant(text)
                : value;
    }

    /** A document whose lists at the top are compared without their order. */
    private static Object unordered(Object document) {
        Map<String, Object> sets = new LinkedHashMap<>();
        Documents.structure(document)
                .forEach((member, value) -> sets.put(
                        member,
                        value instanceof List<?> list
                                ? list.stream().collect(Collectors.groupingBy(v -> v, Collectors.counting()))
                                : value));
        return sets;
    }

    /** The edge's series have the same points; those of the account's other services are not asked for. */
    private static void sameSeries(ServedBundle original, ServedBundle collected) {
        if (!collected.files().containsKey("cloudwatch/get-metric-data.json")) {
            return;
        }
        Map<String, Map<Object, Object>> before = series(original);
        Map<String, Map<Object, Object>> after = series(collected);
        Needs needs = new Needs(original);
        before.keySet().removeIf(label -> !needs.series(label));
        assertThat(after).isEqualTo(before);
    }

    private static Map<String, Map<Object, Object>> series(ServedBundle bundle) {
        Map<String, Map<Object, Object>> series = new TreeMap<>();
        for (Map<String, Object> result : bundle.items("cloudwatch/get-metric-data", "MetricDataResults")) {
            String label = Documents.text(result, "Label");
            Map<Object, Object> points = new TreeMap<>();
            List<?> times = (List<?>) normal(result.get("Timestamps"));
            List<?> values = (List<?>) normal(result.get("Values"));
            for (int i = 0; i < times.size(); i++) {
                points.put(times.get(i), values.get(i));
            }
            if (!points.isEmpty() && label.startsWith("AWS/ECS")) {
                series.put(label, points);
            }
        }
        return series;
    }

    /** The same findings in the same order with the same evidence, and the same calls. */
    private static void sameDiagnosis(Diagnosis collected, Diagnosis original, boolean moreIsKnown) {
        assertThat(collected.outcome()).isEqualTo(original.outcome());
        assertThat(collected.window()).isEqualTo(original.window());
        assertThat(collected.edge()).isEqualTo(original.edge());
        assertThat(collected.traffic()).isEqualTo(original.traffic());
        assertThat(words(collected, moreIsKnown)).isEqualTo(words(original, moreIsKnown));
        if (!moreIsKnown) {
            assertThat(collected.causes().ruledOut())
                    .isEqualTo(original.causes().ruledOut());
            assertThat(collected.causes().undetermined())
                    .isEqualTo(original.causes().undetermined());
        }
        assertThat(collected.gaps().isEmpty()).isEqualTo(original.gaps().isEmpty());
    }

    private static List<String> words(Diagnosis diagnosis, boolean causesOnly) {
        return diagnosis.causes().findings().stream()
                .map(f -> causesOnly ? f.cause() + " " + f.assessment().verdict() : f.toString())
                .toList();
    }
}
