package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.classify.TrafficView.Tally;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConcentrationTest {
    private static final Thresholds.Spread SPREAD = Thresholds.DEFAULT.spread();

    @Test
    void goesByFailuresThatWereReadNotByThoseTheyStandFor() {
        // Two stand for 40, three for 60: three are the fewest to judge.
        assertThat(Concentration.of(Map.of("a", new Tally(40, 160, 2), "b", new Tally(0, 3980, 0)), SPREAD))
                .isEmpty();
        assertThat(Concentration.of(Map.of("a", new Tally(60, 140, 3), "b", new Tally(0, 3980, 0)), SPREAD))
                .isPresent();
    }

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
        // One of two hundred groups of equal size: three failures there are no chance.
        assertThat(Concentration.of(Map.of("a", new Tally(2, 8), "b", new Tally(0, 1990)), SPREAD))
                .isEmpty();
        assertThat(Concentration.of(Map.of("a", new Tally(3, 7), "b", new Tally(0, 1990)), SPREAD))
                .isPresent();
    }

    @Test
    void needsToBeMoreThanChance() {
        // All n failures on one of two equal hosts: 2 * 0.5^n, which is 0.0156 for 7 and 0.0078 for 8; the limit is
        // 0.01.
        assertThat(Concentration.of(Map.of("a", new Tally(7, 493), "b", new Tally(0, 500)), SPREAD))
                .isEmpty();
        assertThat(Concentration.of(Map.of("a", new Tally(8, 492), "b", new Tally(0, 500)), SPREAD))
                .isPresent();
    }

    @Test
    void countsChanceAsTheBinomialTail() {
        // P(X >= 3 | n = 4, p = 1/4) = 4 * (1/4)^3 * 3/4 + (1/4)^4 = 13/256
        assertThat(Exact.tail(4, 3, 0.25)).isCloseTo(13.0 / 256, within(1e-12));
        assertThat(Exact.tail(5, 5, 1)).isEqualTo(1);
        assertThat(Exact.tail(200_000, 150_000, 0.5)).isLessThan(1e-12);
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
