package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW301: packets to the callee's tasks are dropped because no security-group rule admits them. The port that counts is the
 * container port or {@code ingressPortOverride}, not the alias port. A security group drops silently: connection attempts
 * run into the connect timeout and the callee's proxy never sees them; a refusal proves that the packets arrive.
 *
 * <p>Evidence: the rules of the tasks' groups evaluated for this caller, and connection timeouts towards exactly those
 * tasks. Connections that were open before a change go on working.
 */
final class SecurityGroupBlocks implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.SECURITY_GROUP_BLOCKS;
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
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        BitSet silent = traffic.map(t -> t.where(LostPackets::unanswered)).orElseGet(BitSet::new);
        boolean documents = facts.has(Input.SECURITY_GROUP_RULES);
        if (!documents) {
            return silent.isEmpty()
                    ? Examination.unknown(Input.SECURITY_GROUP_RULES)
                    : withoutDocuments(facts, traffic.get(), silent);
        }
        SecurityGroups groups = new SecurityGroups(facts);
        if (groups.ports().isEmpty() || groups.callerGroups().isEmpty()) {
            return Examination.unknown(Input.NETWORK_INTERFACES);
        }
        Set<String> blockedAddresses = new TreeSet<>();
        Set<String> blockedGroups = new TreeSet<>();
        Set<String> admittedAddresses = new TreeSet<>();
        LostPackets pairs = new LostPackets();
        for (Task task : facts.calleeTasks()) {
            Optional<String> address = task.placement().address();
            if (address.isEmpty() || !LostPackets.aliveInWindow(facts, task)) {
                continue;
            }
            for (SecurityGroups.Caller caller : groups.callers()) {
                switch (groups.judge(caller, task)) {
                    case BLOCKED -> {
                        pairs.add(caller.id(), address.get());
                        blockedAddresses.add(address.get());
                        blockedGroups.addAll(groups.of(task));
                    }
                    case ADMITTED -> admittedAddresses.add(address.get());
                    case UNKNOWN -> {}
                }
            }
        }
        admittedAddresses.removeAll(blockedAddresses);
        String ports = groups.ports().stream()
                .map(String::valueOf)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        if (blockedAddresses.isEmpty()) {
            return Examination.excluded(
                    admittedAddresses.isEmpty()
                            ? "no task of the callee with known groups was alive in the window"
                            : "the rules admit the caller's groups (" + String.join(", ", groups.callerGroups())
                                    + ") on tcp " + ports + " at all " + Words.count(admittedAddresses.size(), "task")
                                    + " of the callee");
        }
        Draft draft = Draft.of(cause());
        String groupNames = String.join(", ", blockedGroups);
        BitSet towards = traffic.map(t -> t.where(o -> LostPackets.unanswered(o) && pairs.between(o)))
                .orElseGet(BitSet::new);
        draft.summary(facts.edge().label() + ": " + groupNames + " does not admit "
                + String.join(", ", groups.callerGroups()) + " on tcp " + ports + " at "
                + Words.count(blockedAddresses.size(), "task") + " of the callee"
                + (towards.isEmpty()
                        ? ""
                        : "; connection attempts there end in silence: " + facts.ofCalls(towards.cardinality())));
        draft.evidence(
                towards.isEmpty() ? Weight.STRONG : Weight.DECISIVE,
                Input.SECURITY_GROUP_RULES,
                groups.egressBlocked()
                        ? "no outbound rule of " + String.join(", ", groups.callerGroups()) + " lets tcp " + ports
                                + " out to the callee"
                        : "no inbound rule of " + groupNames + " admits " + String.join(", ", groups.callerGroups())
                                + " on tcp " + ports,
                "no rule",
                "tcp " + ports);
        if (traffic.isPresent()) {
            judgeTraffic(facts, traffic.get(), draft, towards, pairs);
        }
        if (!admittedAddresses.isEmpty()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.SECURITY_GROUP_RULES,
                    "the rules admit the caller at the other " + Words.count(admittedAddresses.size(), "task")
                            + " of the callee");
        }
        String callee = blockedGroups.iterator().next();
        String rule = " --group-id " + Words.shell(callee) + " --protocol tcp --port "
                + groups.ports().iterator().next() + " --source-group "
                + Words.shell(groups.callerGroups().iterator().next());
        return Examination.of(
                draft.confirm(
                                "aws ec2 describe-security-group-rules --filters Name=group-id,Values="
                                        + Words.shell(String.join(",", blockedGroups))
                                        + " --query 'SecurityGroupRules[?IsEgress==`false`].{p:IpProtocol,from:FromPort,to:ToPort,cidr:CidrIpv4,source:ReferencedGroupInfo.GroupId}'",
                                "no rule covers tcp " + ports + " from " + String.join(", ", groups.callerGroups())
                                        + " or from the caller's addresses",
                                "such a rule exists; then look at network ACLs and routes",
                                Checks.notAdmitted(blockedAddresses))
                        .fix(
                                "Admit the caller: aws ec2 authorize-security-group-ingress" + rule,
                                "Opens that port to every task in the caller's group; takes effect at once.",
                                "aws ec2 revoke-security-group-ingress" + rule)
                        .fix(
                                "Put the rule into the template that creates " + callee
                                        + ", with the container port (or ingressPortOverride), not the alias port.",
                                "None."),
                facts,
                "no call towards the tasks behind " + groupNames + " was lost in silence",
                Input.CALLER_LOGS);
    }

    private void judgeTraffic(Facts facts, TrafficView traffic, Draft draft, BitSet towards, LostPackets pairs) {
        List<Observed> answered = pairs.answered(traffic);
        if (!towards.isEmpty()) {
            pairs.judgeLost(facts, traffic, draft, towards);
        } else if (!traffic.callerCounts()) {
            // Only the callee's lines: what never arrived has none, and what did may come from other callers.
            if (answered.isEmpty() && traffic.requests() > 0) {
                draft.evidence(
                        Weight.MEDIUM, Input.CALLEE_LOGS, "no call reached those tasks, while others were answered");
            } else if (!answered.isEmpty()) {
                draft.against(
                        Weight.MEDIUM,
                        Input.CALLEE_LOGS,
                        Words.count(answered.size(), "call")
                                + " of some caller reached those tasks, which this one may have lost");
            }
        } else if (!answered.isEmpty()) {
            // Open connections outlive the rule that admitted them: nothing fails yet, the next connection will.
            draft.noise()
                    .against(
                            Weight.MEDIUM,
                            Input.CALLER_LOGS,
                            Words.count(answered.size(), "call")
                                    + " to those tasks were answered, on connections older than the rules,"
                                    + " and none was lost in silence");
        } else if (traffic.isWell()) {
            draft.against(Weight.STRONG, Input.CALLER_LOGS, "every call of the window was answered");
        }
    }

    /** Silence towards living tasks without the rules: a block is one of three explanations. */
    private Examination withoutDocuments(Facts facts, TrafficView traffic, BitSet silent) {
        BitSet living = traffic.where(
                o -> LostPackets.unanswered(o) && o.task().filter(Task::stopped).isEmpty());
        boolean answered = traffic.successes().stream()
                .anyMatch(o ->
                        traffic.at(living).stream().anyMatch(f -> f.host().equals(o.host()) && o.start() > f.end()));
        if (living.isEmpty() || answered) {
            return Examination.unknown(Input.SECURITY_GROUP_RULES);
        }
        return Examination.of(
                Draft.of(cause())
                        .summary(facts.edge().label() + ": connection attempts to running tasks end in silence: "
                                + facts.ofCalls(silent.cardinality())
                                + "; a security group, a network ACL or a route drops them")
                        .explains(silent)
                        .evidence(
                                Weight.MEDIUM,
                                Input.CALLER_LOGS,
                                facts.ofCalls(silent.cardinality())
                                        + " towards running tasks got no answer to the connection attempt")
                        .evidence(
                                Weight.WEAK,
                                Input.CALLER_LOGS,
                                "a refusal would show that packets arrive; there is none")
                        .confirm(
                                "aws ec2 describe-network-interfaces --filters Name=private-ip-address,Values="
                                        + String.join(",", hosts(traffic, living))
                                        + " --query 'NetworkInterfaces[].{eni:NetworkInterfaceId,subnet:SubnetId,groups:Groups[].GroupId}'",
                                "the groups' rules (aws ec2 describe-security-group-rules) admit no tcp from the caller",
                                "they do; then look at network ACLs and routes")
                        .fix(
                                "Admit the caller's security group on the callee's container port.",
                                "Opens that port to the caller's group."),
                "no call was lost in silence");
    }

    private static Set<String> hosts(TrafficView traffic, BitSet failures) {
        Set<String> hosts = new TreeSet<>();
        traffic.at(failures).forEach(o -> hosts.add(Words.shell(LostPackets.address(o.host()))));
        return hosts;
    }
}
