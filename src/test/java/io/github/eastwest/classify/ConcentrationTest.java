package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.TrafficView.Tally;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConcentrationTest {
    private static final Thresholds.Spread SPREAD = Thresholds.DEFAULT.spread();

    @Test
    void findsTheOneGroupThatFails() {
        assertThat(Concentration.of(Map.of("a", new Tally(20, 80), "b", new Tally(0, 100)), SPREAD))
                .map(Concentration::name)
                .contains("a");
    }

    @Test
    void needsAnotherGroupToCompareWith() {
        assertThat(Concentration.of(Map.of("a", new Tally(20, 80)), SPREAD)).isEmpty();
    }

    @Test
    void needsTheMinimumOfFailures() {
        assertThat(Concentration.of(Map.of("a", new Tally(2, 80), "b", new Tally(0, 100)), SPREAD))
                .isEmpty();
        assertThat(Concentration.of(Map.of("a", new Tally(3, 80), "b", new Tally(0, 100)), SPREAD))
                .isPresent();
    }

    @Test
    void needsFourFifthsOfTheFailures() {
        // 79 of 100 and 80 of 100; the other group fails 20 or 21 of 10 000 calls: it is well
        assertThat(Concentration.of(Map.of("a", new Tally(79, 1), "b", new Tally(21, 9979)), SPREAD))
                .isEmpty();
        assertThat(Concentration.of(Map.of("a", new Tally(80, 1), "b", new Tally(20, 9980)), SPREAD))
                .isPresent();
    }

    @Test
    void needsTheOthersToBeWell() {
        // 2 % is the limit: 2 of 100 is well, 3 of 100 is not
        assertThat(Concentration.of(Map.of("a", new Tally(50, 50), "b", new Tally(2, 98)), SPREAD))
                .isPresent();
        assertThat(Concentration.of(Map.of("a", new Tally(50, 50), "b", new Tally(3, 97)), SPREAD))
                .isEmpty();
    }
}
