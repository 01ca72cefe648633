package io.github.eastwest.classify.background;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.background.TimeoutLadder.Budget;
import io.github.eastwest.classify.background.TimeoutLadder.Span;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.report.Background.Rung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeoutLadderTest {
    private static Budget whole(long millis) {
        return budget(Optional.of(Duration.ofMillis(millis)), Span.WHOLE, 1);
    }

    private static Budget budget(Optional<Duration> limit, Span span, int attempts) {
        return new Budget("b", Hop.CALLER_PROXY, limit, "configured", span, attempts, Optional.empty());
    }

    private static List<Boolean> flags(Budget... budgets) {
        return TimeoutLadder.flagged(List.of(budgets)).stream()
                .map(r -> r.flagged().isPresent())
                .toList();
    }

    @Test
    void flagsAnInnerBudgetLongerThanAnOuterOne() {
        assertThat(flags(whole(1000), whole(1000))).containsExactly(false, false);
        assertThat(flags(whole(1000), whole(1001))).containsExactly(false, true);
        assertThat(flags(whole(15_000), whole(1000), whole(2000))).containsExactly(false, false, true);
    }

    @Test
    void flagsAttemptsThatDoNotFit() {
        Optional<Duration> five = Optional.of(Duration.ofSeconds(5));
        assertThat(flags(whole(15_000), budget(five, Span.ATTEMPT, 3))).containsExactly(false, false);
        assertThat(flags(whole(14_999), budget(five, Span.ATTEMPT, 3))).containsExactly(false, true);
        assertThat(flags(whole(14_999), budget(five, Span.WHOLE, 3))).containsExactly(false, false);
    }

    @Test
    void flagsAnIdleTimeoutOnlyWhereItIsTheShorterOne() {
        assertThat(flags(whole(15_000), budget(Optional.of(Duration.ofMinutes(5)), Span.QUIET, 1)))
                .containsExactly(false, false);
        assertThat(flags(whole(15_000), budget(Optional.of(Duration.ofSeconds(10)), Span.QUIET, 1)))
                .containsExactly(false, true);
    }

    @Test
    void flagsABudgetSwitchedOffInsideAnother() {
        assertThat(flags(whole(15_000), budget(Optional.empty(), Span.WHOLE, 1)))
                .containsExactly(false, true);
        assertThat(flags(budget(Optional.empty(), Span.WHOLE, 1), whole(15_000)))
                .containsExactly(false, false);
    }

    @Test
    void randomLaddersAreFlaggedExactlyWhereATighterOneLiesOutside() {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            List<Budget> budgets = new ArrayList<>();
            int rungs = 1 + random.nextInt(5);
            for (int i = 0; i < rungs; i++) {
                Optional<Duration> limit = random.nextInt(6) == 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(1 + random.nextInt(20)));
                budgets.add(budget(limit, Span.values()[random.nextInt(3)], 1 + random.nextInt(3)));
            }
            List<Rung> flagged = TimeoutLadder.flagged(budgets);
            for (int i = 0; i < rungs; i++) {
                // By definition, naively: compared with each whole-call budget outside of it.
                Budget inner = budgets.get(i);
                boolean wrong = false;
                for (int j = 0; j < i; j++) {
                    Budget outer = budgets.get(j);
                    if (outer.span() != Span.WHOLE || outer.limit().isEmpty()) {
                        continue;
                    }
                    long bound = outer.limit().get().toMillis();
                    long own = inner.limit().map(Duration::toMillis).orElse(Long.MAX_VALUE);
                    wrong |= switch (inner.span()) {
                        case WHOLE -> own > bound;
                        case ATTEMPT -> inner.limit().isEmpty() || own * inner.attempts() > bound;
                        case QUIET -> false;
                    };
                }
                long tightest = budgets.subList(0, i).stream()
                        .filter(b -> b.span() == Span.WHOLE)
                        .flatMap(b -> b.limit().stream())
                        .mapToLong(Duration::toMillis)
                        .min()
                        .orElse(-1);
                if (inner.span() == Span.QUIET && inner.limit().isPresent()) {
                    wrong = inner.limit().get().toMillis() < tightest;
                }
                assertThat(flagged.get(i).flagged().isPresent())
                        .as("rung %d of %s", i, budgets)
                        .isEqualTo(wrong);
            }
        }
    }

    @Test
    void readsTheClientsTimeoutOffTheCallsItGaveUp() {
        List<Rung> ladder = new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 320, Condition.DOWNSTREAM_DISCONNECT, 2_003)
                .background()
                .ladder();

        assertThat(ladder.get(0).limit()).contains(Duration.ofSeconds(2));
        assertThat(ladder.get(0).basis()).isEqualTo("observed");
        assertThat(ladder.get(1).name()).startsWith("perRequestTimeoutSeconds");
        assertThat(ladder.get(1).flagged()).isPresent();
    }

    @Test
    void callsGivenUpAtAnyTimeAreNoTimer() {
        Edge edge = new Edge().answered("10.0.0.1", 0, 300);
        for (int i = 0; i < 20; i++) {
            edge.failed("10.0.0.1", 300 + i, 301 + i, Condition.DOWNSTREAM_DISCONNECT, 300 * (i + 1));
        }

        assertThat(edge.background().ladder()).noneMatch(r -> r.basis().equals("observed"));
    }

    @Test
    void takesTheConfiguredTimeout() {
        Rung configured = new Edge().requestTimeout(30).background().ladder().get(0);
        Rung standard = new Edge().background().ladder().get(0);
        Rung off = new Edge().requestTimeout(0).background().ladder().get(0);

        assertThat(configured.limit()).contains(Duration.ofSeconds(30));
        assertThat(configured.basis()).isEqualTo("configured");
        assertThat(configured.attempts()).isEqualTo(3);
        assertThat(standard.limit()).contains(Duration.ofSeconds(15));
        assertThat(standard.basis()).isEqualTo("default");
        assertThat(off.limit()).isEmpty();
    }
}
