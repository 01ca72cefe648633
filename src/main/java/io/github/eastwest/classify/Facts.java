package io.github.eastwest.classify;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.ecs.TaskDefinition.PortMapping;
import io.github.eastwest.model.history.ScalingActivity;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What rules may ask about a snapshot. Every answer notes the inputs it was taken from, so that a test can hold a rule's
 * declared inputs against those it really reads.
 */
public final class Facts {
    /** Service Connect's request timeout where the endpoint sets none. */
    public static final long DEFAULT_REQUEST_TIMEOUT_MILLIS = 15_000;

    private final Snapshot snapshot;
    private final Thresholds thresholds;
    private final Shared shared;
    private final Set<Input> read = EnumSet.noneOf(Input.class);

    /** What is computed once for all rules. */
    private static final class Shared {
        private final Optional<TrafficView> traffic;

        Shared(Snapshot snapshot) {
            traffic = snapshot.logs()
                    .traffic()
                    .map(t ->
                            new TrafficView(t, snapshot.tasksOf(snapshot.edge().callee())));
        }
    }

    private Facts(Snapshot snapshot, Thresholds thresholds, Shared shared) {
        this.snapshot = snapshot;
        this.thresholds = thresholds;
        this.shared = shared;
    }

    /** The facts of that snapshot. */
    public static Facts of(Snapshot snapshot, Thresholds thresholds) {
        return new Facts(snapshot, thresholds, new Shared(snapshot));
    }

    /** The same facts with an empty note of what was read. */
    Facts fresh() {
        return new Facts(snapshot, thresholds, shared);
    }

    /** The inputs that were asked for so far. */
    Set<Input> read() {
        return Set.copyOf(read);
    }

    /** The edge. */
    public Edge edge() {
        return snapshot.edge();
    }

    /** The time looked at. */
    public TimeWindow window() {
        return snapshot.window();
    }

    /** The numbers to compare with. */
    public Thresholds thresholds() {
        return thresholds;
    }

    /** Whether that input was read so far that it tells something, see {@link Coverage#isRead}. */
    public boolean has(Input input) {
        return snapshot.coverage().isRead(input);
    }

    /** The state of that input. */
    public Coverage.State state(Input input) {
        return snapshot.coverage().state(input);
    }

    /** The edge's calls, each with the task it went to; empty when no access line of either side was read. */
    public Optional<TrafficView> traffic() {
        read.add(Input.CALLER_LOGS);
        read.add(Input.CALLEE_LOGS);
        read.add(Input.TASKS);
        return shared.traffic;
    }

    /** What each log stream held. */
    public LogEvidence logs() {
        read.add(Input.CALLER_LOGS);
        read.add(Input.CALLEE_LOGS);
        return snapshot.logs();
    }

    /** The caller's ECS service. */
    public Optional<Service> caller() {
        read.add(Input.SERVICES);
        return snapshot.caller();
    }

    /** The callee's ECS service. */
    public Optional<Service> callee() {
        read.add(Input.SERVICES);
        return snapshot.callee();
    }

    /** The callee's tasks, running and stopped. */
    public List<Task> calleeTasks() {
        read.add(Input.TASKS);
        return snapshot.tasksOf(snapshot.edge().callee());
    }

    /** The caller's tasks, running and stopped. */
    public List<Task> callerTasks() {
        read.add(Input.TASKS);
        return snapshot.tasksOf(snapshot.edge().caller());
    }

    /** The task definition {@code family:revision}. */
    public Optional<TaskDefinition> taskDefinition(String id) {
        read.add(Input.TASK_DEFINITIONS);
        return snapshot.taskDefinition(id);
    }

    /** Cloud Map services. */
    public List<CloudMap.DiscoveryService> discoveryServices() {
        read.add(Input.CLOUD_MAP_SERVICES);
        return snapshot.ecs().cloudMap().services();
    }

    /** Cloud Map instances. */
    public List<CloudMap.Instance> instances() {
        read.add(Input.INSTANCES);
        return snapshot.ecs().cloudMap().instances();
    }

    /** Deployment history of that service, oldest first. */
    public List<ServiceDeployment> deployments(String service) {
        read.add(Input.SERVICE_DEPLOYMENTS);
        return snapshot.ecs().deployments().stream()
                .filter(d -> d.service().equals(service))
                .sorted(java.util.Comparator.comparing(
                        (ServiceDeployment d) -> d.createdAt().orElse(Instant.MIN)))
                .toList();
    }

    /** Service revisions of that service, oldest first. */
    public List<ServiceRevision> revisions(String service) {
        read.add(Input.SERVICE_REVISIONS);
        return snapshot.ecs().revisions().stream()
                .filter(r -> r.service().equals(service))
                .sorted(java.util.Comparator.comparing(
                        (ServiceRevision r) -> r.createdAt().orElse(Instant.MIN)))
                .toList();
    }

