package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Cidr;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.network.Network.AclEntry;
import io.github.eastwest.model.network.Network.NetworkAcl;
import io.github.eastwest.model.network.Network.NetworkInterface;
import io.github.eastwest.model.network.Network.Route;
import io.github.eastwest.model.network.Network.RouteTable;
import io.github.eastwest.model.network.Network.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Network ACLs and routes between the caller's and the callee's tasks, evaluated as the VPC does.
 *
 * <p>A network ACL guards a subnet's border and knows no connections: four checks per pair, out of the one subnet and into
 * the other, and the same on the way back, where the destination is one of the client's ephemeral ports. Entries are tried
 * in order of their number; the first that fits decides. Packets within one subnet never meet it. A route table answers
 * with its longest prefix; a pair needs a route each way.
 *
 * <p>What was not read is never an obstacle: a subnet without an ACL or a table in the data leaves the pair unknown.
 */
final class NetworkPaths {
    /** The ports from which Linux opens connections ({@code net.ipv4.ip_local_port_range}); proxies run on Linux. */
    static final int FIRST_EPHEMERAL = 32_768;

    static final int LAST_EPHEMERAL = 60_999;

    /** The entry with which every ACL ends: what no other entry allowed is denied. */
    private static final int DEFAULT_RULE = 32_767;

    /** EC2 allows 40 entries per direction; a list far beyond that is no ACL, and is not worth the time. */
    private static final int MOST_ENTRIES = 400;

    /** Tasks judged per side: pairs are quadratic. */
    private static final int MOST_TASKS = 300;

    private final List<Subnet> subnets;
    private final List<NetworkInterface> interfaces;
    private final Map<String, NetworkAcl> aclBySubnet = new HashMap<>();
    private final Map<String, RouteTable> tableBySubnet = new HashMap<>();
    private final Map<String, RouteTable> mainTableByVpc = new HashMap<>();
    private final Map<String, Optional<Denial>> decided = new HashMap<>();
    private final Set<Integer> ports;
    private final List<End> callers;
    private final List<End> callees;

    /** A task's place in the network; the VPC is empty when nothing tells it. */
    record End(String taskId, String address, String subnet, Optional<String> vpc) {}

    /**
     * Something on the way that stops packets.
     *
     * @param source input that tells it
     * @param resource ACL or route table
     * @param what direction and kind of packet: alike for all pairs that it stops
     * @param statement what it does
     * @param share part of the connections that it stops, 0 to 1
     */
    record Obstacle(Input source, String resource, String what, String statement, double share) {}

    /**
     * A way between two tasks, there and back.
     *
     * @param known whether everything on it was read
     */
    record Way(List<Obstacle> obstacles, boolean known) {
        Way {
            obstacles = List.copyOf(obstacles);
        }

        boolean open() {
            return known && obstacles.isEmpty();
        }

        /** Whether no connection at all comes about. */
        boolean closed() {
            return obstacles.stream().anyMatch(o -> o.share() >= 1);
        }
    }

    NetworkPaths(Facts facts) {
        subnets = facts.subnets();
        interfaces = facts.interfaces();
        for (NetworkAcl acl : facts.networkAcls()) {
            acl.subnetIds().forEach(s -> aclBySubnet.putIfAbsent(s, acl));
        }
        for (RouteTable table : facts.routeTables()) {
            table.subnetIds().forEach(s -> tableBySubnet.putIfAbsent(s, table));
            if (table.main()) {
                table.vpcId().ifPresent(v -> mainTableByVpc.putIfAbsent(v, table));
            }
        }
        ports = facts.calleePorts();
        callers = ends(facts.callerTasks().stream().filter(Task::running).toList());
        callees = ends(facts.calleeTasks().stream()
                .filter(t -> LostPackets.aliveInWindow(facts, t))
                .toList());
    }

