package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.Input;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Live runs against emulators of AWS that others wrote, as processes of their own. No emulator answers everything: what one
 * cannot answer must be told as coverage.
 *
 * <p>Variables: {@code PEERS_PYTHON} (a Python with boto3), {@code MOTO_SERVER}, {@code FAKECLOUD} (the programs).
 */
@Tag("peers")
class PeersTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path SAMPLE = Path.of("samples/checkout-payments");
    private static final List<String> KEYS = List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.region");

    @TempDir
    Path folder;

    private Process emulator;
    private String endpoint;

    @AfterEach
    void tearDown() throws InterruptedException {
        KEYS.forEach(System::clearProperty);
        if (emulator != null) {
            emulator.destroy();
            emulator.waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("moto")
    void whatMotoCannotAnswerIsCoverageAndNeverHealthy() throws Exception {
        moto();
        credentials("AKIAIOSFODNN7EXAMPLE", "example");
        JsonNode window = fill();

        JsonNode report = diagnose(window, 3);

        Map<String, String> coverage = coverage(report);
        assertThat(report.at("/outcome").asString()).isNotEqualTo("healthy");
        assertThat(coverage)
                .containsEntry(Input.SERVICES.id(), "complete")
                .containsEntry(Input.CLUSTERS.id(), "complete")
                .containsEntry(Input.TASKS.id(), "complete")
                .containsEntry(Input.TASK_DEFINITIONS.id(), "complete")
                .containsEntry(Input.NETWORK_INTERFACES.id(), "complete")
                .containsEntry(Input.SECURITY_GROUP_RULES.id(), "complete")
                .containsEntry(Input.SUBNETS.id(), "complete")
                // moto has no service deployments and no history, and forgets the Service Connect configuration.
                .containsEntry(Input.SERVICE_DEPLOYMENTS.id(), "failed")
                .containsEntry(Operation.LOOKUP_EVENTS.path(), "failed")
                .containsEntry(Operation.DESCRIBE_SCALING_ACTIVITIES.path(), "failed")
                .containsEntry(Input.CALLER_LOGS.id(), "not_configured")
                .containsEntry(Input.CALLEE_LOGS.id(), "not_configured");
        assertThat(report.at("/traffic").isNull()).isTrue();
    }

    @Test
    @Tag("moto")
    void theScriptWithTheAwsCliAloneFindsTheSameInMoto() throws Exception {
        moto();
        credentials("AKIAIOSFODNN7EXAMPLE", "example");
        JsonNode window = fill();
        Path bundle = folder.resolve("by hand");
        Map<String, String> aws = Map.of(
                "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "example",
                "AWS_DEFAULT_REGION", "eu-west-1",
                "AWS_ENDPOINT_URL", endpoint);

        CollectScript script = CollectScript.run(
                aws,
                folder,
                "checkout",
                "payments",
                "prod",
                seconds(window.get("from")),
                seconds(window.get("to")),
                bundle.toString());

        // moto has no service deployments.
        assertThat(script.exit()).as(script.output()).isEqualTo(4);
        assertThat(script.output()).contains("not read: ecs/describe-service-deployments");
        CommandLineRun run =
                CommandLineRun.of("diagnose", "checkout", "payments", "--bundle", bundle.toString(), "-o", "json");
        assertThat(run.exit()).as(run.err()).isEqualTo(3);
        JsonNode byHand = JSON.readTree(run.out());
        JsonNode live = diagnose(window, 3);
        assertThat(codes(byHand)).isEqualTo(codes(live)).isNotEmpty();
        assertThat(coverage(byHand))
                .containsEntry(Input.SERVICES.id(), "complete")
                .containsEntry(Input.TASKS.id(), "complete")
                .containsEntry(Input.SECURITY_GROUP_RULES.id(), "complete");
    }

    private static List<String> codes(JsonNode report) {
        List<String> codes = new ArrayList<>();
        report.get("findings")
                .forEach(f -> codes.add(
                        f.get("code").asString() + " " + f.get("verdict").asString()));
        return codes;
    }

    /** The script takes whole seconds. */
    private static String seconds(JsonNode time) {
        return Instant.parse(time.asString()).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Test
    @Tag("moto")
    void thePolicyThatIsPrintedIsEnoughForMoto() throws Exception {
        moto();
        credentials("AKIAIOSFODNN7EXAMPLE", "example");
        JsonNode window = fill();
        user(policy());

        assertThat(coverage(diagnose(window, 3))).doesNotContainValue("denied");
    }

    @Test
    @Tag("moto")
    void anActionThatMotoDeniesIsNamedWithAStatementToPaste() throws Exception {
        moto();
        credentials("AKIAIOSFODNN7EXAMPLE", "example");
        JsonNode window = fill();
        String denied = Operation.DESCRIBE_SECURITY_GROUP_RULES.action();
        String policy = policy();
        assertThat(policy).contains(denied);
        user(policy.replace(denied, "ec2:DescribeVpcs"));

        JsonNode report = diagnose(window, 3);

        assertThat(coverage(report)).containsEntry(Input.SECURITY_GROUP_RULES.id(), "denied");
        assertThat(detail(report, Input.SECURITY_GROUP_RULES)).contains(denied).contains("\"Effect\"", "\"Allow\"");
    }

    @Test
    @Tag("moto")
    void withoutAnyPermissionThereIsNoAccess() throws Exception {
        moto();
        credentials("AKIAIOSFODNN7EXAMPLE", "example");
        JsonNode window = fill();
        user(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"*\"}]}");

        CommandLineRun run = run(window);

        assertThat(run.exit()).describedAs(run.err() + run.out()).isEqualTo(5);
    }

    @Test
    @Tag("fakecloud")
    void countsAndExplainsTheSamplesFailuresInFakecloud() throws Exception {
        fakecloud();
        credentials("test", "test");
        JsonNode window = fill();

        JsonNode report = diagnose(window, 3);

        JsonNode expected = JSON.readTree(Files.readString(SAMPLE.resolve("expected.json")));
        assertThat(report.at("/traffic/requests").asLong())
                .isEqualTo(expected.at("/requests").asLong());
        assertThat(report.at("/traffic/failed").asLong())
                .isEqualTo(expected.at("/failed").asLong());
        assertThat(coverage(report))
                .containsEntry(Input.CALLER_LOGS.id(), "complete")
                .containsEntry(Input.CALLEE_LOGS.id(), "complete")
                .containsEntry(Input.METRICS.id(), "complete")
                .containsEntry(Input.SECURITY_GROUP_RULES.id(), "complete");
        assertThat(codes(report)).contains("EW205 confirmed");
        // Its tasks have no interfaces: what the rules of the network do to them cannot be said, and is not.
        List<String> undetermined = new ArrayList<>();
        report.get("undetermined").forEach(u -> undetermined.add(u.get("code").asString()));
        assertThat(undetermined).contains("EW301");
    }

    private void moto() throws Exception {
        int port = freePort();
        start(port, program("MOTO_SERVER"), "-H", "127.0.0.1", "-p", Integer.toString(port));
    }

    private void fakecloud() throws Exception {
        int port = freePort();
        start(port, program("FAKECLOUD"), "--addr", "127.0.0.1:" + port);
    }

    private void start(int port, String... command) throws Exception {
        endpoint = "http://127.0.0.1:" + port;
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("emulator.log").toFile());
        // It would start containers; nothing here needs them, but they must not end.
        builder.environment()
                .put(
                        "FAKECLOUD_CONTAINER_CLI",
                        Path.of("src/peers/container").toAbsolutePath().toString());
        emulator = builder.start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (System.nanoTime() < end && emulator.isAlive()) {
            try {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create(endpoint).toURL().openConnection();
                connection.getResponseCode();
                return;
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new AssertionError("the emulator does not answer: " + Files.readString(folder.resolve("emulator.log")));
    }

    /** The policy, in moto's words: it takes CloudWatch's signing name for the prefix of its actions. */
    private static String policy() {
        return CommandLineRun.of("iam-policy").out().replace("\"cloudwatch:", "\"monitoring:");
    }

    private JsonNode fill() throws Exception {
        return JSON.readTree(python("fill.py", endpoint, SAMPLE.toString(), "checkout", "payments"));
    }

    /** From here on the emulator checks permissions, and the runs use a user with that policy. */
    private void user(String policy) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.json"), policy);
        JsonNode key = JSON.readTree(python("user.py", endpoint, file.toString()));
        credentials(
                key.get("AccessKeyId").asString(), key.get("SecretAccessKey").asString());
    }

    private String python(String script, String... arguments) throws Exception {
        Path errors = folder.resolve("python.err");
        String[] command = new String[arguments.length + 2];
        command[0] = program("PEERS_PYTHON");
        command[1] = Path.of("src/peers", script).toString();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .describedAs(() -> Arrays.toString(command) + " " + errors)
                .isZero();
        return out;
    }

    private JsonNode diagnose(JsonNode window, int exit) {
        CommandLineRun run = run(window);
        assertThat(run.exit()).describedAs(run.err() + run.out()).isEqualTo(exit);
        return JSON.readTree(run.out());
    }

    private CommandLineRun run(JsonNode window) {
        return CommandLineRun.live(
                "diagnose",
                "checkout",
                "payments",
                "--cluster",
                "prod",
                "--endpoint-url",
                endpoint,
                "--from",
                window.get("from").asString(),
                "--to",
                window.get("to").asString(),
                "-o",
                "json");
    }

    private static Map<String, String> coverage(JsonNode report) {
        Map<String, String> states = new TreeMap<>();
        report.get("coverage")
                .forEach(entry -> states.put(
                        entry.get("input").asString(), entry.get("state").asString()));
        return states;
    }

    private static String detail(JsonNode report, Input input) {
        for (JsonNode entry : report.get("coverage")) {
            if (entry.get("input").asString().equals(input.id())) {
                return entry.get("detail").asString();
            }
        }
        throw new AssertionError("no coverage of " + input.id());
    }

    private static void credentials(String id, String secret) {
        System.setProperty(KEYS.get(0), id);
        System.setProperty(KEYS.get(1), secret);
        System.setProperty(KEYS.get(2), "eu-west-1");
    }

    private static String program(String variable) {
        String program = System.getenv(variable);
        assertThat(program).describedAs("the variable " + variable).isNotBlank();
        return program;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
