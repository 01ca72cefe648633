package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nothing comes from AWS but through the bundle: {@code diagnose} live prints, byte for byte, what {@code collect --save}
 * and then {@code diagnose --bundle} print, with the same exit code.
 */
class LiveReplayTest {
    private static final List<String> FORMATS = List.of("json", "text", "html", "md", "csv", "slack", "junit");

    @TempDir
    private Path folder;

    /**
     * JSON and TEXT logs, one side without logs, both without, hardly any permission, a healthy edge, changes from CloudTrail,
     * Logs Insights on both formats.
     */
    @ParameterizedTest
    @CsvSource({
        "checkout-payments, false",
        "storefront-pricing, false",
        "atlas-tiles, false",
        "hub-devices, false",
        "checkout-payments-sparse, false",
        "tailor-fittings, false",
        "herald-editions, false",
        "branch-statements, true",
        "storefront-pricing, true"
    })
    void printsTheSameAsFromTheSavedBundle(String sample, boolean infrequentAccess) throws IOException {
        Incident incident = Incident.sample(sample);
        Settings settings =
                infrequentAccess ? Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(1) : Settings.DEFAULT;
        Path saved = folder.resolve("bundle.zip");
        CommandLineRun live;
        try (AwsEndpoint endpoint = incident.serve(settings)) {
            live = run(incident, endpoint, "diagnose", outputs("live"));
        }
        // Another endpoint: what is equal must not be so because something is kept between the calls.
        try (AwsEndpoint endpoint = incident.serve(settings)) {
            assertThat(run(incident, endpoint, "collect", List.of("--save", saved.toString()))
                            .exit())
                    .isIn(0, 4);
        }
        CommandLineRun replay = CommandLineRun.of(Stream.concat(
                        Stream.of(
                                "diagnose",
                                incident.bundle().edge("caller"),
                                incident.bundle().edge("callee"),
                                "--bundle",
                                saved.toString()),
                        outputs("replay").stream())
                .toArray(String[]::new));

        assertThat(live.err()).isEmpty();
        assertThat(live.exit()).isEqualTo(replay.exit());
        for (String format : FORMATS) {
            assertThat(Files.readString(folder.resolve("live." + format)))
                    .as(format)
                    .isEqualTo(Files.readString(folder.resolve("replay." + format)));
        }
    }

    private List<String> outputs(String name) {
        List<String> outputs = new ArrayList<>();
        FORMATS.forEach(format -> outputs.addAll(List.of("-o", format + "=" + folder.resolve(name + "." + format))));
        return outputs;
    }

    static CommandLineRun run(Incident incident, AwsEndpoint endpoint, String command, List<String> options) {
        List<String> arguments = new ArrayList<>(incident.arguments(command));
        arguments.addAll(options);
        return LiveCommand.run(
                endpoint.environment(), incident.bundle().collectedAt(), arguments.toArray(String[]::new));
    }
}
