package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.RootCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/live.md is true. */
class LiveDocumentTest {
    private final String document = read();

    private static String read() {
        try {
            return Files.readString(Path.of("docs/live.md"));
        } catch (IOException absent) {
            throw new AssertionError(absent);
        }
    }

    @Test
    void theTableOfPermissionsHoldsWhatTheCodeCanCallAndNoMore() {
        Set<String> named =
                all("`((?:application-autoscaling|cloudtrail|ecs|logs|ec2|cloudwatch|servicediscovery|sts):[A-Z][A-Za-z]+)`")
                        .map(m -> m.group(1))
                        .collect(Collectors.toSet());
        named.remove("sts:AssumeRole");

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::action).toList());
    }

    @Test
    void theOptionsAndTheirDefaultsAreThoseOfTheCommands() {
        List<String> known = new ArrayList<>(List.of("--bundle", "--save", "--redact", "--output"));
        for (Object options : List.of(new LiveOptions(), new WindowOptions(), new EdgeArguments())) {
            new CommandLine(options)
                    .getCommandSpec()
                    .options()
                    .forEach(option -> known.addAll(List.of(option.names())));
        }
        Set<String> ofTheAwsCli = Set.of(
                "--metric-data-queries",
                "--lookup-attributes",
                "--service-namespace",
                "--resource-id",
                "--cluster",
                "--services",
                "--log-group-name",
                "--log-group-names",
                "--limit",
                "--query-string",
                "--query-id",
                "--log-stream-name-prefix",
                "--start-time",
                "--end-time");

        assertThat(all("(?<![\\w-])--[a-z][a-z-]+").map(MatchResult::group))
                .hasSizeGreaterThan(20)
                .allSatisfy(option -> assertThat(known.contains(option) || ofTheAwsCli.contains(option))
                        .as(option)
                        .isTrue());
    }

    @Test
    void everyCauseNamedExists() {
        assertThat(all("EW\\d{3}").map(MatchResult::group))
                .allSatisfy(code -> assertThat(RootCause.of(code)).isPresent());
    }

    private Stream<MatchResult> all(String pattern) {
        return Pattern.compile(pattern).matcher(document).results();
    }
}
