package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pieces that are so small that the threads do little but take them. */
@Timeout(60)
class OrderedParallelTest {
    private static final int THREADS = 8;

    /** Hands its piece on. */
    private static final class Same implements OrderedParallel.Worker<int[], Integer> {
        @Override
        public int[] holder() {
            return new int[1];
        }

        @Override
        public Integer work(int[] piece) {
            return piece[0];
        }
    }

    @Test
    void givesEachPieceToOneThreadAndTakesResultsInOrder() throws IOException {
        int pieces = 300_000;
        int[] expected = {0};

        OrderedParallel.<int[], Integer>run(
                THREADS,
                OrderedParallel.Taker.of(pieces, (holder, number) -> holder[0] = number),
                Same::new,
                number -> assertThat(number).isEqualTo(expected[0]++));

        assertThat(expected[0]).isEqualTo(pieces);
    }

    @Test
    void refusesToCountAPieceTwice() {
        AtomicInteger taken = new AtomicInteger();
        List<Integer> results = new ArrayList<>();

        assertThatThrownBy(() -> OrderedParallel.<int[], Integer>run(
                        2, holder -> holder[0] = Math.min(taken.getAndIncrement(), 7), Same::new, results::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("piece 7 was taken twice");
        assertThat(results).doesNotHaveDuplicates();
    }

    @Test
    void stopsWhenAResultCannotBeTaken() {
        assertThatThrownBy(() -> OrderedParallel.<int[], Integer>run(
                        THREADS,
                        OrderedParallel.Taker.of(1_000, (holder, number) -> holder[0] = number),
                        Same::new,
                        number -> {
                            throw new IOException("no space left");
                        }))
                .hasMessage("no space left");
    }

    @Test
    void takesNothingWhereThereIsNothing() throws IOException {
        List<Integer> results = new ArrayList<>();

        OrderedParallel.<int[], Integer>run(
                THREADS, OrderedParallel.Taker.of(0, (holder, number) -> holder[0] = number), Same::new, results::add);

        assertThat(results).isEmpty();
    }
}
