package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class IamPolicyCommandTest {
    @Test
    void allowsWhatTheCodeCanCallAndNothingElse() {
        CommandLineRun run = CommandLineRun.of("iam-policy");

        List<String> actions = new ArrayList<>();
        for (JsonNode statement : JsonMapper.shared().readTree(run.out()).get("Statement")) {
            assertThat(statement.get("Effect").asString()).isEqualTo("Allow");
            statement.get("Action").forEach(action -> actions.add(action.asString()));
        }
        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(actions)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::action).toList());
        assertThat(actions)
                .allMatch(action ->
                        action.matches("[a-z0-9-]+:(Get|List|Describe|Filter|Discover|Lookup|StartQuery|StopQuery).*"));
    }

    @Test
    void jsonIsWhatItPrintsAnyway() {
        assertThat(CommandLineRun.of("iam-policy", "-o", "json").out())
                .isEqualTo(CommandLineRun.of("iam-policy").out());
    }
}
