package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.RootCause;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RulesCommandTest {
    @Test
    void listsEveryCauseUnderItsHop() {
        CommandLineRun run = CommandLineRun.of("rules");

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        for (RootCause cause : RootCause.values()) {
            assertThat(run.out()).contains(cause.code(), cause.slug(), "\n                  " + cause.title() + "\n");
        }
        assertThat(run.out())
                .startsWith("caller-app\n  EW101  error    caller-not-enabled\n")
                .contains("\n\nblind spots\n  EW601  warning  no-proxy-logs\n");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void jsonHasOneEntryPerCause() {
        JsonNode rules = new JsonMapper()
                .readTree(CommandLineRun.of("rules", "-o", "json").out())
                .get("rules");

        assertThat(rules.size()).isEqualTo(RootCause.values().length);
        assertThat(rules.get(0).propertyNames()).containsExactly("code", "slug", "severity", "hop", "title");
        assertThat(rules.get(0).get("code").asString()).isEqualTo("EW101");
    }

    @Test
    void everyCommandIsListedWithASentenceOfItsOwn() {
        String help = CommandLineRun.of("--help").out();

        assertThat(help).contains("\n  diagnose ", "\n  explain ", "\n  rules ", "\n  completion ");
        assertThat(help.substring(help.indexOf("Commands:"))).doesNotContain("Examples:");
    }

    @Test
    void rejectsAnUnknownFormat() {
        CommandLineRun run = CommandLineRun.of("rules", "-o", "yaml");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("yaml");
    }
}