    private List<End> ends(List<Task> tasks) {
        List<End> ends = new ArrayList<>();
        for (Task task : tasks) {
            Optional<String> address = task.placement().address();
            Optional<NetworkInterface> face = interfaces.stream()
                    .filter(i -> task.placement()
                                    .interfaceId()
                                    .filter(i.id()::equals)
                                    .isPresent()
                            || address.isPresent() && i.address().equals(address))
                    .findFirst();
            Optional<String> subnet = task.placement().subnetId().or(() -> face.flatMap(NetworkInterface::subnetId));
            if (address.isPresent() && subnet.isPresent() && ends.size() < MOST_TASKS) {
                ends.add(new End(
                        task.id(),
                        address.get(),
                        subnet.get(),
                        face.flatMap(NetworkInterface::vpcId).or(() -> vpc(subnet.get()))));
            }
        }
        return ends;
    }

    private Optional<String> vpc(String subnet) {
        return subnets.stream()
                .filter(s -> s.id().equals(subnet))
                .flatMap(s -> s.vpcId().stream())
                .findFirst();
    }

    /** Running tasks of the caller whose place is known. */
    List<End> callers() {
        return callers;
    }

    /** Tasks of the callee that lived in the window and whose place is known. */
    List<End> callees() {
        return callees;
    }

    /** Ports on which the callee's proxies accept. */
    Set<Integer> ports() {
        return ports;
    }

    /** Whether the two are in VPCs that are known and differ. */
    static boolean acrossVpcs(End caller, End callee) {
        return caller.vpc().isPresent()
                && callee.vpc().isPresent()
                && !caller.vpc().equals(callee.vpc());
    }

    // --- network ACLs
    // -------------------------------------------------------------------------------------------------

    /** The way through the network ACLs. */
    Way throughAcls(End caller, End callee) {
        if (caller.subnet().equals(callee.subnet())) {
            return new Way(List.of(), true);
        }
        List<Obstacle> obstacles = new ArrayList<>();
        boolean known = border(true, caller, callee.address(), true, obstacles);
        known &= border(false, callee, caller.address(), true, obstacles);
        known &= border(true, callee, caller.address(), false, obstacles);
        known &= border(false, caller, callee.address(), false, obstacles);
        return new Way(obstacles, known);
    }

    /**
     * One check at the border of a task's subnet; whether it could be made.
     *
     * @param request whether the packets go to the callee's port, or back to an ephemeral one
     */
    private boolean border(boolean egress, End end, String peer, boolean request, List<Obstacle> obstacles) {
        NetworkAcl acl = aclBySubnet.get(end.subnet());
        if (acl == null || acl.entries().size() > MOST_ENTRIES || request && ports.isEmpty()) {
            return false;
        }
        // A service with several ports is reached when one of them is.
        Optional<Denial> denial = request
                ? ports.stream()
                        .map(p -> denied(acl, egress, peer, p, p))
                        .flatMap(Optional::stream)
                        .min(Comparator.comparingDouble(Denial::share))
                : denied(acl, egress, peer, FIRST_EPHEMERAL, LAST_EPHEMERAL);
        denial.filter(d -> d.share() > 0)
                .ifPresent(d -> obstacles.add(new Obstacle(
                        Input.NETWORK_ACLS,
                        acl.id(),
                        (egress ? "out" : "in") + (request ? " request" : " answer"),
                        acl.id() + " of " + end.subnet() + " does not " + (egress ? "let " : "admit ")
                                + (request ? "tcp " + join(ports) : "answers to ephemeral ports")
                                + (egress ? " out to " : " from ") + peer + " (" + d.rules()
                                + (d.share() < 1 ? "; " + Math.round(100 * d.share()) + "\u00a0% of the ports" : "")
                                + ")",
                        d.share())));
        return denial.isPresent();
    }

    /**
     * What an ACL denies of some ports.
     *
     * @param share part of them, 0 to 1
     * @param rules the entries that do, in words
     */
    private record Denial(double share, String rules) {}

