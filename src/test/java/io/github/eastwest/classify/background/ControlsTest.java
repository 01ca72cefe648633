package io.github.eastwest.classify.background;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Control;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each kind of control with a case that it must tell and one that it must not. The onset is at second 300 of 600. */
class ControlsTest {
    private static Optional<Control> control(Background background, String kind, String name) {
        return background.controls().stream()
                .filter(c -> c.kind().equals(kind) && c.name().equals(name))
                .findFirst();
    }

    private static String verdict(Background background, String kind, String name) {
        return control(background, kind, name).map(Control::verdict).orElse("none");
    }

    /** The callee answers with errors: the callers' proxies count them. */
    private static Edge erring() {
        return new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .minutes("web", "api", "HTTPCode_Target_2XX_Count", 0, 5, 60)
                .minutes("web", "api", "HTTPCode_Target_5XX_Count", 5, 10, 60);
    }

    /** Nothing arrives: the caller's proxy makes the answers, and the metrics have none. */
    private static Edge silent() {
        return new Edge()
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600, Condition.UPSTREAM_CONNECTION_TIMEOUT, 3_000)
                .minutes("web", "api", "HTTPCode_Target_2XX_Count", 0, 5, 60);
    }

    @Test
    void anotherCallerThatIsSparedPointsToThisOne() {
        Background background = erring().minutes("shop", "api", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .minutes("mobile", "api", "HTTPCode_Target_2XX_Count", 0, 5, 50)
                .minutes("mobile", "api", "HTTPCode_Target_5XX_Count", 5, 10, 50)
                // Not the callee's caller.
                .minutes("mobile", "search", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .background();

        assertThat(verdict(background, "other_caller", "shop")).isEqualTo("spared");
        assertThat(verdict(background, "other_caller", "mobile")).isEqualTo("hit");
        // The onset is in the fifth minute's last second: that minute and those after it.
        assertThat(control(background, "other_caller", "shop").orElseThrow().requests())
                .isEqualTo(6 * 50);
    }

    @Test
    void metricsThatHideTheEdgesFailuresTellNothingOfOthers() {
        Background background = silent().minutes("shop", "api", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .minutes("web", "search", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .background();

        assertThat(control(background, "other_caller", "shop")).hasValueSatisfying(control -> {
            assertThat(control.verdict()).isEqualTo("too_few");
            assertThat(control.text()).contains("the metrics do not show the edge's own failures");
        });
        assertThat(verdict(background, "other_callee", "search")).isEqualTo("too_few");
    }

    @Test
    void theCalleesLinesTellOfOtherCallersThatTheMetricsHide() {
        Background background = silent().minutes("shop", "api", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .strangers(0, 600, 200)
                .background();

        assertThat(verdict(background, "other_caller", "all others")).isEqualTo("spared");
        assertThat(verdict(background, "other_caller", "shop")).isEqualTo("none");
    }

    @Test
    void otherCallersThatNoLongerArriveAreNotSpared() {
        // 300 calls before, so 300 are to be expected after: 149 are less than half, 150 are not.
        Background fewer =
                silent().strangers(0, 300, 200).strangers(300, 449, 200).background();
        Background half =
                silent().strangers(0, 300, 200).strangers(300, 450, 200).background();

        assertThat(control(fewer, "other_caller", "all others")).hasValueSatisfying(control -> {
            assertThat(control.verdict()).isEqualTo("too_few");
            assertThat(control.text()).contains("came less than half as often");
        });
        assertThat(verdict(half, "other_caller", "all others")).isEqualTo("spared");
    }

    @Test
    void anotherCalleeThatIsSparedExoneratesTheCallersSide() {
        Background byLines = silent().elsewhere("search:80", 300, 600, 200)
                .elsewhere("mail:80", 300, 600, 503)
                .background();
        Background byMetrics = erring().minutes("web", "search", "HTTPCode_Target_2XX_Count", 0, 10, 50)
                .minutes("web", "mail", "HTTPCode_Target_5XX_Count", 5, 10, 50)
                // Another caller's calls.
                .minutes("shop", "stock", "HTTPCode_Target_5XX_Count", 5, 10, 50)
                .background();

        assertThat(verdict(byLines, "other_callee", "search:80")).isEqualTo("spared");
        assertThat(verdict(byLines, "other_callee", "mail:80")).isEqualTo("hit");
        assertThat(verdict(byMetrics, "other_callee", "search")).isEqualTo("spared");
        assertThat(verdict(byMetrics, "other_callee", "mail")).isEqualTo("hit");
        assertThat(verdict(byMetrics, "other_callee", "stock")).isEqualTo("none");
    }

    @Test
    void aZoneIsAtFaultWhenAllOfItIsHitAndTheOthersAreSpared() {
        Background zone = new Edge()
                .task("a", "10.0.0.1", "zone-a")
                .task("b", "10.0.0.2", "zone-b")
                .task("c", "10.0.0.3", "zone-b")
                .answered("10.0.0.1", 0, 600)
                .answered("10.0.0.2", 0, 300)
                .failed("10.0.0.2", 300, 600)
                .answered("10.0.0.3", 0, 300)
                .failed("10.0.0.3", 300, 600)
                .background();

        assertThat(verdict(zone, "zone", "zone-a")).isEqualTo("spared");
        assertThat(control(zone, "zone", "zone-b").orElseThrow().text()).endsWith("the fault lies here");
    }

    @Test
    void aZoneWithOneBadTaskIsNotAtFault() {
        Background task = new Edge()
                .task("a", "10.0.0.1", "zone-a")
                .task("b", "10.0.0.2", "zone-b")
                .task("c", "10.0.0.3", "zone-b")
                .answered("10.0.0.1", 0, 600)
                .answered("10.0.0.2", 0, 600)
                .answered("10.0.0.3", 0, 300)
                .failed("10.0.0.3", 300, 600)
                .background();

        assertThat(verdict(task, "zone", "zone-b")).isEqualTo("hit");
        assertThat(control(task, "zone", "zone-b").orElseThrow().text())
                .endsWith("some of its tasks are spared, so it is its tasks that differ");
        assertThat(control(task, "task", "10.0.0.3:8080").orElseThrow().text()).endsWith("the fault lies here");
    }

    @Test
    void zonesThatAreHitAlikeDoNotMatter() {
        Background both = new Edge()
                .task("a", "10.0.0.1", "zone-a")
                .task("b", "10.0.0.2", "zone-b")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .answered("10.0.0.2", 0, 300)
                .failed("10.0.0.2", 300, 600)
                .background();

        assertThat(both.controls())
                .filteredOn(c -> c.kind().equals("zone"))
                .hasSize(2)
                .allSatisfy(c -> assertThat(c.text()).endsWith("hit like the others, so the zone is not what matters"));
    }

    @Test
    void aRevisionIsAtFaultWhenItsTasksAreHitAndThoseOfTheOldOneAreNot() {
        Background revision = new Edge()
                .task("a", "10.0.0.1", "z")
                .revisionTask("b", "10.0.0.2", 2)
                .answered("10.0.0.1", 0, 600)
                .answered("10.0.0.2", 0, 300)
                .failed("10.0.0.2", 300, 600)
                .background();
        Background alike = new Edge()
                .task("a", "10.0.0.1", "z")
                .revisionTask("b", "10.0.0.2", 2)
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .answered("10.0.0.2", 0, 300)
                .failed("10.0.0.2", 300, 600)
                .background();

        assertThat(verdict(revision, "revision", "api:1")).isEqualTo("spared");
        assertThat(control(revision, "revision", "api:2").orElseThrow().text()).endsWith("the fault lies here");
        assertThat(control(alike, "revision", "api:2").orElseThrow().text())
                .endsWith("hit like the others, so the revision is not what matters");
    }

    @Test
    void aRevisionWithOneBadTaskIsNotAtFault() {
        Background background = new Edge()
                .task("a", "10.0.0.1", "z")
                .revisionTask("b", "10.0.0.2", 2)
                .revisionTask("c", "10.0.0.3", 2)
                .answered("10.0.0.1", 0, 600)
                .answered("10.0.0.2", 0, 600)
                .answered("10.0.0.3", 0, 300)
                .failed("10.0.0.3", 300, 600)
                .background();

        assertThat(control(background, "revision", "api:2").orElseThrow().text())
                .endsWith("some of its tasks are spared, so it is its tasks that differ");
    }

    /** Two tasks of the caller in different zones, and one of the callee. */
    private static Edge callers() {
        return new Edge()
                .task("a", "10.0.0.1", "zone-a")
                .task("x", "web", "10.0.1.1", "zone-a", -90_000, null, "")
                .task("y", "web", "10.0.1.2", "zone-b", -90_000, null, "");
    }

    @Test
    void aZoneOfTheCallerIsAtFaultWhenItsCallsFailAndThoseOfTheOtherZoneDoNot() {
        Background background = callers()
                .by("x")
                .answered("10.0.0.1", 0, 600)
                .by("y")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .background();

        assertThat(verdict(background, "caller_zone", "zone-a")).isEqualTo("spared");
        assertThat(control(background, "caller_zone", "zone-b").orElseThrow().text())
                .endsWith("the fault lies here");
        assertThat(verdict(background, "caller_task", "y")).isEqualTo("hit");
        // There is one zone of the callee only.
        assertThat(background.controls()).noneMatch(c -> c.kind().equals("zone"));
    }

    @Test
    void zonesOfTheCallerThatAreHitAlikeDoNotMatter() {
        Background background = callers()
                .by("x")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .by("y")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600)
                .background();

        assertThat(background.controls())
                .filteredOn(c -> c.kind().equals("caller_zone"))
                .hasSize(2)
                .allSatisfy(c ->
                        assertThat(c.text()).endsWith("hit like the others, so the caller's zone is not what matters"));
    }

    @Test
    void callsThatReachedNoTaskCountForTheCallersSide() {
        Background background = callers()
                .by("x")
                .answered("10.0.0.1", 0, 600)
                .by("y")
                .answered("10.0.0.1", 0, 300)
                .refused(300, 600)
                .background();

        assertThat(verdict(background, "caller_zone", "zone-b")).isEqualTo("hit");
    }
}
