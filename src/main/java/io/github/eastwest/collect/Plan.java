package io.github.eastwest.collect;

import io.github.eastwest.bundle.Text;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Which source waits for which other's answer. Four steps: what the names alone tell; what follows from the services; the
 * logs, the tasks' interfaces and earlier revisions; what these name besides.
 *
 * @param results the sources' results, in the order of the bundle format
 * @param arns ARNs that tell Region and account
 */
record Plan(CompletableFuture<List<SourceResult>> results, CompletableFuture<List<String>> arns) {
    /** Part of the whole time that a source waits for another's answer that it can do without. */
    private static final int WAIT_SHARE = 8;

    /**
     * Starts everything; waits for the services only.
     *
     * @throws EastwestException of kind USAGE if a service or cluster does not exist
     */
    static Plan start(
            Reader reader,
            EdgeSearch search,
            EdgeSearch.Places places,
            CollectRequest request,
            Budget budget,
            QueryRuns runs)
            throws InterruptedException {
        Calls calls = reader.calls();
        Duration patience = request.timeout().dividedBy(WAIT_SHARE);
        EcsSources ecs = new EcsSources(reader);
        CloudMapSources cloudMap = new CloudMapSources(reader);
        MetricSources metrics = new MetricSources(reader, request, budget);

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
        CompletableFuture<List<Reply>> mapServices = cloudMap.getServices(ends);
        CompletableFuture<List<Reply>> dnsNamespaces = cloudMap.registryNamespaces(ends, mapServices, gotNamespaces);
        CompletableFuture<List<Reply>> instances =
                namespaces.thenCompose(known -> cloudMap.instances(ends, known, gotNamespaces));

        NetworkSources network = new NetworkSources(reader, ends);
        CompletableFuture<List<Reply>> subnets = network.configuredSubnets();
        CompletableFuture<List<Reply>> interfaces =
                network.interfaces(tasks, calls.within(instances, patience, List.of()));

        CompletableFuture<List<Reply>> acls = network.configuredAcls();
        CompletableFuture<List<Reply>> tables = network.configuredTables();
        CompletableFuture<List<Reply>> mainTables = network.mainTables(subnets);

        HistorySources history = new HistorySources(reader, ends, request);
        CompletableFuture<List<Reply>> scaling = history.activities();
        CompletableFuture<List<Reply>> events = history.events(acls, tables, mainTables, interfaces);

        LogSources logs = new LogSources(reader, request, ends, budget, runs);
        CompletableFuture<MetricSources.Data> data = calls.within(metricList, patience, List.of())
                .thenCompose(listed -> metrics.data(ends, listed, logs.groups()));
        CompletableFuture<List<Reply>> logGroups = logs.describe();
        CompletableFuture<List<Reply>> alarms = metrics.alarms(ends);
        CompletableFuture<List<SourceResult>> lines =
                logs.read(logGroups, calls.within(data, patience, MetricSources.Data.NONE), tasks);

        Sources results = new Sources(reader);
        CompletableFuture<EcsSources.Namespace> namespace =
                references.thenCompose(configured -> ecs.namespace(ends, configured));
        results.add(Operation.DESCRIBE_SERVICES.path(), services.thenCombine(namespace, ecs::services));
        results.add(Operation.DESCRIBE_CLUSTERS.path(), clusters.thenApply(ecs::clusters));
        results.add(Operation.DESCRIBE_TASK_DEFINITION.path(), definitions.thenApply(ecs::definitions));
        results.add(Operation.DESCRIBE_TASKS.path(), tasks.thenApply(ecs::tasks));
        results.add(
                Operation.DESCRIBE_SERVICE_DEPLOYMENTS.path(),
                callerDeployments
                        .thenCombine(calleeDeployments, EcsSources::join)
                        .thenApply(ecs::deployments));
        results.add(Operation.DESCRIBE_SERVICE_REVISIONS.path(), revisions.thenApply(ecs::revisions));
        results.add(
                Operation.LIST_SERVICES_BY_NAMESPACE.path(), namespace.thenApply(found -> ecs.namespace(ends, found)));
        results.add(Operation.LIST_NAMESPACES.path(), namespaceList.thenApply(cloudMap::namespaceList));
        results.add(
                Operation.GET_NAMESPACE.path(),
                namespaces.thenCombine(
                        gotNamespaces.thenCombine(dnsNamespaces, EcsSources::join),
                        (known, replies) -> cloudMap.namespaces(ends, known, replies)));
        results.add(Operation.GET_SERVICE.path(), mapServices.thenApply(replies -> cloudMap.services(ends, replies)));
        results.add(
                Operation.DISCOVER_INSTANCES.path(),
                namespaces.thenCombine(instances, (known, replies) -> cloudMap.instances(ends, known, replies)));
        results.add(
                Operation.LIST_METRICS.path(),
                metricList
                        .thenCombine(metrics.namesakes(ends), EcsSources::join)
                        .thenApply(metrics::listed));
        results.add(Operation.GET_METRIC_DATA.path(), data.thenApply(metrics::data));
        results.add(Operation.DESCRIBE_ALARMS.path(), alarms.thenApply(replies -> metrics.alarms(ends, replies)));
        results.add(Operation.DESCRIBE_LOG_GROUPS.path(), logGroups.thenApply(logs::groups));
        results.add(Input.CALLER_LOGS.id(), lines.thenApply(both -> both.get(0)));
        results.add(Input.CALLEE_LOGS.id(), lines.thenApply(both -> both.get(1)));
        results.add(Operation.DESCRIBE_NETWORK_INTERFACES.path(), interfaces.thenApply(network::interfaces));
        results.add(Operation.DESCRIBE_SECURITY_GROUP_RULES.path(), network.securityGroupRules(interfaces));
        results.add(Operation.DESCRIBE_SUBNETS.path(), network.subnets(subnets, interfaces));
        results.add(Operation.DESCRIBE_NETWORK_ACLS.path(), network.networkAcls(acls, interfaces));
        results.add(
                Operation.DESCRIBE_ROUTE_TABLES.path(), network.routeTables(subnets, tables, mainTables, interfaces));
        results.add(Operation.DESCRIBE_SCALING_ACTIVITIES.path(), scaling.thenApply(history::activities));
        results.add(Operation.LOOKUP_EVENTS.path(), events.thenApply(history::events));
        return new Plan(results.all(), arns(reader, ends));
    }

    /** The sources as they end, each with its progress; a fault of ours in one of them is that one's failure. */
    private static final class Sources {
        private final Reader reader;
        private final List<CompletableFuture<SourceResult>> sources = new ArrayList<>();

        Sources(Reader reader) {
            this.reader = reader;
        }

        void add(String input, CompletableFuture<SourceResult> source) {
            sources.add(reader.finish(source.exceptionally(fault -> SourceResult.none(
                    input, Coverage.State.FAILED, "a fault of the collector: " + Text.of(cause(fault))))));
        }

        private static Throwable cause(Throwable fault) {
            return fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        }

        CompletableFuture<List<SourceResult>> all() {
            return Calls.all(sources);
        }
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
