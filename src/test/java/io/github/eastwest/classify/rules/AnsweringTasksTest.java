package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Gauge;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnsweringTasksTest {
    private static Scene scene() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.1.1")
                .task("api", "a1", "a", "subnet-a", "10.0.0.1")
                .task("api", "a2", "a", "subnet-a", "10.0.0.2");
    }

    private static Optional<Gauge> gauge(Scene scene) {
        return scene.diagnosis().gauges().stream()
                .filter(gauge -> gauge.unit().equals("tasks"))
                .findFirst();
    }

    /** One call a second from second 0 to 9 to both, at seconds 130 to 139 to the first alone while the second fails. */
    @Test
    void countsTheTasksThatAnsweredInEachMinuteWithACall() {
        Gauge gauge = gauge(scene().answered("w1", "10.0.0.1", 10, 0)
                        .answered("w1", "10.0.0.2", 10, 0)
                        .answered("w1", "10.0.0.1", 10, 130)
                        .failed("w1", "10.0.0.2", 10, 130, Condition.APPLICATION_5XX)
                        .failed("w1", "10.0.0.2", 10, 250, Condition.APPLICATION_5XX))
                .orElseThrow();

        assertThat(gauge.subject()).isEqualTo("api");
        // In minutes 1 and 3 nobody called: not measured, which is not zero. In minute 4 nobody answered.
        assertThat(gauge.points().stream().map(Gauge.Point::value).toList()).isEqualTo(List.of(2.0, 1.0, 0.0));
        assertThat(java.time.Duration.between(
                                gauge.points().get(0).at(),
                                gauge.points().get(2).at())
                        .toMinutes())
                .isEqualTo(4);
    }

    @Test
    void aSampleOfAnsweredCallsMayMissTasks() {
        assertThat(gauge(scene().answered("w1", "10.0.0.1", 10, 0).sampled(1, 10)))
                .isEmpty();
    }
}
