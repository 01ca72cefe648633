package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.bundle.Names;
import io.github.eastwest.bundle.Text;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the edge's clusters, and says what the user may have meant when a service or a cluster does not exist. Waits for the
 * answers: nothing else can be planned before.
 */
final class EdgeSearch {
    /** Clusters looked through for the caller. */
    private static final int MOST_CLUSTERS = 100;

    /** Names compared with a misspelt one. */
    private static final int MOST_NAMES = 2000;

    private final Calls calls;
    private final CollectRequest request;
    private final Duration limit;

    EdgeSearch(Calls calls, CollectRequest request, Duration limit) {
        this.calls = calls;
        this.request = request;
        this.limit = limit;
    }

    /**
     * One end of the edge.
     *
     * @param side which end
     * @param service service name
     * @param cluster its cluster, as AWS wants it: name or ARN
     */
    record Place(Side side, String service, String cluster) {
        String clusterName() {
            return Arn.name(cluster);
        }

        Call describe() {
            return Call.of(
                    Operation.DESCRIBE_SERVICES, side, OrderedMap.of("cluster", cluster, "services", List.of(service)));
        }
    }

    /**
     * Both ends.
     *
     * @param steps calls that were needed one after the other to find them
     */
    record Places(Place caller, Place callee, int steps) {}

