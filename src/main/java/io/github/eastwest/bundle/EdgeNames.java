package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Service;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which edge is meant: the command line wins over the manifest, the manifest over the answers.
 *
 * @param caller service name
 * @param callee service name
 * @param cluster the caller's cluster
 * @param calleeCluster the callee's cluster, the caller's included
 */
record EdgeNames(String caller, String callee, Optional<String> cluster, Optional<String> calleeCluster) {
    /**
     * Decides the edge.
     *
     * @throws EastwestException of kind USAGE if neither the command line nor the manifest names it
     */
    static EdgeNames of(Request request, Manifest.Names manifest, List<Service> services) {
        Optional<String> caller = request.caller().map(Arn::service).or(manifest::caller);
        Optional<String> callee = request.callee().map(Arn::service).or(manifest::callee);
        if (caller.isEmpty() || callee.isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the bundle does not say which edge it holds",
                    "Name the caller and the callee.");
        }
        Optional<String> cluster = request.cluster()
                .map(Arn::name)
                .or(() -> manifest.clusterOf(caller.get()))
                .or(() -> onlyCluster(services, caller.get()))
                .or(manifest::cluster);
        // Without a cluster of its own the callee is looked for in the caller's first.
        Optional<String> calleeCluster = request.calleeCluster()
                .map(Arn::name)
                .or(() -> manifest.ownClusterOf(callee.get()))
                .or(() -> cluster.filter(name -> isIn(services, callee.get(), name)))
                .or(() -> onlyCluster(services, callee.get()))
                .or(() -> cluster);
        return new EdgeNames(caller.get(), callee.get(), cluster, calleeCluster);
    }

    private static boolean isIn(List<Service> services, String name, String cluster) {
        return services.stream()
                .anyMatch(service ->
                        service.name().equals(name) && service.cluster().equals(cluster));
    }

    private static Optional<String> onlyCluster(List<Service> services, String name) {
        Set<String> clusters = services.stream()
                .filter(service -> service.name().equals(name))
                .map(Service::cluster)
                .filter(cluster -> !cluster.isEmpty())
                .collect(Collectors.toSet());
        return clusters.size() == 1 ? Optional.of(clusters.iterator().next()) : Optional.empty();
    }

    /** The callee's cluster where it is not the caller's. */
    Optional<String> differingCalleeCluster() {
        return calleeCluster.equals(cluster) ? Optional.empty() : calleeCluster;
    }

    /** Whether a service of that name in that cluster (empty when unknown) can be one of the edge's, or another service. */
    boolean belongs(String service, String in) {
        boolean isCaller = service.equals(caller);
        boolean isCallee = service.equals(callee);
        return in.isEmpty()
                || (!isCaller && !isCallee)
                || (isCaller && cluster.map(in::equals).orElse(true))
                || (isCallee && calleeCluster.map(in::equals).orElse(true));
    }

    /** The caller's service. */
    Optional<Service> callerService(List<Service> services) {
        return find(services, caller, cluster);
    }

    /** The callee's service. */
    Optional<Service> calleeService(List<Service> services) {
        return find(services, callee, calleeCluster);
    }

    private static Optional<Service> find(List<Service> services, String name, Optional<String> cluster) {
        return services.stream()
                .filter(service -> service.name().equals(name))
                .filter(service -> cluster.isEmpty()
                        || service.cluster().isEmpty()
                        || service.cluster().equals(cluster.get()))
                .findFirst();
    }

    /** The service of that side. */
    String of(Side side) {
        return switch (side) {
            case CALLER -> caller;
            case CALLEE -> callee;
            case UNKNOWN -> "";
        };
    }

    /** Which side a service is on. */
    Side sideOf(String service) {
        if (service.isEmpty()) {
            return Side.UNKNOWN;
        }
        return service.equals(caller) ? Side.CALLER : service.equals(callee) ? Side.CALLEE : Side.UNKNOWN;
    }
}
