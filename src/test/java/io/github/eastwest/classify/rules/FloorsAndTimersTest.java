package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FloorsAndTimersTest {
    private static Scene errors(int count) {
        Scene scene = new Scene().task("api", "a1", "a", "s", "10.0.0.1").answered("w1", "10.0.0.1", 590, 0);
        for (int i = 0; i < count; i++) {
            scene.failed("w1", "10.0.0.1", 1, 10 + 250 * i, Condition.APPLICATION_5XX);
        }
        return scene;
    }

    @Test
    void twoStrayErrorsOfASmallSampleAreItsFloorAndThreeAreNot() {
        // 0.3 % of 592 calls are 1.8: the share alone would take two for a fault.
        assertThat(errors(2)
                        .ask(new ApplicationErrors())
                        .finding()
                        .orElseThrow()
                        .assessment()
                        .severity())
                .isEqualTo(Severity.NOTE);
        assertThat(errors(3)
                        .ask(new ApplicationErrors())
                        .finding()
                        .orElseThrow()
                        .assessment()
                        .severity())
                .isEqualTo(Severity.ERROR);
    }

    private static Scene givenUp(OptionalInt idleSeconds) {
        return new Scene()
                .calleeConnect(Optional.of(Scene.connect(
                        Optional.of("prod.local"),
                        List.of(new ServiceConnect.Endpoint(
                                "http",
                                "api",
                                List.of(new ServiceConnect.Alias(Optional.of("api"), 8080)),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                idleSeconds,
                                Optional.empty())))))
                .answered("w1", "10.0.0.1", 100, 0)
                .gaveUp("w1", "10.0.0.1", 20, 100, 4_000);
    }

    @Test
    void aTimerThatIsTheIdleTimeoutIsNoProofOfTheClient() {
        double client = confidence(givenUp(OptionalInt.empty()));

        assertThat(confidence(givenUp(OptionalInt.of(4)))).isLessThan(client - 0.1);
        assertThat(confidence(givenUp(OptionalInt.of(60)))).isEqualTo(client);
    }

    private static double confidence(Scene scene) {
        return scene.ask(new CallerGivesUpFirst())
                .finding()
                .orElseThrow()
                .assessment()
                .confidence();
    }
}
