package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.history.History;
import io.github.eastwest.model.history.ScalingActivity;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code web} calls {@code api} from 04:00:00 to 04:10:00, one call at a time; seconds count from the window's begin. */
final class Edge {
    static final Instant FROM = Instant.parse("2026-11-21T04:00:00Z");
    static final Instant TO = Instant.parse("2026-11-21T04:10:00Z");

    private final List<Call> failures = new ArrayList<>();
    private final List<Call> successes = new ArrayList<>();
    private final List<AccessLogEntry> callerOther = new ArrayList<>();
    private final List<AccessLogEntry> calleeOther = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<TaskDefinition> definitions = new ArrayList<>();
    private final List<ServiceDeployment> deployments = new ArrayList<>();
    private final List<ServiceRevision> revisions = new ArrayList<>();
    private final List<MetricSeries> metrics = new ArrayList<>();
    private final List<TrailEvent> trail = new ArrayList<>();
    private final List<ScalingActivity> scaling = new ArrayList<>();
    private final List<Network.NetworkAcl> acls = new ArrayList<>();
    private final List<Network.RouteTable> tables = new ArrayList<>();
    private final List<CloudMap.DiscoveryService> endpoints = new ArrayList<>();
    private final Set<Input> missing = EnumSet.noneOf(Input.class);
    private OptionalInt requestTimeout = OptionalInt.empty();
    private Optional<ServiceConnect.Tls> tls = Optional.empty();
    private String stream = "s";
    private long line;

    static Instant at(int second) {
        return FROM.plusSeconds(second);
    }

    Edge without(Input... inputs) {
        missing.addAll(List.of(inputs));
        return this;
    }

    Edge requestTimeout(int seconds) {
        requestTimeout = OptionalInt.of(seconds);
        return this;
    }

    /** The calls that follow are made by that task of the caller. */
    Edge by(String task) {
        stream = "web_ecs-service-connect-x_" + task;
        return this;
    }

    /** One answered call every second. */
    Edge answered(String address, int from, int to) {
        for (int second = from; second < to; second++) {
            successes.add(call(address, second, Condition.SUCCESS, 200, 12));
        }
        return this;
    }

    /** One failed call every second, each that long. */
    Edge failed(String address, int from, int to, Condition condition, int millis) {
        for (int second = from; second < to; second++) {
            failures.add(call(address, second, condition, 503, millis));
        }
        return this;
    }

    Edge failed(String address, int from, int to) {
        return failed(address, from, to, Condition.APPLICATION_5XX, 10);
    }

    /** One call every second that found no healthy host. */
    Edge refused(int from, int to) {
        for (int second = from; second < to; second++) {
            failures.add(call("", second, Condition.NO_HEALTHY_UPSTREAM, 503, 0));
        }
        return this;
    }

    /** Calls of the caller to another service, one every second. */
    Edge elsewhere(String authority, int from, int to, int status) {
        for (int second = from; second < to; second++) {
            callerOther.add(entry(Side.CALLER, authority, "10.9.0.1:80", second, status, 9));
        }
        return this;
    }

    /** Calls of others at the callee, one every second. */
    Edge strangers(int from, int to, int status) {
        for (int second = from; second < to; second++) {
            calleeOther.add(entry(Side.CALLEE, "api:8080", "127.0.0.1:8080", second, status, 9));
        }
        return this;
    }

    private Call call(String address, int second, Condition condition, int status, int millis) {
        return new Call(
                Optional.of(entry(
                        Side.CALLER, "api:8080", address.isEmpty() ? null : address + ":8080", second, status, millis)),
                List.of(),
                new Attribution(condition, List.of(), Basis.FLAG, 0.9, Hop.CALLEE_APP));
    }

    private AccessLogEntry entry(
            Side side, String authority, @Nullable String host, int second, int status, int millis) {
        return new AccessLogEntry(
                new LineRef(stream, ++line, side),
                at(second).toEpochMilli(),
                new AccessLogEntry.Request("HTTP/1.1", "GET", "/x", authority, null, null, null, null),
                new AccessLogEntry.Response(status, null, List.of(), null, 0, 11),
                new AccessLogEntry.Upstream(host, null, null),
                new AccessLogEntry.Timing(millis, millis));
    }

    /** A task of the callee, running since long before. */
    Edge task(String id, String address, String zone) {
        return task(id, "api", address, zone, -90_000, null, "");
    }

    /** A task of the callee with another revision of its task definition. */
    Edge revisionTask(String id, String address, int revision) {
        return task(id, "api", "api:" + revision, address, "z", -90_000, null, "");
    }

