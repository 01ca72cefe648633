package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.NetworkPaths.End;
import io.github.eastwest.classify.rules.NetworkPaths.Obstacle;
import io.github.eastwest.classify.rules.NetworkPaths.Way;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * EW302: packets between some subnets are dropped by a network ACL, or a route leads nowhere. An ACL knows no connections:
 * the answers must be let through too, to the ephemeral ports of the caller, and open connections die with the change. It
 * guards the border of a subnet, so tasks in the same subnet always reach each other.
 *
 * <p>Evidence: ACLs and route tables evaluated for each pair of tasks, both ways; silence between exactly those pairs;
 * answers between the others. Routes between different VPCs are EW303's.
 */
final class NetworkAclOrRouteBlocks implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.NETWORK_ACL_OR_ROUTE_BLOCKS;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICES,
                Input.TASKS,
                Input.TASK_DEFINITIONS,
                Input.NETWORK_INTERFACES,
                Input.SECURITY_GROUP_RULES,
                Input.SUBNETS,
                Input.NETWORK_ACLS,
                Input.ROUTE_TABLES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        NetworkPaths paths = new NetworkPaths(facts);
        BlockedPaths found = new BlockedPaths();
        for (End caller : paths.callers()) {
            for (End callee : paths.callees()) {
                found.add(caller, callee, way(paths, caller, callee));
            }
        }
        if (!found.any()) {
            return found.open() > 0 && found.open() == found.pairs()
                    ? Examination.excluded("network ACLs and routes let tcp through, there and back, between all "
                            + Words.count(found.pairs(), "pair") + " of tasks")
                    : withoutDocuments(facts, traffic);
        }
        BitSet lost = found.lost(traffic);
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": " + found.words(1)
                        + (lost.isEmpty() ? "" : "; " + facts.ofCalls(lost.cardinality()) + " got no answer there"));
        found.judge(facts, traffic, draft);
        if (admitted(facts)) {
            draft.evidence(Weight.WEAK, Input.SECURITY_GROUP_RULES, "the security groups admit the caller");
        }
        return Examination.of(
                remedies(confirms(draft, found.resources()), found.obstacles()),
                facts,
                "calls between those tasks are answered, whatever the ACLs and routes say",
                Input.CALLER_LOGS);
    }

    /** ACLs guard every pair of subnets; routes between VPCs are another cause's. */
    private static Way way(NetworkPaths paths, End caller, End callee) {
        Way acls = paths.throughAcls(caller, callee);
        if (NetworkPaths.acrossVpcs(caller, callee)) {
            return acls;
        }
        Way routes = paths.byRoutes(caller, callee);
        List<Obstacle> all = new ArrayList<>(acls.obstacles());
        all.addAll(routes.obstacles());
        return new Way(all, acls.known() && routes.known());
    }

    private static Draft confirms(Draft draft, Set<String> resources) {
        List<String> acls = resources.stream()
                .filter(r -> r.startsWith("acl-"))
                .map(Words::shell)
                .toList();
        List<String> tables = resources.stream()
                .filter(r -> !r.startsWith("acl-"))
                .map(Words::shell)
                .toList();
        if (!acls.isEmpty()) {
            draft.confirm(
                    "aws ec2 describe-network-acls --network-acl-ids " + String.join(" ", acls)
                            + " --query 'NetworkAcls[].{subnets:Associations[].SubnetId,entries:sort_by(Entries,&RuleNumber)[].{n:RuleNumber,out:Egress,do:RuleAction,p:Protocol,cidr:CidrBlock,ports:PortRange}}'",
                    "in one direction the first entry that fits denies: the container port towards the callee, or the ephemeral ports (1024 to 65535) towards the caller",
                    "both directions of both subnets' ACLs allow both",
                    Checks.pathClosed());
        }
        if (!tables.isEmpty()) {
            draft.confirm(
                    "aws ec2 describe-route-tables --route-table-ids " + String.join(" ", tables)
                            + " --query 'RouteTables[].{subnets:Associations[].SubnetId,routes:Routes[]}'",
                    "the longest prefix that covers the other task is a blackhole, or nothing covers it",
                    "it leads to the other task, in both tables",
                    Checks.pathClosed());
        }
        return draft;
    }

    private static Draft remedies(Draft draft, List<Obstacle> obstacles) {
        boolean acl = obstacles.stream().anyMatch(o -> o.source() == Input.NETWORK_ACLS);
        if (acl) {
            draft.fix(
                    "Allow in the ACL: the container port from the callers' subnets into the callee's, and tcp 1024 to 65535 back, with numbers below the denying entry.",
                    "An ACL entry counts for every host of the subnet; it takes effect at once.");
        } else {
            draft.fix(
                    "Point the route at a target that exists, or remove it so that the VPC's own route counts again.",
                    "Traffic that was meant to pass an appliance no longer does.");
        }
        return draft.fix(
                "Lasting: leave ACLs open between the subnets of one application and filter by security groups, which know connections.",
                "Less protection against a wrong security group.");
    }

    /**
     * Where the documents do not tell: silence towards living tasks whose groups admit the caller leaves an ACL, a route or a dead
     * host.
     */
    private Examination withoutDocuments(Facts facts, Optional<TrafficView> traffic) {
        BitSet silent = traffic.map(t -> t.where(o -> LostPackets.unanswered(o)
                        && o.task().filter(Task::stopped).isEmpty()
                        && !answeredLater(t, o)))
                .orElseGet(BitSet::new);
        if (silent.isEmpty() || !admitted(facts) || facts.has(Input.NETWORK_ACLS)) {
            Input[] missing = Stream.of(Input.TASKS, Input.NETWORK_ACLS, Input.ROUTE_TABLES)
                    .filter(i -> !facts.has(i))
                    .toArray(Input[]::new);
            return missing.length > 0
                    ? Examination.unknown(missing)
                    : Examination.unknown(Input.NETWORK_ACLS, Input.ROUTE_TABLES);
        }
        TrafficView view = traffic.get();
        Draft draft = Draft.of(cause())
                .explains(silent)
                .summary(facts.edge().label()
                        + ": connection attempts to running tasks end in silence although the security groups admit them: "
                        + facts.ofCalls(silent.cardinality()) + "; a network ACL or a route may drop them")
                .evidence(
                        Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        facts.ofCalls(silent.cardinality())
                                + " towards running tasks got no answer to the connection attempt")
                .evidence(Weight.WEAK, Input.SECURITY_GROUP_RULES, "the security groups admit the caller");
        Set<String> subnets = new TreeSet<>();
        view.at(silent).stream()
                .map(NetworkAclOrRouteBlocks::subnet)
                .filter(s -> !s.isEmpty())
                .forEach(subnets::add);
        return Examination.of(
                remedies(
                        draft.confirm(
                                "aws ec2 describe-network-acls --filters Name=association.subnet-id,Values="
                                        + (subnets.isEmpty() ? "SUBNET" : Words.shell(String.join(",", subnets))),
                                "the first entry that fits denies the container port, or the ephemeral ports on the way back",
                                "both directions of both subnets' ACLs allow both; then look at the route tables"),
                        List.of()),
                "no call was lost in silence");
    }

    private static String subnet(Observed o) {
        return o.task().flatMap(t -> t.placement().subnetId()).orElse("");
    }

    private static boolean answeredLater(TrafficView view, Observed lost) {
        return view.lastSuccess(lost.host()).orElse(Long.MIN_VALUE) > lost.end();
    }

    /** Whether the rules were read and admit the caller at every task that they tell of. */
    private static boolean admitted(Facts facts) {
        if (!facts.has(Input.SECURITY_GROUP_RULES)) {
            return false;
        }
        SecurityGroups groups = new SecurityGroups(facts);
        boolean any = false;
        for (Task task : facts.calleeTasks()) {
            if (!LostPackets.aliveInWindow(facts, task)) {
                continue;
            }
            for (SecurityGroups.Caller caller : groups.callers()) {
                SecurityGroups.Judgement judgement = groups.judge(caller, task);
                if (judgement == SecurityGroups.Judgement.BLOCKED) {
                    return false;
                }
                any |= judgement == SecurityGroups.Judgement.ADMITTED;
            }
        }
        return any;
    }
}
