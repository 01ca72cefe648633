package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Cidr;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.background.Settings.Changed;
import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.classify.background.Suspicion.Who;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.network.Network.NetworkInterface;
import io.github.eastwest.model.network.Network.Peer;
import io.github.eastwest.model.network.Network.SecurityGroupRule;
import io.github.eastwest.model.report.Background.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a change of security-group rules means to the edge: whether a rule that it takes away or sets anew had let the caller
 * through to the port that the callee's proxies accept on. A rule that was added admits more, and a rule of another port or
 * for others lets the edge alone.
 */
final class GroupRules {
    private static final int MOST_NAMED = 3;

    private final Set<String> callerGroups;
    private final Set<String> calleeGroups;
    private final Set<String> callerAddresses;
    private final Set<String> calleeAddresses;
    private final Set<Integer> ports;
    private final List<SecurityGroupRule> rules;

    GroupRules(Facts facts) {
        callerGroups = groups(facts, facts.caller(), facts.callerTasks());
        calleeGroups = groups(facts, facts.callee(), facts.calleeTasks());
        callerAddresses = addresses(facts.callerTasks());
        calleeAddresses = addresses(facts.calleeTasks());
        ports = facts.calleePorts();
        rules = facts.securityGroupRules();
    }

    /**
     * A change of a group of the edge.
     *
     * @param group the group
     * @param who whose tasks are in it
     * @param words what changed
     * @param changed each rule, with what it means to the edge
     * @param known whether the rules are known
     */
    record Effect(String group, Who who, String words, List<Changed> changed, boolean known) {}

    private static Set<String> groups(Facts facts, Optional<Service> service, List<Task> tasks) {
        Set<String> groups = new TreeSet<>();
        service.ifPresent(
                s -> s.deployments().stream().map(Deployment::securityGroups).forEach(groups::addAll));
        service.ifPresent(s -> facts.revisions(s.name()).forEach(revision -> groups.addAll(revision.securityGroups())));
        for (NetworkInterface face : facts.interfaces()) {
            if (tasks.stream()
                    .anyMatch(t -> t.placement()
                                    .interfaceId()
                                    .filter(face.id()::equals)
                                    .isPresent()
                            || face.address().isPresent()
                                    && face.address().equals(t.placement().address()))) {
                groups.addAll(face.groups());
            }
        }
        return groups;
    }

    private static Set<String> addresses(List<Task> tasks) {
        Set<String> addresses = new TreeSet<>();
        tasks.forEach(t -> t.placement().address().ifPresent(addresses::add));
        return addresses;
    }

    /** What the event changed of the edge; empty when it is about other groups. */
    Optional<Effect> change(TrailEvent event) {
        Set<String> targets = new TreeSet<>(event.targets());
        event.rules().forEach(rule -> targets.add(rule.groupId()));
        Optional<String> group = targets.stream()
                .filter(target -> calleeGroups.contains(target) || callerGroups.contains(target))
                .findFirst();
        if (group.isEmpty()) {
            return Optional.empty();
        }
        boolean adds = event.name().startsWith("Authorize");
        boolean takes = event.name().startsWith("Revoke");
        Optional<String> there = Optional.of("admitted");
        List<Changed> changed = new ArrayList<>();
        List<String> words = new ArrayList<>();
        boolean known = adds || !event.rules().isEmpty();
        for (SecurityGroupRule noted : event.rules()) {
            SecurityGroupRule rule = directed(noted);
            boolean lets = lets(rule);
            changed.add(new Changed(
                    takes && lets ? Topic.ADMISSION : Topic.OTHER,
                    new Difference(words(rule), takes ? there : Optional.empty(), takes ? Optional.empty() : there)));
            words.add(words(rule));
            // What a rule was before it was set anew is not told: it may have been the one that counts.
            known &= adds || takes || lets;
        }
        String verb = adds ? "added" : takes ? "removed" : "set anew";
        String more = words.size() > MOST_NAMED ? " and " + (words.size() - MOST_NAMED) + " more" : "";
        return Optional.of(new Effect(
                group.get(),
                calleeGroups.contains(group.get()) ? Who.CALLEE : Who.CALLER,
                words.isEmpty()
                        ? event.name() + ", of which rules is not told"
                        : String.join(", ", words.subList(0, Math.min(MOST_NAMED, words.size()))) + more + " " + verb,
                changed,
                known));
    }

    /** CloudTrail does not tell the direction of a rule that was set anew; the rules as they are now do. */
    private SecurityGroupRule directed(SecurityGroupRule noted) {
        return rules.stream()
                .filter(rule ->
                        !noted.id().isEmpty() && rule.id().equals(noted.id()) && rule.egress() != noted.egress())
                .findFirst()
                .map(rule -> new SecurityGroupRule(
                        noted.id(),
                        noted.groupId(),
                        rule.egress(),
                        noted.protocol(),
                        noted.fromPort(),
                        noted.toPort(),
                        noted.peer()))
                .orElse(noted);
    }

    /** Whether the rule lets the caller through to the callee. */
    private boolean lets(SecurityGroupRule rule) {
        return rule.egress()
                ? callerGroups.contains(rule.groupId()) && admits(rule, calleeGroups, calleeAddresses)
                : calleeGroups.contains(rule.groupId()) && admits(rule, callerGroups, callerAddresses);
    }

    private boolean admits(SecurityGroupRule rule, Set<String> groups, Set<String> addresses) {
        boolean all = rule.protocol().equals("-1");
        boolean tcp = all || rule.protocol().equals("tcp") || rule.protocol().equals("6");
        boolean covers = all
                || ports.isEmpty()
                || rule.fromPort() < 0
                || ports.stream().anyMatch(port -> rule.fromPort() <= port && port <= rule.toPort());
        Peer peer = rule.peer();
        return tcp
                && covers
                && (peer.groupId().filter(groups::contains).isPresent()
                        || peer.prefixListId().isPresent()
                        || peer.cidrIpv4()
                                .filter(cidr -> addresses.isEmpty()
                                        || addresses.stream().anyMatch(a -> Cidr.contains(cidr, a)))
                                .isPresent());
    }

    /** {@code inbound tcp 8080 from sg-1}. */
    private static String words(SecurityGroupRule rule) {
        String ports = rule.protocol().equals("-1")
                ? "all traffic"
                : rule.protocol()
                        + (rule.fromPort() < 0
                                ? ""
                                : " " + rule.fromPort()
                                        + (rule.toPort() == rule.fromPort() ? "" : "-" + rule.toPort()));
        Peer peer = rule.peer();
        String who = peer.groupId()
                .or(peer::cidrIpv4)
                .or(peer::cidrIpv6)
                .or(peer::prefixListId)
                .orElse("anybody");
        return (rule.egress() ? "outbound " : "inbound ") + ports + (rule.egress() ? " to " : " from ") + who;
    }
}
