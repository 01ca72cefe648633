package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.TrafficBuilder;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.history.History;
import io.github.eastwest.model.history.ScalingActivity;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads a bundle into a snapshot. The same bundle and request give the same snapshot, wherever the bundle lies. */
public final class SnapshotReader {
    /** Inputs that are collected for a window, as opposed to states of the moment. */
    private static final Set<String> OF_THE_WINDOW =
            Set.of(Input.CALLER_LOGS.id(), Input.CALLEE_LOGS.id(), Input.METRICS.id());

    private final Bundle bundle;
    private final Request request;
    private final Manifest manifest;
    private final Ledger ledger = new Ledger();
    private final List<Coverage.Entry> notes = new ArrayList<>();

    private SnapshotReader(Bundle bundle, Request request) {
        this.bundle = bundle;
        this.request = request;
        this.manifest = Manifest.read(bundle);
    }

    /**
     * Reads everything that the bundle says of an edge. What cannot be read becomes coverage.
     *
     * @throws EastwestException of kind USAGE if the bundle is none, if it does not know the caller, the callee or the
     *     cluster, or if nothing says which time to look at
     */
    public static Snapshot read(Bundle bundle, Request request) {
        return new SnapshotReader(bundle, request).read();
    }

    /**
     * A snapshot of the bundle with the configuration and state that were read again for confirm steps; the snapshot itself
     * when nothing was. Logs and metrics are the same: they do not change.
     *
     * @param first what {@link #read} gave for the same bundle and request
     */
    public static Snapshot reread(Bundle bundle, Request request, Snapshot first) {
        return bundle.reread()
                .map(again -> read(again, request))
                .map(again -> new Snapshot(
                        first.edge(),
                        first.window(),
                        first.account(),
                        first.coverage(),
                        again.ecs(),
                        again.network(),
                        first.metrics(),
                        first.logs(),
                        first.history()))
                .orElse(first);
    }

