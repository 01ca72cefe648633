package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.EdgeContext;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.metric.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What the configuration tells of an edge: what carries its calls, and how its log lines are recognised. */
final class EdgeFacts {
    /** Service Connect's per-request timeout where none is configured. */
    private static final int DEFAULT_TIMEOUT_SECONDS = 15;

    private final EdgeNames names;
    private final EcsAnswers ecs;
    private final List<NetworkMapper.InterfaceAnswer> interfaces;
    private final Optional<Service> caller;
    private final Optional<Service> callee;
    private final List<ServiceConnect> calleeConfigurations;
    private final Set<String> calleeDiscoveryNames;
    private final Map<String, Set<Integer>> calleePortsByName;

    EdgeFacts(EdgeNames names, EcsAnswers ecs, List<NetworkMapper.InterfaceAnswer> interfaces) {
        this.names = names;
        this.ecs = ecs;
        this.interfaces = interfaces;
        this.caller = names.callerService(ecs.snapshot().services());
        this.callee = names.calleeService(ecs.snapshot().services());
        this.calleeConfigurations = calleeConfigurations();
        this.calleeDiscoveryNames = calleeDiscoveryNames();
        this.calleePortsByName = calleePortsByName();
    }

    /**
     * The edge.
     *
     * @param streams names of the log streams in the bundle
     */
    Edge edge(Set<String> streams) {
        return new Edge(
                names.caller(),
                names.callee(),
                names.cluster(),
                names.differingCalleeCluster(),
                namespace(),
                method(streams));
    }

    private Edge.Method method(Set<String> streams) {
        boolean calleeHasProxy = callee.stream().anyMatch(EdgeFacts::hasServiceConnect)
                || tasksOf(names.callee()).stream()
                        .anyMatch(task -> task.state().serviceConnectProxy().isPresent());
        if (calleeHasProxy) {
            return Edge.Method.SERVICE_CONNECT;
        }
        if (appMesh(names.callee()) || appMesh(names.caller())) {
            return Edge.Method.APP_MESH;
        }
        Service.Routing routing = callee.map(Service::routing).orElse(new Service.Routing(false, List.of(), false));
        List<Edge.Method> ways = new ArrayList<>();
        if (routing.loadBalancers()) {
            ways.add(Edge.Method.ALB);
        }
        if (routing.vpcLattice()) {
            ways.add(Edge.Method.VPC_LATTICE);
        }
        if (!routing.registryIds().isEmpty()) {
            ways.add(Edge.Method.CLOUD_MAP_DNS);
        }
        if (ways.size() == 1) {
            return ways.get(0);
        }
        boolean callerHasProxy = caller.stream().anyMatch(EdgeFacts::hasServiceConnect)
                || tasksOf(names.caller()).stream()
                        .anyMatch(task -> task.state().serviceConnectProxy().isPresent())
                || streams.stream().anyMatch(stream -> stream.contains(EcsMapper.PROXY_PREFIX));
        return ways.isEmpty() && callerHasProxy ? Edge.Method.SERVICE_CONNECT : Edge.Method.UNKNOWN;
    }

    private static boolean hasServiceConnect(Service service) {
        return service.deployments().stream()
                .flatMap(deployment -> deployment.serviceConnect().stream())
                .anyMatch(ServiceConnect::enabled);
    }

    private boolean appMesh(String service) {
        Set<String> used = taskDefinitionsOf(service);
        return ecs.snapshot().taskDefinitions().stream()
                .anyMatch(definition -> definition.appMesh() && used.contains(definition.id()));
    }

    private Set<String> taskDefinitionsOf(String service) {
        Set<String> ids = new HashSet<>();
        services(service).forEach(found -> found.deployments().forEach(d -> ids.add(d.taskDefinition())));
        tasksOf(service).forEach(task -> ids.add(task.taskDefinition()));
        return ids;
    }

    private List<Service> services(String service) {
        List<Service> found = new ArrayList<>();
        if (service.equals(names.caller())) {
            caller.ifPresent(found::add);
        }
        if (service.equals(names.callee())) {
            callee.ifPresent(found::add);
        }
        return found;
    }

    private List<Task> tasksOf(String service) {
        return ecs.snapshot().tasks().stream()
                .filter(task -> task.service().equals(service))
                .toList();
    }

    private Optional<String> namespace() {
        Optional<String> configured = callee.flatMap(Service::serviceConnect)
                .flatMap(ServiceConnect::namespace)
                .or(() -> calleeConfigurations.stream()
                        .flatMap(configuration -> configuration.namespace().stream())
                        .findFirst());
        return configured
                .flatMap(ecs::namespaceName)
                .or(this::namespaceOfDiscoveryService)
                .or(this::namespaceOfInstances)
                .or(this::namespaceOfCluster);
    }

