package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What calls tell that stand for others: nothing is excluded, and nothing confirmed, by calls that were not read. */
class SampledCallsTest {
    /**
     * 50 answered calls stand for 1,000. Of so many 2 %, which are 20, may lie on either side of the window's bounds; fewer
     * requests at the callee are a loss, more may be other callers'.
     */
    @ParameterizedTest
    @CsvSource({"979, POSSIBLE", "980, RULED_OUT", "1000, RULED_OUT", "1020, RULED_OUT", "1021, UNDETERMINED"})
    void exactNumbersOfBothSidesTellWhetherLinesAreMissing(long arrivals, Verdict verdict) {
        Scene scene =
                new Scene().answered("t1", "10.0.1.1", 50, 10).sampled(1, 20).arrivals(arrivals);

        Verdict said = scene.ask(new LogLoss()).verdict();

        assertThat(said == Verdict.LIKELY ? Verdict.POSSIBLE : said).isEqualTo(verdict);
    }

    @Test
    void withoutNumbersOfTheCalleeMissingLinesAreUndetermined() {
        Scene.Answer answer =
                new Scene().answered("t1", "10.0.1.1", 50, 10).sampled(1, 20).ask(new LogLoss());

        assertThat(answer.verdict()).isEqualTo(Verdict.UNDETERMINED);
        assertThat(answer.missing()).containsExactly(Input.CALLER_LOGS.id(), Input.CALLEE_LOGS.id());
    }

    /** One failure of a task that stands for twenty is one failure: chance puts it on some task. */
    @Test
    void failuresThatWereNotReadDoNotConcentrate() {
        Scene scene = new Scene()
                .answered("t1", "10.0.1.1", 100, 10)
                .answered("t1", "10.0.1.2", 100, 10)
                .failed("t1", "10.0.1.2", 1, 20, Condition.APPLICATION_5XX);

        assertThat(scene.sampled(20, 1).ask(new BadReplica()).finding()).isEmpty();
    }

    @Test
    void failuresThatWereReadConcentrateWhateverTheyStandFor() {
        Scene scene = new Scene()
                .answered("t1", "10.0.1.1", 100, 10)
                .answered("t1", "10.0.1.2", 100, 10)
                .failed("t1", "10.0.1.2", 12, 20, Condition.APPLICATION_5XX);

        assertThat(scene.sampled(20, 20).ask(new BadReplica()).finding())
                .hasValueSatisfying(
                        found -> assertThat(found.evidence().get(0).statement()).contains("12 of 12 failures"));
    }

    /** A sample of a thousand failures shows ten of a cause behind one in a hundred; 999 do not. */
    @ParameterizedTest
    @CsvSource({"999, UNDETERMINED", "1000, RULED_OUT"})
    void fewFailuresOfManyExcludeNothing(int read, Verdict verdict) {
        Scene scene = new Scene()
                .answered("t1", "10.0.1.1", 100, 0)
                .failed("t1", "10.0.1.1", read, 0, Condition.APPLICATION_5XX);

        assertThat(scene.sampled(2, 2).ask(new ConnectionPoolOverflow()).verdict())
                .isEqualTo(verdict);
    }

    @Test
    void failuresThatAnAnswerHappenedToHoldExcludeNothingHoweverMany() {
        Scene scene = new Scene()
                .answered("t1", "10.0.1.1", 100, 0)
                .failed("t1", "10.0.1.1", 1000, 0, Condition.APPLICATION_5XX)
                .sampled(2, 2);

        assertThat(scene.cut().ask(new ConnectionPoolOverflow()).missing())
                .containsExactly(Input.CALLER_LOGS.id(), Input.CALLEE_LOGS.id());
    }

    @Test
    void whereAllFailuresWereReadTheyExclude() {
        Scene scene = new Scene()
                .answered("t1", "10.0.1.1", 100, 0)
                .failed("t1", "10.0.1.1", 10, 0, Condition.APPLICATION_5XX)
                .sampled(1, 20);

        assertThat(scene.ask(new ConnectionPoolOverflow()).verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void answersOfWhichOnlyTheNumberIsKnownMayBeThoseOfTheRefusingTasks() {
        Scene refused =
                new Scene().task("api", "a1", "a", "subnet-a", "10.0.0.1").refused("w1", "10.0.0.1", 20, 10);
        assertThat(refused.ask(new NotListening()).verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(refused.unread(0, 100).ask(new NotListening()).missing()).containsExactly(Input.CALLER_LOGS.id());
    }

    @Test
    void failuresOfWhichOnlyTheNumberIsKnownAreFailures() {
        assertThat(new Scene()
                        .answered("w1", "10.0.0.1", 10, 0)
                        .facts()
                        .traffic()
                        .orElseThrow()
                        .isWell())
                .isTrue();
        assertThat(new Scene()
                        .answered("w1", "10.0.0.1", 10, 0)
                        .unread(2, 0)
                        .facts()
                        .traffic()
                        .orElseThrow()
                        .isWell())
                .isFalse();
    }
}
