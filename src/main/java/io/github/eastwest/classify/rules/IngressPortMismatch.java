package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * EW408: {@code ingressPortOverride} moves the port on which the callee's proxies accept, and the security group still
 * admits the caller on another one: the container port, the alias port, or an override of before. The caller's proxies
 * follow the endpoint and meet silence; whoever dials the container port gets past the proxy, and through.
 *
 * <p>Without an override, now or before, a missing rule is EW301.
 */
final class IngressPortMismatch implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.INGRESS_PORT_MISMATCH;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICE_REVISIONS,
                Input.TASK_DEFINITIONS,
                Input.TASKS,
                Input.NETWORK_INTERFACES,
                Input.SECURITY_GROUP_RULES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        List<Endpoint> endpoints = facts.endpoints();
        Set<Integer> accepted = new TreeSet<>();
        Set<Integer> others = new TreeSet<>();
        boolean overridden = false;
        for (Endpoint endpoint : endpoints) {
            endpoint.ingressPort().ifPresent(accepted::add);
            overridden |= endpoint.ingressPort().isPresent();
            facts.portMapping(endpoint)
                    .ifPresent(p -> (endpoint.ingressPort().isPresent() ? others : accepted).add(p.containerPort()));
            endpoint.aliases().forEach(a -> others.add(a.port()));
        }
        Set<Integer> before = overridesBefore(facts);
        others.addAll(before);
        others.removeAll(accepted);
        before.removeAll(accepted);
        if (!overridden && before.isEmpty()) {
            return Examination.excluded("the callee's endpoint has no ingressPortOverride"
                    + (accepted.isEmpty() ? "" : ": its proxies accept on the container port " + list(accepted)));
        }
        if (accepted.isEmpty()) {
            return Examination.unknown(Input.TASK_DEFINITIONS);
        }
        Optional<TrafficView> traffic = facts.traffic();
        BitSet silent = traffic.map(t -> t.primaryOf(t.where(o -> isSilent(o) && accepted.contains(port(o)))))
                .orElseGet(BitSet::new);
        if (!facts.has(Input.SECURITY_GROUP_RULES)) {
            return silent.isEmpty()
                    ? Examination.excluded("no connection attempt to port " + list(accepted) + " ended in silence")
                    : withoutRules(facts, accepted, others, silent);
        }
        SecurityGroups groups = new SecurityGroups(facts);
        Set<Integer> admitted = new TreeSet<>();
        long blocked = 0;
        long judged = 0;
        for (Task task : facts.calleeTasks()) {
            if (task.stopped() || groups.of(task).isEmpty()) {
                continue;
            }
            for (SecurityGroups.Caller caller : groups.callers()) {
                SecurityGroups.Judgement there = groups.judge(caller, task, accepted);
                judged += there == SecurityGroups.Judgement.UNKNOWN ? 0 : 1;
                if (there == SecurityGroups.Judgement.BLOCKED) {
                    blocked++;
                    others.stream()
                            .filter(p -> groups.judge(caller, task, Set.of(p)) == SecurityGroups.Judgement.ADMITTED)
                            .forEach(admitted::add);
                }
            }
        }
        if (judged == 0) {
            return Examination.unknown(Input.NETWORK_INTERFACES, Input.SECURITY_GROUP_RULES);
        }
        if (blocked == 0 || admitted.isEmpty()) {
            return Examination.excluded(
                    blocked == 0
                            ? "the security groups admit the caller on port " + list(accepted)
                            : "the security groups admit the caller on no other port of the callee either");
        }
        Draft draft = Draft.of(cause())
                .at(Hop.CALLEE_PROXY)
                .summary(facts.edge().label() + ": the callee's proxies accept on port " + list(accepted)
                        + (overridden ? " (ingressPortOverride)" : "") + ", its security group admits the caller on "
                        + list(admitted) + " only"
                        + (silent.isEmpty() ? "" : "; " + facts.ofCalls(silent.cardinality()) + " met silence"))
                .evidence(
                        Weight.DECISIVE,
                        Input.SECURITY_GROUP_RULES,
                        "no rule lets the caller's tasks reach tcp " + list(accepted)
                                + ", and rules let them reach tcp " + list(admitted),
                        "tcp " + list(admitted),
                        "tcp " + list(accepted))
                .evidence(
                        Weight.STRONG,
                        Input.SERVICES,
                        overridden
                                ? "the endpoint's ingressPortOverride is " + list(accepted)
                                : "an earlier deployment had ingressPortOverride " + list(before)
                                        + ", the present one has none");
        symptoms(facts, accepted, silent, draft);
        confirms(facts, accepted, admitted, draft);
        return Examination.of(draft, "calls to that port are answered");
    }

    private static void symptoms(Facts facts, Set<Integer> accepted, BitSet silent, Draft draft) {
        Optional<TrafficView> traffic = facts.traffic();
        long answered = traffic.map(t -> t.successes().stream()
                        .filter(o -> accepted.contains(port(o)))
                        .count())
                .orElse(0L);
        if (!silent.isEmpty()) {
            draft.explains(silent)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(silent.cardinality()) + " to port " + list(accepted)
                                    + " got no answer to the connection attempt");
        } else if (answered > 0) {
            draft.noise()
                    .against(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            Words.count(answered, "call") + " to port " + list(accepted)
                                    + " were answered, on connections older than the rules");
        }
    }

    private Examination withoutRules(Facts facts, Set<Integer> accepted, Set<Integer> others, BitSet silent) {
        Draft draft = Draft.of(cause())
                .at(Hop.CALLEE_PROXY)
                .explains(silent)
                .summary(facts.edge().label() + ": connection attempts to port " + list(accepted)
                        + ", the endpoint's ingressPortOverride, end in silence: "
                        + facts.ofCalls(silent.cardinality()))
                .evidence(
                        Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        facts.ofCalls(silent.cardinality()) + " to port " + list(accepted)
                                + " got no answer to the connection attempt")
                .evidence(
                        Weight.MEDIUM,
                        Input.SERVICES,
                        "the endpoint's ingressPortOverride is " + list(accepted) + ": rules written for "
                                + list(others) + " do not cover it");
        confirms(facts, accepted, others, draft);
        return Examination.of(draft, "no connection attempt to that port ended in silence");
    }

    /** Overrides of the callee's other deployments and earlier revisions. */
    private static Set<Integer> overridesBefore(Facts facts) {
        Set<Integer> ports = new TreeSet<>();
        Stream<ServiceConnect> deployments = facts.callee()
                .map(s ->
                        s.deployments().stream().map(Deployment::serviceConnect).flatMap(Optional::stream))
                .orElseGet(Stream::empty);
        Stream<ServiceConnect> revisions = facts.revisions(facts.edge().callee()).stream()
                .map(ServiceRevision::serviceConnect)
                .flatMap(Optional::stream);
        Stream.concat(deployments, revisions)
                .flatMap(c -> c.endpoints().stream())
                .forEach(e -> e.ingressPort().ifPresent(ports::add));
        return ports;
    }

    private static boolean isSilent(Observed o) {
        return o.call().callee().isEmpty()
                && !o.call().line().hasServiceTime()
                && (o.condition() == Condition.UPSTREAM_CONNECTION_TIMEOUT
                        || o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT && o.hop() == Hop.NETWORK);
    }

    private static int port(Observed o) {
        int colon = o.host().lastIndexOf(':');
        String digits = o.host().substring(colon + 1);
        return colon >= 0 && digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    }

    private static String list(Set<Integer> ports) {
        return String.join(", ", ports.stream().map(p -> Integer.toString(p)).toList());
    }

    private static void confirms(Facts facts, Set<Integer> accepted, Set<Integer> admitted, Draft draft) {
        String group = facts.calleePrimary()
                .flatMap(d -> d.securityGroups().stream().findFirst())
                .map(Words::shell)
                .orElse("SECURITY_GROUP");
        draft.confirm(
                        "aws ecs describe-services " + facts.calleeArguments()
                                + " --query 'services[0].deployments[].{status:status,ports:serviceConnectConfiguration.services[].{portName:portName,override:ingressPortOverride}}'",
                        "override is " + list(accepted) + " in the PRIMARY deployment, or was another one before",
                        "override is null everywhere; then the container port must be admitted")
                .confirm(
                        "aws ec2 describe-security-group-rules --filters Name=group-id,Values=" + group
                                + " --query 'SecurityGroupRules[?IsEgress==`false`].{p:IpProtocol,from:FromPort,to:ToPort,cidr:CidrIpv4,source:ReferencedGroupInfo.GroupId}'",
                        "rules cover " + list(admitted) + " for the caller, none covers " + list(accepted),
                        "a rule covers " + list(accepted) + " for the caller")
                .fix(
                        "Admit the caller's security group on tcp " + list(accepted) + " of the callee's group.",
                        "Opens that port to every member of the caller's group; works at once, and ejected tasks return within 30 to 300 seconds.")
                .fix(
                        "Or take ingressPortOverride away, so that the proxies accept on the container port, and deploy the callee.",
                        "A deployment of the callee; a load balancer that used the container port to get past the proxy goes through it then.");
    }
}
