package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogCommandsTest {
    private static Optional<ServiceConnect> loggingTo(String group) {
        return Optional.of(new ServiceConnect(
                true, Optional.of("prod.local"), List.of(), Optional.of(group), true, Optional.of("JSON")));
    }

    private static final Optional<ServiceConnect> OTHER_DRIVER = Optional.of(new ServiceConnect(
            true, Optional.of("prod.local"), List.of(), Optional.empty(), true, Optional.of("JSON")));

    @Test
    void asksTheLogGroupOfThatSidesProxies() {
        Facts facts = new Scene()
                .callerConnect(loggingTo("/ecs/web"))
                .calleeConnect(loggingTo("/ecs/api"))
                .facts();

        assertThat(LogCommands.query(facts, Side.CALLER, "stats count(*)"))
                .isEqualTo("aws logs start-query --log-group-names /ecs/web --start-time "
                        + facts.window().from().getEpochSecond() + " --end-time "
                        + facts.window().to().getEpochSecond() + " --query-string 'stats count(*)'");
        assertThat(LogCommands.query(facts, Side.CALLEE, "stats count(*)")).contains("--log-group-names /ecs/api ");
        assertThat(LogCommands.filter(facts, Side.CALLER, "{ $.a = 1 }"))
                .isEqualTo("aws logs filter-log-events --log-group-name /ecs/web --filter-pattern '{ $.a = 1 }'"
                        + " --start-time " + facts.window().from().toEpochMilli() + " --end-time "
                        + facts.window().to().toEpochMilli());
    }

    @Test
    void aGroupFromAwsIsOneShellWord() {
        Facts facts = new Scene().callerConnect(loggingTo("a; rm b")).facts();

        assertThat(LogCommands.query(facts, Side.CALLER, "x")).contains("--log-group-names 'a; rm b' ");
    }

    @Test
    void leavesABlankOnlyWhereTheGroupIsNotKnown() {
        Facts facts = new Scene()
                .callerConnect(Optional.empty())
                .calleeConnect(OTHER_DRIVER)
                .facts();

        assertThat(LogCommands.query(facts, Side.CALLER, "x")).contains("--log-group-names CALLER_LOG_GROUP ");
        assertThat(LogCommands.query(facts, Side.CALLEE, "x")).contains("--log-group-names CALLEE_LOG_GROUP ");
    }
}
