package io.github.eastwest.classify.alarms;

import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.LogGroup;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.Traffic;
import java.util.List;
import java.util.Optional;

/**
 * What must be known of an edge to name its metrics; empty where it is not known.
 *
 * @param caller ECS service name of the caller
 * @param callee ECS service name of the callee
 * @param callerCluster the caller's cluster
 * @param calleeCluster the callee's cluster, the same or another
 * @param discoveryName the endpoint's name in Cloud Map, a dimension of every Service Connect metric
 * @param protocol {@code http}, {@code http2}, {@code grpc} or {@code tcp}
 * @param proxyLog where the caller's proxies log
 */
public record AlarmSubject(
        String caller,
        String callee,
        Optional<String> callerCluster,
        Optional<String> calleeCluster,
        Optional<String> discoveryName,
        Optional<String> protocol,
        Optional<ProxyLog> proxyLog) {
    /**
     * The caller's proxies' log.
     *
     * @param group log group
     * @param filterable whether metric filters work on it: not in class INFREQUENT_ACCESS
     * @param shared whether the callee's proxies log there, too
     * @param accessLogFormat TEXT or JSON; empty when access logs are off or nothing is known
     * @param authorities what callers put into {@code Host} for this callee; empty when not known
     * @param clusters Envoy's names for the callee, as its ejection events say them; empty when none was seen
     */
    public record ProxyLog(
            String group,
            boolean filterable,
            boolean shared,
            Optional<String> accessLogFormat,
            List<String> authorities,
            List<String> clusters) {
        public ProxyLog {
            authorities = List.copyOf(authorities);
            clusters = List.copyOf(clusters);
        }
    }

    /** What a bundle tells. Of several endpoints of the callee the first counts. */
    public static AlarmSubject of(Snapshot snapshot) {
        Optional<ServiceConnect> offered = snapshot.callee().flatMap(Service::serviceConnect);
        Optional<ServiceConnect.Endpoint> endpoint = offered.flatMap(
                configuration -> configuration.endpoints().stream().findFirst());
        return new AlarmSubject(
                snapshot.edge().caller(),
                snapshot.edge().callee(),
                snapshot.edge().cluster(),
                snapshot.edge().calleeCluster().or(() -> snapshot.edge().cluster()),
                endpoint.map(ServiceConnect.Endpoint::discoveryName),
                endpoint.flatMap(one -> protocol(snapshot, one)),
                snapshot.caller()
                        .flatMap(Service::serviceConnect)
                        .flatMap(configuration -> proxyLog(snapshot, configuration, endpoint)));
    }

    /** How many endpoints the callee offers besides the one that is looked at. */
    static int otherEndpoints(Snapshot snapshot) {
        return snapshot.callee()
                .flatMap(Service::serviceConnect)
                .map(offered -> Math.max(0, offered.endpoints().size() - 1))
                .orElse(0);
    }

    private static Optional<String> protocol(Snapshot snapshot, ServiceConnect.Endpoint endpoint) {
        return snapshot.callee()
                .flatMap(Service::primary)
                .map(Deployment::taskDefinition)
                .flatMap(snapshot::taskDefinition)
                .flatMap(definition -> definition.portMappings().stream()
                        .filter(port -> port.name().equals(Optional.of(endpoint.portName())))
                        .findFirst())
                .map(port -> port.appProtocol().orElse("tcp"));
    }

    private static Optional<ProxyLog> proxyLog(
            Snapshot snapshot, ServiceConnect configuration, Optional<ServiceConnect.Endpoint> endpoint) {
        if (configuration.logGroup().isEmpty()) {
            return Optional.empty();
        }
        String group = configuration.logGroup().get();
        boolean infrequent = snapshot.ecs().logGroups().stream()
                .filter(known -> known.name().equals(group))
                .map(LogGroup::logClass)
                .anyMatch(logClass -> logClass.equals("INFREQUENT_ACCESS"));
        List<String> authorities = endpoint.map(one -> one.aliases().stream()
                        .filter(alias -> alias.dnsName().isPresent())
                        .map(alias -> alias.dnsName().get() + ":" + alias.port())
                        .toList())
                .orElse(List.of());
        List<String> clusters = snapshot.logs().traffic().map(Traffic::outlierEvents).orElse(List.of()).stream()
                .map(OutlierEvent::cluster)
                .filter(cluster -> !cluster.isEmpty())
                .distinct()
                .sorted()
                .toList();
        boolean shared = snapshot.callee()
                .flatMap(Service::serviceConnect)
                .flatMap(ServiceConnect::logGroup)
                .filter(group::equals)
                .isPresent();
        return Optional.of(
                new ProxyLog(group, !infrequent, shared, configuration.accessLogFormat(), authorities, clusters));
    }
}
