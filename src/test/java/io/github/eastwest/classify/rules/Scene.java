package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * An edge made by hand: {@code web} calls {@code api} under {@code api:8080}, both in cluster {@code prod} and namespace
 * {@code prod.local} (ns-1), container port 8080. Tests change what they are about.
 */
final class Scene {
    static final Instant FROM = Instant.parse("2026-11-21T04:00:00Z");
    static final Instant TO = Instant.parse("2026-11-21T04:10:00Z");

    private final List<Task> tasks = new ArrayList<>();
    private final List<Service> others = new ArrayList<>();
    private final List<Call> failures = new ArrayList<>();
    private final List<Call> successes = new ArrayList<>();
    private final List<AccessLogEntry> callerInbound = new ArrayList<>();
    private final List<AccessLogEntry> calleeInboundOther = new ArrayList<>();
    private final List<CloudMap.DiscoveryService> discovery = new ArrayList<>();
    private final List<CloudMap.Instance> instances = new ArrayList<>();
    private final List<String> namespaceServices = new ArrayList<>(List.of("web", "api"));
    private final List<Network.NetworkInterface> interfaces = new ArrayList<>();
    private final List<Network.NetworkAcl> acls = new ArrayList<>();
    private final List<Network.RouteTable> tables = new ArrayList<>();
    private final List<Network.SecurityGroupRule> rules = new ArrayList<>();
    private final List<MetricSeries> metrics = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final Set<Input> missing = EnumSet.noneOf(Input.class);
    private final List<CloudMap.Namespace> namespaces = new ArrayList<>(List.of(
            new CloudMap.Namespace(
                    "ns-1", "arn:aws:servicediscovery:eu:1:namespace/ns-1", "prod.local", "HTTP", Optional.empty()),
            new CloudMap.Namespace(
                    "ns-2", "arn:aws:servicediscovery:eu:1:namespace/ns-2", "test.local", "HTTP", Optional.empty())));
    private Optional<ServiceConnect> callerConnect = Optional.of(connect(Optional.of("prod.local"), List.of()));
    private Optional<ServiceConnect> calleeConnect =
            Optional.of(connect(Optional.of("prod.local"), List.of(endpoint("api", "api", 8080, Optional.empty()))));
    private Optional<String> clusterDefault = Optional.empty();
    private List<String> registryIds = List.of();
    private Traffic.Counted counted = Traffic.Counted.CALLER_LINES;
    private int failureStep = 1;
    private int successStep = 1;
    private boolean fair = true;
    private OptionalLong arrivals = OptionalLong.empty();
    private String networkMode = "awsvpc";
    private String path = "/x";
    private long unreadFailed;
    private long unreadAnswered;
    private int line;

    static ServiceConnect connect(Optional<String> namespace, List<ServiceConnect.Endpoint> endpoints) {
        return new ServiceConnect(true, namespace, endpoints, Optional.of("/log"), true, Optional.of("JSON"));
    }

    static ServiceConnect.Endpoint endpoint(
            String discoveryName, String alias, int port, Optional<ServiceConnect.Tls> tls) {
        return new ServiceConnect.Endpoint(
                "http",
                discoveryName,
                List.of(new ServiceConnect.Alias(Optional.of(alias), port)),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                tls);
    }

    Scene callerConnect(Optional<ServiceConnect> connect) {
        callerConnect = connect;
        return this;
    }

    Scene calleeConnect(Optional<ServiceConnect> connect) {
        calleeConnect = connect;
        return this;
    }

    Scene clusterDefault(String namespace) {
        clusterDefault = Optional.of(namespace);
        return this;
    }

    Scene without(Input... inputs) {
        missing.addAll(Arrays.asList(inputs));
        return this;
    }

    Scene namespaces(CloudMap.Namespace... known) {
        namespaces.clear();
        namespaces.addAll(Arrays.asList(known));
        return this;
    }

    /** A running task with its Service Connect proxy, in that zone and subnet, of revision 1. */
    Scene task(String service, String id, String zone, String subnet, String address) {
        return task(service, id, zone, subnet, address, 1, true);
    }

