package io.github.eastwest.bundle;

import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.network.Network.Peer;
import io.github.eastwest.model.network.Network.SecurityGroupRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Events of CloudTrail's LookupEvents → records. The event itself is JSON inside a member of the answer. Reads, and calls that were
 * refused, changed nothing and are left out, as is what services do that no edge depends on.
 */
final class TrailMapper {
    private static final String SOURCE = ".amazonaws.com";
    private static final Set<String> SERVICES =
            Set.of("ec2", "ecs", "servicediscovery", "application-autoscaling", "acm-pca", "secretsmanager");

    /** Members of a request that say what the call changes. */
    private static final List<String> TARGETS = List.of(
            "groupId",
            "networkAclId",
            "routeTableId",
            "subnetId",
            "networkInterfaceId",
            "vpcPeeringConnectionId",
            "cluster",
            "service",
            "task",
            "serviceId",
            "resourceId",
            "certificateAuthorityArn",
            "secretId");

    /** Members of a request that say what it sets; the others may hold anything. */
    private static final List<String> PARAMETERS = List.of(
            "cluster",
            "service",
            "task",
            "taskDefinition",
            "desiredCount",
            "forceNewDeployment",
            "minCapacity",
            "maxCapacity",
            "policyName",
            "scheduledActionName",
            "instanceId",
            "ruleNumber",
            "egress",
            "ruleAction",
            "cidrBlock",
            "ipv6CidrBlock",
            "destinationCidrBlock",
            "status");

    /** EC2 wraps the parameters of some calls in a member of this name, with the API's own capitals. */
    private static final String WRAPPED = "Request";

    private static final int ALL = -1;
    private static final int LONGEST_VALUE = 500;
    private static final int MOST_RULES = 200;

    private TrailMapper() {}

    /** An element of LookupEvents' {@code Events}. */
    static Optional<TrailEvent> event(Json outer) {
        Optional<String> text = outer.at("CloudTrailEvent").required();
        if (text.isEmpty() || outer.at("ReadOnly").text().filter("true"::equals).isPresent()) {
            return Optional.empty();
        }
        Json event = outer.at("CloudTrailEvent").embedded();
        Optional<String> name = event.at("eventName").required();
        Optional<Instant> at =
                event.at("eventTime").time().or(() -> outer.at("EventTime").time());
        String source = event.at("eventSource").textOrEmpty();
        String service = source.endsWith(SOURCE) ? source.substring(0, source.length() - SOURCE.length()) : source;
        if (name.isEmpty() || at.isEmpty()) {
            outer.fault("is no event with a name and a time: left out");
            return Optional.empty();
        }
        boolean refused = event.at("errorCode").text().isPresent()
                || event.at("responseElements").isObject()
                        && event.at("responseElements")
                                .at("_return")
                                .bool()
                                .filter(done -> !done)
                                .isPresent();
        if (!SERVICES.contains(service)
                || refused
                || event.at("readOnly").bool().orElse(false)) {
            return Optional.empty();
        }
        Map<String, Json> request = request(event.at("requestParameters"));
        String id = event.at("eventID")
                .text()
                .or(() -> outer.at("EventId").text())
                .orElseGet(() -> at.get() + " " + name.get() + " " + targets(request, event));
        return Optional.of(new TrailEvent(
                id,
                at.get(),
                service,
                name.get(),
                actor(event.at("userIdentity")),
                targets(request, event),
                service.equals("ec2") && name.get().contains("SecurityGroup")
                        ? rules(name.get(), request, event.at("responseElements"))
                        : List.of(),
                parameters(request)));
    }

    /** The request's members, the first letter small; out of the wrapper where there is one. */
    private static Map<String, Json> request(Json parameters) {
        Map<String, Json> members = new TreeMap<>();
        if (parameters.isObject()) {
            parameters.members().forEach((name, value) -> {
                if (name.endsWith(WRAPPED) && value.isObject()) {
                    members.putAll(request(value));
                } else {
                    members.putIfAbsent(small(name), value);
                }
            });
        }
        return members;
    }

    private static String small(String name) {
        return name.isEmpty() ? name : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private static List<String> targets(Map<String, Json> request, Json event) {
        Set<String> targets = new LinkedHashSet<>();
        for (String name : TARGETS) {
            plain(request, name).ifPresent(targets::add);
        }
        // Events that a service makes by itself have no request.
        Json more = event.at("additionalEventData");
        if (more.isObject()) {
            more.at("SecretId").text().map(TrailMapper::cut).ifPresent(targets::add);
        }
        return List.copyOf(targets);
    }

    private static Map<String, String> parameters(Map<String, Json> request) {
        Map<String, String> parameters = new TreeMap<>();
        for (String name : PARAMETERS) {
            plain(request, name).ifPresent(value -> parameters.put(name, value));
        }
        Optional.ofNullable(request.get("portRange")).filter(Json::isObject).ifPresent(range -> {
            range.at("from").integer().ifPresent(port -> parameters.put("fromPort", String.valueOf(port)));
            range.at("to").integer().ifPresent(port -> parameters.put("toPort", String.valueOf(port)));
        });
        return parameters;
    }

    /** A plain value as text. */
    private static Optional<String> plain(Map<String, Json> request, String name) {
        return Optional.ofNullable(request.get(name)).flatMap(Json::scalar).map(TrailMapper::cut);
    }

    private static String cut(String text) {
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) : text;
    }

