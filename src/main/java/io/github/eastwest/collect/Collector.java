package io.github.eastwest.collect;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Collects what a diagnosis of an edge needs. Everything that can be asked at once is: at most four calls are made one after
 * the other, pages and the polling of Logs Insights aside (one or two more when the cluster has to be found first).
 *
 * <p>A source that fails is coverage; the others go on. Thread-safe; each collection has threads of its own.
 */
public final class Collector {
    /** Part of the whole time that one call may take: a dead endpoint leaves the others most of it. */
    private static final int CALL_SHARE = 4;

    /** Part of the whole time that a source waits for another's answer that it can do without. */
    private static final int WAIT_SHARE = 8;

    private final Aws aws;
    private final Progress progress;

    /** A collector. */
    public Collector(Aws aws, Progress progress) {
        this.aws = aws;
        this.progress = progress;
    }

    /**
     * Collects. Never fails because a source fails: that is coverage.
     *
     * @throws EastwestException of kind USAGE if a service or cluster does not exist; of kind NO_ACCESS without usable
     *     credentials
     * @throws InterruptedException if this thread was interrupted; running queries have been stopped
     */
    public Collected collect(CollectRequest request) throws InterruptedException {
        try (Calls calls = new Calls(aws, call -> !request.dryRun(), request.timeout())) {
            Duration limit = request.timeout().dividedBy(CALL_SHARE);
            EdgeSearch search = new EdgeSearch(calls, request, limit);
            EdgeSearch.Places places = search.places();
            Reader reader = new Reader(calls, progress, places.steps(), limit);
            Plan plan = plan(reader, search, places, request);
            List<SourceResult> results = calls.await(plan.results());
            Optional<AwsFailure> locked = calls.lockedOut();
            if (locked.isPresent()) {
                throw new EastwestException(
                        EastwestException.Kind.NO_ACCESS,
                        "AWS does not accept the credentials: " + locked.get().getMessage(),
                        Reasons.renew(),
                        locked.get());
            }
            BundleDraft draft = new BundleDraft();
            results.forEach(result -> result.files().accept(draft));
            draft.manifest(Manifest.of(request, places, results, calls.await(plan.arns())));
            return new Collected(draft, false, CostEstimate.NONE, calls.made());
        }
    }

    /**
     * What is going on.
     *
     * @param results the sources' results, in the order of the bundle format
     * @param arns ARNs that tell Region and account
     */
    private record Plan(CompletableFuture<List<SourceResult>> results, CompletableFuture<List<String>> arns) {}

