package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.classify.Cidr;
import io.github.eastwest.classify.rules.NetworkPaths.Way;
import io.github.eastwest.model.network.Network.AclEntry;
import io.github.eastwest.model.network.Network.NetworkAcl;
import io.github.eastwest.model.network.Network.Route;
import io.github.eastwest.model.network.Network.RouteTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** web task 10.0.0.5 in subnet-a, api task 10.0.4.5 in subnet-b, container port 8080. */
class NetworkPathsTest {
    private static final AclEntry LAST_IN = entry(32767, false, false, "-1", "0.0.0.0/0", -1, -1);
    private static final AclEntry LAST_OUT = entry(32767, true, false, "-1", "0.0.0.0/0", -1, -1);

    private static Scene scene(String callerSubnet, String calleeSubnet) {
        return new Scene()
                .task("web", "w1", "a", callerSubnet, "10.0.0.5")
                .task("api", "a1", "b", calleeSubnet, "10.0.4.5")
                .face("w1", "10.0.0.5", callerSubnet, "vpc-1")
                .face("a1", "10.0.4.5", calleeSubnet, "vpc-1");
    }

    private static AclEntry entry(
            int number, boolean egress, boolean allow, String protocol, String cidr, int from, int to) {
        return new AclEntry(number, egress, allow, protocol, Optional.of(cidr), from, to);
    }

    private static NetworkAcl open(String id, String... subnets) {
        return acl(
                id,
                List.of(subnets),
                entry(100, false, true, "-1", "0.0.0.0/0", -1, -1),
                entry(100, true, true, "-1", "0.0.0.0/0", -1, -1));
    }

    private static NetworkAcl acl(String id, List<String> subnets, AclEntry... entries) {
        List<AclEntry> all = new ArrayList<>(List.of(entries));
        all.add(LAST_IN);
        all.add(LAST_OUT);
        return new NetworkAcl(id, subnets, all);
    }

    private static Way acls(Scene scene) {
        NetworkPaths paths = new NetworkPaths(scene.facts());
        return paths.throughAcls(paths.callers().get(0), paths.callees().get(0));
    }

    private static Way routes(Scene scene) {
        NetworkPaths paths = new NetworkPaths(scene.facts());
        return paths.byRoutes(paths.callers().get(0), paths.callees().get(0));
    }

    @Test
    void openAclsAreNoObstacle() {
        Way way = acls(scene("subnet-a", "subnet-b").acl(open("acl-1", "subnet-a", "subnet-b")));
        assertThat(way.open()).isTrue();
    }

    @Test
    void tasksInOneSubnetNeverMeetAnAcl() {
        Way way = acls(scene("subnet-a", "subnet-a").acl(acl("acl-1", List.of("subnet-a"))));
        assertThat(way.open()).isTrue();
    }

    @Test
    void anUnreadAclLeavesTheWayUnknown() {
        Way way = acls(scene("subnet-a", "subnet-b").acl(open("acl-1", "subnet-a")));
        assertThat(way.obstacles()).isEmpty();
        assertThat(way.known()).isFalse();
    }

    @Test
    void theAnswersNeedTheirEphemeralPorts() {
        // The port is let in; out of the callee's subnet only 443 is.
        Way way = acls(scene("subnet-a", "subnet-b")
                .acl(open("acl-1", "subnet-a"))
                .acl(acl(
                        "acl-2",
                        List.of("subnet-b"),
                        entry(100, false, true, "6", "10.0.0.0/8", 8080, 8080),
                        entry(100, true, true, "6", "0.0.0.0/0", 443, 443))));
        assertThat(way.obstacles()).singleElement().satisfies(o -> {
            assertThat(o.resource()).isEqualTo("acl-2");
            assertThat(o.share()).isEqualTo(1);
            assertThat(o.statement())
                    .isEqualTo("acl-2 of subnet-b does not let answers to ephemeral ports out to 10.0.0.5"
                            + " (no entry allows it)");
        });
        assertThat(way.closed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // The lower number decides, wherever it stands in the list.
        "90, deny, 100, allow, true",
        "110, deny, 100, allow, false",
    })
    void entriesCountInOrderOfTheirNumbers(int first, String one, int second, String other, boolean blocked) {
        Way way = acls(scene("subnet-a", "subnet-b")
                .acl(open("acl-1", "subnet-a"))
                .acl(acl(
                        "acl-2",
                        List.of("subnet-b"),
                        entry(second, false, other.equals("allow"), "-1", "0.0.0.0/0", -1, -1),
                        entry(first, false, one.equals("allow"), "tcp", "10.0.0.0/16", 8080, 8080),
                        entry(100, true, true, "-1", "0.0.0.0/0", -1, -1))));
        assertThat(!way.obstacles().isEmpty()).isEqualTo(blocked);
    }

