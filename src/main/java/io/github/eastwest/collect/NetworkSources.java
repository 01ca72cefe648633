package io.github.eastwest.collect;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What EC2 says of the tasks' network: by the services' configuration at once, then what the tasks' interfaces show besides.
 *
 * <p>All by filters, never by ids: an id that no longer exists, as that of a stopped task's interface, fails a whole call,
 * while a filter just finds nothing.
 */
final class NetworkSources {
    /** A filter takes no more values. */
    private static final int VALUES = 200;

    private static final List<Map<String, Object>> MAIN =
            List.of(OrderedMap.of("Name", "association.main", "Values", List.of("true")));

    private final Reader reader;
    private final Ends ends;

    NetworkSources(Reader reader, Ends ends) {
        this.reader = reader;
        this.ends = ends;
    }

    /** What to ask of a kind of thing: values of a filter by the side whose credentials to use. */
    private static final class Wanted {
        private final Map<Side, Set<String>> values = new LinkedHashMap<>();

        void add(Side as, Collection<String> some) {
            values.computeIfAbsent(as, any -> new TreeSet<>()).addAll(some);
        }

        Wanted without(Wanted others) {
            Wanted rest = new Wanted();
            values.forEach((as, some) -> {
                Set<String> left = new TreeSet<>(some);
                left.removeAll(others.values.getOrDefault(as, Set.of()));
                rest.add(as, left);
            });
            return rest;
        }

        List<Call> calls(Operation operation, String filter, List<Map<String, Object>> more) {
            List<Call> calls = new ArrayList<>();
            values.forEach((as, some) -> EcsSources.chunks(some, VALUES).forEach(chunk -> {
                List<Object> filters = new ArrayList<>();
                filters.add(OrderedMap.of("Name", filter, "Values", chunk));
                filters.addAll(more);
                calls.add(Call.of(operation, as, OrderedMap.of("Filters", filters)));
            }));
            return calls;
        }
    }

    /**
     * The interfaces of the tasks, and those behind registered addresses that are no task's own: of tasks in bridge mode
     * it is the host's.
     */
    CompletableFuture<List<Reply>> interfaces(
            CompletableFuture<List<Reply>> tasks, CompletableFuture<List<Reply>> instances) {
        CompletableFuture<List<Reply>> ofTasks = tasks.thenCompose(replies -> {
            Wanted wanted = new Wanted();
            details(replies, "networkInterfaceId").forEach(wanted::add);
            return reader.read(
                    3, wanted.calls(Operation.DESCRIBE_NETWORK_INTERFACES, "network-interface-id", List.of()));
        });
        CompletableFuture<List<Reply>> ofAddresses = tasks.thenCombine(instances, (described, discovered) -> {
                    Wanted registered = new Wanted();
                    discovered.forEach(reply -> registered.add(
                            reply.call().side(),
                            reply.at("Instances").items().stream()
                                    .flatMap(i -> i.at("Attributes").at("AWS_INSTANCE_IPV4").text().stream())
                                    .toList()));
                    Set<String> own = details(described, "privateIPv4Address").values().stream()
                            .flatMap(Collection::stream)
                            .collect(Collectors.toSet());
                    Wanted ofTask = new Wanted();
                    Ends.SIDES.forEach(side -> ofTask.add(side, own));
                    return registered.without(ofTask);
                })
                .thenCompose(wanted -> reader.read(
                        3, wanted.calls(Operation.DESCRIBE_NETWORK_INTERFACES, "private-ip-address", List.of())));
        return ofTasks.thenCombine(ofAddresses, EcsSources::join);
    }

    /** A detail of the tasks' network interfaces. */
    private Map<Side, Set<String>> details(List<Reply> tasks, String name) {
        Map<Side, Set<String>> values = new LinkedHashMap<>();
        for (Reply reply : tasks) {
            for (Field task : reply.at("tasks").items()) {
                for (Field attachment : task.at("attachments").items()) {
                    for (Field detail : attachment.at("details").items()) {
                        if (detail.at("name").textOrEmpty().equals(name)) {
                            detail.at("value")
                                    .text()
                                    .ifPresent(value -> values.computeIfAbsent(
                                                    ends.as(reply.call().side()), any -> new TreeSet<>())
                                            .add(value));
                        }
                    }
                }
            }
        }
        return values;
    }

    SourceResult interfaces(List<Reply> replies) {
        if (replies.isEmpty()) {
            return SourceResult.none(
                    Operation.DESCRIBE_NETWORK_INTERFACES.path(),
                    Coverage.State.NOT_COLLECTED,
                    "no task says which interface it has");
        }
        return SourceResult.merging(
                Operation.DESCRIBE_NETWORK_INTERFACES, replies, "NetworkInterfaces", "NetworkInterfaceId");
    }

    CompletableFuture<SourceResult> securityGroupRules(CompletableFuture<List<Reply>> interfaces) {
        return two(
                Operation.DESCRIBE_SECURITY_GROUP_RULES,
                "group-id",
                configured(EcsService::securityGroups),
                interfaces.thenApply(replies -> found(
                        replies,
                        face -> face.at("Groups").items().stream()
                                .flatMap(group -> group.at("GroupId").text().stream())
                                .toList())),
                "SecurityGroupRules",
                "SecurityGroupRuleId");
    }

    /** The network ACLs of the subnets that the services' configuration names. */
    CompletableFuture<List<Reply>> configuredAcls() {
        return early(Operation.DESCRIBE_NETWORK_ACLS, "association.subnet-id", configured(EcsService::subnets));
    }