    /** Who it was: without account, access key and address. */
    private static String actor(Json identity) {
        if (!identity.isObject()) {
            return "";
        }
        Optional<String> arn = identity.at("arn").text();
        Optional<String> through = identity.at("invokedBy").text();
        Optional<String> who = arn.map(a -> a.startsWith("arn:") ? a.substring(a.lastIndexOf(':') + 1) : a)
                .or(() -> identity.at("userName").text());
        return cut(who.map(w -> w + through.map(t -> " through " + t).orElse(""))
                .or(() -> through)
                .or(() -> identity.at("type").text())
                .orElse(""));
    }

    // --- security-group rules

    private static List<SecurityGroupRule> rules(String name, Map<String, Json> request, Json response) {
        List<SecurityGroupRule> rules = new ArrayList<>();
        // The answer tells rules wholly, also where the request names them by their ids only.
        if (response.isObject()) {
            for (String set : List.of("securityGroupRuleSet", "revokedSecurityGroupRuleSet")) {
                items(response.at(set)).forEach(item -> rule(item.members(), "", name.endsWith("Egress"), rules));
            }
        }
        String group = plain(request, "groupId").orElse("");
        if (rules.isEmpty()) {
            for (Json item : items(request.get("ipPermissions"))) {
                permission(item, group, name.endsWith("Egress"), rules);
            }
        }
        if (rules.isEmpty() && request.containsKey("cidrIp")) {
            rule(request, group, name.endsWith("Egress"), rules);
        }
        for (Json item : items(request.get("securityGroupRule"))) {
            // ModifySecurityGroupRules says what a rule is now, not what it was, nor its direction.
            if (item.isObject()) {
                Map<String, Json> update = smallMembers(item);
                Optional.ofNullable(update.get("securityGroupRule"))
                        .filter(Json::isObject)
                        .ifPresent(set -> {
                            Map<String, Json> rule = smallMembers(set);
                            Optional.ofNullable(update.get("securityGroupRuleId"))
                                    .ifPresent(id -> rule.put("securityGroupRuleId", id));
                            rule(rule, group, false, rules);
                        });
            }
        }
        return rules.size() > MOST_RULES ? rules.subList(0, MOST_RULES) : rules;
    }

    /** The elements of a list, of EC2's {@code {"items": […]}}, or the one element itself. */
    private static List<Json> items(@Nullable Json list) {
        if (list == null || list.isAbsent()) {
            return List.of();
        }
        if (list.isArray()) {
            return list.items();
        }
        if (!list.isObject()) {
            return List.of();
        }
        Map<String, Json> members = list.members();
        Json items = members.get("items");
        if (items != null) {
            return items.isArray() ? items.items() : List.of();
        }
        return members.isEmpty() ? List.of() : List.of(list);
    }

    private static Map<String, Json> smallMembers(Json object) {
        Map<String, Json> members = new TreeMap<>();
        object.members().forEach((name, value) -> members.putIfAbsent(small(name), value));
        return members;
    }

    /** A rule with one peer. */
    private static void rule(Map<String, Json> raw, String group, boolean egress, List<SecurityGroupRule> rules) {
        Map<String, Json> rule = new TreeMap<>();
        raw.forEach((name, value) -> rule.putIfAbsent(small(name), value));
        Optional<String> referenced = plain(rule, "referencedGroupId")
                .or(() -> Optional.ofNullable(rule.get("referencedGroupInfo"))
                        .filter(Json::isObject)
                        .flatMap(info -> plain(smallMembers(info), "groupId")));
        add(
                plain(rule, "securityGroupRuleId").orElse(""),
                plain(rule, "groupId").orElse(group),
                plain(rule, "isEgress").map("true"::equals).orElse(egress),
                rule,
                new Peer(
                        plain(rule, "cidrIpv4").or(() -> plain(rule, "cidrIp")),
                        plain(rule, "cidrIpv6"),
                        referenced,
                        plain(rule, "prefixListId")),
                rules);
    }

    /** A permission of a request: one rule for each peer. */
    private static void permission(Json permission, String group, boolean egress, List<SecurityGroupRule> rules) {
        if (!permission.isObject()) {
            return;
        }
        Map<String, Json> members = smallMembers(permission);
        Optional<String> none = Optional.empty();
        for (Json peer : items(members.get("groups"))) {
            add("", group, egress, members, new Peer(none, none, value(peer, "groupId"), none), rules);
        }
        for (Json peer : items(members.get("ipRanges"))) {
            add("", group, egress, members, new Peer(value(peer, "cidrIp"), none, none, none), rules);
        }
        for (Json peer : items(members.get("ipv6Ranges"))) {
            add("", group, egress, members, new Peer(none, value(peer, "cidrIpv6"), none, none), rules);
        }
        for (Json peer : items(members.get("prefixListIds"))) {
            add("", group, egress, members, new Peer(none, none, none, value(peer, "prefixListId")), rules);
        }
    }

    private static Optional<String> value(Json object, String member) {
        return object.isObject() ? plain(smallMembers(object), member) : Optional.empty();
    }

    private static void add(
            String id,
            String group,
            boolean egress,
            Map<String, Json> members,
            Peer peer,
            List<SecurityGroupRule> rules) {
        boolean named = peer.cidrIpv4().isPresent()
                || peer.cidrIpv6().isPresent()
                || peer.groupId().isPresent()
                || peer.prefixListId().isPresent();
        Optional<String> protocol = plain(members, "ipProtocol");
        if (named && protocol.isPresent() && !group.isEmpty()) {
            rules.add(new SecurityGroupRule(
                    id, group, egress, protocol.get(), port(members, "fromPort"), port(members, "toPort"), peer));
        }
    }

    private static int port(Map<String, Json> members, String name) {
        OptionalInt port =
                Optional.ofNullable(members.get(name)).map(Json::integer).orElse(OptionalInt.empty());
        return port.orElse(ALL);
    }
}
