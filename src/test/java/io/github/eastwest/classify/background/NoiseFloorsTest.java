package io.github.eastwest.classify.background;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Exact;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.report.Background.NoiseFloor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NoiseFloorsTest {
    private static NoiseFloor floor(long failed, long total, long failedNow, long totalNow) {
        return NoiseFloors.compare(failed, total, failedNow, totalNow, Input.METRICS);
    }

    @Test
    void aSteadyFloorIsSilentAndThreeTimesTheFloorIsNot() {
        Random random = new Random(5);
        int alarms = 0;
        int seen = 0;
        for (int i = 0; i < 100; i++) {
            alarms += floor(draw(random, 50_000, 0.004), 50_000, draw(random, 5_000, 0.004), 5_000)
                            .exceeded()
                    ? 1
                    : 0;
            seen += floor(draw(random, 50_000, 0.004), 50_000, draw(random, 5_000, 0.012), 5_000)
                            .exceeded()
                    ? 1
                    : 0;
        }
        // At most one in a hundred by design, less as the bound lies above the truth most times.
        assertThat(alarms).isLessThanOrEqualTo(1);
        assertThat(seen).isEqualTo(100);
    }

    private static int draw(Random random, int n, double share) {
        int k = 0;
        for (int i = 0; i < n; i++) {
            k += random.nextDouble() < share ? 1 : 0;
        }
        return k;
    }

    @Test
    void tellsHowManyCallsAreNeeded() {
        NoiseFloor few = floor(400, 100_000, 1, 50);

        assertThat(few.exceeded()).isFalse();
        assertThat(few.text()).contains("too few to tell").contains("calls are needed");
        // The number told is enough for the rise to stand out, and a quarter of it is not.
        double upper = few.upper();
        long needed = NoiseFloors.needed(0.012, upper);
        assertThat(Exact.tail(needed, (long) (needed * 0.012), upper)).isLessThanOrEqualTo(0.01);
        assertThat(Exact.tail(needed / 4, (long) (needed / 4 * 0.012), upper)).isGreaterThan(0.01);
    }

    @Test
    void aShortHistoryIsNoFloor() {
        assertThat(floor(0, 99, 50, 50).exceeded()).isFalse();
        assertThat(floor(0, 99, 50, 50).text()).contains("at least 100 calls of history");
        assertThat(floor(0, 100, 50, 50).exceeded()).isTrue();
    }
}
