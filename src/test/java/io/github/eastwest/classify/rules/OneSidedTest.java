package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Rule;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the lines of one side cannot show, they do not exclude. */
class OneSidedTest {
    private static Scene well() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.1.1")
                .task("api", "a1", "a", "subnet-a", "10.0.0.1")
                .task("api", "a2", "b", "subnet-b", "10.0.0.2");
    }

    /** Causes whose only traces are in the caller's lines: its proxy answers by itself, or packets are lost. */
    static List<Rule> atTheCaller() {
        return List.of(
                new AliasMismatch(),
                new SidecarStarved(),
                new ConnectionPoolOverflow(),
                new OutlierEjection(),
                new AzLocalFault());
    }

    @ParameterizedTest
    @MethodSource("atTheCaller")
    void theCalleesLinesDoNotExcludeWhatOnlyTheCallersShow(Rule rule) {
        Scene.Answer answer = well().without(Input.CALLER_LOGS)
                .calleeLinesOnly()
                .answered("a1", "10.0.0.1", 200, 0)
                .ask(rule);
        assertThat(answer.verdict()).isEqualTo(Verdict.UNDETERMINED);
        assertThat(answer.missing()).containsExactly(Input.CALLER_LOGS.id());
    }

    @ParameterizedTest
    @MethodSource("atTheCaller")
    void theCallersLinesExcludeIt(Rule rule) {
        assertThat(well().answered("w1", "10.0.0.1", 200, 0).ask(rule).verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void aProxysRestartIsExcludedByItsOwnStreamAlone() {
        Scene.Answer answer = well().without(Input.CALLEE_LOGS)
                .answered("w1", "10.0.0.1", 200, 0)
                .ask(new SidecarUnhealthy());
        assertThat(answer.missing()).containsExactly(Input.CALLEE_LOGS.id());
        assertThat(well().answered("w1", "10.0.0.1", 200, 0)
                        .ask(new SidecarUnhealthy())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    private static final String UNHEALTHY = "Task failed container health checks";

    private static Severity severity(Scene scene) {
        return scene.ask(new HealthCheckFailing())
                .finding()
                .orElseThrow()
                .assessment()
                .severity();
    }

    @Test
    void failedHealthChecksAreANoteOnlyWhereTheCallersLinesShowNoLoss() {
        assertThat(severity(well().stopped("a3", "10.0.0.3", 60, UNHEALTHY).answered("w1", "10.0.0.1", 200, 0)))
                .isEqualTo(Severity.NOTE);
        // Calls that found no host have no line at the callee.
        assertThat(severity(well().stopped("a3", "10.0.0.3", 60, UNHEALTHY)
                        .without(Input.CALLER_LOGS)
                        .calleeLinesOnly()
                        .answered("a1", "10.0.0.1", 200, 0)))
                .isEqualTo(Severity.ERROR);
    }

    private static Scene late(int millis) {
        return well().without(Input.CALLER_LOGS)
                .calleeLinesOnly()
                .answered("a1", "10.0.0.1", 100, 0)
                .answered("a2", "10.0.0.2", 100, 0)
                .path("/report")
                .answered("a1", "10.0.0.1", 30, 100)
                .gaveUp("a1", "10.0.0.1", 8, 130, millis)
                .gaveUp("a2", "10.0.0.2", 8, 130, millis);
    }

    @Test
    void atTheCalleeACallLeftAtTheRequestTimeoutWasCutByTheCallersProxy() {
        Scene configured = late(15_000).calleeConnect(timeout());
        assertThat(configured.ask(new RequestTimeoutTooShort()).finding()).isPresent();
        assertThat(configured.ask(new CallerGivesUpFirst()).finding()).isEmpty();
        // 14 s is the timer of somebody else.
        Scene other = late(14_000).calleeConnect(timeout());
        assertThat(other.ask(new RequestTimeoutTooShort()).finding()).isEmpty();
        assertThat(other.ask(new CallerGivesUpFirst()).finding()).isPresent();
    }

    private static java.util.Optional<io.github.eastwest.model.ecs.ServiceConnect> timeout() {
        return java.util.Optional.of(Scene.connect(
                java.util.Optional.of("prod.local"),
                List.of(Scene.endpoint("api", "api", 8080, java.util.Optional.empty()))));
    }

    private static Scene noRule() {
        return well().face("w1", "10.0.1.1", "subnet-a", "vpc-1")
                .face("a1", "10.0.0.1", "subnet-a", "vpc-1")
                .face("a2", "10.0.0.2", "subnet-b", "vpc-1")
                .rule("sg-w", true, "0.0.0.0/0")
                .rule("sg-a", false, "192.168.0.0/16");
    }

    @Test
    void callsOfSomeCallerDoNotClearRulesThatDoNotAdmitThisOne() {
        assertThat(noRule().without(Input.CALLER_LOGS)
                        .calleeLinesOnly()
                        .answered("a1", "10.0.0.1", 100, 0)
                        .ask(new SecurityGroupBlocks())
                        .verdict())
                .isEqualTo(Verdict.POSSIBLE);
        // The caller's own calls get through, on connections older than the rules: a note.
        assertThat(noRule().answered("w1", "10.0.0.1", 100, 0)
                        .ask(new SecurityGroupBlocks())
                        .finding()
                        .orElseThrow()
                        .assessment()
                        .severity())
                .isEqualTo(Severity.NOTE);
    }

    private static Scene noCall() {
        return well().inbound("r1", 200, 10).inbound("r2", 500, 20);
    }

    @Test
    void aWayPastTheProxyIsNotExcludedWithoutTheCalleesLines() {
        assertThat(noCall().without(Input.CALLEE_LOGS)
                        .ask(new CallerBypassesProxy())
                        .missing())
                .containsExactly(Input.CALLEE_LOGS.id());
        assertThat(noCall().ask(new CallerBypassesProxy()).verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void norIsANameOfTheRegistry() {
        assertThat(noCall().registry("api")
                        .without(Input.CALLEE_LOGS)
                        .ask(new CallerUsesDnsDiscovery())
                        .missing())
                .containsExactly(Input.CALLEE_LOGS.id());
        assertThat(noCall().registry("api").ask(new CallerUsesDnsDiscovery()).verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }
}
