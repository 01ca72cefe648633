package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.background.Settings.Changed;
import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.classify.background.Suspicion.Who;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.network.Network.NetworkAcl;
import io.github.eastwest.model.network.Network.Route;
import io.github.eastwest.model.network.Network.RouteTable;
import io.github.eastwest.model.report.Background.Change.Kind;
import io.github.eastwest.model.report.Background.Difference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What CloudTrail tells: who deployed and who stopped tasks, and changes that nothing else gives a time. An event about a
 * resource that the edge does not use is no change of the edge.
 */
final class Trail {
    /** A call and its effect in another answer are that near. */
    private static final Duration SAME = Duration.ofSeconds(60);

    /** From where on Linux opens connections. */
    private static final int FIRST_EPHEMERAL = 32_768;

    /** How the names of Service Connect's secrets begin. */
    private static final String CONNECT_SECRET = "ecs-sc!";

    /** Calls that only give more names or notes to what is there. */
    private static final Set<String> WORDS_ONLY = Set.of(
            "UpdateSecurityGroupRuleDescriptionsIngress",
            "UpdateSecurityGroupRuleDescriptionsEgress",
            "CreateTags",
            "DeleteTags",
            "TagResource",
            "UntagResource");

    /** What a rotation or a proxy's start does with a secret or an authority day by day. */
    private static final Set<String> DAILY = Set.of(
            "IssueCertificate",
            "RotateSecret",
            "RotationStarted",
            "RotationSucceeded",
            "TestRotationStarted",
            "TestRotationSucceeded",
            "CreateSecret",
            "UpdateSecretVersionStage",
            "CreateCertificateAuthorityAuditReport");

    private final Facts facts;
    private final Set<TrailEvent> told = new LinkedHashSet<>();

    Trail(Facts facts) {
        this.facts = facts;
    }

    /** Who called UpdateService when that deployment began, as the end of a sentence; empty when CloudTrail does not say. */
    String deployedBy(Service service, Instant at) {
        return facts.trail().stream()
                .filter(e -> e.is("ecs", "UpdateService", "CreateService")
                        && isAbout(e, service)
                        && Duration.between(e.at(), at).abs().compareTo(SAME) <= 0)
                .findFirst()
                .map(this::told)
                .orElse("");
    }

    /** Who called StopTask on those tasks. */
    String stoppedBy(List<Task> tasks) {
        Set<String> ids = tasks.stream().map(Task::id).collect(Collectors.toSet());
        return facts.trail().stream()
                .filter(e -> e.is("ecs", "StopTask")
                        && e.parameter("task")
                                .map(Trail::lastPart)
                                .filter(ids::contains)
                                .isPresent())
                .findFirst()
                .map(this::told)
                .orElse("");
    }

    private String told(TrailEvent event) {
        told.add(event);
        return by(event);
    }

    private static String by(TrailEvent event) {
        return event.actor().isEmpty() ? "" : "; by " + event.actor();
    }

    /** The changes that no other source tells; ask after {@link #deployedBy} and {@link #stoppedBy}. */
    List<Raw> changes() {
        List<Raw> changes = new ArrayList<>();
        if (facts.trail().isEmpty()) {
            return changes;
        }
        GroupRules rules = new GroupRules(facts);
        Map<String, Passage> network = network();
        for (TrailEvent event : facts.trail()) {
            if (told.contains(event) || WORDS_ONLY.contains(event.name())) {
                continue;
            }
            Optional<Raw> change = switch (event.service()) {
                case "ec2" ->
                    event.name().contains("SecurityGroup")
                            ? rules.change(event).map(effect -> group(event, effect))
                            : network(event, network);
                case "ecs" -> ecs(event);
                case "application-autoscaling" -> scaling(event);
                case "servicediscovery" -> cloudMap(event);
                case "acm-pca", "secretsmanager" -> certificate(event);
                default -> Optional.empty();
            };
            change.ifPresent(changes::add);
        }
        return changes;
    }

