package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eastwest.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The definitions are what AWS's own tools accept: every input goes through the AWS CLI, which checks it against the model of
 * the operation before it fails for want of a connection, and every template through cfn-lint. Where one of them is not on the
 * PATH its part is skipped; with the environment variable {@code CI} set it fails.
 */
class AlarmsCommandTest {
    private static final String[] SAMPLE = {
        "alarms",
        "checkout",
        "payments",
        "--bundle",
        "samples/checkout-payments",
        "--alarm-action",
        "arn:aws:sns:eu-central-1:123456789012:on-call"
    };
    private static final String[] NAMES = {
        "alarms", "orders", "payments", "-c", "prod", "--discovery-name", "pay", "--log-group", "/ecs/orders"
    };

    private static String out(String[] command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return run.out();
    }

    @Test
    void awsCliAcceptsEveryDefinition(@TempDir Path folder) throws IOException, InterruptedException {
        Needs.program("aws");
        List<String> commands = out(SAMPLE, "-o", "commands")
                .lines()
                .filter(line -> line.startsWith("aws "))
                .toList();
        // Six alarms, two of them on filters.
        assertThat(commands).hasSize(8);
        // Two at once, as there are cores.
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < commands.size(); i++) {
            script.append(commands.get(i))
                    .append(" --endpoint-url http://127.0.0.1:9 --no-sign-request --region us-east-1 2>&1")
                    .append(i % 2 == 0 ? " &\n" : "\nwait\n");
        }

        List<String> answers = run(folder, "sh", "-c", script.toString())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();

        assertThat(answers).hasSize(8).allMatch(answer -> answer.contains("Could not connect to the endpoint URL"));
    }

    @Test
    void awsCliWouldRefuseAWrongDefinition(@TempDir Path folder) throws IOException, InterruptedException {
        Needs.program("aws");
        String wrong = "aws cloudwatch put-metric-alarm --cli-input-json '{\"AlarmName\":\"x\",\"Period\":\"often\"}'"
                + " --endpoint-url http://127.0.0.1:9 --no-sign-request --region us-east-1 2>&1";

        assertThat(run(folder, "sh", "-c", wrong)).contains("Parameter validation failed");
    }

    @Test
    void cfnLintAcceptsTheTemplates(@TempDir Path folder) throws IOException, InterruptedException {
        Needs.program("cfn-lint");
        Path fromBundle = folder.resolve("bundle.json");
        Path fromNames = folder.resolve("names.json");
        Files.writeString(fromBundle, out(SAMPLE, "-o", "cloudformation"));
        Files.writeString(fromNames, out(NAMES, "-o", "cloudformation"));
        Path wrong = folder.resolve("wrong.json");
        Files.writeString(wrong, Files.readString(fromNames).replace("EvaluationPeriods", "EvaluationPeriod"));

        List<String> faults = run(
                        folder,
                        "cfn-lint",
                        "--format",
                        "parseable",
                        fromBundle.toString(),
                        fromNames.toString(),
                        wrong.toString())
                .lines()
                .toList();

        assertThat(faults).isNotEmpty().allMatch(fault -> fault.startsWith(wrong.toString()));
    }

    @Test
    void jsonFitsTheSchema() throws IOException {
        String schema;
        try (InputStream in = AlarmsCommandTest.class.getResourceAsStream("/schema/alarms.schema.json")) {
            schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String document : List.of(out(SAMPLE), out(NAMES))) {
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(schema, InputFormat.JSON)
                            .validate(document, InputFormat.JSON))
                    .isEmpty();
        }
    }

    @Test
    void theBundleTellsNamesAndActionsAreTold() {
        JsonNode document = JsonMapper.shared().readTree(out(SAMPLE));

        assertThat(document.get("notes").size()).isEqualTo(1);
        assertThat(document.get("notes").get(0).asString()).startsWith("The callee's proxies log to /ecs/prod/");
        JsonNode alarm = document.get("alarms").get(0).get("input");
        assertThat(alarm.get("Dimensions").toString())
                .isEqualTo("[{\"Name\":\"ClusterName\",\"Value\":\"prod\"},"
                        + "{\"Name\":\"ServiceName\",\"Value\":\"checkout\"},"
                        + "{\"Name\":\"TargetDiscoveryName\",\"Value\":\"payments\"}]");
        assertThat(alarm.get("AlarmActions").get(0).asString()).endsWith(":on-call");
        assertThat(alarm.get("TreatMissingData").asString()).isEqualTo("notBreaching");
    }

    @Test
    void whatIsAssumedGoesToStandardErrorToo() {
        CommandLineRun run = CommandLineRun.of("alarms", "orders", "payments");

        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("The discovery name is not known", "The cluster is not known");
        assertThat(JsonMapper.shared().readTree(run.out()).get("notes").size()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "--app-protocol=smtp, unknown --app-protocol",
        "--alarm-action=on-call, is no ARN",
        "-o=html, unknown output format",
        "--bundle=samples/none, samples/none"
    })
    void wrongOptionsAreUsage(String option, String message) {
        CommandLineRun run = CommandLineRun.of("alarms", "orders", "payments", option);

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_MAX_ATTEMPTS", "1");
        builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        builder.environment().put("AWS_PAGER", "");
        builder.environment().put("AWS_CONFIG_FILE", folder.resolve("none").toString());
        builder.environment()
                .put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output).strip();
    }
}
