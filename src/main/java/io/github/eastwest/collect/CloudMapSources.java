package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What Cloud Map says: namespaces, the endpoints' services, and who is registered there. */
final class CloudMapSources {
    private static final int MOST_NAMESPACES = 500;
    private static final int MOST_INSTANCES = 1000;

    private final Reader reader;

    CloudMapSources(Reader reader) {
        this.reader = reader;
    }

    /** The namespaces that the callee's account can see: they tell the id and the discovery name of a configured name. */
    CompletableFuture<List<Reply>> listNamespaces() {
        return reader.read(1, List.of(new Call(Operation.LIST_NAMESPACES, Side.CALLEE, "", Map.of(), MOST_NAMESPACES)));
    }

    SourceResult namespaceList(List<Reply> replies) {
        return SourceResult.merging(Operation.LIST_NAMESPACES, replies, "Namespaces", "Arn");
    }

    /**
     * A side's namespace.
     *
     * @param as whose credentials to use
     * @param reference as configured: name, id or ARN
     * @param id id, or ARN where another account owns it; empty when only the name is known
     * @param httpName what DiscoverInstances wants; empty when only the id is known
     * @param owner the account that owns it, where that is not the side's
     */
    record Namespace(
            Side as, String reference, Optional<String> id, Optional<String> httpName, Optional<String> owner) {
        static Namespace of(Ends ends, Side side, String reference, List<Field> listed) {
            Optional<String> account = ends.service(side).flatMap(EcsService::account);
            Optional<String> owner = Arn.account(reference)
                    .filter(other -> account.isPresent() && !account.get().equals(other));
            boolean named = !reference.startsWith("arn:") && !reference.startsWith("ns-");
            Optional<Field> entry = listed.stream()
                    .filter(namespace -> namespace.at("Arn").textOrEmpty().equals(reference)
                            || namespace.at("Id").textOrEmpty().equals(reference)
                            || named && namespace.at("Name").textOrEmpty().equals(reference))
                    .findFirst();
            Optional<String> id = owner.isPresent()
                    ? Optional.of(reference)
                    : named ? entry.flatMap(namespace -> namespace.at("Id").text()) : Optional.of(Arn.name(reference));
            Optional<String> httpName = entry.flatMap(Namespace::httpName);
            return new Namespace(
                    ends.as(side), reference, id, named ? httpName.or(() -> Optional.of(reference)) : httpName, owner);
        }

        static Optional<String> httpName(Field namespace) {
            return namespace
                    .at("Properties")
                    .at("HttpProperties")
                    .at("HttpName")
                    .text()
                    .or(() -> namespace.at("Name").text());
        }

        Namespace known(List<Reply> got) {
            Optional<String> answered = got.stream()
                    .filter(reply -> reply.asked("Id").equals(id.orElse("")))
                    .flatMap(reply -> httpName(reply.at("Namespace")).stream())
                    .findFirst();
            return new Namespace(as, reference, id, httpName.or(() -> answered), owner);
        }
    }

    /** Each side's namespace as configured: its own, else its cluster's default. Without Service Connect a side has none. */
    static Map<Side, String> references(Ends ends, List<Reply> clusters) {
        Map<Side, String> references = new LinkedHashMap<>();
        for (Side side : Ends.SIDES) {
            Optional<EcsService> service = ends.service(side);
            if (service.isPresent() && !service.get().serviceConnect().isEmpty()) {
                service.get()
                        .namespace()
                        .or(() -> clusters.stream()
                                .flatMap(reply -> reply.at("clusters").items().stream())
                                .filter(cluster -> cluster.at("clusterName")
                                        .textOrEmpty()
                                        .equals(ends.place(side).clusterName()))
                                .flatMap(
                                        cluster -> cluster.at("serviceConnectDefaults").at("namespace").text().stream())
                                .findFirst())
                        .ifPresent(reference -> references.put(side, reference));
            }
        }
        return references;
    }

    static Map<Side, Namespace> resolve(Ends ends, Map<Side, String> references, List<Reply> listed) {
        Map<Side, Namespace> namespaces = new LinkedHashMap<>();
        references.forEach((side, reference) ->
                namespaces.put(side, Namespace.of(ends, side, reference, Reply.items(listed, "Namespaces"))));
        return namespaces;
    }

    CompletableFuture<List<Reply>> getNamespaces(Map<Side, Namespace> namespaces) {
        Map<String, Call> calls = new LinkedHashMap<>();
        namespaces
                .values()
                .forEach(namespace -> namespace
                        .id()
                        .ifPresent(id -> calls.putIfAbsent(
                                id, Call.of(Operation.GET_NAMESPACE, namespace.as(), OrderedMap.of("Id", id)))));
        return reader.read(2, List.copyOf(calls.values()));
    }

    /**
     * The namespaces of the registries: their names end the DNS names that the tasks are registered under.
     *
     * @param services the answers on Cloud Map services
     * @param got the answers on the namespaces read before
     */
    CompletableFuture<List<Reply>> registryNamespaces(
            Ends ends, CompletableFuture<List<Reply>> services, CompletableFuture<List<Reply>> got) {
        Set<String> registries = new TreeSet<>();
        Ends.SIDES.forEach(side -> ends.service(side)
                .ifPresent(service -> service.registries().forEach(arn -> registries.add(Arn.name(arn)))));
        return services.thenCombine(got, (replies, known) -> {
                    Set<String> asked =
                            known.stream().map(reply -> reply.asked("Id")).collect(Collectors.toSet());
                    Map<String, Call> calls = new LinkedHashMap<>();
                    for (Reply reply : replies) {
                        if (registries.contains(Arn.name(reply.asked("Id")))) {
                            reply.at("Service")
                                    .at("NamespaceId")
                                    .text()
                                    .filter(id -> !asked.contains(id))
                                    .ifPresent(id -> calls.putIfAbsent(
                                            id,
                                            Call.of(
                                                    Operation.GET_NAMESPACE,
                                                    reply.call().side(),
                                                    OrderedMap.of("Id", id))));
                        }
                    }
                    return List.copyOf(calls.values());
                })
                .thenCompose(calls -> reader.read(3, calls));
    }

