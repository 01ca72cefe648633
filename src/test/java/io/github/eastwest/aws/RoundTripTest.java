package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Served over HTTP and collected again, every recorded incident is the same bundle and has the same diagnosis.
 *
 * <p>The exceptions:
 *
 * <ul>
 *   <li>Documents that list a whole account come back with what concerns the edge ({@link #NARROWED}).
 *   <li>What the collector does not need is not asked for ({@link #isNeeded}).
 *   <li>It asks for more series, and for alarms ({@link #ADDED}).
 *   <li>Lists of ECS may have another order: AWS promises none.
 *   <li>Where a recording has no log of a side although it looked, the collector knows more: which proxies were silent.
 *       The causes are the same then, with more evidence ({@link #hasSilentSide}).
 *   <li>Coverage says in other words why something is missing.
 * </ul>
 */
class RoundTripTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /**
     * Of a whole account only what concerns the edge: its three-dimension metrics, its tasks' groups, its proxies' log
     * groups.
     */
    private static final Set<String> NARROWED =
            Set.of("cloudwatch/list-metrics", "ec2/describe-security-group-rules", "logs/describe-log-groups");

    /** Alarms were not recorded; the queries lie beside the series. */
    private static final Set<String> ADDED = Set.of("cloudwatch/describe-alarms", "cloudwatch/metric-data-queries");

    /** The manifest says who collected when; the series are compared one by one. */
    private static final Set<String> COMPARED_OTHERWISE = Set.of("manifest", "cloudwatch/get-metric-data");

    /**
     * Recordings that do not come back whole yet: deployments of a third service, other namespaces and services that share
     * an alias, metrics of namesakes in other clusters, and events of services that have more of them than were recorded.
     */
    private static final Set<String> OPEN = Set.of(
            "bakery-recipes",
            "conservatory-concerts",
            "depot-manifests",
            "gallery-exhibits",
            "observatory-stars",
            "pharmacy-labels",
            "tailor-fittings");

    static List<Incident> incidents() {
        return Incident.all().stream()
                .filter(incident -> !OPEN.contains(incident.name()))
                .toList();
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
        sameDiagnosis(incident.diagnose(files), incident.diagnose(), hasSilentSide(incident.bundle()));
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
        Map<String, Object> before = documents(original);
        Map<String, Object> after = documents(collected);
        after.forEach((path, document) -> {
            if (!before.containsKey(path)) {
                assertThat(ADDED).as("collected only: %s", path).contains(path);
            } else if (NARROWED.contains(path)) {
                members(before.get(path))
                        .forEach((member, all) -> assertThat(((List<?>) all)
                                        .containsAll((List<?>) members(document).getOrDefault(member, List.of())))
                                .as("only what is there: %s", path)
                                .isTrue());
            } else {
                assertThat(unordered(document)).as(path).isEqualTo(unordered(before.get(path)));
            }
        });
        assertThat(before.keySet())
                .filteredOn(path -> !after.containsKey(path))
                .noneMatch(path -> isNeeded(path, original));
    }

    /**
     * Not needed are Cloud Map's list of services, which tells nothing that GetService does not; Cloud Map services that no
     * deployment of the edge names; log groups where no proxy has a log configuration.
     */
    private static boolean isNeeded(String path, ServedBundle original) {
        String deployments =
                new EcsApi(original, Settings.DEFAULT).deployments().toString();
        String key = path.substring(path.lastIndexOf('/') + 1);
        return switch (path.substring(0, path.length() - key.length())) {
            case "servicediscovery/get-service/" -> deployments.contains("service/" + key);
            case "servicediscovery/discover-instances/" -> deployments.contains("discoveryName=" + key);
            case "servicediscovery/" -> !key.equals("list-services");
            case "logs/" -> deployments.contains("logConfiguration");
            default -> true;
        };
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

    private static Map<String, Object> members(Object document) {
        return Documents.structure(document);
    }

    /** A document whose lists at the top are compared without their order. */
    private static Object unordered(Object document) {
        Map<String, Object> sets = new LinkedHashMap<>();
        members(document)
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
        before.keySet()
                .removeIf(label -> !after.containsKey(label)
                        && !label.matches(".*\\bServiceName=(" + original.edge("caller") + "|" + original.edge("callee")
                                + ")(,.*)?"));
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
