package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QueriesCommandTest {
    private static List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(Path.of("queries"))) {
            return list.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cwl"))
                    .map(name -> name.replace(".cwl", ""))
                    .toList();
        }
    }

    @Test
    void listsEveryFileWithWhatItAnswers() throws IOException {
        CommandLineRun run = CommandLineRun.of("queries");

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().filter(line -> !line.startsWith(" ")))
                .containsExactlyInAnyOrderElementsOf(files());
        assertThat(run.out()).containsPattern("errors\n    Counts failed and otherwise remarkable requests");
    }

    @Test
    void printsAFileAsItIs() throws IOException {
        for (String name : files()) {
            assertThat(CommandLineRun.of("queries", name).out())
                    .isEqualTo(Files.readString(Path.of("queries", name + ".cwl")));
        }
        assertThat(CommandLineRun.of("queries", "errors.cwl").exit()).isEqualTo(ExitCode.OK);
    }

    @Test
    void fillsInParametersReadyToRun() {
        CommandLineRun run = CommandLineRun.of(
                "queries",
                "lines",
                "-p",
                "streams=checkout/ecs-service-connect-",
                "-p",
                "streams=web/ecs-service-connect-",
                "-p",
                "from=2026-11-21T12:00:00.000Z",
                "-p",
                "to=2026-11-21T13:00:00.000Z",
                "-p",
                "sample=[0-3]",
                "-p",
                "failures=[0-9A-Za-z]");

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .startsWith(
                        "# lines sample=[0-3] failures=[0-9A-Za-z] from=2026-11-21T12:00:00.000Z to=2026-11-21T13:00:00.000Z\n")
                .contains(
                        "filter @logStream like \"checkout/ecs-service-connect-\" or @logStream like \"web/ecs-service-connect-\"\n")
                .doesNotContain("{{");
    }

    @Test
    void refusesWhatIsNoParameterOrCouldBeMoreThanAValue() {
        assertThat(CommandLineRun.of("queries", "-p", "id=a").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandLineRun.of("queries", "one-request", "-p", "id").exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(CommandLineRun.of("queries", "one-request", "-p", "name=a").err())
                .contains("takes [id], not [name]");
        CommandLineRun hostile = CommandLineRun.of("queries", "one-request", "-p", "id=a\" or \u001b[2J");
        assertThat(hostile.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(hostile.out()).isEmpty();
        assertThat(hostile.err()).doesNotContain("\u001b");
    }

    @Test
    void jsonHasTextAndParameters() {
        JsonNode queries = JsonMapper.shared()
                .readTree(CommandLineRun.of("queries", "partners", "-o", "json").out())
                .get("queries");

        assertThat(queries.size()).isEqualTo(1);
        assertThat(queries.get(0).get("name").asString()).isEqualTo("partners");
        assertThat(queries.get(0).get("parameters").valueStream().map(JsonNode::asString))
                .contains("ids", "streams");
        assertThat(queries.get(0).get("text").asString()).contains("{{ids}}");
    }

    @Test
    void anUnknownNameIsAskedAbout() {
        CommandLineRun near = CommandLineRun.of("queries", "erors");
        CommandLineRun far = CommandLineRun.of("queries", "weather-forecast\u001b[2J");

        assertThat(near.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(near.err()).contains("Did you mean 'errors'?");
        assertThat(far.err()).contains("counts").doesNotContain("Did you mean", "\u001b");
    }
}
