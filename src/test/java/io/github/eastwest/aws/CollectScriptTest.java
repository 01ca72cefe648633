package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/collect.sh}, which knows nothing but the AWS CLI, makes a bundle that says what the recording says.
 *
 * <p>Runs in the profile {@code peers}, since it starts the AWS CLI some forty times and no JDK makes a difference.
 */
@Tag("peers")
@Tag("script")
class CollectScriptTest {
    @TempDir
    private Path folder;

    private String output = "";

    /** One operation is refused meanwhile, of which no finding of the sample speaks. */
    @Test
    void findsInAnAccountWhatTheRecordingOfItShows() throws IOException, InterruptedException {
        Incident incident = Incident.sample("checkout-payments");
        Path bundle = folder.resolve("made by hand");
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            endpoint.fault(Operation.DESCRIBE_CLUSTERS, Fault.denied());

            int exit = run(
                    endpoint,
                    "checkout",
                    "payments",
                    "prod",
                    incident.bundle().from().toString(),
                    incident.bundle().to().toString(),
                    bundle.toString());

            assertThat(exit).as(output).isEqualTo(4);
        }
        Diagnosis recorded = incident.diagnose();
        Diagnosis made = diagnose(bundle);

        assertThat(codes(made)).isEqualTo(codes(recorded));
        assertThat(made.traffic()).isPresent();
        assertThat(made.traffic().orElseThrow().requests())
                .isEqualTo(recorded.traffic().orElseThrow().requests());
        assertThat(made.traffic().orElseThrow().failed())
                .isEqualTo(recorded.traffic().orElseThrow().failed());
        String manifest = Files.readString(bundle.resolve("manifest.json"));
        assertThat(manifest).containsPattern("\"ecs/describe-clusters\", \"state\": \"denied\", \"detail\": \".+\"");
        assertThat(output).contains("not read: ecs/describe-clusters");
        assertThat(manifest).doesNotContain("\"state\": \"failed\"", "\"state\": \"partial\"");
    }

    @Test
    void saysWhatIsWrongWithTheArguments() throws IOException, InterruptedException {
        Path existing = Files.createDirectory(folder.resolve("existing"));
        String out = folder.resolve("new").toString();
        try (AwsEndpoint endpoint = Incident.sample("checkout-payments").serve(Settings.DEFAULT)) {
            assertThat(run(endpoint)).isEqualTo(2);
            assertThat(output).contains("usage:");
            assertThat(run(endpoint, "a';x", "b", "c", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", out))
                    .isEqualTo(2);
            assertThat(run(endpoint, "a", "b", "c", "2026-11-21T13:00:00Z", "2026-11-21T12:00:00Z", out))
                    .isEqualTo(2);
            assertThat(run(endpoint, "a", "b", "c", "yesterday", "2026-11-21T12:00:00Z", out))
                    .isEqualTo(2);
            assertThat(run(
                            endpoint,
                            "a",
                            "b",
                            "c",
                            "2026-11-21T12:00:00Z",
                            "2026-11-21T13:00:00Z",
                            existing.toString()))
                    .isEqualTo(2);
            assertThat(output).contains("exists already");
        }
        assertThat(folder.resolve("new")).doesNotExist();
    }

    private int run(AwsEndpoint endpoint, String... arguments) throws IOException, InterruptedException {
        CollectScript run = CollectScript.run(endpoint.environment(), folder, arguments);
        output = run.output();
        return run.exit();
    }

    private static Diagnosis diagnose(Path bundle) throws IOException {
        try (Bundle opened = Bundle.open(bundle)) {
            return new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(opened, Request.edge("checkout", "payments")));
        }
    }

    private static List<String> codes(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .map(f -> f.cause().code() + " " + f.assessment().verdict() + " " + f.causedBy())
                .toList();
    }
}