    private static Raw group(TrailEvent event, GroupRules.Effect effect) {
        return raw(
                event,
                Kind.SECURITY_GROUP,
                effect.who(),
                effect.group(),
                effect.group() + ": " + effect.words() + by(event),
                effect.changed(),
                effect.known());
    }

    // --- network ACLs, routes

    /** Something that packets of one end pass. */
    private record Passage(Who who, String words) {}

    /** Subnets, network ACLs, route tables and peerings on the way, by id. */
    private Map<String, Passage> network() {
        Map<String, Passage> subnets = new TreeMap<>();
        subnetsOf(facts.callerTasks())
                .forEach(s -> subnets.put(
                        s, new Passage(Who.CALLER, s + " of " + facts.edge().caller())));
        subnetsOf(facts.calleeTasks())
                .forEach(s -> subnets.put(
                        s, new Passage(Who.CALLEE, s + " of " + facts.edge().callee())));
        Map<String, Passage> passages = new LinkedHashMap<>(subnets);
        for (NetworkAcl acl : facts.networkAcls()) {
            own(acl.subnetIds(), subnets)
                    .ifPresent(subnet -> passages.putIfAbsent(
                            acl.id(), new Passage(subnet.who(), "the network ACL of " + subnet.words())));
        }
        Set<String> withoutTable = new TreeSet<>(subnets.keySet());
        for (RouteTable table : facts.routeTables()) {
            withoutTable.removeAll(table.subnetIds());
            own(table.subnetIds(), subnets).ifPresent(subnet -> {
                passages.putIfAbsent(table.id(), new Passage(subnet.who(), "the route table of " + subnet.words()));
                table.routes().stream()
                        .map(Route::target)
                        .filter(target -> target.startsWith("pcx-"))
                        .forEach(peering -> passages.putIfAbsent(
                                peering, new Passage(subnet.who(), "a peering in the routes of " + subnet.words())));
            });
        }
        own(withoutTable, subnets)
                .ifPresent(subnet -> facts.routeTables().stream()
                        .filter(RouteTable::main)
                        .forEach(table -> passages.putIfAbsent(
                                table.id(),
                                new Passage(subnet.who(), "the main route table, that of " + subnet.words()))));
        return passages;
    }

    private static Optional<Passage> own(Collection<String> ids, Map<String, Passage> subnets) {
        return ids.stream()
                .sorted()
                .filter(subnets::containsKey)
                .map(subnets::get)
                .findFirst();
    }

    private Set<String> subnetsOf(List<Task> tasks) {
        Set<String> subnets = new TreeSet<>();
        for (Task task : tasks) {
            task.placement().subnetId().ifPresent(subnets::add);
            facts.interfaces().stream()
                    .filter(i -> task.placement()
                                    .interfaceId()
                                    .filter(i.id()::equals)
                                    .isPresent()
                            || i.address().isPresent()
                                    && i.address().equals(task.placement().address()))
                    .forEach(i -> i.subnetId().ifPresent(subnets::add));
        }
        return subnets;
    }

    private Optional<Raw> network(TrailEvent event, Map<String, Passage> passages) {
        boolean acl = event.name().contains("NetworkAcl");
        boolean route = event.name().contains("Route") || event.name().contains("VpcPeering");
        if (!acl && !route) {
            return Optional.empty();
        }
        // An entry that allows, a route more, or a peering that is accepted takes nothing away; what is set anew may.
        boolean opens = event.name().equals("CreateNetworkAclEntry")
                        && event.parameter("ruleAction").filter("allow"::equals).isPresent()
                || event.name().equals("CreateRoute")
                || event.name().startsWith("Accept")
                || !isAboutPorts(event);
        String entry = acl
                ? entry(event)
                : event.parameter("destinationCidrBlock").map(c -> " for " + c).orElse("");
        for (String id : event.targets()) {
            Passage passage = passages.get(id);
            if (passage != null) {
                return Optional.of(raw(
                        event,
                        Kind.NETWORK,
                        passage.who(),
                        id,
                        event.name() + entry + " on " + id + ", " + passage.words() + by(event),
                        List.of(changed(opens ? Topic.OTHER : Topic.ADMISSION, id, event, entry)),
                        true));
            }
        }
        return Optional.empty();
    }