    Scene task(String service, String id, String zone, String subnet, String address, int revision, boolean proxy) {
        tasks.add(new Task(
                id,
                service,
                service + ":" + revision,
                "ecs-svc/" + service,
                new Task.Placement(
                        Optional.of(address), Optional.of(zone), Optional.of(subnet), Optional.of("eni-" + id)),
                new Task.State(
                        "RUNNING",
                        "HEALTHY",
                        "",
                        "",
                        proxy ? Optional.of("ecs-service-connect-x") : Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                new Task.Lifecycle(
                        Optional.of(FROM.minusSeconds(90_000)),
                        Optional.of(FROM.minusSeconds(89_960)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                List.of()));
        return this;
    }

    /** Further calls of which only the number is known. */
    Scene unread(long failed, long answered) {
        unreadFailed = failed;
        unreadAnswered = answered;
        return this;
    }

    /** Further calls are for that path. */
    Scene path(String further) {
        path = further;
        return this;
    }

    /** A running task of the callee's that was created in that second of the window, and started five later. */
    Scene created(String id, String address, int revision, int second) {
        tasks.add(new Task(
                id,
                "api",
                "api:" + revision,
                "ecs-svc/api",
                new Task.Placement(Optional.of(address), Optional.of("a"), Optional.of("subnet-a"), Optional.empty()),
                new Task.State(
                        "RUNNING",
                        "HEALTHY",
                        "",
                        "",
                        Optional.of("ecs-service-connect-x"),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                new Task.Lifecycle(
                        Optional.of(FROM.plusSeconds(second)),
                        Optional.of(FROM.plusSeconds(second + 5)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                List.of()));
        return this;
    }

    /** A task of the callee that stopped at that second of the window. */
    Scene stopped(String id, String address, int second) {
        return stopped(id, address, second, "Scaling activity");
    }

    Scene stopped(String id, String address, int second, String reason) {
        Instant at = FROM.plusSeconds(second);
        tasks.add(new Task(
                id,
                "api",
                "api:1",
                "ecs-svc/api",
                new Task.Placement(Optional.of(address), Optional.of("a"), Optional.of("subnet-a"), Optional.empty()),
                new Task.State(
                        "STOPPED",
                        "UNKNOWN",
                        "ServiceSchedulerInitiated",
                        reason,
                        Optional.of("ecs-service-connect-x"),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                new Task.Lifecycle(
                        Optional.of(FROM.minusSeconds(90_000)),
                        Optional.of(FROM.minusSeconds(89_960)),
                        Optional.of(at),
                        Optional.of(at),
                        Optional.of(at)),
                List.of()));
        return this;
    }

    Scene face(String taskId, String address, String subnet, String vpc, String... ipv6) {
        interfaces.add(new Network.NetworkInterface(
                "eni-" + taskId,
                Optional.of(address),
                List.of(ipv6),
                Optional.of(subnet),
                Optional.of(vpc),
                List.of("sg-" + taskId.charAt(0))));
        return this;
    }

    Scene other(Service service) {
        others.add(service);
        namespaceServices.add(service.name());
        return this;
    }

    Scene listed(String service) {
        namespaceServices.add(service);
        return this;
    }

    Scene instance(String discoveryName, String id, String address, String service) {
        instances.add(new CloudMap.Instance(
                id, "prod.local", discoveryName, Optional.of(address), OptionalInt.of(8080), "HEALTHY", service));
        return this;
    }

    /** DNS discovery of the callee under that name. */
    Scene registry(String name) {
        registryIds = List.of("srv-dns");
        discovery.add(
                new CloudMap.DiscoveryService("srv-dns", name, "DNS_HTTP", Optional.of("ns-1"), Optional.empty()));
        return this;
    }

    Scene environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Scene acl(Network.NetworkAcl acl) {
        acls.add(acl);
        return this;
    }

    Scene table(Network.RouteTable table) {
        tables.add(table);
        return this;
    }

    Scene bridge() {
        networkMode = "bridge";
        return this;
    }

    Scene rule(String group, boolean egress, String cidr) {
        rules.add(new Network.SecurityGroupRule(
                "sgr-" + rules.size(),
                group,
                egress,
                "-1",
                -1,
                -1,
                new Network.Peer(Optional.of(cidr), Optional.empty(), Optional.empty(), Optional.empty())));
        return this;
    }

    Scene metric(String name, Map<String, String> dimensions, double value) {
        metrics.add(new MetricSeries(
                "AWS/ECS", name, "Sum", 60, dimensions, List.of(new MetricSeries.Point(FROM, value)), true));
        return this;
    }

    /** The calls are those of the callee's lines. */
    Scene calleeLinesOnly() {
        counted = Traffic.Counted.CALLEE_LINES;
        return this;
    }

    /** Each failed call stands for that many, and each answered one. */
    Scene sampled(int failed, int answered) {
        failureStep = failed;
        successStep = answered;
        return this;
    }

    /** The calls that are there are those that an answer happened to hold. */
    Scene cut() {
        fair = false;
        return this;
    }

    /** The callee's proxies counted that many requests. */
    Scene arrivals(long requests) {
        arrivals = OptionalLong.of(requests);
        return this;
    }

    /** Answered calls of a caller's task to an address, one per second from that second on. */
    Scene answered(String callerTask, String address, int count, int second) {
        for (int i = 0; i < count; i++) {
            add(callerTask, address, second + i, Condition.SUCCESS, Hop.CALLEE_APP, 12, true, List.of(), 200);
        }
        return this;
    }

    /** Answers with 404 of the application. */
    Scene rejected(String callerTask, String address, int count, int second) {
        for (int i = 0; i < count; i++) {
            add(callerTask, address, second + i, Condition.APPLICATION_4XX, Hop.CALLEE_APP, 12, true, List.of(), 404);
        }
        return this;
    }

    /** Calls whose connection attempt got no answer. */
    Scene silent(String callerTask, String address, int count, int second) {
        for (int i = 0; i < count; i++) {
            add(
                    callerTask,
                    address,
                    second + i,
                    Condition.UPSTREAM_CONNECTION_TIMEOUT,
                    Hop.NETWORK,
                    5_000,
                    false,
                    List.of(),
                    503);
        }
        return this;
    }

    /** Calls that their client gave up after that time. */
    Scene gaveUp(String callerTask, String address, int count, int second, int millis) {
        for (int i = 0; i < count; i++) {
            add(
                    callerTask,
                    address,
                    second + i,
                    Condition.DOWNSTREAM_DISCONNECT,
                    Hop.CALLER_APP,
                    millis,
                    false,
                    List.of(),
                    0);
        }
        return this;
    }

    /** Calls that failed in that condition within 4 ms, possibly another one. */
    Scene failed(String callerTask, String address, int count, int second, Condition condition, Condition... perhaps) {
        for (int i = 0; i < count; i++) {
            Hop hop = condition == Condition.APPLICATION_5XX ? Hop.CALLEE_APP : Hop.CALLEE_PROXY;
            add(
                    callerTask,
                    address,
                    second + i,
                    condition,
                    hop,
                    4,
                    condition == Condition.APPLICATION_5XX,
                    List.of(perhaps),
                    condition == Condition.APPLICATION_5XX ? 500 : 503);
        }
        return this;
    }

    private void add(
            String callerTask,
            String address,
            int second,
            Condition condition,
            Hop hop,
            int duration,
            boolean answered,
            List<Condition> perhaps,
            int status) {
        boolean ofCallee = counted == Traffic.Counted.CALLEE_LINES;
        AccessLogEntry entry = entry(
                ofCallee ? Side.CALLEE : Side.CALLER,
                "x_ecs-service-connect-x_" + callerTask,
                second,
                status,
                "api:8080",
                null,
                null,
                ofCallee ? "127.0.0.1:8080" : address + ":8080",
                duration,
                answered);
        Attribution attribution = new Attribution(condition, perhaps, Basis.INFERRED, 0.9, hop);
        Call call = ofCallee
                ? new Call(Optional.empty(), List.of(entry), attribution)
                : new Call(Optional.of(entry), List.of(), attribution);
        (call.failed() ? failures : successes).add(call);
    }

    /** Calls that the application's own port refused. */
    Scene refused(String callerTask, String address, int count, int second) {
        for (int i = 0; i < count; i++) {
            add(
                    callerTask,
                    address,
                    second + i,
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_APP,
                    4,
                    false,
                    List.of(),
                    503);
        }
        return this;
    }

    /** Calls that the request timeout of 15 s ended, at the callee. */
    Scene timedOut(String callerTask, String address, int count, int second) {
        for (int i = 0; i < count; i++) {
            add(
                    callerTask,
                    address,
                    second + i,
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_APP,
                    15_001,
                    false,
                    List.of(),
                    504);
        }
        return this;
    }

    /** A request into the caller's application. */
    Scene inbound(String requestId, int status, int second) {
        callerInbound.add(entry(
                Side.CALLER,
                "x_ecs-service-connect-x_w1",
                second,
                status,
                "web.example",
                requestId,
                null,
                "127.0.0.1:8080",
                9,
                true));
        return this;
    }

    /** A request at the callee that no line of the caller's claims. */
    Scene stranger(String authority, String requestId, String forwardedFor, String agent) {
        AccessLogEntry entry = entry(
                Side.CALLEE,
                "x_ecs-service-connect-x_a1",
                30,
                200,
                authority,
                requestId,
                forwardedFor,
                "127.0.0.1:8080",
                9,
                true);
        calleeInboundOther.add(new AccessLogEntry(
                entry.ref(),
                entry.startMillis(),
                new AccessLogEntry.Request("HTTP/1.1", "GET", "/x", authority, requestId, agent, forwardedFor, null),
                entry.response(),
                entry.upstream(),
                entry.timing()));
        return this;
    }

    private AccessLogEntry entry(
            Side side,
            String stream,
            int second,
            int status,
            String authority,
            String requestId,
            String forwardedFor,
            String host,
            int duration,
            boolean answered) {
        return new AccessLogEntry(
                new LineRef(stream, ++line, side),
                FROM.toEpochMilli() + second * 1000L,
                new AccessLogEntry.Request("HTTP/1.1", "GET", path, authority, requestId, "agent", forwardedFor, null),
                new AccessLogEntry.Response(status, null, List.of(), null, 0, status == 503 ? 91 : 11),
                new AccessLogEntry.Upstream(host, null, null),
                new AccessLogEntry.Timing(duration, answered ? duration : AccessLogEntry.ABSENT));
    }

    Facts facts() {
        return Facts.of(snapshot(), Thresholds.DEFAULT);
    }

    /** The report without any rule. */
    Diagnosis diagnosis() {
        return new Classifier(List.of(), Thresholds.DEFAULT).diagnose(snapshot());
    }

    /** What that rule alone says. */
    Answer ask(Rule rule) {
        Diagnosis.Causes causes = new Classifier(List.of(rule), Thresholds.DEFAULT)
                .diagnose(snapshot())
                .causes();
        assertThat(causes.faults()).isEmpty();
        return new Answer(
                causes.findings().stream().findFirst(),
                causes.ruledOut().stream().map(Diagnosis.RuledOut::because).findFirst(),
                causes.undetermined().stream()
                        .flatMap(u -> u.missing().stream())
                        .toList());
    }

    /** A rule's answer: exactly one of the three says something. */
    record Answer(Optional<Finding> finding, Optional<String> because, List<String> missing) {
        Verdict verdict() {
            return finding.map(f -> f.assessment().verdict())
                    .orElse(because.isPresent() ? Verdict.RULED_OUT : Verdict.UNDETERMINED);
        }
    }

    private Snapshot snapshot() {
        List<Coverage.Entry> coverage = new ArrayList<>();
        for (Input input : Input.values()) {
            coverage.add(new Coverage.Entry(
                    input.id(), missing.contains(input) ? Coverage.State.NOT_COLLECTED : Coverage.State.COMPLETE, ""));
        }
        List<Service> services = new ArrayList<>(
                List.of(service("web", callerConnect, List.of()), service("api", calleeConnect, registryIds)));
        services.addAll(others);
        boolean logs = !missing.contains(Input.CALLER_LOGS) || !missing.contains(Input.CALLEE_LOGS);
        Traffic traffic = new Traffic(
                new Traffic.Counts(
                        counted,
                        (long) failures.size() * failureStep
                                + (long) successes.size() * successStep
                                + unreadFailed
                                + unreadAnswered,
                        (long) failures.size() * failureStep + unreadFailed,
                        fair,
                        arrivals),
                failures,
                failureStep,
                successes,
                successStep,
                new Traffic.Surroundings(callerInbound, List.of(), calleeInboundOther, List.of()),
                List.of(),
                List.of());
        return new Snapshot(
                new Edge(
                        "web",
                        "api",
                        Optional.of("prod"),
                        Optional.empty(),
                        Optional.of("prod.local"),
                        Edge.Method.SERVICE_CONNECT),
                new TimeWindow(FROM, TO),
                new Snapshot.Account(Optional.empty(), Optional.empty()),
                new Coverage(coverage),
                new Snapshot.Ecs(
                        services,
                        tasks,
                        List.of(definition("web", environment), definition("api", Map.of())),
                        List.of(),
                        List.of(),
                        new CloudMap(namespaces, discovery, instances),
                        List.of(),
                        List.of(new Snapshot.Cluster("prod", "ACTIVE", clusterDefault)),
                        namespaceServices),
                new Network(interfaces, rules, List.of(), acls, tables),
                new Metrics(metrics, List.of()),
                new LogEvidence(List.of(), logs ? Optional.of(traffic) : Optional.empty()));
    }

    private TaskDefinition definition(String service, Map<String, String> variables) {
        return new TaskDefinition(
                service,
                1,
                networkMode,
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(new TaskDefinition.ContainerDefinition(
                        "app",
                        "image",
                        true,
                        List.of(new TaskDefinition.PortMapping(Optional.of("http"), 8080, "tcp", Optional.of("http"))),
                        variables,
                        Optional.empty(),
                        new TaskDefinition.Ending(OptionalInt.empty(), false),
                        new TaskDefinition.Limits(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()))),
                Optional.empty(),
                false);
    }

    Service service(String name, Optional<ServiceConnect> connect, List<String> registries) {
        int running = (int) tasks.stream()
                .filter(t -> t.service().equals(name) && t.running())
                .count();
        Service.TaskCounts counts = new Service.TaskCounts(running, running, 0);
        return new Service(
                name,
                "prod",
                "ACTIVE",
                counts,
                List.of(new Deployment(
                        "ecs-svc/" + name,
                        "PRIMARY",
                        name + ":1",
                        Optional.of(FROM.minusSeconds(100_000)),
                        new Deployment.Rollout("COMPLETED", "", counts, 0),
                        connect,
                        List.of(),
                        List.of())),
                List.of(),
                Optional.empty(),
                new Service.Routing(false, registries, false));
    }
}