    /**
     * The clusters as the user named them, else as the services' ARNs say, else the one cluster that holds the caller.
     *
     * @throws EastwestException of kind USAGE if none or several fit; of kind NO_ACCESS if the clusters cannot be listed
     */
    Places places() throws InterruptedException {
        Optional<String> cluster = agree(request.caller(), request.cluster(), "--cluster");
        Optional<String> calleeCluster = agree(request.callee(), request.calleeCluster(), "--callee-cluster");
        if (cluster.isPresent()) {
            return places(cluster.get(), calleeCluster, 0);
        }
        Reply listed = calls.await(calls.make(1, Call.of(Operation.LIST_CLUSTERS, Side.CALLER, Map.of()), limit));
        if (!listed.isAnswered()) {
            throw new EastwestException(
                    EastwestException.Kind.NO_ACCESS,
                    "no cluster was named, and the clusters cannot be listed: " + Reasons.why(listed),
                    "Give --cluster. " + Reasons.remedy(listed));
        }
        List<String> arns = listed.at("clusterArns").texts().stream().sorted().toList();
        if (arns.isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "there is no ECS cluster in this account and Region",
                    "Check --region and --profile.");
        }
        if (arns.size() == 1) {
            return places(Arn.name(arns.get(0)), calleeCluster, 1);
        }
        return places(search(arns, calleeCluster.isEmpty()), calleeCluster, 2);
    }

    /** The cluster in a service's ARN and the one named besides must be the same. */
    private static Optional<String> agree(String service, Optional<String> named, String option) {
        Optional<String> own = service.startsWith("arn:") ? Arn.cluster(service) : Optional.empty();
        if (own.isPresent() && named.isPresent() && !Arn.name(named.get()).equals(own.get())) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the ARN " + Text.printable(service) + " names the cluster " + Text.printable(own.get()) + ", "
                            + option + " names " + Text.printable(Arn.name(named.get())),
                    "Leave out " + option + ".");
        }
        return named.or(() -> own);
    }

    private Places places(String cluster, Optional<String> calleeCluster, int steps) {
        return new Places(
                new Place(Side.CALLER, Arn.service(request.caller()), cluster),
                new Place(Side.CALLEE, Arn.service(request.callee()), calleeCluster.orElse(cluster)),
                steps);
    }

    /** The one cluster with the caller; where several have it, the one with the callee too. */
    private String search(List<String> arns, boolean withCallee) throws InterruptedException {
        String caller = Arn.service(request.caller());
        String callee = Arn.service(request.callee());
        Set<String> names = new LinkedHashSet<>(List.of(caller, callee));
        List<String> looked = arns.subList(0, Math.min(arns.size(), MOST_CLUSTERS));
        List<Reply> replies = calls.await(calls.make(
                2,
                looked.stream()
                        .map(arn -> Call.of(
                                Operation.DESCRIBE_SERVICES,
                                Side.CALLER,
                                OrderedMap.of("cluster", Arn.name(arn), "services", List.copyOf(names))))
                        .toList(),
                limit));
        List<String> withCaller = new ArrayList<>();
        List<String> withBoth = new ArrayList<>();
        for (int i = 0; i < looked.size(); i++) {
            Set<String> found = live(replies.get(i));
            if (found.contains(caller)) {
                withCaller.add(Arn.name(looked.get(i)));
                if (found.contains(callee)) {
                    withBoth.add(Arn.name(looked.get(i)));
                }
            }
        }
        if (withCaller.size() == 1) {
            return withCaller.get(0);
        }
        if (withCallee && withBoth.size() == 1) {
            return withBoth.get(0);
        }
        Optional<Reply> unread = replies.stream().filter(r -> !r.isAnswered()).findFirst();
        if (withCaller.isEmpty() && unread.isPresent()) {
            throw new EastwestException(
                    EastwestException.Kind.NO_ACCESS,
                    "no cluster was named, and the services of some clusters cannot be read: "
                            + Reasons.why(unread.get()),
                    "Give --cluster. " + Reasons.remedy(unread.get()));
        }
        List<String> clusters = looked.stream().map(Arn::name).toList();
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                withCaller.isEmpty()
                        ? "no cluster has a service '" + Text.printable(caller) + "'"
                        : "several clusters have a service '" + Text.printable(caller) + "': "
                                + String.join(", ", withCaller),
                withCaller.isEmpty()
                        ? "Clusters looked at: " + String.join(", ", clusters)
                                + (arns.size() > looked.size()
                                        ? ", and not " + (arns.size() - looked.size()) + " more"
                                        : "")
                                + ". Give --cluster to see what services one has."
                        : "Give --cluster.");
    }

    private static Set<String> live(Reply reply) {
        Set<String> names = new LinkedHashSet<>();
        for (Field service : reply.at("services").items()) {
            if (!service.at("status").textOrEmpty().equals("INACTIVE")) {
                names.add(new EcsService(service).name());
            }
        }
        return names;
    }

    /**
     * The service in an answer of DescribeServices; empty when that could not be read.
     *
     * @throws EastwestException of kind USAGE if the service or its cluster does not exist
     */
    Optional<EcsService> service(Place place, Reply reply, int step) throws InterruptedException {
        if (reply.failure()
                .filter(f -> f.code().equals("ClusterNotFoundException"))
                .isPresent()) {
            throw unknownCluster(place, step);
        }
        Optional<EcsService> found = reply.at("services").items().stream()
                .map(EcsService::new)
                .filter(service -> service.name().equals(place.service()))
                .findFirst();
        if (found.isEmpty() && reply.isAnswered() && reply.failure().isEmpty()) {
            throw unknownService(place, step);
        }
        return found;
    }

    private EastwestException unknownCluster(Place place, int step) throws InterruptedException {
        Reply listed =
                calls.await(calls.make(step + 1, Call.of(Operation.LIST_CLUSTERS, place.side(), Map.of()), limit));
        List<String> names =
                listed.at("clusterArns").texts().stream().map(Arn::name).toList();
        return new EastwestException(
                EastwestException.Kind.USAGE,
                "there is no ECS cluster '" + Text.printable(place.clusterName()) + "' in this account and Region",
                names.isEmpty()
                        ? "Check --region and --profile."
                        : Names.hint(place.clusterName(), names, "There are"));
    }

    private EastwestException unknownService(Place place, int step) throws InterruptedException {
        Map<String, Object> parameters = OrderedMap.of("cluster", place.cluster());
        Reply listed = calls.await(calls.make(
                step + 1, new Call(Operation.LIST_SERVICES, place.side(), "", parameters, MOST_NAMES), limit));
        List<String> names =
                listed.at("serviceArns").texts().stream().map(Arn::service).toList();
        String elsewhere = place.side() == Side.CALLEE ? " Give --callee-cluster if it is in another cluster." : "";
        return new EastwestException(
                EastwestException.Kind.USAGE,
                "cluster " + Text.printable(place.clusterName()) + " has no service '" + Text.printable(place.service())
                        + "'",
                (Names.hint(place.service(), names, "It has") + elsewhere).strip());
    }
}
