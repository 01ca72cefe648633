package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.RootCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- causes:begin -->\n";
    private static final String END = "<!-- causes:end -->\n";

    @Test
    void tableOfCausesIsTheEnum() throws IOException {
        String readme = Files.readString(README);
        int from = readme.indexOf(BEGIN) + BEGIN.length();
        int to = readme.indexOf(END);
        if (Boolean.getBoolean("golden.update")) {
            assertThat(System.getenv("CI"))
                    .as("goldens are not rewritten in CI")
                    .isNull();
            Files.writeString(README, readme.substring(0, from) + table() + readme.substring(to));
            return;
        }
        assertThat(readme.substring(from, to))
                .as("run the test with -Dgolden.update=true to rewrite it")
                .isEqualTo(table());
    }

    @Test
    void namesEveryCommandAndEveryOptionOfLiveRuns() throws IOException {
        String readme = Files.readString(README);
        String help = CommandLineRun.of("--help").out();
        String commands = help.substring(help.indexOf("Commands:"));

        assertThat(Pattern.compile("(?m)^  (\\S+)").matcher(commands).results().map(found -> found.group(1)))
                .hasSizeGreaterThan(7)
                .allSatisfy(command -> assertThat(readme).contains("| `" + command));
        assertThat(new CommandLine(new LiveOptions()).getCommandSpec().options())
                .hasSizeGreaterThan(10)
                .extracting(option -> option.names()[0])
                // For accounts that rename the metrics: its help is enough.
                .filteredOn(name -> !name.equals("--metric-namespace"))
                .allSatisfy(option -> assertThat(readme).contains(option));
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| code | cause | hop | severity |\n|---|---|---|---|\n");
        for (RootCause cause : RootCause.values()) {
            table.append("| [")
                    .append(cause.code())
                    .append("](src/main/resources/")
                    .append(Knowledge.page(cause))
                    .append(") | ")
                    .append(cause.title())
                    .append(" (`")
                    .append(cause.slug())
                    .append("`) | ")
                    .append(cause.blindSpot() ? "blind spot" : cause.hop().id())
                    .append(" | ")
                    .append(cause.severity().id())
                    .append(" |\n");
        }
        return table.toString();
    }
}
