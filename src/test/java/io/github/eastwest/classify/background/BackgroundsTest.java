package io.github.eastwest.classify.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Background.Control;
import io.github.eastwest.model.report.Background.Difference;
import io.github.eastwest.model.report.Background.Onset;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BackgroundsTest {
    /** Well until 04:05:00, failing from then on. */
    private static Edge failingFromTheMiddle() {
        return new Edge().answered("10.0.0.1", 0, 300).failed("10.0.0.1", 300, 600);
    }

    private static Optional<Change> ranked(Background background, int rank) {
        return background.changes().stream()
                .filter(c -> c.rank().filter(r -> r == rank).isPresent())
                .findFirst();
    }

    private static Control control(Background background, String kind, String name) {
        return background.controls().stream()
                .filter(c -> c.kind().equals(kind) && c.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void findsTheOnsetBetweenTheLastGoodAndTheFirstFailedCall() {
        Onset onset = failingFromTheMiddle().background().onset().orElseThrow();

        assertThat(onset.earliest()).isEqualTo(Edge.at(299));
        assertThat(onset.latest()).isEqualTo(Edge.at(300).plusMillis(10));
        assertThat(onset.condition()).contains(Condition.APPLICATION_5XX);
        assertThat(onset.before()).hasValue(0);
        assertThat(onset.after()).isEqualTo(1);
        assertThat(onset.until()).isEmpty();
        assertThat(onset.atStart()).isFalse();
    }

    @Test
    void theBandEndsWhenTheFirstFailureEnded() {
        // Calls of 15 s fail when their time is over: the fault may have begun at any time while they waited.
        Onset onset = new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600, Condition.UPSTREAM_RESPONSE_TIMEOUT, 15_000)
                .background()
                .onset()
                .orElseThrow();

        assertThat(onset.latest()).isEqualTo(Edge.at(315));
    }

    @Test
    void tellsWhenTheFailuresWereOver() {
        Onset onset = new Edge()
                .answered("10.0.0.1", 0, 200)
                .failed("10.0.0.1", 200, 300)
                .answered("10.0.0.1", 300, 600)
                .background()
                .onset()
                .orElseThrow();

        assertThat(onset.until()).contains(Edge.at(300));
    }

    @Test
    void failuresThereAtTheBeginMayBeOlder() {
        Onset always =
                new Edge().failed("10.0.0.1", 0, 600).background().onset().orElseThrow();
        Onset ending = new Edge()
                .failed("10.0.0.1", 0, 100)
                .answered("10.0.0.1", 100, 600)
                .background()
                .onset()
                .orElseThrow();

        assertThat(always.atStart()).isTrue();
        assertThat(always.before()).isEmpty();
        assertThat(ending.atStart()).isTrue();
        assertThat(ending.before()).isEmpty();
        assertThat(ending.until()).contains(Edge.at(100));
    }

    @Test
    void fewFailuresHaveNoOnset() {
        assertThat(new Edge()
                        .answered("10.0.0.1", 0, 590)
                        .failed("10.0.0.1", 590, 594)
                        .background()
                        .onset())
                .isEmpty();
        assertThat(new Edge()
                        .answered("10.0.0.1", 0, 590)
                        .failed("10.0.0.1", 590, 595)
                        .background()
                        .onset())
                .isPresent();
    }

    @Test
    void takesTheMetricsWhereNoLogWasRead() {
        Onset onset = new Edge()
                .without(Input.CALLER_LOGS, Input.CALLEE_LOGS)
                .minutes("web", "api", "HTTPCode_Target_2XX_Count", 0, 5, 100)
                .minutes("web", "api", "HTTPCode_Target_5XX_Count", 5, 10, 100)
                .background()
                .onset()
                .orElseThrow();

        assertThat(onset.source()).isEqualTo("cloudwatch/get-metric-data");
        assertThat(onset.condition()).isEmpty();
        // The last good minute begins at 04:04, the first failing one ends at 04:06.
        assertThat(onset.earliest()).isEqualTo(Edge.at(240));
        assertThat(onset.latest()).isEqualTo(Edge.at(360));
    }

    @Test
    void suspectsTheDeploymentBeforeTheOnset() {
        Background background = failingFromTheMiddle().deployment("api", 250).background(RootCause.BAD_DEPLOYMENT);

        assertThat(ranked(background, 1)).hasValueSatisfying(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.DEPLOYMENT);
            assertThat(change.cause()).contains(RootCause.BAD_DEPLOYMENT);
            assertThat(change.beforeOnset()).contains(Duration.ofSeconds(49));
            assertThat(change.details())
                    .containsExactly(new Difference("app image", Optional.of("image:1"), Optional.of("image:2")));
        });
    }

    @Test
    void suspectsAChangeAtTheOnset() {
        Background background = new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600, Condition.UPSTREAM_RESPONSE_TIMEOUT, 15_000)
                .deployment("api", 310)
                .background(RootCause.BAD_DEPLOYMENT);

        assertThat(ranked(background, 1).orElseThrow().beforeOnset()).contains(Duration.ZERO);
    }

    @Test
    void neverBlamesAChangeAfterTheOnset() {
        Background background = failingFromTheMiddle().deployment("api", 301).background(RootCause.BAD_DEPLOYMENT);

        assertThat(background.changes()).hasSize(1);
        assertThat(background.changes().get(0).rank()).isEmpty();
        assertThat(background.changes().get(0).cause()).isEmpty();
        assertThat(background.changes().get(0).beforeOnset().orElseThrow()).isNegative();
    }

    @Test
    void neverBlamesAChangeWithoutAMechanism() {
        // The caller's deployment cannot make the callee's new revision fail.
        Background background = failingFromTheMiddle().deployment("web", 295).background(RootCause.BAD_DEPLOYMENT);

        assertThat(background.changes()).hasSize(1);
        assertThat(background.changes().get(0).rank()).isEmpty();
    }

    @Test
    void aDeploymentThatLeftTheNeededSettingAloneIsNotSuspected() {
        assertThat(ranked(
                        failingFromTheMiddle()
                                .deployment("api", 250, "image:1", OptionalInt.of(2))
                                .background(RootCause.REQUEST_TIMEOUT_TOO_SHORT),
                        1))
                .hasValueSatisfying(change -> assertThat(change.details())
                        .containsExactly(new Difference(
                                "endpoint http perRequestTimeoutSeconds", Optional.empty(), Optional.of("2"))));
        assertThat(failingFromTheMiddle()
                        .deployment("api", 250, "image:2", OptionalInt.empty())
                        .background(RootCause.SECURITY_GROUP_BLOCKS)
                        .changes())
                .allSatisfy(change -> assertThat(change.rank()).isEmpty());
    }

    @Test
    void theNearerChangeOfEqualMechanismComesFirst() {
        Background background = failingFromTheMiddle()
                .deployment("api", -7200)
                .deployment("api", 290)
                .background(RootCause.BAD_DEPLOYMENT);

        assertThat(ranked(background, 1).orElseThrow().at()).isEqualTo(Edge.at(290));
        assertThat(ranked(background, 2).orElseThrow().at()).isEqualTo(Edge.at(-7200));
    }

    @Test
    void aChangeOfLastWeekDoesNotExplainASharpOnset() {
        Background background =
                failingFromTheMiddle().deployment("api", -7 * 86_400).background(RootCause.BAD_DEPLOYMENT);

        assertThat(background.changes()).hasSize(1);
        assertThat(background.changes().get(0).rank()).isEmpty();
    }

    @Test
    void anOldChangeCountsOnlyByASettingWhereTheBeginWasNotSeen() {
        Edge always = new Edge().failed("10.0.0.1", 0, 600, Condition.UPSTREAM_RESPONSE_TIMEOUT, 2_000);

        Background setting = always.deployment("api", -7 * 86_400, "image:1", OptionalInt.of(2))
                .background(RootCause.REQUEST_TIMEOUT_TOO_SHORT);
        Background code = new Edge()
                .failed("10.0.0.1", 0, 600, Condition.UPSTREAM_RESPONSE_TIMEOUT, 2_000)
                .deployment("api", -7 * 86_400)
                .background(RootCause.REQUEST_TIMEOUT_TOO_SHORT);

        assertThat(ranked(setting, 1)).isPresent();
        assertThat(ranked(code, 1)).isEmpty();
    }

    @Test
    void groupsTasksThatStopTogether() {
        Background background = failingFromTheMiddle()
                .task("a", "api", "10.0.0.2", "z", -90_000, 295, "Scaling activity initiated by (deployment 1)")
                .task("b", "api", "10.0.0.3", "z", -90_000, 298, "Scaling activity initiated by (deployment 1)")
                .background(RootCause.CALLEE_SATURATED);

        assertThat(ranked(background, 1)).hasValueSatisfying(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.SCALING);
            assertThat(change.text()).contains("2 tasks stopped");
            assertThat(change.at()).isEqualTo(Edge.at(295));
        });
    }

    @Test
    void namesWhatItLookedIn() {
        assertThat(failingFromTheMiddle().without(Input.TASKS).background().changesRead())
                .contains("ecs/describe-service-deployments")
                .doesNotContain("ecs/describe-tasks");
    }

    @Test
    void sparedOthersExonerateTheirEnd() {
        Background background = failingFromTheMiddle()
                .elsewhere("search:80", 300, 400, 200)
                .elsewhere("mail:80", 300, 400, 503)
                .strangers(300, 400, 200)
                .background();

        assertThat(control(background, "other_callee", "search:80").verdict()).isEqualTo("spared");
        assertThat(control(background, "other_callee", "mail:80").verdict()).isEqualTo("hit");
        assertThat(control(background, "other_caller", "all others").verdict()).isEqualTo("spared");
    }

    @Test
    void othersBeforeTheOnsetTellNothing() {
        assertThat(failingFromTheMiddle()
                        .elsewhere("search:80", 0, 299, 200)
                        .background()
                        .controls())
                .noneMatch(c -> c.kind().equals("other_callee"));
    }

    @Test
    void fewCallsSayNothing() {
        // All 300 fail. k good calls have the chance 1 / C(300 + k, k): 1 / 301 for one, so one would do; of an edge
        // that
        // fails by half, 2 good calls have about 1/4.
        Background background = new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 450)
                .answered("10.0.0.1", 301, 451)
                .elsewhere("search:80", 310, 312, 200)
                .background();

        assertThat(control(background, "other_callee", "search:80").verdict()).isEqualTo("too_few");
    }

    @Test
    void tellsTheZoneThatIsHit() {
        Background background = new Edge()
                .task("a", "10.0.0.1", "zone-a")
                .task("b", "10.0.0.2", "zone-b")
                .answered("10.0.0.1", 0, 600)
                .answered("10.0.0.2", 0, 300)
                .failed("10.0.0.2", 300, 600)
                .background();

        assertThat(control(background, "zone", "zone-a").verdict()).isEqualTo("spared");
        assertThat(control(background, "zone", "zone-b").verdict()).isEqualTo("hit");
        assertThat(background.controls()).noneMatch(c -> c.kind().equals("revision"));
    }

    @Test
    void aHealthyEdgeHasNoControls() {
        assertThat(new Edge()
                        .answered("10.0.0.1", 0, 600)
                        .elsewhere("search:80", 0, 600, 503)
                        .background()
                        .controls())
                .isEmpty();
    }

    @Test
    void theFloorIsWhatTheMetricsHadBefore() {
        Edge steady = new Edge()
                .without(Input.CALLER_LOGS, Input.CALLEE_LOGS)
                .minutes("web", "api", "HTTPCode_Target_2XX_Count", -60, 10, 990)
                .minutes("web", "api", "HTTPCode_Target_5XX_Count", -60, 10, 10);
        Edge threefold = new Edge()
                .without(Input.CALLER_LOGS, Input.CALLEE_LOGS)
                .minutes("web", "api", "HTTPCode_Target_2XX_Count", -60, 10, 990)
                .minutes("web", "api", "HTTPCode_Target_5XX_Count", -60, 0, 10)
                .minutes("web", "api", "HTTPCode_Target_5XX_Count", 0, 10, 30);

        assertThat(steady.background().noiseFloor()).hasValueSatisfying(floor -> {
            assertThat(floor.usual()).isCloseTo(0.01, within(1e-9));
            assertThat(floor.exceeded()).isFalse();
            assertThat(floor.text()).endsWith("within it");
        });
        assertThat(steady.background().onset()).isEmpty();
        assertThat(threefold.background().noiseFloor())
                .hasValueSatisfying(floor -> assertThat(floor.exceeded()).isTrue());
    }

    @Test
    void withoutHistoryThereIsNoFloor() {
        assertThat(new Edge().failed("10.0.0.1", 0, 600).background().noiseFloor())
                .isEmpty();
    }

    @Test
    void theMetricsSayNothingOfFailuresThatProxiesMade() {
        // The callee answered well whatever reached it; the lines tell that nothing did.
        assertThat(new Edge()
                        .failed("10.0.0.1", 0, 600, Condition.UPSTREAM_CONNECTION_FAILURE, 2)
                        .minutes("web", "api", "HTTPCode_Target_2XX_Count", -60, 10, 990)
                        .background()
                        .noiseFloor())
                .isEmpty();
    }
}
