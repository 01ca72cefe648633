package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.NetworkPaths.End;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW303: a namespace spans VPCs, the network does not. Between two VPCs packets need a peering, a transit gateway or a VPN,
 * a route to it in the caller's subnets and a route back in the callee's, and ranges that do not overlap. Without one of
 * them every connection attempt to the other VPC ends in silence.
 */
final class CrossVpcUnreachable implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CROSS_VPC_UNREACHABLE;
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
                Input.SUBNETS,
                Input.NETWORK_ACLS,
                Input.ROUTE_TABLES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        NetworkPaths paths = new NetworkPaths(facts);
        Optional<TrafficView> traffic = facts.traffic();
        BlockedPaths found = new BlockedPaths();
        LostPackets across = new LostPackets();
        Set<String> callerVpcs = new TreeSet<>();
        Set<String> calleeVpcs = new TreeSet<>();
        Set<String> callerSubnets = new TreeSet<>();
        Set<String> calleeSubnets = new TreeSet<>();
        boolean known = true;
        for (End caller : paths.callers()) {
            for (End callee : paths.callees()) {
                known &= caller.vpc().isPresent() && callee.vpc().isPresent();
                caller.vpc().ifPresent(callerVpcs::add);
                callee.vpc().ifPresent(calleeVpcs::add);
                if (NetworkPaths.acrossVpcs(caller, callee)) {
                    found.add(caller, callee, paths.byRoutes(caller, callee));
                    across.add(caller.taskId(), callee.address());
                    callerSubnets.add(Words.shell(caller.subnet()));
                    calleeSubnets.add(Words.shell(callee.subnet()));
                }
            }
        }
        if (found.pairs() == 0) {
            return known && !callerVpcs.isEmpty()
                    ? Examination.excluded("caller and callee are in the same VPC, " + String.join(", ", callerVpcs))
                    : Examination.unknown(
                            facts.has(Input.NETWORK_INTERFACES) ? Input.SUBNETS : Input.NETWORK_INTERFACES);
        }
        BitSet silent = traffic.map(t -> t.where(o -> LostPackets.unanswered(o)
                        && across.between(o)
                        && o.task().filter(Task::stopped).isEmpty()))
                .orElseGet(BitSet::new);
        boolean answered =
                traffic.isPresent() && !across.answered(traffic.get()).isEmpty();
        if (!found.any()) {
            if (found.open() == found.pairs()) {
                return Examination.excluded("the VPCs " + String.join(", ", callerVpcs) + " and "
                        + String.join(", ", calleeVpcs) + " have routes to each other");
            }
            if (answered || silent.isEmpty()) {
                return answered
                        ? Examination.excluded("calls from one VPC to the other are answered")
                        : Examination.unknown(Input.ROUTE_TABLES);
            }
        }
        BitSet lost = found.any() ? found.lost(traffic) : silent;
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": the caller is in " + String.join(", ", callerVpcs)
                        + ", the callee in "
                        + String.join(", ", calleeVpcs) + (found.any() ? ", and " + found.words(1) : "")
                        + (lost.isEmpty() ? "" : "; " + facts.ofCalls(lost.cardinality()) + " got no answer"));
        if (found.any()) {
            found.judge(facts, traffic, draft);
        } else {
            draft.explains(silent)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(silent.cardinality())
                                    + " into the other VPC got no answer to the connection attempt, and none was answered")
                    .evidence(
                            Weight.WEAK,
                            Input.NETWORK_INTERFACES,
                            "between VPCs nothing is reachable unless somebody made a way; the route tables were not read");
        }
        return Examination.of(
                draft.confirm(
                                "aws ec2 describe-route-tables --filters Name=association.subnet-id,Values="
                                        + String.join(",", callerSubnets) + "," + String.join(",", calleeSubnets)
                                        + " --query 'RouteTables[].{vpc:VpcId,subnets:Associations[].SubnetId,routes:Routes[].{to:DestinationCidrBlock,pcx:VpcPeeringConnectionId,tgw:TransitGatewayId,gw:GatewayId,nat:NatGatewayId,state:State}}'",
                                "a table of either VPC has no active route to the other VPC's range by a peering (pcx-) or transit gateway (tgw-)",
                                "both have one; then look at the security groups (EW301) and network ACLs (EW302)")
                        .confirm(
                                "aws ec2 describe-vpc-peering-connections --filters Name=status-code,Values=active --query 'VpcPeeringConnections[].{id:VpcPeeringConnectionId,a:RequesterVpcInfo.{vpc:VpcId,cidr:CidrBlock},b:AccepterVpcInfo.{vpc:VpcId,cidr:CidrBlock}}'",
                                "no active peering joins the two VPCs (and no transit gateway does)",
                                "one does; then a route is missing on one side")
                        .fix(
                                "Join the VPCs by a peering or a transit gateway, and add the route to the other VPC's range to the route tables of the callers' and of the callee's subnets.",
                                "Opens a way for every host of those subnets; security groups still decide.")
                        .fix(
                                "Admit the caller at the callee's security group: across a peering by group reference or range, across a transit gateway by range unless group references are switched on.",
                                "A range admits more than one service.")
                        .fix(
                                "Where the ranges overlap no route helps: put a load balancer or VPC Lattice between the two.",
                                "Another kind of edge, with its own limits."),
                "calls from one VPC to the other are answered");
    }
}