    @ParameterizedTest
    @CsvSource({
        // Of 32768 to 60999 (28 232 ports) the ACL lets through: all, a half and more, none.
        "32768, 60999, 0",
        "1024, 65535, 0",
        "32768, 46883, 0.5",
        "49152, 65535, 0.5803",
        "1024, 32767, 1",
        "61000, 65535, 1",
    })
    void ephemeralPortsCanBeCoveredInPart(int from, int to, double denied) {
        Way way = acls(scene("subnet-a", "subnet-b")
                .acl(open("acl-2", "subnet-b"))
                .acl(acl(
                        "acl-1",
                        List.of("subnet-a"),
                        entry(100, false, true, "6", "0.0.0.0/0", from, to),
                        entry(100, true, true, "-1", "0.0.0.0/0", -1, -1))));
        double share = way.obstacles().stream()
                .mapToDouble(NetworkPaths.Obstacle::share)
                .sum();
        assertThat(share).isCloseTo(denied, within(0.0001));
    }

    @Test
    void whatHoldsForOtherProtocolsAddressesAndDirectionsDecidesNothing() {
        Way way = acls(scene("subnet-a", "subnet-b")
                .acl(open("acl-1", "subnet-a"))
                .acl(acl(
                        "acl-2",
                        List.of("subnet-b"),
                        entry(10, false, false, "17", "0.0.0.0/0", 8080, 8080),
                        entry(11, false, false, "6", "10.0.1.0/24", 8080, 8080),
                        entry(12, false, false, "6", "::/0", 8080, 8080),
                        entry(13, true, false, "6", "0.0.0.0/0", 8080, 8080),
                        entry(100, false, true, "-1", "0.0.0.0/0", -1, -1),
                        entry(100, true, true, "-1", "0.0.0.0/0", -1, -1))));
        assertThat(way.open()).isTrue();
    }

    @Test
    void aListWithoutItsLastEntryWasNotReadWholly() {
        Way way = acls(scene("subnet-a", "subnet-b")
                .acl(open("acl-1", "subnet-a"))
                .acl(new NetworkAcl(
                        "acl-2", List.of("subnet-b"), List.of(entry(100, true, true, "-1", "0.0.0.0/0", -1, -1)))));
        assertThat(way.obstacles()).isEmpty();
        assertThat(way.known()).isFalse();
    }

    /** The same question asked port by port, entry by entry. */
    @Test
    void agreesWithTryingEveryPort() {
        Random random = new Random(7);
        String[] blocks = {"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.5/32", "10.9.0.0/16"};
        for (int round = 0; round < 200; round++) {
            List<AclEntry> entries = new ArrayList<>();
            for (int i = 0; i < random.nextInt(8); i++) {
                int from = random.nextInt(66_000);
                entries.add(entry(
                        1 + random.nextInt(300),
                        true,
                        random.nextBoolean(),
                        random.nextInt(4) == 0 ? "17" : "6",
                        blocks[random.nextInt(blocks.length)],
                        from,
                        Math.min(65_535, from + random.nextInt(40_000))));
            }
            entries.add(entry(400, false, true, "-1", "0.0.0.0/0", -1, -1));
            NetworkAcl acl = acl("acl-2", List.of("subnet-b"), entries.toArray(AclEntry[]::new));
            long denied = 0;
            for (int port = 32_768; port <= 60_999; port++) {
                int wanted = port;
                AclEntry first = acl.entries().stream()
                        .filter(AclEntry::egress)
                        .filter(e -> !e.protocol().equals("17"))
                        .filter(e -> Cidr.contains(e.cidr().orElseThrow(), "10.0.0.5"))
                        .filter(e -> e.fromPort() < 0 || wanted >= e.fromPort() && wanted <= e.toPort())
                        .min(Comparator.comparingInt(AclEntry::number))
                        .orElseThrow();
                denied += first.allow() ? 0 : 1;
            }
            Way way = acls(
                    scene("subnet-a", "subnet-b").acl(open("acl-1", "subnet-a")).acl(acl));
            double share = way.obstacles().stream()
                    .filter(o -> o.what().equals("out answer"))
                    .mapToDouble(NetworkPaths.Obstacle::share)
                    .sum();
            assertThat(share).as("round %d", round).isCloseTo(denied / 28_232.0, within(1e-9));
        }
    }

