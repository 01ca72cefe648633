package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Cidr;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.network.Network.NetworkInterface;
import io.github.eastwest.model.network.Network.Peer;
import io.github.eastwest.model.network.Network.SecurityGroupRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The security-group rules between the caller's and the callee's tasks, evaluated as EC2 does: any rule that fits admits. */
final class SecurityGroups {
    private final List<SecurityGroupRule> rules;
    private final List<NetworkInterface> interfaces;
    private final Optional<Deployment> calleePrimary;
    private final List<Caller> callers = new ArrayList<>();
    private final Set<Integer> ports;
    private boolean egressBlocked;

    /** What the rules say about a task. */
    enum Judgement {
        ADMITTED,
        BLOCKED,
        UNKNOWN
    }

    /** A task of the caller; {@code id} is empty where only its deployment is known. */
    record Caller(String id, Set<String> groups, Set<String> addresses) {}

    SecurityGroups(Facts facts) {
        rules = facts.securityGroupRules();
        interfaces = facts.interfaces();
        calleePrimary = facts.calleePrimary();
        for (Task task : facts.callerTasks()) {
            List<String> groups = groupsByInterface(task);
            if (task.running() && !groups.isEmpty()) {
                callers.add(new Caller(
                        task.id(),
                        new TreeSet<>(groups),
                        task.placement().address().map(Set::of).orElse(Set.of())));
            }
        }
        if (callers.isEmpty()) {
            facts.caller()
                    .flatMap(Service::primary)
                    .filter(d -> !d.securityGroups().isEmpty())
                    .ifPresent(d -> callers.add(new Caller("", new TreeSet<>(d.securityGroups()), Set.of())));
        }
        ports = facts.calleePorts();
    }

    List<Caller> callers() {
        return callers;
    }

    Set<String> callerGroups() {
        Set<String> groups = new TreeSet<>();
        callers.forEach(c -> groups.addAll(c.groups()));
        return groups;
    }

    Set<Integer> ports() {
        return ports;
    }

    /** Whether it was the caller's own outbound rules that let nothing out. */
    boolean egressBlocked() {
        return egressBlocked;
    }

    /** The groups of a task: those of its interface, else those of the deployment it belongs to. */
    List<String> of(Task task) {
        List<String> groups = groupsByInterface(task);
        if (!groups.isEmpty()) {
            return groups;
        }
        return calleePrimary
                .filter(d -> d.id().equals(task.deploymentId()))
                .map(Deployment::securityGroups)
                .orElse(List.of());
    }

    private List<String> groupsByInterface(Task task) {
        return interfaces.stream()
                .filter(i -> i.address().isPresent()
                                && i.address().equals(task.placement().address())
                        || task.placement().interfaceId().filter(i.id()::equals).isPresent())
                .flatMap(i -> i.groups().stream())
                .distinct()
                .toList();
    }

    /** What the rules say about calls of that caller's task to that task of the callee. */
    Judgement judge(Caller caller, Task task) {
        return judge(caller, task, ports);
    }

    /** The same for any of those ports. */
    Judgement judge(Caller caller, Task task, Set<Integer> ports) {
        List<String> groups = of(task);
        // A group without a single rule in the data was not read: a group that exists has at least its outbound rules.
        if (groups.isEmpty() || groups.stream().noneMatch(this::known)) {
            return Judgement.UNKNOWN;
        }
        if (!admitted(ports, false, groups, caller.groups(), caller.addresses())) {
            return groups.stream().allMatch(this::known) ? Judgement.BLOCKED : Judgement.UNKNOWN;
        }
        Set<String> address = task.placement().address().map(Set::of).orElse(Set.of());
        boolean callerKnown = caller.groups().stream().allMatch(this::known)
                && rules.stream().anyMatch(r -> r.egress() && caller.groups().contains(r.groupId()));
        if (callerKnown && !admitted(ports, true, caller.groups(), new TreeSet<>(groups), address)) {
            egressBlocked = true;
            return Judgement.BLOCKED;
        }
        return Judgement.ADMITTED;
    }

    private boolean admitted(
            Set<Integer> ports, boolean egress, Collection<String> groups, Set<String> peers, Set<String> addresses) {
        return ports.stream()
                .anyMatch(port -> rules.stream()
                        .filter(r -> r.egress() == egress && groups.contains(r.groupId()))
                        .anyMatch(r -> admits(r, port, peers, addresses)));
    }

    private boolean known(String group) {
        return rules.stream().anyMatch(r -> r.groupId().equals(group));
    }

    private static boolean admits(SecurityGroupRule rule, int port, Set<String> peers, Set<String> addresses) {
        boolean protocol = rule.protocol().equals("-1")
                || rule.protocol().equals("tcp")
                || rule.protocol().equals("6");
        boolean covers =
                rule.protocol().equals("-1") || rule.fromPort() < 0 || rule.fromPort() <= port && port <= rule.toPort();
        if (!protocol || !covers) {
            return false;
        }
        Peer peer = rule.peer();
        // What a prefix list holds is not in the bundle: benefit of the doubt, never a guilty party by default.
        return peer.groupId().filter(peers::contains).isPresent()
                || peer.prefixListId().isPresent()
                || peer.cidrIpv4()
                        .filter(cidr ->
                                addresses.isEmpty() || addresses.stream().anyMatch(a -> Cidr.contains(cidr, a)))
                        .isPresent();
    }
}