    /** Network interfaces. */
    public List<Network.NetworkInterface> interfaces() {
        read.add(Input.NETWORK_INTERFACES);
        return snapshot.network().interfaces();
    }

    /** Security-group rules. */
    public List<Network.SecurityGroupRule> securityGroupRules() {
        read.add(Input.SECURITY_GROUP_RULES);
        return snapshot.network().securityGroupRules();
    }

    /** Subnets. */
    public List<Network.Subnet> subnets() {
        read.add(Input.SUBNETS);
        return snapshot.network().subnets();
    }

    /** Network ACLs. */
    public List<Network.NetworkAcl> networkAcls() {
        read.add(Input.NETWORK_ACLS);
        return snapshot.network().acls();
    }

    /** Route tables. */
    public List<Network.RouteTable> routeTables() {
        read.add(Input.ROUTE_TABLES);
        return snapshot.network().routeTables();
    }

    /** CloudTrail's events of the account, oldest first. */
    public List<TrailEvent> trail() {
        read.add(Input.TRAIL);
        return snapshot.history().events();
    }

    /** Application Auto Scaling's activities of that service, oldest first. */
    public List<ScalingActivity> scalingActivities(Service service) {
        read.add(Input.SCALING_ACTIVITIES);
        return snapshot.history().scaling().stream()
                .filter(a -> a.service().equals(service.name())
                        && (service.cluster().isEmpty() || a.cluster().equals(service.cluster())))
                .toList();
    }

    /** All services in the answers, caller and callee among them. */
    public List<Service> services() {
        read.add(Input.SERVICES);
        return snapshot.ecs().services();
    }

    /** Names of the services that the callee's namespace lists. */
    public List<String> namespaceServices() {
        read.add(Input.SERVICES_BY_NAMESPACE);
        return snapshot.ecs().namespaceServices();
    }

    /** The cluster of that name. */
    public Optional<Snapshot.Cluster> cluster(String name) {
        read.add(Input.CLUSTERS);
        return snapshot.ecs().clusters().stream()
                .filter(c -> c.name().equals(name))
                .findFirst();
    }

    /** Cloud Map namespaces. */
    public List<CloudMap.Namespace> namespaces() {
        read.add(Input.NAMESPACES);
        return snapshot.ecs().cloudMap().namespaces();
    }

    /** CloudWatch time series. */
    public Metrics metrics() {
        read.add(Input.METRICS);
        return snapshot.metrics();
    }

    /** Metrics that ListMetrics named: those with data in the last two weeks, in the window or not. */
    public List<Metrics.MetricId> listedMetrics() {
        read.add(Input.LIST_METRICS);
        return snapshot.metrics().listed();
    }

    /** The callee's PRIMARY deployment. */
    public Optional<Deployment> calleePrimary() {
        return callee().flatMap(Service::primary);
    }

    /** What the callee offers now. */
    public List<Endpoint> endpoints() {
        return callee().flatMap(Service::serviceConnect)
                .filter(ServiceConnect::enabled)
                .map(ServiceConnect::endpoints)
                .orElse(List.of());
    }

