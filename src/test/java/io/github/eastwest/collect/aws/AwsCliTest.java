package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.Side;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers become the documents that the AWS CLI prints: for each operation, an answer with every member of the API goes
 * through both.
 *
 * <p>Without an AWS CLI on the PATH this is skipped; with the environment variable {@code CI} set it fails.
 */
class AwsCliTest {
    private static final long SECONDS = 60;

    /** What the CLI insists on before it asks. */
    private static final Map<Operation, List<String>> REQUIRED = Map.ofEntries(
            Map.entry(
                    Operation.GET_METRIC_DATA,
                    List.of("--metric-data-queries", "[]", "--start-time", "0", "--end-time", "1")),
            Map.entry(Operation.DESCRIBE_SERVICE_DEPLOYMENTS, List.of("--service-deployment-arns", "a")),
            Map.entry(Operation.DESCRIBE_SERVICE_REVISIONS, List.of("--service-revision-arns", "a")),
            Map.entry(Operation.DESCRIBE_SERVICES, List.of("--services", "a")),
            Map.entry(Operation.DESCRIBE_TASK_DEFINITION, List.of("--task-definition", "a")),
            Map.entry(Operation.DESCRIBE_TASKS, List.of("--tasks", "a")),
            Map.entry(Operation.LIST_SERVICE_DEPLOYMENTS, List.of("--service", "a")),
            Map.entry(Operation.LIST_SERVICES_BY_NAMESPACE, List.of("--namespace", "a")),
            Map.entry(Operation.GET_QUERY_RESULTS, List.of("--query-id", "a")),
            Map.entry(
                    Operation.START_QUERY,
                    List.of("--start-time", "0", "--end-time", "1", "--query-string", "a", "--log-group-name", "a")),
            Map.entry(Operation.STOP_QUERY, List.of("--query-id", "a")),
            Map.entry(Operation.FILTER_LOG_EVENTS, List.of("--log-group-name", "a")),
            Map.entry(Operation.DISCOVER_INSTANCES, List.of("--namespace-name", "a", "--service-name", "a")),
            Map.entry(Operation.GET_NAMESPACE, List.of("--id", "a")),
            Map.entry(Operation.GET_SERVICE, List.of("--id", "a")));

    @TempDir
    private Path folder;

    @BeforeAll
    static void cli() {
        boolean present = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(p -> Files.isExecutable(Path.of(p, "aws")));
        if (System.getenv("CI") != null) {
            assertThat(present).as("aws on the PATH").isTrue();
        }
        assumeThat(present).as("aws on the PATH").isTrue();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void printsTheSame(Operation operation) throws Exception {
        compare(operation, new Wire(operation, false));
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void printsTheSameOfEmptyMembers(Operation operation) throws Exception {
        compare(operation, new Wire(operation, true));
    }

    private void compare(Operation operation, Wire wire) throws Exception {
        String expected;
        try (Stub stub = new Stub()
                .with(asked ->
                        new Stub.Reply(200, asked.headers().containsKey("X-Amz-Target") ? wire.json() : wire.xml()))) {
            expected = cli(operation, stub);
            try (SdkAws aws = SdkAws.open(stub.settings())) {
                Map<String, Object> document = aws.call(
                                Call.of(operation, Side.CALLER, Map.of()), Duration.ofSeconds(20))
                        .document();

                assertThat(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document))
                        .isEqualTo(JsonMapper.shared()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(JsonMapper.shared().readTree(expected)));
            }
        }
    }

    private String cli(Operation operation, Stub stub) throws IOException, InterruptedException {
        Path config = Files.writeString(
                folder.resolve("config"),
                "[default]\ncli_timestamp_format = iso8601\ndisable_host_prefix_injection = true\n");
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        List<String> command = new java.util.ArrayList<>(List.of(
                "aws",
                operation.service(),
                operation.command(),
                "--endpoint-url",
                stub.uri().toString(),
                "--output",
                "json"));
        command.addAll(REQUIRED.getOrDefault(operation, List.of()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.putAll(Stub.KEYS);
        environment.put("AWS_DEFAULT_REGION", "eu-central-1");
        environment.put("AWS_MAX_ATTEMPTS", "1");
        environment.put("AWS_PAGER", "");
        environment.put("AWS_CONFIG_FILE", config.toString());
        environment.put("TZ", "UTC");
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(Files.readString(errors)).isEmpty();
        return Files.readString(output);
    }
}