    // --- routes
    // -------------------------------------------------------------------------------------------------------

    private static Route route(String cidr, String target) {
        return new Route(Optional.of(cidr), target, false);
    }

    private static RouteTable table(String id, String vpc, boolean main, String subnet, Route... routes) {
        return new RouteTable(
                id, Optional.of(vpc), main, subnet.isEmpty() ? List.of() : List.of(subnet), List.of(routes));
    }

    private static final RouteTable BACK = table("rtb-b", "vpc-1", false, "subnet-b", route("10.0.0.0/16", "local"));

    @Test
    void theVpcsOwnRouteReachesAllOfIt() {
        assertThat(routes(scene("subnet-a", "subnet-b")
                                .table(BACK)
                                .table(table("rtb-a", "vpc-1", false, "subnet-a", route("10.0.0.0/16", "local"))))
                        .open())
                .isTrue();
    }

    @Test
    void aSubnetWithoutTableHasTheMainOne() {
        RouteTable main = table("rtb-m", "vpc-1", true, "", route("10.0.0.0/16", "local"));
        assertThat(routes(scene("subnet-a", "subnet-b").table(main)).open()).isTrue();
        assertThat(routes(scene("subnet-a", "subnet-b").table(BACK)).known()).isFalse();
    }

    @Test
    void theLongestPrefixDecidesAndABlackholeStops() {
        Way way = routes(scene("subnet-a", "subnet-b")
                .table(BACK)
                .table(table(
                        "rtb-a",
                        "vpc-1",
                        false,
                        "subnet-a",
                        new Route(Optional.of("10.0.4.0/22"), "eni-9", true),
                        route("10.0.0.0/16", "local"))));
        assertThat(way.obstacles())
                .extracting(NetworkPaths.Obstacle::statement)
                .containsExactly(
                        "rtb-a of subnet-a sends 10.0.4.5 by 10.0.4.0/22 to eni-9, which no longer exists (blackhole)");
    }

    @Test
    void anApplianceOnTheWayIsNeitherOpenNorClosed() {
        Way way = routes(scene("subnet-a", "subnet-b")
                .table(BACK)
                .table(table(
                        "rtb-a",
                        "vpc-1",
                        false,
                        "subnet-a",
                        route("10.0.4.0/22", "vpce-7"),
                        route("10.0.0.0/16", "local"))));
        assertThat(way.obstacles()).isEmpty();
        assertThat(way.known()).isFalse();
    }

    private static Scene twoVpcs(Route... routes) {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "b", "subnet-b", "10.1.4.5")
                .face("w1", "10.0.0.5", "subnet-a", "vpc-1")
                .face("a1", "10.1.4.5", "subnet-b", "vpc-2")
                .table(table(
                        "rtb-b",
                        "vpc-2",
                        false,
                        "subnet-b",
                        route("10.1.0.0/16", "local"),
                        route("10.0.0.0/16", "pcx-1")))
                .table(table("rtb-a", "vpc-1", false, "subnet-a", routes));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, pcx-1, true",
        "10.0.0.0/8, tgw-1, true",
        "0.0.0.0/0, nat-1, false",
        "0.0.0.0/0, igw-1, false",
        "10.0.0.0/8, local, false",
        "10.2.0.0/16, pcx-1, false",
    })
    void betweenVpcsARouteMustLeadToTheOther(String cidr, String target, boolean open) {
        assertThat(routes(twoVpcs(route(cidr, target))).open()).isEqualTo(open);
    }

    @Test
    void aPrefixListMayHoldTheAddress() {
        Way managed = routes(twoVpcs(new Route(Optional.empty(), "tgw-1", false)));
        assertThat(managed.obstacles()).isEmpty();
        assertThat(managed.known()).isFalse();
        Way gatewayEndpoint = routes(twoVpcs(new Route(Optional.empty(), "vpce-1", false)));
        assertThat(gatewayEndpoint.closed()).isTrue();
    }
}