    private static Plan plan(Reader reader, EdgeSearch search, EdgeSearch.Places places, CollectRequest request)
            throws InterruptedException {
        Calls calls = reader.calls();
        Duration patience = request.timeout().dividedBy(WAIT_SHARE);
        EcsSources ecs = new EcsSources(reader);
        CloudMapSources cloudMap = new CloudMapSources(reader);
        MetricSources metrics = new MetricSources(reader, request);

        CompletableFuture<List<Reply>> services = reader.read(
                1, List.of(places.caller().describe(), places.callee().describe()));
        CompletableFuture<List<Reply>> clusters = ecs.clusters(places);
        CompletableFuture<List<Reply>> tasks =
                ecs.tasks(places.caller()).thenCombine(ecs.tasks(places.callee()), EcsSources::join);
        CompletableFuture<List<Reply>> callerHistory = ecs.listDeployments(places.caller());
        CompletableFuture<List<Reply>> calleeHistory = ecs.listDeployments(places.callee());
        CompletableFuture<List<Reply>> namespaceList = cloudMap.listNamespaces();
        CompletableFuture<List<Reply>> metricList = metrics.list(places);

        List<Reply> described = calls.await(services);
        int step = places.steps() + 1;
        Ends ends = new Ends(
                places.caller(),
                places.callee(),
                search.service(places.caller(), described.get(0), step),
                search.service(places.callee(), described.get(1), step));

        CompletableFuture<List<Reply>> callerDeployments =
                callerHistory.thenCompose(listed -> ecs.deployments(ends.caller(), listed));
        CompletableFuture<List<Reply>> calleeDeployments =
                calleeHistory.thenCompose(listed -> ecs.deployments(ends.callee(), listed));
        CompletableFuture<List<Reply>> revisions = callerHistory
                .thenCompose(listed -> ecs.revisions(ends.caller(), ends.callerService(), listed, callerDeployments))
                .thenCombine(
                        calleeHistory.thenCompose(listed ->
                                ecs.revisions(ends.callee(), ends.calleeService(), listed, calleeDeployments)),
                        EcsSources::join);
        CompletableFuture<List<Reply>> definitions = ecs.definitions(ends, tasks, revisions);

        CompletableFuture<Map<Side, String>> references =
                clusters.thenApply(replies -> CloudMapSources.references(ends, replies));
        CompletableFuture<Map<Side, CloudMapSources.Namespace>> namespaces = references.thenCombine(
                calls.within(namespaceList, patience, List.of()),
                (configured, listed) -> CloudMapSources.resolve(ends, configured, listed));
        CompletableFuture<List<Reply>> gotNamespaces = namespaces.thenCompose(cloudMap::getNamespaces);
        CompletableFuture<List<Reply>> instances =
                namespaces.thenCompose(known -> cloudMap.instances(ends, known, gotNamespaces));

        NetworkSources network = new NetworkSources(reader, ends);
        CompletableFuture<List<Reply>> subnets = network.configuredSubnets();
        CompletableFuture<List<Reply>> interfaces =
                network.interfaces(tasks, calls.within(instances, patience, List.of()));

        LogSources logs = new LogSources(reader, request, ends);
        CompletableFuture<List<Reply>> data = calls.within(metricList, patience, List.of())
                .thenCompose(listed -> metrics.data(ends, listed, logs.groups()));
        CompletableFuture<List<Reply>> logGroups = logs.describe();
        CompletableFuture<List<Reply>> alarms = metrics.alarms(ends);
        CompletableFuture<List<SourceResult>> lines =
                logs.read(logGroups, calls.within(data, patience, List.of()), tasks);

        List<CompletableFuture<SourceResult>> results = new ArrayList<>();
        results.add(services.thenApply(ecs::services));
        results.add(clusters.thenApply(ecs::clusters));
        results.add(definitions.thenApply(ecs::definitions));
        results.add(tasks.thenApply(ecs::tasks));
        results.add(callerDeployments
                .thenCombine(calleeDeployments, EcsSources::join)
                .thenApply(ecs::deployments));
        results.add(revisions.thenApply(ecs::revisions));
        results.add(references.thenCompose(configured -> ecs.namespaceServices(ends, configured)));
        results.add(namespaceList.thenApply(cloudMap::namespaceList));
        results.add(
                namespaces.thenCombine(gotNamespaces, (known, replies) -> cloudMap.namespaces(ends, known, replies)));
        results.add(cloudMap.services(ends));
        results.add(namespaces.thenCombine(instances, (known, replies) -> cloudMap.instances(ends, known, replies)));
        results.add(metricList.thenApply(metrics::listed));
        results.add(data.thenApply(metrics::data));
        results.add(alarms.thenApply(replies -> metrics.alarms(ends, replies)));
        results.add(logGroups.thenApply(logs::groups));
        results.add(lines.thenApply(both -> both.get(0)));
        results.add(lines.thenApply(both -> both.get(1)));
        results.add(interfaces.thenApply(network::interfaces));
        results.add(network.securityGroupRules(interfaces));
        results.add(network.subnets(subnets, interfaces));
        results.add(network.networkAcls(interfaces));
        results.add(network.routeTables(subnets, interfaces));
        return new Plan(Calls.all(results.stream().map(reader::finish).toList()), arns(reader, ends));
    }

    /** ARNs of the services; where neither is known, of the caller of the API. */
    private static CompletableFuture<List<String>> arns(Reader reader, Ends ends) {
        List<String> arns = Ends.SIDES.stream()
                .flatMap(side -> ends.service(side).stream())
                .map(EcsService::arn)
                .toList();
        return arns.isEmpty()
                ? reader.read("manifest", 2, Call.of(Operation.GET_CALLER_IDENTITY, Side.CALLER, Map.of()))
                        .thenApply(reply -> reply.at("Arn").text().stream().toList())
                : CompletableFuture.completedFuture(arns);
    }
}
