package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Changes that AWS notes with their times: Application Auto Scaling's activities, and CloudTrail's events.
 *
 * <p>LookupEvents takes one attribute and answers two requests per second, account and Region, so what matters is how few
 * lookups find everything. By the name of a resource it returns the events of that resource and no others, and an edge uses
 * few: its security groups, network ACLs and route tables. By the name of an event it returns those of the whole account: only
 * for what the index by resource may not hold (ModifySecurityGroupRules wraps the group into another member; no document says
 * that ECS services are in it) and for what has no name known here (the secret of a failed rotation). By source or by "not
 * read-only" it would return thousands. What is throttled all the same is asked again until the time is over.
 */
final class HistorySources {
    /** How far before the window changes are looked for. */
    private static final Duration BEFORE = Duration.ofHours(1);

    /** Service Connect renews certificates every five days: one that can no longer be renewed fails days later. */
    private static final Duration BEFORE_CERTIFICATES = Duration.ofDays(8);

    /** CloudTrail's event history is that long. */
    private static final Duration KEPT = Duration.ofDays(90);

    /** CloudTrail shows an event that late. */
    private static final Duration DELAY = Duration.ofMinutes(15);

    /** Two pages of a lookup: one more second. */
    private static final int MOST_EVENTS = 100;

    /** Lookups in a step and account: more would take more than the time that a user waits. */
    private static final int MOST_LOOKUPS = 12;

    /** The newest ones; the changes before the window are looked for in them. */
    private static final int MOST_ACTIVITIES = 100;

    private static final String RESOURCE = "ResourceName";
    private static final String EVENT = "EventName";

    private final Reader reader;
    private final Ends ends;
    private final TimeWindow window;
    private final Instant now;
    private final AtomicInteger left = new AtomicInteger();

    HistorySources(Reader reader, Ends ends, CollectRequest request) {
        this.reader = reader;
        this.ends = ends;
        this.window = request.window();
        this.now = request.now();
    }

    // --- scaling

    /** The activities of both services. */
    CompletableFuture<List<Reply>> activities() {
        List<Call> calls = new ArrayList<>();
        for (Side side : Ends.SIDES) {
            ends.service(side)
                    .ifPresent(service -> Arn.cluster(service.arn())
                            .ifPresent(cluster -> calls.add(new Call(
                                    Operation.DESCRIBE_SCALING_ACTIVITIES,
                                    ends.as(side),
                                    "",
                                    OrderedMap.of(
                                            "ServiceNamespace",
                                            "ecs",
                                            "ResourceId",
                                            "service/" + cluster + "/" + service.name()),
                                    MOST_ACTIVITIES))));
        }
        return reader.read(2, calls);
    }

    SourceResult activities(List<Reply> replies) {
        Operation operation = Operation.DESCRIBE_SCALING_ACTIVITIES;
        if (replies.isEmpty()) {
            return SourceResult.none(
                    operation.path(), Coverage.State.NOT_COLLECTED, ends.unknownOr("no service has a cluster"));
        }
        // AWS keeps them for six weeks and answers the newest first: what was left is older than what is looked for.
        List<Reply> enough = replies.stream()
                .map(reply -> reply.failedBecause(AwsFailure.Kind.LIMITED) && reachesBack(reply)
                        ? new Reply(reply.call(), reply.answer(), Optional.empty())
                        : reply)
                .toList();
        return SourceResult.merging(operation, enough, "ScalingActivities", "ActivityId");
    }

    private boolean reachesBack(Reply reply) {
        return reply.at("ScalingActivities").items().stream()
                .flatMap(activity -> activity.at("StartTime").time().stream())
                .anyMatch(window.from().minus(BEFORE)::isAfter);
    }

    // --- CloudTrail

    /** One lookup. */
    private record Lookup(String attribute, String value, Instant from) {}

    /**
     * The events.
     *
     * @param acls of the subnets that the configuration names
     * @param tables of the subnets that the configuration names
     * @param mainTables of their VPCs
     * @param interfaces of the tasks: their groups may be others than those of the configuration
     */
    CompletableFuture<List<Reply>> events(
            CompletableFuture<List<Reply>> acls,
            CompletableFuture<List<Reply>> tables,
            CompletableFuture<List<Reply>> mainTables,
            CompletableFuture<List<Reply>> interfaces) {
        if (window.to().isBefore(earliest())) {
            return CompletableFuture.completedFuture(List.of());
        }
        Map<Side, Set<Lookup>> configured = new LinkedHashMap<>();
        for (Side side : Ends.SIDES) {
            ends.service(side).ifPresent(service -> {
                Set<Lookup> lookups = configured.computeIfAbsent(ends.as(side), any -> new LinkedHashSet<>());
                lookups.add(lookup(EVENT, "ModifySecurityGroupRules"));
                lookups.add(lookup(EVENT, "UpdateService"));
                service.securityGroups().stream().sorted().forEach(group -> lookups.add(lookup(RESOURCE, group)));
                if (side == Side.CALLEE) {
                    certificates(service, lookups);
                }
            });
        }
        CompletableFuture<List<Reply>> first = reader.read(2, calls(configured));
        CompletableFuture<List<Reply>> second = acls.thenCombine(tables, EcsSources::join)
                .thenCompose(replies -> {
                    Map<Side, Set<String>> ids = new TreeMap<>();
                    add(replies, "NetworkAcls", "NetworkAclId", ids);
                    add(replies, "RouteTables", "RouteTableId", ids);
                    return reader.read(3, calls(resources(ids)));
                });
        CompletableFuture<List<Reply>> third = tables.thenCombine(
                        mainTables, (own, main) -> ownForAll(own) ? List.<Reply>of() : main)
                .thenCombine(interfaces, (main, faces) -> {
                    Map<Side, Set<String>> ids = new TreeMap<>();
                    add(main, "RouteTables", "RouteTableId", ids);
                    for (Reply reply : faces) {
                        reply.at("NetworkInterfaces")
                                .items()
                                .forEach(face -> add(reply, face.at("Groups"), "GroupId", ids));
                    }
                    Map<Side, Set<Lookup>> others = resources(ids);
                    others.forEach((side, lookups) -> lookups.removeAll(configured.getOrDefault(side, Set.of())));
                    return others;
                })
                .thenCompose(others -> reader.read(4, calls(others)));
        return first.thenCombine(second, EcsSources::join).thenCombine(third, EcsSources::join);
    }