    /** Whether an entry holds for the port that the callee's proxies accept on, or for those that answers go to. */
    private boolean isAboutPorts(TrailEvent event) {
        int from = event.parameter("fromPort").map(Integer::parseInt).orElse(-1);
        int to = event.parameter("toPort").map(Integer::parseInt).orElse(-1);
        Set<Integer> ports = facts.calleePorts();
        return from < 0
                || to < 0
                || to >= FIRST_EPHEMERAL
                || ports.isEmpty()
                || ports.stream().anyMatch(port -> from <= port && port <= to);
    }

    private static String entry(TrailEvent event) {
        String ports = event.parameter("fromPort")
                .map(from -> " ports " + from
                        + event.parameter("toPort")
                                .filter(to -> !to.equals(from))
                                .map(to -> "-" + to)
                                .orElse(""))
                .orElse("");
        return event.parameter("ruleNumber").map(n -> " of entry " + n).orElse("")
                + event.parameter("egress")
                        .map(e -> e.equals("true") ? ", outbound" : ", inbound")
                        .orElse("")
                + event.parameter("ruleAction").map(action -> ", " + action).orElse("")
                + event.parameter("cidrBlock").map(cidr -> " " + cidr).orElse("")
                + ports;
    }

    private static Changed changed(Topic topic, String subject, TrailEvent event, String what) {
        return new Changed(topic, new Difference(subject, Optional.empty(), Optional.of(event.name() + what)));
    }

    // --- ECS, scaling, Cloud Map

    private Optional<Raw> ecs(TrailEvent event) {
        if (event.is("ecs", "PutClusterCapacityProviders", "UpdateCluster", "UpdateClusterSettings")) {
            String cluster = event.parameter("cluster").map(Trail::lastPart).orElse("default");
            boolean callees =
                    facts.callee().map(Service::cluster).filter(cluster::equals).isPresent();
            boolean callers =
                    facts.caller().map(Service::cluster).filter(cluster::equals).isPresent();
            Topic topic = event.name().equals("PutClusterCapacityProviders") ? Topic.RESOURCES : Topic.OTHER;
            return callees || callers
                    ? Optional.of(raw(
                            event,
                            Kind.CONFIGURATION,
                            callees ? Who.CALLEE : Who.CALLER,
                            cluster,
                            event.name() + " of cluster " + cluster + by(event),
                            List.of(changed(topic, cluster, event, "")),
                            true))
                    : Optional.empty();
        }
        if (!event.is("ecs", "UpdateService", "DeleteService")) {
            return Optional.empty();
        }
        return end(event).filter(service -> !isOfScaling(event, service)).map(service -> {
            Optional<String> count = event.parameter("desiredCount");
            // Of any other count nothing tells whether it is more or less than before.
            boolean gone = count.filter("0"::equals).isPresent() || event.name().equals("DeleteService");
            Changed changed = count.isPresent() || gone
                    ? new Changed(
                            gone ? Topic.FEWER_TASKS : Topic.OTHER,
                            new Difference("desired count", Optional.empty(), gone ? Optional.of("0") : count))
                    : changed(Topic.OTHER, service.name(), event, "");
            return raw(
                    event,
                    count.isPresent() || gone ? Kind.SCALING : Kind.CONFIGURATION,
                    who(service),
                    service.name(),
                    event.name() + " of " + service.name()
                            + count.map(c -> ": desired count set to " + c).orElse("")
                            + by(event),
                    List.of(changed),
                    true);
        });
    }

    /** Application Auto Scaling sets counts by that call, too: its activities tell it. */
    private boolean isOfScaling(TrailEvent event, Service service) {
        return facts.scalingActivities(service).stream()
                .anyMatch(activity ->
                        Duration.between(activity.startedAt(), event.at()).abs().compareTo(SAME) <= 0
                                && event.parameter("desiredCount")
                                        .filter(String.valueOf(
                                                activity.desiredCount().orElse(-1))::equals)
                                        .isPresent());
    }