    private Snapshot read() {
        boolean anything = bundle.paths().stream().anyMatch(Layout::isPart);
        if (!anything) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    bundle.name() + " holds nothing of a bundle",
                    "A bundle has files such as manifest.json, ecs/describe-services.json, logs/lines/caller/….log.");
        }
        Answers answers = new Answers(bundle, ledger);
        EcsAnswers.Services services = EcsAnswers.Services.read(answers);
        EdgeNames names = EdgeNames.of(request, manifest.names(), services.services());
        EcsAnswers ecs = EcsAnswers.read(answers, services, names::belongs);
        List<NetworkMapper.InterfaceAnswer> interfaces = EcsAnswers.once(
                answers.read("ec2/describe-network-interfaces", "NetworkInterfaces", NetworkMapper::networkInterface),
                answer -> answer.networkInterface().id(),
                (first, second) -> first);
        Network network = network(answers, interfaces);
        History history = history(answers);
        Metrics metrics = MetricMapper.read(answers);
        Ledger.Source metricSource = ledger.source(Input.METRICS.id());
        metrics.series().stream()
                .filter(series -> !series.complete())
                .forEach(series -> metricSource
                        .faults()
                        .add("CloudWatch did not return all of " + series.name() + " " + series.dimensions()));
        ProxyLogs logs = new ProxyLogs(bundle, sides(names, ecs));
        checkNames(names, ecs, logs.streamNames());
        noteOtherEdge(names);
        EdgeFacts facts = new EdgeFacts(names, ecs, interfaces);
        TimeWindow window = window(logs, metrics);
        TrafficBuilder traffic = new TrafficBuilder(facts.context(window, metrics));
        ProxyLogs.Pass pass = logs.read(traffic, Optional.of(window));
        Edge edge = facts.edge(pass.streamNames());
        return new Snapshot(
                edge,
                window,
                account(services),
                coverage(names, services, pass, window),
                ecs.snapshot(),
                network,
                metrics,
                new LogEvidence(pass.streams(), traffic.build()),
                history);
    }

    private static History history(Answers answers) {
        List<TrailEvent> events = new ArrayList<>(EcsAnswers.once(
                answers.read("cloudtrail/lookup-events", "Events", TrailMapper::event),
                TrailEvent::id,
                (first, second) -> first));
        events.sort(Comparator.comparing(TrailEvent::at).thenComparing(TrailEvent::id));
        List<ScalingActivity> scaling = new ArrayList<>(EcsAnswers.once(
                answers.read(
                        "application-autoscaling/describe-scaling-activities",
                        "ScalingActivities",
                        ScalingMapper::activity),
                ScalingActivity::id,
                (first, second) -> first));
        scaling.sort(Comparator.comparing(ScalingActivity::startedAt).thenComparing(ScalingActivity::id));
        return new History(events, scaling);
    }

    private static Network network(Answers answers, List<NetworkMapper.InterfaceAnswer> interfaces) {
        return new Network(
                interfaces.stream()
                        .map(NetworkMapper.InterfaceAnswer::networkInterface)
                        .toList(),
                EcsAnswers.once(
                        answers.read(
                                "ec2/describe-security-group-rules",
                                "SecurityGroupRules",
                                NetworkMapper::securityGroupRule),
                        Network.SecurityGroupRule::id,
                        (first, second) -> first),
                EcsAnswers.once(
                        answers.read("ec2/describe-subnets", "Subnets", NetworkMapper::subnet),
                        Network.Subnet::id,
                        (first, second) -> first),
                EcsAnswers.once(
                        answers.read("ec2/describe-network-acls", "NetworkAcls", NetworkMapper::networkAcl),
                        Network.NetworkAcl::id,
                        (first, second) -> first),
                EcsAnswers.once(
                        answers.read("ec2/describe-route-tables", "RouteTables", NetworkMapper::routeTable),
                        Network.RouteTable::id,
                        (first, second) -> first));
    }

    /**
     * Whose proxy wrote a stream: the folder says it in terms of the edge that the bundle was collected for, which may not
     * be the edge asked for; in any other folder the task in the stream's name says it.
     */
    private BiFunction<String, String, Side> sides(EdgeNames names, EcsAnswers ecs) {
        Side callerFolder = folderSide(Side.CALLER, names);
        Side calleeFolder = folderSide(Side.CALLEE, names);
        Map<String, Side> byTask = new HashMap<>();
        ecs.tasks()
                .forEach(answer -> byTask.put(
                        answer.task().id(), names.sideOf(answer.task().service())));
        return (folder, stream) -> {
            Side side = folder.equals(Side.CALLER.id())
                    ? callerFolder
                    : folder.equals(Side.CALLEE.id()) ? calleeFolder : Side.UNKNOWN;
            return side == Side.UNKNOWN
                    ? byTask.getOrDefault(stream.substring(stream.lastIndexOf('_') + 1), Side.UNKNOWN)
                    : side;
        };
    }

    /** The side in the edge asked for of what is a side in the edge that the bundle was collected for. */
    private Side folderSide(Side folder, EdgeNames names) {
        Optional<String> service = folder == Side.CALLER
                ? manifest.names().caller()
                : manifest.names().callee();
        Side other = folder == Side.CALLER ? Side.CALLEE : Side.CALLER;
        if (service.isEmpty() || service.get().equals(names.of(folder))) {
            return folder;
        }
        return service.get().equals(names.of(other)) ? other : Side.UNKNOWN;
    }

    private void checkNames(EdgeNames names, EcsAnswers ecs, Set<String> streams) {
        if (!ecs.serviceNames().isEmpty()) {
            Set<String> known = new HashSet<>(ecs.serviceNames());
            manifest.names().caller().ifPresent(known::add);
            manifest.names().callee().ifPresent(known::add);
            for (String stream : streams) {
                int proxy = stream.indexOf("_" + EcsMapper.PROXY_PREFIX);
                if (proxy > 0) {
                    known.add(stream.substring(0, proxy));
                }
            }
            Names.check("service", names.caller(), known, bundle.name());
            Names.check("service", names.callee(), known, bundle.name());
        }
        if (!ecs.clusterNames().isEmpty()) {
            Set<String> known = new HashSet<>(ecs.clusterNames());
            manifest.names().cluster().ifPresent(known::add);
            manifest.names().calleeCluster().ifPresent(known::add);
            request.cluster().ifPresent(cluster -> Names.check("cluster", Arn.name(cluster), known, bundle.name()));
            request.calleeCluster()
                    .ifPresent(cluster -> Names.check("cluster", Arn.name(cluster), known, bundle.name()));
        }
    }

    private void noteOtherEdge(EdgeNames names) {
        Optional<String> caller = manifest.names().caller();
        Optional<String> callee = manifest.names().callee();
        if (caller.isPresent()
                && callee.isPresent()
                && !(caller.get().equals(names.caller()) && callee.get().equals(names.callee()))) {
            notes.add(new Coverage.Entry(
                    "manifest",
                    Coverage.State.PARTIAL,
                    "the bundle was collected for " + Text.printable(caller.get()) + " → "
                            + Text.printable(callee.get())));
        }
    }

    /** The window: command line, else manifest, else the time of the access-log lines, else of the metrics. */
    private TimeWindow window(ProxyLogs logs, Metrics metrics) {
        Optional<Instant> from = request.from().or(() -> usable(manifest.from(), request.to(), true));
        Optional<Instant> to = request.to().or(() -> usable(manifest.to(), request.from(), false));
        if (from.isEmpty() || to.isEmpty()) {
            TimeRange range = new TimeRange();
            logs.read(range, Optional.empty());
            String source = "log lines";
            if (range.isEmpty()) {
                source = "metrics";
                for (MetricSeries series : metrics.series()) {
                    for (MetricSeries.Point point : series.points()) {
                        range.add(point.at().toEpochMilli());
                        range.add(point.at().toEpochMilli() + series.periodSeconds() * 1000L - 1);
                    }
                }
            }
            if (range.isEmpty()) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        "the bundle " + bundle.name() + " does not say which time it covers",
                        "Give --from and --to.");
            }
            Instant first = from.orElse(range.from());
            Instant last = to.orElse(range.to());
            from = Optional.of(first);
            to = Optional.of(last);
            notes.add(new Coverage.Entry(
                    "manifest",
                    Coverage.State.PARTIAL,
                    "the window " + first + " to " + last + " was taken from the " + source));
        }
        if (!to.get().isAfter(from.get())) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the window ends (" + to.get() + ") before it begins (" + from.get() + ")",
                    "Check --from and --to against the time that the bundle covers.");
        }
        return new TimeWindow(from.get(), to.get());
    }

    /** The manifest's bound, unless it contradicts the one on the command line. */
    private static Optional<Instant> usable(Optional<Instant> bound, Optional<Instant> other, boolean isStart) {
        return bound.filter(at -> other.isEmpty() || (isStart ? at.isBefore(other.get()) : at.isAfter(other.get())));
    }

    private Snapshot.Account account(EcsAnswers.Services services) {
        return new Snapshot.Account(
                manifest.region()
                        .or(() -> services.arns().stream()
                                .flatMap(arn -> Arn.region(arn).stream())
                                .findFirst()),
                manifest.account()
                        .or(() -> services.arns().stream()
                                .flatMap(arn -> Arn.account(arn).stream())
                                .findFirst()));
    }

    private Coverage coverage(EdgeNames names, EcsAnswers.Services services, ProxyLogs.Pass pass, TimeWindow window) {
        Map<Input, Coverage.Entry> logs = Map.of(
                Input.CALLER_LOGS,
                ProxyLogs.coverage(
                        Input.CALLER_LOGS,
                        Side.CALLER,
                        pass,
                        logStatement(Side.CALLER, names),
                        names.callerService(services.services())),
                Input.CALLEE_LOGS,
                ProxyLogs.coverage(
                        Input.CALLEE_LOGS,
                        Side.CALLEE,
                        pass,
                        logStatement(Side.CALLEE, names),
                        names.calleeService(services.services())));
        notes.addAll(pass.notes());
        return within(window, ledger.coverage(manifest, bundle, logs, notes));
    }

    /** Of a window that reaches beyond what was collected, only a part was read. */
    private Coverage within(TimeWindow window, Coverage coverage) {
        boolean before = manifest.from().filter(window.from()::isBefore).isPresent();
        boolean after = manifest.to().filter(window.to()::isAfter).isPresent();
        if (!before && !after) {
            return coverage;
        }
        String collected = "collected only from "
                + manifest.from().map(Instant::toString).orElse("an unknown time") + " to "
                + manifest.to().map(Instant::toString).orElse("an unknown time");
        List<Coverage.Entry> entries = coverage.entries().stream()
                .map(entry -> OF_THE_WINDOW.contains(entry.input()) && entry.state() == Coverage.State.COMPLETE
                        ? new Coverage.Entry(entry.input(), Coverage.State.PARTIAL, collected)
                        : entry)
                .toList();
        return new Coverage(entries, coverage.stoppedAtCost());
    }

    /** The manifest's statement on a side's logs, which it makes in terms of the edge that it was collected for. */
    private Optional<Manifest.Statement> logStatement(Side side, EdgeNames names) {
        if (folderSide(Side.CALLER, names) == side) {
            return Optional.ofNullable(manifest.coverage().get(Input.CALLER_LOGS.id()));
        }
        return folderSide(Side.CALLEE, names) == side
                ? Optional.ofNullable(manifest.coverage().get(Input.CALLEE_LOGS.id()))
                : Optional.empty();
    }
}
