package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scheduled task is allowed what the code calls, and is started with options that there are. */
class DeployTest {
    private static String template() throws IOException {
        return Files.readString(Path.of("deploy/health.yaml"));
    }

    @Test
    void taskMayReadWhatIamPolicyPrintsAndNothingElse() throws IOException {
        String template = template();
        String read = template.substring(template.indexOf("Sid: EastwestRead"), template.indexOf("PolicyName: report"));

        assertThat(Pattern.compile("- ([a-z0-9-]+:[A-Za-z]+)\n")
                        .matcher(read)
                        .results()
                        .map(match -> match.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::action).toList());
    }

    @Test
    void commandHasOnlyOptionsThatThereAre() throws IOException {
        String template = template();
        String command = template.substring(template.indexOf("- - health"), template.indexOf("Environment:"));
        String help = CommandLineRun.of("health", "--help").out();

        assertThat(Pattern.compile("--[a-z-]+").matcher(command).results().map(MatchResult::group))
                .hasSizeGreaterThan(6)
                .allSatisfy(option -> assertThat(help).contains(option));
    }
}