    private Optional<Service> end(TrailEvent event) {
        return facts.services().stream()
                .filter(s -> who(s) != Who.OTHER && isAbout(event, s))
                .findFirst();
    }

    private Who who(Service service) {
        return facts.callee().filter(service::equals).isPresent()
                ? Who.CALLEE
                : facts.caller().filter(service::equals).isPresent() ? Who.CALLER : Who.OTHER;
    }

    private static boolean isAbout(TrailEvent event, Service service) {
        String cluster = event.parameter("cluster").map(Trail::lastPart).orElse("default");
        return event.parameter("service")
                        .map(Trail::lastPart)
                        .filter(service.name()::equals)
                        .isPresent()
                && (service.cluster().isEmpty() || service.cluster().equals(cluster));
    }

    private Optional<Raw> scaling(TrailEvent event) {
        for (Service service : facts.services()) {
            if (who(service) != Who.OTHER
                    && event.targets().contains("service/" + service.cluster() + "/" + service.name())) {
                String bounds = event.parameter("minCapacity")
                                .map(min -> ", min " + min)
                                .orElse("")
                        + event.parameter("maxCapacity")
                                .map(max -> ", max " + max)
                                .orElse("");
                boolean sets = event.name().equals("RegisterScalableTarget") && !bounds.isEmpty();
                return Optional.of(raw(
                        event,
                        sets ? Kind.SCALING : Kind.CONFIGURATION,
                        who(service),
                        service.name(),
                        event.name() + " of " + service.name()
                                + event.parameter("policyName")
                                        .or(() -> event.parameter("scheduledActionName"))
                                        .map(name -> " " + name)
                                        .orElse("")
                                + bounds + by(event),
                        List.of(changed(Topic.OTHER, service.name(), event, bounds)),
                        true));
            }
        }
        return Optional.empty();
    }

    private Optional<Raw> cloudMap(TrailEvent event) {
        for (CloudMap.DiscoveryService endpoint : facts.discoveryServices()) {
            if (event.targets().contains(endpoint.id())
                    && facts.discoveryNames().contains(endpoint.name())
                    && endpoint.type().equals("HTTP")) {
                return Optional.of(raw(
                        event,
                        Kind.CONFIGURATION,
                        Who.CALLEE,
                        facts.edge().callee(),
                        event.name() + " of endpoint " + endpoint.name()
                                + event.parameter("instanceId")
                                        .map(id -> ", instance " + id)
                                        .orElse("")
                                + by(event),
                        List.of(changed(Topic.OTHER, "endpoint " + endpoint.name(), event, "")),
                        true));
            }
        }
        return Optional.empty();
    }

    // --- certificates

    private Optional<Raw> certificate(TrailEvent event) {
        List<String> authorities = facts.endpoints().stream()
                .map(Endpoint::tls)
                .flatMap(Optional::stream)
                .flatMap(tls -> tls.authority().stream())
                .toList();
        boolean tls = facts.endpoints().stream().anyMatch(e -> e.tls().isPresent());
        Optional<String> authority =
                event.targets().stream().filter(authorities::contains).findFirst();
        // Its name does not tell whose it is: one of Service Connect's secrets may be another service's.
        Optional<String> secret = event.targets().stream()
                .filter(target -> tls && target.contains(CONNECT_SECRET))
                .map(target -> target.substring(target.indexOf(CONNECT_SECRET)))
                .findFirst();
        boolean daily = DAILY.contains(event.name());
        return authority
                .or(() -> secret)
                .map(target -> raw(
                        event,
                        Kind.CERTIFICATE,
                        Who.CALLEE,
                        target,
                        event.name() + " of " + target + by(event),
                        daily
                                ? List.of(changed(Topic.OTHER, target, event, ""))
                                : authority.isPresent() ? List.of(changed(Topic.TRUST, target, event, "")) : List.of(),
                        daily || authority.isPresent()));
    }

    private static String lastPart(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    private static Raw raw(
            TrailEvent event, Kind kind, Who who, String subject, String text, List<Changed> changed, boolean known) {
        return new Raw(event.at(), kind, who, subject, text, Input.TRAIL, changed, known);
    }
}
