package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun.Setting;
import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.BundleAws;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CollectCommandTest {
    private static final Path CHECKOUT = Path.of("samples/checkout-payments");

    @TempDir
    private Path folder;

    private final Setting account = new Setting().aws(settings -> new BundleAws(CHECKOUT));

    private static String[] collect(String... more) {
        return Stream.concat(
                        Stream.of(
                                "collect",
                                "checkout",
                                "payments",
                                "-c",
                                "prod",
                                "--from",
                                "2026-11-21T12:47:47Z",
                                "--to",
                                "2026-11-21T12:49:17Z"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void savesABundleThatDiagnosesAndSaysWhatWasRead() {
        Path saved = folder.resolve("saved.zip");

        CommandLineRun run = account.run(collect("--save", saved.toString()));

        assertThat(run.out())
                .startsWith("checkout \u2192 payments, 2026-11-21 12:47:47Z to 12:49:17Z\n")
                .containsPattern("ecs/describe-services +complete\n")
                .containsPattern("logs/lines/caller +complete +2 streams, \\d+ access-log lines\n")
                .containsPattern("\\d+.files, [0-9.]+.MB, 0\\.\\d{4} USD\n$");
        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(CommandLineRun.of("diagnose", "checkout", "payments", "--bundle", saved.toString())
                        .exit())
                .isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void sayingItInJsonIsSayingTheSame() {
        CommandLineRun run =
                account.run(collect("--save", folder.resolve("saved").toString(), "-o", "json"));

        JsonNode tree = JsonMapper.shared().readTree(run.out());
        assertThat(tree.get("edge").get("callee").asString()).isEqualTo("payments");
        assertThat(tree.get("coverage").valueStream())
                .anySatisfy(entry -> assertThat(entry.get("input").asString()
                                + entry.get("state").asString())
                        .isEqualTo("ecs/describe-servicescomplete"));
        assertThat(tree.get("stoppedAtCost").asBoolean()).isFalse();
    }

    @Test
    void aMissingPermissionIsSavedAsSuchAndExits4() {
        Setting denied = new Setting().aws(settings -> new Aws() {
            private final Aws aws = new BundleAws(CHECKOUT);

            @Override
            public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
                if (call.operation() == Operation.DESCRIBE_SUBNETS) {
                    throw new AwsFailure(AwsFailure.Kind.DENIED, "UnauthorizedOperation", "no", new IOException());
                }
                return aws.call(call, within);
            }

            @Override
            public void close() {
                aws.close();
            }
        });

        CommandLineRun run =
                denied.run(collect("--save", folder.resolve("saved").toString()));

        assertThat(run.exit()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(run.out()).containsPattern("ec2/describe-subnets +denied +.*ec2:DescribeSubnets.*\"Effect\"");
        assertThat(folder.resolve("saved")).isNotEmptyDirectory();
    }

    @Test
    void redactsWhatItSaves() throws IOException {
        CommandLineRun run =
                account.run(collect("--save", folder.resolve("saved").toString(), "--redact"));

        assertThat(run.err()).contains("redacted bundle saved");
        assertThat(java.nio.file.Files.readString(folder.resolve("saved/manifest.json")))
                .doesNotContain("552135669152");
        assertThat(folder.resolve("saved.redaction-map.json")).content().contains("552135669152");
    }

    @Test
    void needsAPlaceToSave() {
        CommandLineRun run = new Setting().run(collect());

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--save");
    }

    @Test
    void aDryRunNeedsNone() {
        CommandLineRun run = account.run(collect("--dry-run"));

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("aws ecs describe-services");
    }
}