    /** The request timeout of the callee's endpoint in milliseconds; empty when it is switched off. */
    public OptionalLong requestTimeoutMillis() {
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.requestTimeoutSeconds().isPresent()) {
                int seconds = endpoint.requestTimeoutSeconds().getAsInt();
                return seconds == 0 ? OptionalLong.empty() : OptionalLong.of(seconds * 1000L);
            }
        }
        return OptionalLong.of(DEFAULT_REQUEST_TIMEOUT_MILLIS);
    }

    /** The port mapping that the endpoint's {@code portName} names, in the PRIMARY deployment's task definition. */
    public Optional<PortMapping> portMapping(Endpoint endpoint) {
        return calleePrimary()
                .flatMap(d -> taskDefinition(d.taskDefinition()))
                .flatMap(t -> t.portMappings().stream()
                        .filter(p ->
                                p.name().filter(endpoint.portName()::equals).isPresent())
                        .findFirst());
    }

    /**
     * Ports of the network on which the callee's proxies accept: {@code ingressPortOverride}, else the container port, else
     * those that calls were sent to.
     */
    public Set<Integer> calleePorts() {
        Set<Integer> ports = new TreeSet<>();
        endpoints().forEach(e -> {
            if (e.ingressPort().isPresent()) {
                ports.add(e.ingressPort().getAsInt());
            } else {
                portMapping(e).ifPresent(p -> ports.add(p.containerPort()));
            }
        });
        if (ports.isEmpty()) {
            traffic().ifPresent(t -> t.failures().forEach(o -> port(o.host()).ifPresent(ports::add)));
        }
        return ports;
    }

    private static OptionalInt port(String host) {
        int colon = host.lastIndexOf(':');
        try {
            return colon < 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(host.substring(colon + 1)));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * The series of a metric as this caller's proxies saw the callee ({@code TargetDiscoveryName}, in the three-dimension
     * set of which ServiceName is the <em>caller</em>).
     */
    public Optional<MetricSeries> seenByCaller(String metric, String statistic) {
        for (String name : discoveryNames()) {
            Optional<MetricSeries> series = metrics().series().stream()
                    .filter(s -> isOf(s, metric, statistic))
                    .filter(s -> s.dimensions().size() == 3
                            && edge().caller().equals(s.dimensions().get("ServiceName"))
                            && name.equals(s.dimensions().get("TargetDiscoveryName")))
                    .findFirst();
            if (series.isPresent()) {
                return series;
            }
        }
        return Optional.empty();
    }

    /** The series of a metric that the callee's own proxies count ({@code DiscoveryName}), from any caller. */
    public Optional<MetricSeries> atCallee(String metric, String statistic) {
        return metrics().series().stream()
                .filter(s -> isOf(s, metric, statistic))
                .filter(s -> s.dimensions().containsKey("DiscoveryName")
                        && edge().callee().equals(s.dimensions().get("ServiceName")))
                .findFirst();
    }

    /** CPU or memory of a service's tasks ({@code CPUUtilization}, {@code MemoryUtilization}; percent of the reservation). */
    public Optional<MetricSeries> utilization(String service, String metric, String statistic) {
        return metrics().series().stream()
                .filter(s -> isOf(s, metric, statistic)
                        && s.dimensions().keySet().equals(Set.of("ClusterName", "ServiceName"))
                        && service.equals(s.dimensions().get("ServiceName")))
                .findFirst();
    }

    /** Whether a series is of that metric; one without points is none: CloudWatch answers unknown metrics with it too. */
    private static boolean isOf(MetricSeries series, String metric, String statistic) {
        return series.name().equals(metric)
                && series.statistic().equals(statistic)
                && !series.points().isEmpty();
    }

    /** Discovery names of the callee's endpoints, and the service's own name. */
    public List<String> discoveryNames() {
        List<String> names = new ArrayList<>();
        endpoints().forEach(e -> names.add(e.discoveryName()));
        names.add(edge().callee());
        return names;
    }

    /** Requests into the caller's application: how many, and how many of them failed with a 5xx or without answer. */
    public TrafficView.Tally callerInbound() {
        long failed = 0;
        long answered = 0;
        Optional<TrafficView> view = traffic();
        if (view.isPresent()) {
            Traffic.Surroundings surroundings = view.get().traffic().surroundings();
            for (AccessLogEntry line : surroundings.callerInbound()) {
                int status = line.response().status();
                if (status == 0 || status >= 500) {
                    failed += surroundings.callerStep().failed();
                } else {
                    answered += surroundings.callerStep().answered();
                }
            }
        }
        return new TrafficView.Tally(failed, answered);
    }

    /** {@code 39 of 1 232 calls (3.2 %)}. */
    public String ofCalls(long count) {
        return traffic()
                .map(t -> Words.of(count, t.requests(), "call"))
                .orElseGet(() -> Words.number(count) + " calls");
    }

    /** Shell words naming the callee's service in AWS CLI commands. */
    public String calleeArguments() {
        return "--cluster "
                + Words.shell(edge().calleeCluster().or(edge()::cluster).orElse("CLUSTER")) + " --services "
                + Words.shell(edge().callee());
    }

    /** Shell words naming the caller's service in AWS CLI commands. */
    public String callerArguments() {
        return "--cluster " + Words.shell(edge().cluster().orElse("CLUSTER")) + " --services "
                + Words.shell(edge().caller());
    }

    /** The callee's cluster for AWS CLI commands. */
    public String calleeCluster() {
        return Words.shell(edge().calleeCluster().or(edge()::cluster).orElse("CLUSTER"));
    }

    /** Environment variables of the caller's containers, by {@code container/NAME}. */
    public Map<String, String> callerEnvironment() {
        Map<String, String> environment = new java.util.TreeMap<>();
        caller().flatMap(Service::primary)
                .flatMap(d -> taskDefinition(d.taskDefinition()))
                .ifPresent(t -> t.containers()
                        .forEach(c -> c.environment()
                                .forEach((name, value) -> environment.put(c.name() + "/" + name, value))));
        return environment;
    }
}