    SourceResult namespaces(Ends ends, Map<Side, Namespace> namespaces, List<Reply> replies) {
        if (replies.isEmpty()) {
            return SourceResult.none(
                    Operation.GET_NAMESPACE.path(),
                    namespaces.isEmpty() ? ends.unknownOr(Coverage.State.NOT_CONFIGURED) : Coverage.State.NOT_COLLECTED,
                    namespaces.isEmpty()
                            ? ends.unknownOr("neither service is in a Service Connect namespace")
                            : "the id of the namespace is not known");
        }
        return Reader.keyed(Operation.GET_NAMESPACE, replies, reply -> Arn.name(reply.asked("Id")));
    }

    /** Cloud Map's services of both sides: behind Service Connect's endpoints, and those that register tasks for DNS. */
    CompletableFuture<List<Reply>> getServices(Ends ends) {
        Map<String, Call> calls = new LinkedHashMap<>();
        for (Side side : Ends.SIDES) {
            Optional<EcsService> service = ends.service(side);
            service.ifPresent(known -> {
                Set<String> arns = new LinkedHashSet<>(known.discoveryServices().values());
                arns.addAll(known.registries());
                arns.forEach(arn -> {
                    boolean own = Arn.account(arn).equals(known.account());
                    calls.putIfAbsent(
                            arn,
                            Call.of(
                                    Operation.GET_SERVICE,
                                    ends.as(side),
                                    OrderedMap.of("Id", own ? Arn.name(arn) : arn)));
                });
            });
        }
        return reader.read(2, List.copyOf(calls.values()));
    }

    SourceResult services(Ends ends, List<Reply> replies) {
        return replies.isEmpty()
                ? SourceResult.none(
                        Operation.GET_SERVICE.path(),
                        ends.unknownOr(Coverage.State.NOT_CONFIGURED),
                        ends.unknownOr("neither service has a Service Connect endpoint or a service registry"))
                : Reader.keyed(Operation.GET_SERVICE, replies, reply -> Arn.name(reply.asked("Id")));
    }

    /**
     * The instances of both sides' endpoints: at once where the namespace's name is known, else when it has been read.
     *
     * @param got the answers on the namespaces
     */
    CompletableFuture<List<Reply>> instances(
            Ends ends, Map<Side, Namespace> namespaces, CompletableFuture<List<Reply>> got) {
        List<Call> early = discover(ends, namespaces, side -> Optional.ofNullable(namespaces.get(side)));
        CompletableFuture<List<Reply>> first = reader.read(2, early);
        return got.thenCompose(replies -> {
            List<Call> late = new ArrayList<>(discover(
                    ends,
                    namespaces,
                    side -> Optional.ofNullable(namespaces.get(side)).map(namespace -> namespace.known(replies))));
            late.removeAll(early);
            return reader.read(3, late).thenCombine(first, (b, a) -> EcsSources.join(a, b));
        });
    }

    private static List<Call> discover(
            Ends ends, Map<Side, Namespace> namespaces, Function<Side, Optional<Namespace>> of) {
        Set<Call> calls = new LinkedHashSet<>();
        for (Side side : namespaces.keySet()) {
            Namespace namespace = of.apply(side).orElseThrow();
            Set<String> names =
                    ends.service(side).map(EcsService::discoveryNames).orElse(Set.of());
            for (String name : names) {
                if (namespace.httpName().isPresent()) {
                    Map<String, Object> parameters =
                            OrderedMap.of("NamespaceName", namespace.httpName().get(), "ServiceName", name);
                    parameters.put("MaxResults", MOST_INSTANCES);
                    parameters.put("HealthStatus", "ALL");
                    namespace.owner().ifPresent(owner -> parameters.put("OwnerAccount", owner));
                    calls.add(Call.of(Operation.DISCOVER_INSTANCES, namespace.as(), parameters));
                }
            }
        }
        return List.copyOf(calls);
    }

    SourceResult instances(Ends ends, Map<Side, Namespace> namespaces, List<Reply> replies) {
        if (replies.isEmpty()) {
            boolean endpoints = Ends.SIDES.stream()
                    .flatMap(side -> ends.service(side).stream())
                    .anyMatch(service -> !service.discoveryNames().isEmpty());
            return SourceResult.none(
                    Operation.DISCOVER_INSTANCES.path(),
                    endpoints ? Coverage.State.NOT_COLLECTED : ends.unknownOr(Coverage.State.NOT_CONFIGURED),
                    endpoints
                            ? (namespaces.isEmpty()
                                    ? "the endpoints' namespace is not known"
                                    : "the name of the namespace was not read")
                            : ends.unknownOr("neither service has a Service Connect endpoint"));
        }
        // Two namespaces may have a service of the same name.
        Map<String, String> taken = new LinkedHashMap<>();
        return Reader.keyed(Operation.DISCOVER_INSTANCES, replies, reply -> {
            String namespace = reply.asked("NamespaceName");
            String name = reply.asked("ServiceName");
            String first = taken.computeIfAbsent(name, any -> namespace);
            return first.equals(namespace) ? name : name + "@" + namespace;
        });
    }
}