    Edge task(
            String id,
            String service,
            String address,
            String zone,
            int started,
            @Nullable Integer stopped,
            String reason) {
        return task(id, service, service + ":1", address, zone, started, stopped, reason);
    }

    private Edge task(
            String id,
            String service,
            String definition,
            String address,
            String zone,
            int started,
            @Nullable Integer stopped,
            String reason) {
        Optional<Instant> stop = Optional.ofNullable(stopped).map(Edge::at);
        tasks.add(new Task(
                id,
                service,
                definition,
                "ecs-svc/1",
                new Task.Placement(
                        Optional.of(address), Optional.of(zone), Optional.of("subnet-" + service), Optional.empty()),
                new Task.State(
                        stop.isPresent() ? "STOPPED" : "RUNNING",
                        "HEALTHY",
                        stop.isPresent() ? "ServiceSchedulerInitiated" : "",
                        reason,
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                new Task.Lifecycle(Optional.of(at(started)), Optional.of(at(started)), stop, stop, stop),
                List.of()));
        return this;
    }

    /** A deployment of a service from revision n to n + 1 with another image. */
    Edge deployment(String service, int second) {
        return deployment(service, second, "image:2", OptionalInt.empty());
    }

    Edge deployment(String service, int second, String image, OptionalInt timeout) {
        int n = revisions.size() + 1;
        definition(service, n, "image:1", Map.of("MODE", "a", "SAME", "s"));
        definition(service, n + 1, image, Map.of("MODE", "a", "SAME", "s"));
        revision(service, n, OptionalInt.empty());
        revision(service, n + 1, timeout);
        deployments.add(new ServiceDeployment(
                "sd-" + n,
                service,
                "SUCCESSFUL",
                "",
                Optional.of(at(second)),
                Optional.of(at(second + 60)),
                "",
                new ServiceDeployment.Revisions(
                        List.of("rev-" + service + n), Optional.of("rev-" + service + (n + 1)), Optional.empty())));
        return this;
    }

    private void revision(String service, int n, OptionalInt timeout) {
        revisions.add(new ServiceRevision(
                "rev-" + service + n,
                service,
                service + ":" + n,
                Optional.of(at(-100)),
                Optional.of(connect(timeout)),
                List.of("sg-1")));
    }

    private void definition(String service, int revision, String image, Map<String, String> environment) {
        definitions.add(new TaskDefinition(
                service,
                revision,
                "awsvpc",
                OptionalInt.of(256),
                OptionalInt.of(512),
                List.of(new TaskDefinition.ContainerDefinition(
                        "app",
                        image,
                        true,
                        List.of(new TaskDefinition.PortMapping(Optional.of("http"), 8080, "tcp", Optional.of("http"))),
                        environment,
                        Optional.empty(),
                        new TaskDefinition.Ending(OptionalInt.empty(), false),
                        new TaskDefinition.Limits(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()))),
                Optional.empty(),
                false));
    }

    /** A call that CloudTrail noted. */
    Edge event(int second, String service, String name, Map<String, String> parameters, String... targets) {
        return event(second, service, name, parameters, List.of(), targets);
    }

    /** A call about rules of the group that is its target. */
    Edge event(int second, String name, String group, Network.SecurityGroupRule... rules) {
        return event(second, "ec2", name, Map.of(), List.of(rules), group);
    }

    private Edge event(
            int second,
            String service,
            String name,
            Map<String, String> parameters,
            List<Network.SecurityGroupRule> rules,
            String... targets) {
        trail.add(new TrailEvent(
                "event-" + trail.size(),
                at(second),
                service,
                name,
                "assumed-role/ops/jo",
                List.of(targets),
                rules,
                parameters));
        return this;
    }

    /** A rule that admits a group on a port. */
    static Network.SecurityGroupRule rule(String group, boolean egress, int port, String peer) {
        return new Network.SecurityGroupRule(
                "",
                group,
                egress,
                "tcp",
                port,
                port,
                peer.startsWith("sg-")
                        ? new Network.Peer(Optional.empty(), Optional.empty(), Optional.of(peer), Optional.empty())
                        : new Network.Peer(Optional.of(peer), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    Edge scaling(int second, String service, int count, String status) {
        return scaling(second, service, count, status, "monitor alarm p in state ALARM triggered policy p");
    }

    Edge scaling(int second, String service, int count, String status, String cause) {
        scaling.add(new ScalingActivity(
                "activity-" + scaling.size(),
                service,
                "prod",
                at(second),
                Optional.empty(),
                OptionalInt.of(count),
                status,
                cause));
        return this;
    }

    Edge acl(String id, String... subnets) {
        acls.add(new Network.NetworkAcl(id, List.of(subnets), List.of()));
        return this;
    }

    Edge table(String id, boolean main, String... subnets) {
        tables.add(new Network.RouteTable(id, Optional.of("vpc-1"), main, List.of(subnets), List.of()));
        return this;
    }

    Edge endpoint(String id) {
        endpoints.add(new CloudMap.DiscoveryService(id, "api", "HTTP", Optional.empty(), Optional.of(at(-80_000))));
        return this;
    }

    Edge tls(String authority) {
        tls = Optional.of(new ServiceConnect.Tls(Optional.of(authority)));
        return this;
    }

    /** Answers by class in the minutes from one to another, as a caller's proxies count them. */
    Edge minutes(String caller, String callee, String metric, int from, int to, double value) {
        List<MetricSeries.Point> points = new ArrayList<>();
        for (int minute = from; minute < to; minute++) {
            points.add(new MetricSeries.Point(at(60 * minute), value));
        }
        metrics.add(new MetricSeries(
                "AWS/ECS",
                metric,
                "Sum",
                60,
                Map.of("ClusterName", "prod", "ServiceName", caller, "TargetDiscoveryName", callee),
                points,
                true));
        return this;
    }

    private ServiceConnect connect(OptionalInt timeout) {
        return new ServiceConnect(
                true,
                Optional.of("prod.local"),
                List.of(new ServiceConnect.Endpoint(
                        "http",
                        "api",
                        List.of(new ServiceConnect.Alias(Optional.of("api"), 8080)),
                        OptionalInt.empty(),
                        timeout,
                        OptionalInt.empty(),
                        tls)),
                Optional.of("/log"),
                true,
                Optional.of("JSON"));
    }

    private Service service(String name) {
        Service.TaskCounts counts = new Service.TaskCounts(1, 1, 0);
        return new Service(
                name,
                "prod",
                "ACTIVE",
                counts,
                List.of(new Deployment(
                        "ecs-svc/" + name,
                        "PRIMARY",
                        name + ":1",
                        Optional.empty(),
                        new Deployment.Rollout("COMPLETED", "", counts, 0),
                        Optional.of(connect(requestTimeout)),
                        List.of(),
                        List.of("sg-" + name))),
                List.of(),
                Optional.empty(),
                new Service.Routing(false, List.of(), false));
    }

    Facts facts() {
        List<Coverage.Entry> coverage = new ArrayList<>();
        for (Input input : Input.values()) {
            coverage.add(new Coverage.Entry(
                    input.id(), missing.contains(input) ? Coverage.State.NOT_COLLECTED : Coverage.State.COMPLETE, ""));
        }
        boolean logs = !missing.contains(Input.CALLER_LOGS);
        Traffic traffic = new Traffic(
                new Traffic.Counts(Traffic.Counted.CALLER_LINES, failures.size() + successes.size(), failures.size()),
                failures,
                1,
                successes,
                1,
                new Traffic.Surroundings(List.of(), callerOther, calleeOther, List.of()),
                List.of(),
                List.of());
        return Facts.of(
                new Snapshot(
                        new io.github.eastwest.model.Edge(
                                "web",
                                "api",
                                Optional.of("prod"),
                                Optional.empty(),
                                Optional.of("prod.local"),
                                io.github.eastwest.model.Edge.Method.SERVICE_CONNECT),
                        new TimeWindow(FROM, TO),
                        new Snapshot.Account(Optional.empty(), Optional.empty()),
                        new Coverage(coverage),
                        new Snapshot.Ecs(
                                List.of(service("web"), service("api")),
                                tasks,
                                definitions,
                                deployments,
                                revisions,
                                new CloudMap(List.of(), endpoints, List.of()),
                                List.of(),
                                List.of(),
                                List.of()),
                        new Network(List.of(), List.of(), List.of(), acls, tables),
                        new Metrics(metrics, List.of()),
                        new LogEvidence(List.of(), logs ? Optional.of(traffic) : Optional.empty()),
                        new History(trail, scaling)),
                Thresholds.DEFAULT);
    }

    /** The background of a diagnosis that found those causes, all likely. */
    Background background(RootCause... causes) {
        List<Finding> findings = new ArrayList<>();
        for (RootCause cause : causes) {
            findings.add(new Finding(
                    cause,
                    new Finding.Assessment(Verdict.LIKELY, 0.9, cause.severity(), cause.hop()),
                    "",
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    1));
        }
        return Backgrounds.of(facts(), findings);
    }
}