    CompletableFuture<SourceResult> networkAcls(
            CompletableFuture<List<Reply>> configuredAcls, CompletableFuture<List<Reply>> interfaces) {
        Operation operation = Operation.DESCRIBE_NETWORK_ACLS;
        return late(
                        operation,
                        "association.subnet-id",
                        configured(EcsService::subnets),
                        interfaces.thenApply(NetworkSources::subnets),
                        configuredAcls)
                .thenApply(replies -> merging(operation, replies, "NetworkAcls", "NetworkAclId"));
    }

    /** The subnets that the services' configuration names. */
    CompletableFuture<List<Reply>> configuredSubnets() {
        return early(Operation.DESCRIBE_SUBNETS, "subnet-id", configured(EcsService::subnets));
    }

    CompletableFuture<SourceResult> subnets(
            CompletableFuture<List<Reply>> configuredSubnets, CompletableFuture<List<Reply>> interfaces) {
        Operation operation = Operation.DESCRIBE_SUBNETS;
        return late(
                        operation,
                        "subnet-id",
                        configured(EcsService::subnets),
                        interfaces.thenApply(NetworkSources::subnets),
                        configuredSubnets)
                .thenApply(replies -> merging(operation, replies, "Subnets", "SubnetId"));
    }

    /** The tables of the subnets that the services' configuration names. */
    CompletableFuture<List<Reply>> configuredTables() {
        return early(Operation.DESCRIBE_ROUTE_TABLES, "association.subnet-id", configured(EcsService::subnets));
    }

    /** The main tables of those subnets' VPCs. */
    CompletableFuture<List<Reply>> mainTables(CompletableFuture<List<Reply>> configuredSubnets) {
        return vpcs(configuredSubnets)
                .thenCompose(wanted -> reader.read(3, wanted.calls(Operation.DESCRIBE_ROUTE_TABLES, "vpc-id", MAIN)));
    }

    private static CompletableFuture<Wanted> vpcs(CompletableFuture<List<Reply>> configuredSubnets) {
        return configuredSubnets.thenApply(replies -> {
            Wanted wanted = new Wanted();
            replies.forEach(reply -> wanted.add(
                    reply.call().side(),
                    reply.at("Subnets").items().stream()
                            .flatMap(subnet -> subnet.at("VpcId").text().stream())
                            .toList()));
            return wanted;
        });
    }

    /** The tables of the subnets, and the main tables of their VPCs, which hold for subnets without one of their own. */
    CompletableFuture<SourceResult> routeTables(
            CompletableFuture<List<Reply>> configuredSubnets,
            CompletableFuture<List<Reply>> configuredTables,
            CompletableFuture<List<Reply>> mainTables,
            CompletableFuture<List<Reply>> interfaces) {
        Operation operation = Operation.DESCRIBE_ROUTE_TABLES;
        CompletableFuture<List<Reply>> own = late(
                operation,
                "association.subnet-id",
                configured(EcsService::subnets),
                interfaces.thenApply(NetworkSources::subnets),
                configuredTables);
        CompletableFuture<List<Reply>> lateMains = vpcs(configuredSubnets)
                .thenCombine(
                        interfaces.thenApply(replies -> found(
                                replies,
                                face -> face.at("VpcId").text().stream().toList())),
                        (known, all) -> all.without(known))
                .thenCompose(wanted -> reader.read(4, wanted.calls(operation, "vpc-id", MAIN)));
        return own.thenCombine(mainTables, EcsSources::join)
                .thenCombine(lateMains, EcsSources::join)
                .thenApply(replies -> merging(operation, replies, "RouteTables", "RouteTableId"));
    }

    private static Wanted subnets(List<Reply> interfaces) {
        return found(interfaces, face -> face.at("SubnetId").text().stream().toList());
    }

    private interface Of<T> {
        Collection<String> values(T from);
    }

    private Wanted configured(Of<EcsService> what) {
        Wanted wanted = new Wanted();
        for (Side side : Ends.SIDES) {
            ends.service(side).ifPresent(service -> wanted.add(ends.as(side), what.values(service)));
        }
        return wanted;
    }

    private static Wanted found(List<Reply> interfaces, Of<Field> what) {
        Wanted wanted = new Wanted();
        for (Reply reply : interfaces) {
            reply.at("NetworkInterfaces")
                    .items()
                    .forEach(face -> wanted.add(reply.call().side(), what.values(face)));
        }
        return wanted;
    }

    private CompletableFuture<SourceResult> two(
            Operation operation,
            String filter,
            Wanted configured,
            CompletableFuture<Wanted> found,
            String member,
            String id) {
        return replies(operation, filter, configured, found)
                .thenApply(replies -> merging(operation, replies, member, id));
    }

    /** What the configuration names at once, what the interfaces name besides later. */
    private CompletableFuture<List<Reply>> replies(
            Operation operation, String filter, Wanted configured, CompletableFuture<Wanted> found) {
        return late(operation, filter, configured, found, early(operation, filter, configured));
    }

    private CompletableFuture<List<Reply>> early(Operation operation, String filter, Wanted configured) {
        return reader.read(2, configured.calls(operation, filter, List.of()));
    }

    private CompletableFuture<List<Reply>> late(
            Operation operation,
            String filter,
            Wanted configured,
            CompletableFuture<Wanted> found,
            CompletableFuture<List<Reply>> early) {
        return found.thenCompose(all -> reader.read(4, all.without(configured).calls(operation, filter, List.of()))
                .thenCombine(early, (rest, first) -> EcsSources.join(first, rest)));
    }

    private SourceResult merging(Operation operation, List<Reply> replies, String member, String id) {
        if (replies.isEmpty()) {
            return SourceResult.none(
                    operation.path(),
                    Coverage.State.NOT_COLLECTED,
                    ends.unknownOr("neither the configuration nor an interface names a network"));
        }
        return SourceResult.merging(operation, replies, member, id);
    }
}
