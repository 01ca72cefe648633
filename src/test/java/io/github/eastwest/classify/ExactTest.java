package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExactTest {
    @Test
    void sumsTheBinomialTail() {
        // 4 draws at 1/4: P(3) + P(4) = 4 * 3/256 + 1/256.
        assertThat(Exact.tail(4, 3, 0.25)).isCloseTo(13.0 / 256, within(1e-12));
        // Below the mean: 1 - P(0) = 1 - (3/4)^4.
        assertThat(Exact.tail(4, 1, 0.25)).isCloseTo(1 - 81.0 / 256, within(1e-12));
        assertThat(Exact.tail(4, 0, 0.25)).isEqualTo(1);
        assertThat(Exact.tail(4, 5, 0.25)).isZero();
        assertThat(Exact.tail(9, 3, 0)).isZero();
        // Symmetric: P(X >= 500 001) of a million at 1/2 lies just below one half.
        assertThat(Exact.tail(1_000_000, 500_001, 0.5)).isBetween(0.499, 0.5);
    }

    @Test
    void isFishersExactTest() {
        // The lady tasting tea: 4 of 8 cups, all right by chance once in 70 = C(8,4).
        assertThat(Exact.fewer(0, 4, 4, 4)).isCloseTo(1.0 / 70, within(1e-12));
        // At most one: (1 + 4 * 4) / 70.
        assertThat(Exact.fewer(1, 4, 3, 4)).isCloseTo(17.0 / 70, within(1e-12));
        assertThat(Exact.fewer(4, 4, 0, 4)).isCloseTo(1, within(1e-12));
        assertThat(Exact.fewer(0, 100, 0, 100)).isCloseTo(1, within(1e-12));
    }

    @Test
    void boundsAShareFromAbove() {
        // None of n: 1 - 0.025^(1/n).
        assertThat(Exact.upperShare(0, 100, 0.025)).isCloseTo(1 - Math.pow(0.025, 0.01), within(1e-9));
        assertThat(Exact.upperShare(5, 5, 0.025)).isEqualTo(1);
        // Clopper and Pearson's table: 1 of 10 has 0.4450.
        assertThat(Exact.upperShare(1, 10, 0.025)).isCloseTo(0.4450, within(1e-4));
    }
}
