package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The AWS CLI, a client that shares no code with this project, prints back what lies in the bundle: at least one operation
 * of every wire protocol.
 *
 * <p>Without an AWS CLI on the PATH this is skipped; with the environment variable {@code CI} set it fails.
 */
class AwsEndpointCliTest {
    private static final Path SAMPLE = Path.of("samples/checkout-payments");
    private static final long SECONDS = 60;
    private static final String EDGE =
            "{\"Namespace\":\"AWS/ECS\",\"MetricName\":\"HTTPCode_Target_2XX_Count\",\"Dimensions\":"
                    + "[{\"Name\":\"ClusterName\",\"Value\":\"prod\"},{\"Name\":\"ServiceName\",\"Value\":\"checkout\"},"
                    + "{\"Name\":\"TargetDiscoveryName\",\"Value\":\"payments\"}]}";

    private static AwsEndpoint endpoint;

    @TempDir
    private Path folder;

    @BeforeAll
    static void serve() {
        Needs.program("aws");
        endpoint = AwsEndpoint.serving(SAMPLE);
    }

    @AfterAll
    static void close() {
        if (endpoint != null) {
            endpoint.close();
        }
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        "ecs describe-services --cluster prod --services checkout payments",
                        "ecs/describe-services",
                        "services"),
                Arguments.of(
                        "ecs describe-clusters --clusters prod --include SETTINGS TAGS STATISTICS",
                        "ecs/describe-clusters",
                        "clusters"),
                Arguments.of("ec2 describe-network-acls", "ec2/describe-network-acls", "NetworkAcls"),
                Arguments.of(
                        "ec2 describe-security-group-rules", "ec2/describe-security-group-rules", "SecurityGroupRules"),
                Arguments.of("cloudwatch list-metrics --namespace AWS/ECS", "cloudwatch/list-metrics", "Metrics"),
                Arguments.of(
                        "servicediscovery discover-instances --namespace-name prod.local --service-name payments",
                        "servicediscovery/discover-instances/payments",
                        "Instances"),
                Arguments.of("logs describe-log-groups", "logs/describe-log-groups", "logGroups"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void printsTheBundle(String command, String document, String member) throws IOException, InterruptedException {
        Object printed = same(Documents.read(aws(command.split(" "))).get(member));

        assertThat(printed)
                .isEqualTo(same(Documents.read(Files.readAllBytes(SAMPLE.resolve(document + ".json")))
                        .get(member)));
    }

    /** The CLI asks CloudWatch in JSON 1.0, the SDK in the query protocol: the numbers are the same. */
    @org.junit.jupiter.api.Test
    void readsNumbersByTheOtherProtocolOfCloudWatch() throws IOException, InterruptedException {
        Map<String, Object> answer = Documents.read(aws(
                "cloudwatch",
                "get-metric-data",
                "--start-time",
                "2026-11-21T12:47:47Z",
                "--end-time",
                "2026-11-21T12:49:17Z",
                "--metric-data-queries",
                "[{\"Id\":\"m\",\"MetricStat\":{\"Metric\":" + EDGE + ",\"Period\":60,\"Stat\":\"Sum\"}}]"));

        // As the sample's first series has it.
        assertThat(answer.get("MetricDataResults").toString())
                .contains("[2026-11-21T12:48:00+00:00, 2026-11-21T12:47:00+00:00]")
                .contains("[316.0, 371.0]");
    }

    private byte[] aws(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("aws"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--output", "json"));
        Path config = Files.writeString(
                folder.resolve("config"),
                "[default]\ncli_timestamp_format = iso8601\ndisable_host_prefix_injection = true\n");
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.putAll(endpoint.environment());
        environment.put("AWS_CONFIG_FILE", config.toString());
        environment.put("AWS_MAX_ATTEMPTS", "1");
        environment.put("AWS_PAGER", "");
        environment.put("TZ", "UTC");
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(Files.readString(errors, StandardCharsets.UTF_8)).isEmpty();
        return Files.readAllBytes(output);
    }

    /** A document without the order of members, and with one way of writing times. */
    private static Object same(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, inner) -> sorted.put(key.toString(), same(inner)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(AwsEndpointCliTest::same).toList();
        }
        return value instanceof String text && text.matches("\\d{4}-\\d\\d-\\d\\dT.*\\+00:00")
                ? Shape.instant(text)
                : value;
    }
}