    /** What the ACL denies of those ports; empty where its entries do not decide. */
    private Optional<Denial> denied(NetworkAcl acl, boolean egress, String peer, int first, int last) {
        return decided.computeIfAbsent(acl.id() + egress + peer + "/" + first, key -> {
            List<AclEntry> entries = acl.entries().stream()
                    .filter(e -> e.egress() == egress
                            && tcp(e)
                            && e.cidr()
                                    .filter(cidr -> Cidr.contains(cidr, peer))
                                    .isPresent())
                    .sorted(Comparator.comparingInt(AclEntry::number))
                    .toList();
            Set<Integer> starts = new TreeSet<>(Set.of(first));
            entries.stream().filter(e -> e.fromPort() >= 0).forEach(e -> {
                starts.add(Math.min(last + 1, Math.max(first, e.fromPort())));
                starts.add(Math.min(last + 1, Math.max(first, e.toPort() + 1)));
            });
            starts.add(last + 1);
            List<Integer> bounds = List.copyOf(starts);
            long denied = 0;
            Set<String> rules = new LinkedHashSet<>();
            for (int i = 0; i + 1 < bounds.size(); i++) {
                int port = bounds.get(i);
                Optional<AclEntry> decisive = entries.stream()
                        .filter(e -> e.fromPort() < 0 || e.fromPort() <= port && port <= e.toPort())
                        .findFirst();
                if (decisive.isEmpty()) {
                    // Every ACL ends with a denial of everything; a list without it was not read wholly.
                    return Optional.empty();
                }
                if (!decisive.get().allow()) {
                    denied += bounds.get(i + 1) - port;
                    int number = decisive.get().number();
                    rules.add(number == DEFAULT_RULE ? "no entry allows it" : "entry " + number + " denies it");
                }
            }
            return Optional.of(new Denial((double) denied / (last + 1 - first), String.join(", ", rules)));
        });
    }

    private static boolean tcp(AclEntry entry) {
        return entry.protocol().equals("-1")
                || entry.protocol().equals("6")
                || entry.protocol().equals("tcp");
    }

    // --- routes
    // -------------------------------------------------------------------------------------------------------

    /** The way by the route tables, there and back. */
    Way byRoutes(End caller, End callee) {
        if (caller.subnet().equals(callee.subnet())) {
            return new Way(List.of(), true);
        }
        List<Obstacle> obstacles = new ArrayList<>();
        boolean across = acrossVpcs(caller, callee);
        boolean known = route(caller, callee.address(), across, obstacles);
        known &= route(callee, caller.address(), across, obstacles);
        return new Way(obstacles, known);
    }

    /** One route; whether it could be judged. */
    private boolean route(End from, String to, boolean across, List<Obstacle> obstacles) {
        RouteTable table = tableBySubnet.get(from.subnet());
        if (table == null) {
            table = from.vpc().map(mainTableByVpc::get).orElse(null);
        }
        if (table == null) {
            return false;
        }
        String name = table.id() + " of " + from.subnet();
        Optional<Route> best = table.routes().stream()
                .filter(r -> r.cidr().filter(cidr -> Cidr.contains(cidr, to)).isPresent())
                .max(Comparator.comparingInt(r -> prefix(r.cidr().orElse(""))));
        // What a prefix list holds is not in the data; those of gateway endpoints hold AWS services only.
        boolean hidden = table.routes().stream()
                .anyMatch(r -> r.cidr().isEmpty() && !r.target().startsWith("vpce-"));
        if (best.isEmpty()) {
            if (!hidden) {
                obstacles.add(noWay(table, name + " has no route to " + to));
            }
            return !hidden;
        }
        Route route = best.get();
        String way = name + " sends " + to + " by " + route.cidr().orElse("");
        if (route.blackhole()) {
            obstacles.add(noWay(table, way + " to " + route.target() + ", which no longer exists (blackhole)"));
            return true;
        }
        boolean local = route.target().equals("local");
        if (!across) {
            // A route more specific than the VPC's own leads through some appliance: nothing here says what it does.
            return local;
        }
        if (local) {
            obstacles.add(noWay(table, way + " into its own VPC: the two VPCs overlap"));
        } else if (leadsOutside(route.target())) {
            obstacles.add(noWay(
                    table,
                    name + " has no route to " + to + " but " + route.cidr().orElse("") + " by " + route.target()));
        }
        return true;
    }

    /** Gateways to the internet drop what is addressed to a private network. */
    private static boolean leadsOutside(String target) {
        return target.startsWith("nat-") || target.startsWith("igw-") || target.startsWith("eigw-");
    }

    private static Obstacle noWay(RouteTable table, String statement) {
        return new Obstacle(Input.ROUTE_TABLES, table.id(), "route", statement, 1);
    }

    private static int prefix(String cidr) {
        try {
            return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String join(Set<Integer> ports) {
        return ports.stream()
                .map(String::valueOf)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }
}
