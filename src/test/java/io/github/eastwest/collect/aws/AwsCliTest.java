package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.Needs;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers become the documents that the AWS CLI prints: for each operation, an answer with every member of the API goes
 * through both.
 *
 * <p>Without an AWS CLI on the PATH this is skipped; with the environment variable {@code CI} set it fails.
 */
class AwsCliTest {
    /** One start of the CLI takes 0.5 to 1 s of one core; more at once only compete. */
    private static final int AT_ONCE = 2;

    private static final long SECONDS_FOR_ONE = 120;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What the CLI insists on before it asks. */
    private static final Map<Operation, List<String>> REQUIRED = Map.ofEntries(
            Map.entry(
                    Operation.GET_METRIC_DATA,
                    List.of("--metric-data-queries", "[]", "--start-time", "0", "--end-time", "1")),
            Map.entry(Operation.DESCRIBE_SCALING_ACTIVITIES, List.of("--service-namespace", "ecs")),
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
        Needs.program("aws");
    }

    @Test
    void printsTheSame() throws Exception {
        assertThat(differences(List.of(Operation.values()), false)).isEmpty();
    }

    @Test
    void printsTheSameOfEmptyMembers() throws Exception {
        // One operation of each protocol: JSON, EC2's XML, and the query APIs' XML.
        assertThat(differences(
                        List.of(
                                Operation.DESCRIBE_TASKS,
                                Operation.DESCRIBE_NETWORK_INTERFACES,
                                Operation.GET_METRIC_DATA),
                        true))
                .isEmpty();
    }

    private Map<Operation, String> differences(List<Operation> operations, boolean empty) throws Exception {
        Map<Operation, String> differences = new TreeMap<>();
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            Map<Operation, Future<String>> runs = new TreeMap<>();
            for (Operation operation : operations) {
                runs.put(operation, pool.submit(() -> difference(operation, new Wire(operation, empty))));
            }
            for (Map.Entry<Operation, Future<String>> run : runs.entrySet()) {
                if (!run.getValue().get().isEmpty()) {
                    differences.put(run.getKey(), run.getValue().get());
                }
            }
        } finally {
            pool.shutdownNow();
        }
        return differences;
    }

    /** What the CLI prints and what we make of the same answer, where they differ. */
    private String difference(Operation operation, Wire wire) throws Exception {
        try (Stub stub = new Stub()
                        .with(asked -> new Stub.Reply(
                                200, asked.headers().containsKey("X-Amz-Target") ? wire.json() : wire.xml()));
                SdkAws aws = SdkAws.open(stub.settings())) {
            String printed = cli(operation, stub);
            String document = JSON.writeValueAsString(
                    aws.call(Call.of(operation, Side.CALLER, Map.of()), LONG).document());
            String expected;
            try {
                expected = JSON.writeValueAsString(JSON.readTree(printed));
            } catch (JacksonException e) {
                return printed;
            }
            return document.equals(expected) ? "" : "the AWS CLI: " + expected + "\nwe: " + document;
        }
    }

    private String cli(Operation operation, Stub stub) throws IOException, InterruptedException {
        Path here = Files.createDirectory(
                folder.resolve(operation + "-" + stub.uri().getPort()));
        Path config = Files.writeString(
                here.resolve("config"),
                "[default]\ncli_timestamp_format = iso8601\ndisable_host_prefix_injection = true\n");
        Path output = here.resolve("output");
        List<String> command = new ArrayList<>(List.of("aws", operation.service(), operation.command()));
        command.addAll(List.of("--endpoint-url", stub.uri().toString(), "--output", "json"));
        command.addAll(REQUIRED.getOrDefault(operation, List.of()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.putAll(Stub.KEYS);
        environment.put("AWS_DEFAULT_REGION", "eu-central-1");
        environment.put("AWS_MAX_ATTEMPTS", "1");
        environment.put("AWS_PAGER", "");
        environment.put("AWS_CONFIG_FILE", config.toString());
        environment.put("TZ", "UTC");
        Process process = builder.start();
        if (!process.waitFor(SECONDS_FOR_ONE, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return "no answer within " + SECONDS_FOR_ONE + " s";
        }
        return Files.readString(output);
    }
}