    private Optional<String> namespaceOfDiscoveryService() {
        Set<String> ids = new HashSet<>();
        callee.ifPresent(service -> service.deployments().forEach(d -> ids.addAll(d.discoveryIds())));
        return ecs.snapshot().cloudMap().services().stream()
                .filter(service -> ids.contains(service.id()))
                .flatMap(service -> service.namespaceId().stream())
                .flatMap(id -> ecs.namespaceName(id).stream())
                .findFirst();
    }

    private Optional<String> namespaceOfInstances() {
        return ecs.instances().stream()
                .filter(this::ofCallee)
                .map(answer -> answer.instance().namespace())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    private Optional<String> namespaceOfCluster() {
        Optional<String> cluster = names.calleeCluster();
        return ecs.snapshot().clusters().stream()
                .filter(found -> cluster.isEmpty() || found.name().equals(cluster.get()))
                .flatMap(found -> found.defaultNamespace().stream())
                .flatMap(reference -> ecs.namespaceName(reference).stream())
                .findFirst();
    }

    /** The callee's Service Connect configurations, of all deployments and revisions. */
    private List<ServiceConnect> calleeConfigurations() {
        List<ServiceConnect> configurations = new ArrayList<>();
        callee.ifPresent(service -> service.deployments().stream()
                .map(Deployment::serviceConnect)
                .flatMap(Optional::stream)
                .forEach(configurations::add));
        ecs.snapshot().revisions().stream()
                .filter(revision -> revision.service().equals(names.callee()))
                .map(ServiceRevision::serviceConnect)
                .flatMap(Optional::stream)
                .forEach(configurations::add);
        return configurations;
    }

    /** What tells the edge's log lines from others. */
    EdgeContext context(TimeWindow window, Metrics metrics) {
        return new EdgeContext(
                window,
                authorities(),
                addresses(
                        names.caller(), answer -> answer.instance().ecsService().equals(names.caller())),
                addresses(names.callee(), this::ofCallee),
                calleePorts(),
                requestTimeoutMillis(),
                callerSeenCalling(metrics),
                calleeLogsCalls());
    }

    private boolean calleeLogsCalls() {
        return callee.flatMap(Service::serviceConnect)
                .filter(configuration -> configuration.enabled() && configuration.logConfigured())
                .flatMap(ServiceConnect::accessLogFormat)
                .isPresent();
    }

    /** Target metrics belong to the caller: their ServiceName is the caller, their TargetDiscoveryName the callee. */
    private boolean callerSeenCalling(Metrics metrics) {
        Set<String> discoveryNames = new TreeSet<>();
        discoveryNames.add(names.callee());
        calleeConfigurations.forEach(c -> c.endpoints().forEach(e -> discoveryNames.add(e.discoveryName())));
        return metrics.series().stream()
                .filter(series -> names.caller().equals(series.dimensions().get("ServiceName")))
                .filter(series -> {
                    String target = series.dimensions().get("TargetDiscoveryName");
                    return target != null && discoveryNames.contains(target);
                })
                .anyMatch(series -> series.sum() > 0);
    }

    private Set<String> authorities() {
        Set<String> authorities = new TreeSet<>();
        if (calleeConfigurations.isEmpty()) {
            // Nothing tells the alias; that it is the service's name is the most common choice.
            authorities.add(lower(names.callee()));
        }
        Optional<String> namespace = namespace();
        for (ServiceConnect configuration : calleeConfigurations) {
            Optional<String> own =
                    configuration.namespace().flatMap(ecs::namespaceName).or(() -> namespace);
            for (ServiceConnect.Endpoint endpoint : configuration.endpoints()) {
                Optional<String> standard = own.map(name -> endpoint.discoveryName() + "." + name);
                standard.ifPresent(name -> authorities.add(lower(name)));
                for (ServiceConnect.Alias alias : endpoint.aliases()) {
                    alias.dnsName().or(() -> standard).ifPresent(name -> {
                        authorities.add(lower(name));
                        authorities.add(lower(name) + ":" + alias.port());
                    });
                }
                if (endpoint.aliases().isEmpty()) {
                    for (int port : containerPorts(endpoint.portName())) {
                        standard.ifPresent(name -> authorities.add(lower(name) + ":" + port));
                    }
                }
            }
        }
        return authorities;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private Set<String> addresses(String service, Predicate<CloudMapMapper.InstanceAnswer> instances) {
        Set<String> addresses = new TreeSet<>();
        Set<String> interfaceIds = new HashSet<>();
        for (EcsMapper.TaskAnswer answer : ecs.tasks()) {
            if (answer.task().service().equals(service)) {
                addresses.addAll(answer.addresses());
                answer.task().placement().interfaceId().ifPresent(interfaceIds::add);
            }
        }
        for (NetworkMapper.InterfaceAnswer answer : interfaces) {
            boolean ofTask = interfaceIds.contains(answer.networkInterface().id());
            if (ofTask || answer.ecsService().equals(service)) {
                answer.networkInterface().address().ifPresent(addresses::add);
                addresses.addAll(answer.networkInterface().ipv6());
            }
        }
        for (CloudMapMapper.InstanceAnswer answer : ecs.instances()) {
            if (instances.test(answer)) {
                answer.instance().address().ifPresent(addresses::add);
                answer.ipv6().ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /** Whether a Cloud Map instance is one of the callee's, by its attributes or by its Cloud Map service. */
    private boolean ofCallee(CloudMapMapper.InstanceAnswer answer) {
        if (!answer.instance().ecsService().isEmpty()) {
            return answer.instance().ecsService().equals(names.callee());
        }
        return calleeDiscoveryNames.contains(answer.instance().service());
    }

    private Set<String> calleeDiscoveryNames() {
        Set<String> ids = new HashSet<>();
        callee.ifPresent(service -> service.deployments().forEach(d -> ids.addAll(d.discoveryIds())));
        Set<String> discoveryNames = new HashSet<>();
        for (CloudMap.DiscoveryService service : ecs.snapshot().cloudMap().services()) {
            if (ids.contains(service.id())) {
                discoveryNames.add(service.name());
            }
        }
        calleeConfigurations.forEach(configuration ->
                configuration.endpoints().forEach(endpoint -> discoveryNames.add(endpoint.discoveryName())));
        return discoveryNames;
    }

    private Set<Integer> calleePorts() {
        Set<Integer> ports = new TreeSet<>();
        for (ServiceConnect configuration : calleeConfigurations) {
            for (ServiceConnect.Endpoint endpoint : configuration.endpoints()) {
                endpoint.ingressPort().ifPresent(ports::add);
                ports.addAll(containerPorts(endpoint.portName()));
            }
        }
        for (CloudMapMapper.InstanceAnswer answer : ecs.instances()) {
            if (ofCallee(answer)) {
                answer.instance().port().ifPresent(ports::add);
            }
        }
        return ports;
    }

    /** Container ports of that name in the callee's task definitions. */
    private Set<Integer> containerPorts(String portName) {
        return calleePortsByName.getOrDefault(portName, Set.of());
    }

    private Map<String, Set<Integer>> calleePortsByName() {
        Set<String> used = taskDefinitionsOf(names.callee());
        Map<String, Set<Integer>> ports = new HashMap<>();
        for (TaskDefinition definition : ecs.snapshot().taskDefinitions()) {
            if (used.contains(definition.id())) {
                definition
                        .portMappings()
                        .forEach(mapping -> mapping.name()
                                .ifPresent(name -> ports.computeIfAbsent(name, any -> new TreeSet<>())
                                        .add(mapping.containerPort())));
            }
        }
        return ports;
    }

    private OptionalLong requestTimeoutMillis() {
        Optional<ServiceConnect> primary = callee.flatMap(Service::serviceConnect);
        List<ServiceConnect.Endpoint> endpoints =
                primary.map(ServiceConnect::endpoints).orElse(List.of());
        Optional<ServiceConnect.Endpoint> endpoint = endpoints.stream()
                .filter(candidate -> candidate.discoveryName().equals(names.callee()))
                .findFirst()
                .or(() -> endpoints.stream().findFirst());
        if (endpoint.isEmpty() || isTcp(endpoint.get())) {
            return OptionalLong.empty();
        }
        OptionalInt seconds = endpoint.get().requestTimeoutSeconds();
        int timeout = seconds.orElse(DEFAULT_TIMEOUT_SECONDS);
        return OptionalLong.of(timeout <= 0 ? EdgeContext.NEVER : timeout * 1000L);
    }

    /** Whether the endpoint's port is known and has no application protocol: then there are no requests to time out. */
    private boolean isTcp(ServiceConnect.Endpoint endpoint) {
        Optional<TaskDefinition> current = callee.flatMap(Service::primary)
                .flatMap(deployment -> ecs.snapshot().taskDefinitions().stream()
                        .filter(definition -> definition.id().equals(deployment.taskDefinition()))
                        .findFirst());
        return current.stream()
                .flatMap(definition -> definition.portMappings().stream())
                .filter(mapping ->
                        mapping.name().filter(endpoint.portName()::equals).isPresent())
                .anyMatch(mapping -> mapping.appProtocol().isEmpty());
    }
}
