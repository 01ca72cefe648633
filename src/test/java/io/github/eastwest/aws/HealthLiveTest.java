package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The health of the sample's cluster, read over HTTP. */
class HealthLiveTest {
    private static final Path SAMPLE = Path.of("samples/health-prod");
    private static final Path INCIDENT = Path.of("samples/checkout-payments");
    private static final Instant NOW = Instant.parse("2026-11-21T13:02:00Z");
    private static final List<String> FORMATS = List.of("text", "json");

    @TempDir
    private Path folder;

    @Test
    void printsTheSameAsFromTheSavedBundle() throws IOException {
        CommandLineRun live;
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            live = run(endpoint, outputs("live", "--save", path("saved.zip")));
        }
        CommandLineRun replay = CommandLineRun.of(
                Stream.concat(Stream.of("health", "--bundle", path("saved.zip")), Stream.of(outputs("replay")))
                        .toArray(String[]::new));

        assertThat(live.err()).isEqualTo("eastwest: bundle saved to " + path("saved.zip") + "\n");
        assertThat(live.exit()).isEqualTo(3).isEqualTo(replay.exit());
        for (String format : FORMATS) {
            assertThat(folder.resolve("live." + format))
                    .as(format)
                    .hasSameBinaryContentAs(folder.resolve("replay." + format));
        }
    }

    @Test
    void judgesAsFromTheSampleAndDiagnosesTheWorstEdges() throws IOException {
        JsonNode live;
        List<RecordedRequest> requests;
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            run(endpoint, outputs("live"));
            live = json("live.json");
            requests = endpoint.requests();
        }
        CommandLineRun sample =
                CommandLineRun.of("health", "--bundle", SAMPLE.toString(), "-o", "json=" + path("sample.json"));

        assertThat(sample.exit()).isEqualTo(3);
        assertThat(states(live)).isEqualTo(states(json("sample.json"))).hasSize(10);
        JsonNode payments = edge(live, "checkout", "payments");
        assertThat(payments.at("/diagnosis/finding/code").asString()).isEqualTo("EW301");
        assertThat(payments.get("since").asString()).isEqualTo("2026-11-21T13:00:00Z");
        // Seven metrics listed for one blind edge and nine others; only five kinds are asked for.
        assertThat(requests.stream().filter(request -> request.operation().equals("GetMetricData")))
                .allSatisfy(request -> assertThat(Documents.structures(request.parameters(), "MetricDataQueries"))
                        .hasSizeLessThanOrEqualTo(500));
    }

    @Test
    void namesTheCostBeforeWithoutAskingForWhatCosts() throws IOException {
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            CommandLineRun run = run(endpoint, "--dry-run", "-o", "json=" + path("plan.json"));

            assertThat(run.exit()).isZero();
            assertThat(endpoint.requests())
                    .extracting(RecordedRequest::operation)
                    .doesNotContain("GetMetricData");
        }
        JsonNode plan = json("plan.json");
        long listed = listed();
        assertThat(plan.get("edges").asInt()).isEqualTo(10);
        assertThat(plan.get("services").asInt()).isEqualTo(17);
        assertThat(plan.get("metrics").asLong()).isEqualTo(listed);
        assertThat(plan.get("earlierMetrics").asLong()).isEqualTo(listed);
        // 0.01 USD per thousand metrics.
        assertThat(plan.get("metricsUsd").asDouble()).isCloseTo(2 * listed * 0.00001, within(0.000001));
    }

    /** What the sample lists of the five kinds that health reads, counted in the file. */
    private static long listed() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(SAMPLE.resolve("cloudwatch/list-metrics.json")))
                .get("Metrics")
                .valueStream()
                .map(metric -> metric.get("MetricName").asString())
                .filter(name -> name.startsWith("HTTPCode_Target_") || name.equals("TargetResponseTime"))
                .count();
    }

    @Test
    void leavesEarlierDaysOutWhereBothWouldCostTooMuch() throws IOException {
        double one = listed() * 0.00001;
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            CommandLineRun run = run(
                    endpoint,
                    outputs(
                            "cheap",
                            "--max-cost",
                            Double.toString(one * 1.5),
                            "--fail-on",
                            "never",
                            "--diagnose",
                            "0"));

            assertThat(run.exit()).isEqualTo(6);
        }
        JsonNode report = json("cheap.json");
        assertThat(report.at("/compared/samples").asInt()).isZero();
        assertThat(edge(report, "checkout", "payments").get("state").asString()).isEqualTo("failing");
        assertThat(edge(report, "orders", "shipping").get("severity").isNull()).isTrue();
    }

    @Test
    void callsNothingOkWhoseMetricsAreDenied() throws IOException {
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            endpoint.fault(Operation.GET_METRIC_DATA, Fault.denied());
            CommandLineRun run = run(endpoint, outputs("denied", "--diagnose", "0"));

            assertThat(run.exit()).isEqualTo(4);
        }
        JsonNode report = json("denied.json");
        assertThat(report.get("edges")
                        .valueStream()
                        .map(edge -> edge.get("state").asString()))
                .hasSize(10)
                .containsOnly("blind");
        assertThat(report.get("gaps").toString()).contains("cloudwatch:GetMetricData denied");
    }

    @Test
    void exitsFiveWhereEverythingIsDenied() {
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            endpoint.fault(Fault.denied());

            assertThat(run(endpoint).exit()).isEqualTo(5);
        }
    }

    @Test
    void namesTheClustersThereAreForAnUnknownOne() {
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            CommandLineRun run =
                    LiveCommand.run(endpoint.environment(), NOW, "health", "--cluster", "prdo", "--since", "1h");

            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("there is no ECS cluster 'prdo'").contains("prod");
        }
    }

    @Test
    void looksOnlyAtCallersOfTheNamespace() throws IOException {
        Map<String, byte[]> files = files();
        files.put(
                "ecs/list-services-by-namespace.json",
                bytes("{\"serviceArns\": [\"arn:aws:ecs:eu-west-1:552135669152:service/prod/storefront\"]}"));
        try (AwsEndpoint endpoint = AwsEndpoint.serving(List.of(ServedBundle.of(files)), Settings.DEFAULT)) {
            CommandLineRun run = LiveCommand.run(
                    endpoint.environment(),
                    NOW,
                    "health",
                    "--namespace",
                    "prod.local",
                    "-o",
                    "json=" + path("namespace.json"));

            assertThat(run.err()).isEmpty();
            assertThat(run.exit()).isZero();
        }
        assertThat(states(json("namespace.json")).keySet()).containsExactly("storefront/cart", "storefront/catalog");
    }

    /** Pages of five and one edge's list over several of them change nothing. */
    @Test
    void readsSmallPagesToTheirEnd() throws IOException {
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT.withPageSize(5))) {
            run(endpoint, outputs("pages", "--diagnose", "0"));
        }
        try (AwsEndpoint endpoint = serve(Settings.DEFAULT)) {
            run(endpoint, outputs("whole", "--diagnose", "0"));
        }
        assertThat(folder.resolve("pages.json")).hasSameBinaryContentAs(folder.resolve("whole.json"));
    }

    private static CommandLineRun run(AwsEndpoint endpoint, String... options) {
        List<String> arguments = new ArrayList<>(List.of("health", "--cluster", "prod", "--since", "1h"));
        arguments.addAll(List.of(options));
        return LiveCommand.run(endpoint.environment(), NOW, arguments.toArray(String[]::new));
    }

    private String[] outputs(String name, String... more) {
        List<String> outputs = new ArrayList<>(List.of(more));
        FORMATS.forEach(format -> outputs.addAll(List.of("-o", format + "=" + path(name + "." + format))));
        return outputs.toArray(String[]::new);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(folder.resolve(name)));
    }

    private static Map<String, String> states(JsonNode report) {
        Map<String, String> states = new TreeMap<>();
        report.get("edges")
                .forEach(edge -> states.put(
                        edge.get("caller").asString() + "/" + edge.get("target").asString(),
                        edge.get("state").asString() + " " + edge.get("severity")));
        return states;
    }

    private static JsonNode edge(JsonNode report, String caller, String target) {
        return report.get("edges")
                .valueStream()
                .filter(edge -> edge.get("caller").asString().equals(caller)
                        && edge.get("target").asString().equals(target))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static AwsEndpoint serve(Settings settings) {
        return AwsEndpoint.serving(List.of(ServedBundle.of(files())), settings);
    }

    /** The account: the cluster's metrics and services, and the recorded incident of one of its edges. */
    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>(ServedBundle.read(INCIDENT).files());
        files.keySet().removeIf(path -> path.startsWith("cloudwatch/"));
        Map<String, byte[]> health = ServedBundle.read(SAMPLE).files();
        files.put("cloudwatch/list-metrics.json", health.get("cloudwatch/list-metrics.json"));
        List<Object> results = new ArrayList<>();
        health.forEach((path, bytes) -> {
            if (path.startsWith("cloudwatch/get-metric-data/")) {
                // Without ids: the labels say which series it is.
                results.addAll(Documents.structures(Documents.read(bytes), "MetricDataResults"));
            }
        });
        files.put(
                "cloudwatch/get-metric-data.json",
                Documents.JSON.writeValueAsBytes(Map.of("MetricDataResults", results)));
        List<Map<String, Object>> recorded =
                Documents.structures(Documents.read(files.get("ecs/describe-services.json")), "services");
        Map<Object, Object> services = new LinkedHashMap<>();
        Documents.structures(Documents.read(health.get("ecs/describe-services.json")), "services")
                .forEach(service -> services.put(service.get("serviceName"), service));
        recorded.stream()
                .filter(service -> services.containsKey(service.get("serviceName")))
                .forEach(service -> services.put(service.get("serviceName"), service));
        files.put(
                "ecs/describe-services.json",
                Documents.JSON.writeValueAsBytes(Map.of("services", List.copyOf(services.values()))));
        Map<String, Object> manifest = new LinkedHashMap<>(Documents.read(files.get("manifest.json")));
        manifest.put("collectedAt", NOW.toString());
        files.put("manifest.json", Documents.JSON.writeValueAsBytes(manifest));
        return files;
    }
}
