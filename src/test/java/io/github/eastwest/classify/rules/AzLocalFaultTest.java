package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.network.Network.AclEntry;
import io.github.eastwest.model.network.Network.NetworkAcl;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Callers w1 (zone a), w2 (zone b); callee's tasks a1, a2 in zone a, b1, b2 in zone b, c1, c2 in zone c. */
class AzLocalFaultTest {
    private static final AzLocalFault RULE = new AzLocalFault();

    private static Scene zones() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("web", "w2", "b", "subnet-b", "10.0.4.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .task("api", "a2", "a", "subnet-a", "10.0.0.12")
                .task("api", "b1", "b", "subnet-b", "10.0.4.11")
                .task("api", "b2", "b", "subnet-b", "10.0.4.12")
                .task("api", "c1", "c", "subnet-c", "10.0.8.11")
                .task("api", "c2", "c", "subnet-c", "10.0.8.12");
    }

    /** Every task answers; on top come the failures of the test. */
    private static Scene well(Scene scene) {
        return scene.answered("w1", "10.0.0.11", 60, 0)
                .answered("w2", "10.0.0.12", 60, 0)
                .answered("w1", "10.0.4.11", 60, 0)
                .answered("w2", "10.0.4.12", 60, 0)
                .answered("w1", "10.0.8.11", 60, 0)
                .answered("w2", "10.0.8.12", 60, 0);
    }

    @Test
    void twoTasksOfOneZoneThatFailTogetherAreTheZone() {
        Scene.Answer answer = well(zones())
                .silent("w1", "10.0.4.11", 6, 100)
                .silent("w2", "10.0.4.12", 6, 102)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().assessment().hop()).isEqualTo(Hop.NETWORK);
        assertThat(answer.finding().orElseThrow().explained()).isEqualTo(12);
        assertThat(answer.finding().orElseThrow().summary())
                .contains("tasks in b failed 12 of 132 calls", "other zones 0 of 240 calls");
    }

    @Test
    void oneTaskOfTwoIsNotTheZone() {
        Scene.Answer answer = well(zones()).silent("w1", "10.0.4.11", 12, 100).ask(RULE);
        assertThat(answer.because()).contains("of the callee's tasks in b one alone fails");
    }

    @Test
    void theOnlyTaskOfAZoneCannotBeToldFromIt() {
        Scene.Answer answer = new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .task("api", "b1", "b", "subnet-b", "10.0.4.11")
                .answered("w1", "10.0.0.11", 60, 0)
                .answered("w1", "10.0.4.11", 60, 0)
                .silent("w1", "10.0.4.11", 12, 100)
                .ask(RULE);
        assertThat(answer.because())
                .contains("only one of the callee's tasks is in b: a bad zone and a bad task look alike");
    }

    @Test
    void aRevisionThatOnlyRunsThereMayBeAtFaultInstead() {
        Scene scene = new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .task("api", "a2", "a", "subnet-a", "10.0.0.12")
                .task("api", "b1", "b", "subnet-b", "10.0.4.11", 2, true)
                .task("api", "b2", "b", "subnet-b", "10.0.4.12", 2, true);
        Scene.Answer answer = scene.answered("w1", "10.0.0.11", 60, 0)
                .answered("w1", "10.0.0.12", 60, 0)
                .failed("w1", "10.0.4.11", 10, 100, Condition.APPLICATION_5XX)
                .failed("w1", "10.0.4.12", 10, 100, Condition.APPLICATION_5XX)
                .ask(RULE);
        assertThat(answer.because()).hasValueSatisfying(why -> assertThat(why).contains("revision"));
    }

    @Test
    void failuresOfAllZonesAreNotOnes() {
        Scene.Answer answer = well(zones())
                .silent("w1", "10.0.4.11", 6, 100)
                .silent("w2", "10.0.8.12", 6, 100)
                .ask(RULE);
        assertThat(answer.because()).contains("the failures are not those of one zone");
    }

    @Test
    void fewFailuresCanFallOnOneZoneByChance() {
        // Two failures of 362 calls: no group can be judged below three.
        assertThat(well(zones())
                        .silent("w1", "10.0.4.11", 1, 100)
                        .silent("w2", "10.0.4.12", 1, 100)
                        .ask(RULE)
                        .because())
                .contains("too few failures of running tasks to compare zones");
    }

    @Test
    void callersOfOneZoneThatReachNobodyAreTheirZone() {
        Scene scene = zones().task("web", "w3", "a", "subnet-a", "10.0.0.6");
        for (String address : List.of("10.0.0.11", "10.0.4.11", "10.0.8.11")) {
            scene.answered("w2", address, 60, 0)
                    .answered("w1", address, 5, 0)
                    .answered("w3", address, 5, 0)
                    .silent("w1", address, 4, 100)
                    .silent("w3", address, 4, 101);
        }
        Scene.Answer answer = scene.ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.LIKELY);
        assertThat(answer.finding().orElseThrow().summary()).contains("calls from tasks in a failed 24 of 54 calls");
    }

    @Test
    void threeTasksAreNoAccident() {
        Scene.Answer answer = well(zones().task("api", "b3", "b", "subnet-b", "10.0.4.13"))
                .silent("w1", "10.0.4.11", 6, 100)
                .silent("w2", "10.0.4.12", 6, 102)
                .silent("w1", "10.0.4.13", 6, 102)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void aNetworkAclThatForbidsTheseConnectionsExplainsThem() {
        NetworkAcl closed = new NetworkAcl(
                "acl-b",
                List.of("subnet-b"),
                List.of(
                        new AclEntry(32767, false, false, "-1", Optional.of("0.0.0.0/0"), -1, -1),
                        new AclEntry(32767, true, false, "-1", Optional.of("0.0.0.0/0"), -1, -1)));
        Scene.Answer answer = well(zones().acl(closed))
                .silent("w1", "10.0.4.11", 8, 100)
                .silent("w1", "10.0.4.12", 8, 102)
                .ask(RULE);
        assertThat(answer.because()).contains("rules, ACLs or routes between the subnets explain the failures of b");
    }

    @Test
    void unreadAclsLowerTheConfidenceInASilentZone() {
        Scene silent = well(zones()).silent("w1", "10.0.4.11", 6, 100).silent("w2", "10.0.4.12", 6, 102);
        double read = silent.ask(RULE).finding().orElseThrow().assessment().confidence();
        double unread = silent.without(Input.NETWORK_ACLS)
                .ask(RULE)
                .finding()
                .orElseThrow()
                .assessment()
                .confidence();
        assertThat(unread).isLessThan(read);
    }

    @Test
    void tasksWithTwiceTheCallsMayJustHaveTooMuchToDo() {
        Scene scene = well(zones()).answered("w1", "10.0.4.11", 400, 0).answered("w2", "10.0.4.12", 400, 0);
        Scene.Answer answer = scene.failed("w1", "10.0.4.11", 20, 100, Condition.APPLICATION_5XX)
                .failed("w2", "10.0.4.12", 20, 100, Condition.APPLICATION_5XX)
                .ask(RULE);
        assertThat(answer.finding().orElseThrow().evidence())
                .anySatisfy(e -> assertThat(e.statement()).contains("times the calls of the others"));
    }
}