    /** Whether each subnet has a route table of its own, so that the VPC's main one does not matter. */
    private boolean ownForAll(List<Reply> tables) {
        Set<String> own = new TreeSet<>();
        for (Field table : Reply.items(tables, "RouteTables")) {
            table.at("Associations")
                    .items()
                    .forEach(a -> a.at("SubnetId").text().ifPresent(own::add));
        }
        return Ends.SIDES.stream()
                .flatMap(side -> ends.service(side).stream())
                .allMatch(service -> own.containsAll(service.subnets()));
    }

    private static void add(List<Reply> replies, String member, String id, Map<Side, Set<String>> ids) {
        replies.forEach(reply -> add(reply, reply.at(member), id, ids));
    }

    private static void add(Reply reply, Field items, String id, Map<Side, Set<String>> ids) {
        items.items()
                .forEach(item -> item.at(id)
                        .text()
                        .ifPresent(found -> ids.computeIfAbsent(reply.call().side(), any -> new TreeSet<>())
                                .add(found)));
    }

    /** How far back CloudTrail's event history reaches. */
    private Instant earliest() {
        return now.minus(KEPT);
    }

    private void certificates(EcsService service, Set<Lookup> lookups) {
        Set<String> authorities = service.certificateAuthorities();
        if (service.encrypts()) {
            lookups.add(lookup(EVENT, "RotationFailed", BEFORE_CERTIFICATES));
        }
        authorities.forEach(arn -> lookups.add(lookup(RESOURCE, arn, BEFORE_CERTIFICATES)));
    }

    private Lookup lookup(String attribute, String value) {
        return lookup(attribute, value, BEFORE);
    }

    private Lookup lookup(String attribute, String value, Duration before) {
        Instant from = window.from().minus(before);
        return new Lookup(attribute, value, from.isBefore(earliest()) ? earliest() : from);
    }

    private Map<Side, Set<Lookup>> resources(Map<Side, Set<String>> ids) {
        Map<Side, Set<Lookup>> lookups = new LinkedHashMap<>();
        ids.forEach((side, some) -> some.forEach(id ->
                lookups.computeIfAbsent(side, any -> new LinkedHashSet<>()).add(lookup(RESOURCE, id))));
        return lookups;
    }

    private List<Call> calls(Map<Side, Set<Lookup>> lookups) {
        List<Call> calls = new ArrayList<>();
        lookups.forEach((side, some) -> {
            left.addAndGet(Math.max(0, some.size() - MOST_LOOKUPS));
            some.stream()
                    .limit(MOST_LOOKUPS)
                    .forEach(lookup -> calls.add(new Call(
                            Operation.LOOKUP_EVENTS,
                            side,
                            "",
                            OrderedMap.of(
                                    "LookupAttributes",
                                    List.of(OrderedMap.of(
                                            "AttributeKey", lookup.attribute(), "AttributeValue", lookup.value())),
                                    "StartTime",
                                    lookup.from(),
                                    "EndTime",
                                    window.to()),
                            MOST_EVENTS)));
        });
        return calls;
    }

    /** The answers as one: an event that several lookups find is one event. */
    SourceResult events(List<Reply> replies) {
        Operation operation = Operation.LOOKUP_EVENTS;
        if (replies.isEmpty()) {
            return SourceResult.none(
                    operation.path(),
                    Coverage.State.NOT_COLLECTED,
                    window.to().isBefore(earliest())
                            ? "CloudTrail's event history reaches back to " + earliest()
                            : ends.unknownOr("nothing says what to look up"));
        }
        List<String> shortfalls = new ArrayList<>();
        Instant shown = now.minus(DELAY);
        if (window.to().isAfter(shown)) {
            shortfalls.add("CloudTrail shows events up to 15 minutes late: some after " + shown + " may be missing");
        }
        if (left.get() > 0) {
            shortfalls.add(left + " resources were not looked up: more than " + MOST_LOOKUPS + " at a time");
        }
        return SourceResult.of(
                operation,
                replies,
                shortfalls,
                draft ->
                        draft.document(operation.path(), SourceResult.merged(replies, operation, "Events", "EventId")));
    }
}
