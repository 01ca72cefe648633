package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.network.Network.AclEntry;
import io.github.eastwest.model.network.Network.NetworkAcl;
import io.github.eastwest.model.network.Network.Route;
import io.github.eastwest.model.network.Network.RouteTable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Caller w1 in subnet-a; callee's tasks a1 in subnet-a, b1 in subnet-b behind acl-b. */
class NetworkAclOrRouteBlocksTest {
    private static final NetworkAclOrRouteBlocks RULE = new NetworkAclOrRouteBlocks();

    private static AclEntry entry(int number, boolean egress, boolean allow, int from, int to) {
        return new AclEntry(number, egress, allow, from < 0 ? "-1" : "6", Optional.of("0.0.0.0/0"), from, to);
    }

    private static NetworkAcl acl(String id, String subnet, AclEntry... entries) {
        List<AclEntry> all = new java.util.ArrayList<>(List.of(entries));
        all.add(entry(32767, false, false, -1, -1));
        all.add(entry(32767, true, false, -1, -1));
        return new NetworkAcl(id, List.of(subnet), all);
    }

    private static NetworkAcl open(String id, String subnet) {
        return acl(id, subnet, entry(100, false, true, -1, -1), entry(100, true, true, -1, -1));
    }

    private static Scene scene(NetworkAcl ofB) {
        return tasks().acl(open("acl-a", "subnet-a"))
                .acl(ofB)
                .table(new RouteTable(
                        "rtb-1",
                        Optional.of("vpc-1"),
                        true,
                        List.of("subnet-a", "subnet-b"),
                        List.of(new Route(Optional.of("10.0.0.0/16"), "local", false))));
    }

    private static Scene tasks() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .task("api", "b1", "b", "subnet-b", "10.0.4.11")
                .face("w1", "10.0.0.5", "subnet-a", "vpc-1")
                .face("a1", "10.0.0.11", "subnet-a", "vpc-1")
                .face("b1", "10.0.4.11", "subnet-b", "vpc-1");
    }

    private static final NetworkAcl NO_WAY_BACK =
            acl("acl-b", "subnet-b", entry(100, false, true, -1, -1), entry(100, true, true, 443, 443));

    @Test
    void silenceBehindAnAclThatDeniesIsConfirmed() {
        Scene.Answer answer = scene(NO_WAY_BACK)
                .answered("w1", "10.0.0.11", 100, 0)
                .silent("w1", "10.0.4.11", 4, 50)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.CONFIRMED);
        assertThat(answer.finding().orElseThrow().explained()).isEqualTo(4);
        assertThat(answer.finding().orElseThrow().summary())
                .contains(
                        "acl-b of subnet-b does not let answers to ephemeral ports out",
                        "1 of 2 pairs of tasks cannot connect");
    }

    @Test
    void answersBehindADenyingAclSpeakAgainstIt() {
        Scene.Answer answer = scene(NO_WAY_BACK)
                .answered("w1", "10.0.0.11", 50, 0)
                .answered("w1", "10.0.4.11", 50, 0)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void withoutTrafficADenyingAclIsLikely() {
        assertThat(scene(NO_WAY_BACK).ask(RULE).verdict()).isEqualTo(Verdict.LIKELY);
    }

    @Test
    void openAclsAndRoutesExcludeIt() {
        assertThat(scene(open("acl-b", "subnet-b"))
                        .silent("w1", "10.0.4.11", 9, 50)
                        .ask(RULE)
                        .because())
                .hasValueSatisfying(why -> assertThat(why).contains("all 2 pairs of tasks"));
    }

    @Test
    void saysWhichDocumentIsMissing() {
        Scene scene = tasks().acl(open("acl-a", "subnet-a")).acl(open("acl-b", "subnet-b"));
        assertThat(scene.without(Input.ROUTE_TABLES).ask(RULE).missing()).containsExactly("ec2/describe-route-tables");
        assertThat(tasks().without(Input.ROUTE_TABLES, Input.NETWORK_ACLS)
                        .ask(RULE)
                        .missing())
                .containsExactly("ec2/describe-network-acls", "ec2/describe-route-tables");
    }

    @Test
    void silenceThatTheGroupsAdmitPointsToAnAclThatWasNotRead() {
        Scene scene = tasks().without(Input.ROUTE_TABLES, Input.NETWORK_ACLS)
                .rule("sg-w", true, "0.0.0.0/0")
                .rule("sg-a", false, "0.0.0.0/0")
                .rule("sg-b", false, "0.0.0.0/0")
                .answered("w1", "10.0.0.11", 100, 0)
                .silent("w1", "10.0.4.11", 9, 50);
        assertThat(scene.ask(RULE).verdict()).isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void silenceThatTheGroupsExplainPointsToNothingElse() {
        Scene scene = tasks().without(Input.ROUTE_TABLES, Input.NETWORK_ACLS)
                .rule("sg-w", true, "0.0.0.0/0")
                .rule("sg-a", false, "0.0.0.0/0")
                .rule("sg-b", false, "192.0.2.0/24")
                .silent("w1", "10.0.4.11", 9, 50);
        assertThat(scene.ask(RULE).verdict()).isEqualTo(Verdict.UNDETERMINED);
    }
}
