package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ways on which a caller does not call the alias: EW101, EW104, EW105, EW106, EW107, EW306. */
class CallerPathsTest {
    private static Scene scene() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .face("w1", "10.0.0.5", "subnet-a", "vpc-1");
    }

    /** The caller's application answers at first, and fails from second 60 on. */
    private static Scene failing(Scene scene) {
        for (int i = 0; i < 6; i++) {
            scene.inbound("q" + i, 200, 10 + i);
        }
        for (int i = 0; i < 6; i++) {
            scene.inbound("r" + i, 502, 60 + i);
        }
        return scene;
    }

    // --- EW101
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aCallerWithoutConfigurationAndWithoutProxiesIsNotEnabled() {
        Scene.Answer answer = new Scene()
                .callerConnect(Optional.empty())
                .task("web", "w1", "a", "subnet-a", "10.0.0.5", 1, false)
                .ask(new CallerNotEnabled());
        assertThat(answer.verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void aCallerWithProxiesIsEnabled() {
        assertThat(scene().ask(new CallerNotEnabled()).because())
                .hasValueSatisfying(why -> assertThat(why).contains("1 of 1 running task"));
    }

    @Test
    void aConfiguredCallerWhoseTasksHaveNoProxyIsNotEnabledYet() {
        Scene.Answer answer = new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5", 1, false)
                .ask(new CallerNotEnabled());
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().summary()).contains("none of its running tasks has the proxy");
    }

    // --- EW105
    // --------------------------------------------------------------------------------------------------------

    private static Scene twin(String alias, String namespace) {
        Scene scene = scene();
        return scene.other(scene.service(
                "api-v2",
                Optional.of(Scene.connect(
                        Optional.of(namespace), List.of(Scene.endpoint("api-v2", alias, 8080, Optional.empty())))),
                List.of()));
    }

    @Test
    void twoServicesOfOneAliasCollide() {
        Scene.Answer answer = twin("API", "prod.local").ask(new AliasCollision());
        assertThat(answer.verdict()).isEqualTo(Verdict.CONFIRMED);
        assertThat(answer.finding().orElseThrow().summary()).contains("api-v2", "api:8080");
    }

    @ParameterizedTest
    @CsvSource({"api-v2, prod.local", "api, test.local"})
    void otherNamesAndOtherNamespacesDoNotCollide(String alias, String namespace) {
        assertThat(twin(alias, namespace).ask(new AliasCollision()).verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void callsThatAllReachTheCalleeSpeakAgainstACollision() {
        Scene.Answer answer =
                twin("api", "prod.local").answered("w1", "10.0.0.11", 40, 0).ask(new AliasCollision());
        assertThat(answer.verdict()).isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void hostsOfAnotherServiceUnderTheAliasTellEvenWithoutItsConfiguration() {
        Scene answering = scene().instance("api-lab", "x1", "10.0.9.9", "api-lab")
                .answered("w1", "10.0.0.11", 30, 0)
                .rejected("w1", "10.0.9.9", 30, 0);
        Scene.Answer answer = answering.ask(new AliasCollision());
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().summary()).contains("api-lab", "30 of 60 calls");
    }

    @Test
    void servicesThatNobodyDescribedLeaveACollisionOpen() {
        assertThat(scene().listed("stranger").ask(new AliasCollision()).missing())
                .containsExactly("ecs/describe-services");
        assertThat(scene().without(Input.SERVICES_BY_NAMESPACE)
                        .ask(new AliasCollision())
                        .missing())
                .containsExactly("ecs/list-services-by-namespace");
    }

    // --- EW106
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aRegistryNameInTheEnvironmentAndFailuresAfterAStopAreLikely() {
        Scene.Answer answer = failing(scene().registry("api-dns")
                        .environment("API_URL", "http://api-dns.prod.local:8080/v1")
                        .stopped("a0", "10.0.0.10", 55))
                .ask(new CallerUsesDnsDiscovery());
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().assessment().severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void aRequestOfTheCallersUnderTheRegistryNameProvesIt() {
        Scene.Answer answer = failing(scene().registry("api-dns").stopped("a0", "10.0.0.10", 55))
                .stranger("api-dns.prod.local:8080", "r1", null, "agent")
                .ask(new CallerUsesDnsDiscovery());
        assertThat(answer.verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void aWorkingDnsEdgeIsWorthANoteOnly() {
        Scene.Answer answer = scene().registry("api-dns")
                .environment("API_URL", "http://api-dns.prod.local:8080")
                .inbound("r1", 200, 3)
                .ask(new CallerUsesDnsDiscovery());
        assertThat(answer.finding().orElseThrow().assessment().severity()).isEqualTo(Severity.NOTE);
    }

    @Test
    void aRegistryThatNobodyDialsIsNoCause() {
        assertThat(failing(scene().registry("api-dns").environment("API_URL", "http://api:8080"))
                        .stranger("api:8080", "r1", null, "agent")
                        .ask(new CallerUsesDnsDiscovery())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    // --- EW107
    // --------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // By the request that the caller was serving, by the address that a load balancer forwards, by neither.
        "r1, , CONFIRMED",
        "x, '203.0.113.9, 10.0.0.5', CONFIRMED",
        "x, 203.0.113.9, LIKELY",
    })
    void aBypassIsProvenByWhatOnlyTheCallerCanLeave(String requestId, String forwardedFor, Verdict verdict) {
        Scene scene = failing(scene().stopped("a0", "10.0.0.10", 55));
        scene.stranger("10.0.0.11:8080", requestId, forwardedFor, "agent");
        assertThat(scene.ask(new CallerBypassesProxy()).verdict()).isEqualTo(verdict);
    }

    @Test
    void somebodysDirectRequestsArePossiblyTheCallers() {
        Scene scene = failing(scene()).stranger("10.0.0.11:8080", "x", null, "Prometheus/2.55");
        assertThat(scene.ask(new CallerBypassesProxy()).verdict()).isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void failuresThatDoNotFollowTheStopsSayNothingOfAddresses() {
        Scene scene = scene().environment("API", "10.0.0.10:8080").stopped("a0", "10.0.0.10", 300);
        for (int i = 0; i < 6; i++) {
            scene.inbound("r" + i, 502, 60 + i).inbound("s" + i, 502, 310 + i).inbound("t" + i, 200, 60 + i);
        }
        assertThat(scene.ask(new CallerBypassesProxy()).finding().orElseThrow().evidence())
                .noneSatisfy(e -> assertThat(e.statement()).contains("had stopped"));
    }

    @Test
    void healthChecksOfALoadBalancerAreNoBypass() {
        assertThat(failing(scene())
                        .stranger("10.0.0.11:8080", "x", null, "ELB-HealthChecker/2.0")
                        .ask(new CallerBypassesProxy())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void anAddressOfATaskInTheEnvironmentIsABypass() {
        Scene.Answer answer = failing(
                        scene().environment("API", "10.0.0.10:8080").stopped("a0", "10.0.0.10", 55))
                .ask(new CallerBypassesProxy());
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().summary()).contains("10.0.0.10:8080 (app/API)");
    }

    @Test
    void aCallerThatUsesTheAliasIsNoBypass() {
        assertThat(scene().environment("OTHER", "10.9.9.9:8080")
                        .answered("w1", "10.0.0.11", 40, 0)
                        .ask(new CallerBypassesProxy())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    // --- EW104
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aWrongNameIsNotSuspectedWhereSomethingElseKeepsTheCallerAway() {
        assertThat(failing(scene()).ask(new AliasMismatch()).verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(failing(scene().callerConnect(Optional.of(Scene.connect(Optional.of("test.local"), List.of()))))
                        .ask(new AliasMismatch())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
        assertThat(failing(scene().registry("api").environment("API_URL", "http://api.prod.local:8080"))
                        .ask(new AliasMismatch())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
        assertThat(failing(scene().environment("JAVA_OPTS", "-Djava.net.preferIPv6Addresses=true"))
                        .ask(new AliasMismatch())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    // --- EW306
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aClientThatPrefersIpv6InTasksWithoutItIsLikely() {
        Scene.Answer answer = failing(scene().environment("JAVA_TOOL_OPTIONS", "-Djava.net.preferIPv6Addresses=true"))
                .ask(new Ipv6AliasUnreachable());
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
    }

    @Test
    void itIsNeverCertainFromConfigurationAlone() {
        // No proxy line can prove it: only the application's log can.
        Scene.Answer answer = failing(scene().environment("NODE_OPTIONS", "--dns-result-order=ipv6first"))
                .ask(new Ipv6AliasUnreachable());
        assertThat(answer.finding().orElseThrow().assessment().verdict()).isNotEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void callsThatReachTheProxyExcludeIt() {
        assertThat(scene().environment("JAVA_TOOL_OPTIONS", "-Djava.net.preferIPv6Addresses=true")
                        .answered("w1", "10.0.0.11", 3, 0)
                        .ask(new Ipv6AliasUnreachable())
                        .because())
                .contains("3 calls of the caller reached its proxy by the alias");
    }

    @Test
    void tasksWithIpv6ReachBothAddresses() {
        assertThat(failing(new Scene()
                                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                                .face("w1", "10.0.0.5", "subnet-a", "vpc-1", "2001:db8::5")
                                .environment("JAVA_TOOL_OPTIONS", "-Djava.net.preferIPv6Addresses=true"))
                        .ask(new Ipv6AliasUnreachable())
                        .because())
                .contains("the caller's tasks have IPv6 addresses");
    }

    @Test
    void withoutTheTaskDefinitionNothingTellsWhatTheClientPrefers() {
        assertThat(failing(scene())
                        .without(Input.TASK_DEFINITIONS)
                        .ask(new Ipv6AliasUnreachable())
                        .missing())
                .containsExactly("ecs/describe-task-definition");
    }
}
