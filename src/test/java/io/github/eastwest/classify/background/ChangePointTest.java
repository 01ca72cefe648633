package io.github.eastwest.classify.background;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.background.ChangePoint.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One call a second; {@code share} of them fail, seeded. */
class ChangePointTest {
    private final Random random = new Random(42);
    private final List<Cell> cells = new ArrayList<>();

    private ChangePointTest calls(int count, double share) {
        for (int i = 0; i < count; i++) {
            long at = cells.size() * 1000L;
            cells.add(new Cell(at, at + 10, random.nextDouble() < share ? 1 : 0, 1));
        }
        return this;
    }

    private Optional<ChangePoint> found() {
        return ChangePoint.of(cells);
    }

    @Test
    void findsAStepUpToTheCall() {
        calls(200, 0).calls(100, 1);

        assertThat(found()).contains(new ChangePoint(200, 300, 200, 200));
    }

    @Test
    void findsAStepDown() {
        calls(100, 1).calls(200, 0);

        assertThat(found()).hasValueSatisfying(change -> {
            assertThat(change.earliestFirst()).isZero();
            assertThat(change.last()).isEqualTo(100);
        });
    }

    @Test
    void findsAStretchInBetween() {
        calls(300, 0.01).calls(60, 0.9).calls(300, 0.01);

        assertThat(found()).hasValueSatisfying(change -> {
            assertThat(change.first()).isBetween(298, 303);
            assertThat(change.last()).isBetween(357, 362);
            assertThat(change.earliestFirst()).isLessThanOrEqualTo(change.first());
            assertThat(change.latestFirst()).isGreaterThanOrEqualTo(change.first());
        });
    }

    @Test
    void reachesFromTheFirstBurstToTheLast() {
        calls(300, 0)
                .calls(5, 1)
                .calls(200, 0)
                .calls(5, 1)
                .calls(200, 0)
                .calls(5, 1)
                .calls(300, 0);

        assertThat(found()).hasValueSatisfying(change -> {
            assertThat(change.first()).isEqualTo(300);
            assertThat(change.last()).isEqualTo(715);
        });
    }

    @Test
    void itsBandHoldsTheTrueBeginOfAPartialFault() {
        int inside = 0;
        for (int seed = 0; seed < 40; seed++) {
            ChangePointTest scene = new ChangePointTest();
            scene.random.setSeed(seed);
            ChangePoint change = scene.calls(400, 0.02).calls(300, 0.3).found().orElseThrow();
            // A call before the band's first index is the last that was surely before: one more on either side.
            inside += change.earliestFirst() - 1 <= 400 && 400 <= change.latestFirst() + 1 ? 1 : 0;
        }
        // Nominally 95 %; a change point's likelihood is not smooth, so somewhat less is to be expected.
        assertThat(inside).isGreaterThanOrEqualTo(34);
    }

    @Test
    void isSilentOnASteadyFloor() {
        int found = 0;
        for (int seed = 0; seed < 60; seed++) {
            ChangePointTest scene = new ChangePointTest();
            scene.random.setSeed(seed);
            found += scene.calls(1500, 0.02).found().isPresent() ? 1 : 0;
        }
        // One in a thousand by design.
        assertThat(found).isZero();
    }

    @Test
    void needsFiveFailures() {
        calls(300, 0).calls(4, 1);
        assertThat(found()).isEmpty();

        calls(1, 1);
        assertThat(found()).isPresent();
    }

    @Test
    void isSilentWhereAllFailsOrNothing() {
        assertThat(found()).isEmpty();
        assertThat(calls(200, 1).found()).isEmpty();
        cells.clear();
        assertThat(calls(200, 0).found()).isEmpty();
    }

    @Test
    void agreesWithTryingEveryPair() {
        // Independent: the likelihood ratio of every pair by its definition, on series short enough for that.
        for (int seed = 0; seed < 20; seed++) {
            ChangePointTest scene = new ChangePointTest();
            scene.random.setSeed(seed);
            int before = 20 + scene.random.nextInt(40);
            scene.calls(before, 0.02).calls(40, 0.9).calls(scene.random.nextInt(40), 0.02);
            long[] failed = scene.cells.stream().mapToLong(Cell::failed).toArray();
            int n = failed.length;
            double best = Double.NEGATIVE_INFINITY;
            int first = -1;
            int last = -1;
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j <= n; j++) {
                    if (i == 0 && j == n) {
                        continue;
                    }
                    double k = 0;
                    double rest = 0;
                    for (int c = 0; c < n; c++) {
                        if (c >= i && c < j) {
                            k += failed[c];
                        } else {
                            rest += failed[c];
                        }
                    }
                    double gain = entropy(k, j - i)
                            + entropy(rest, n - (j - i))
                            - entropy(k + rest, n)
                            - (i == 0 || j == n ? Math.log(n) : Math.log(n * n / 2.0));
                    if (k >= 5 && k / (j - i) >= 2 * rest / (n - (j - i)) && gain > best) {
                        best = gain;
                        first = i;
                        last = j;
                    }
                }
            }
            ChangePoint found = scene.found().orElseThrow();
            assertThat(found.last()).as("seed %d", seed).isGreaterThanOrEqualTo(last);
            assertThat(found.first()).as("seed %d", seed).isEqualTo(first);
        }
    }

    private static double entropy(double k, double n) {
        return (k == 0 ? 0 : k * Math.log(k / n)) + (k == n ? 0 : (n - k) * Math.log(1 - k / n));
    }
}
