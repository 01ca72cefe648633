package io.github.eastwest.collect;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.bundle.Text;
import io.github.eastwest.model.EastwestException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Collects what a diagnosis of an edge needs. Everything that can be asked at once is: at most four calls are made one after
 * the other, pages and the polling of Logs Insights aside (one or two more when the cluster has to be found first).
 *
 * <p>A source that fails is coverage; the others go on. Thread-safe; each collection has threads of its own.
 */
public final class Collector {
    /** Part of the whole time that one call may take: a dead endpoint leaves the others most of it. */
    private static final int CALL_SHARE = 4;

    private final Aws aws;
    private final Progress progress;
    private final Set<QueryRuns> running = ConcurrentHashMap.newKeySet();

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
        return request.dryRun()
                ? collect(request, new DryRun(aws), DryRun::makes)
                : collect(request, aws, call -> true);
    }

    /**
     * Reads again for confirm steps what the collection of the same request had read of configuration and state; no logs, no
     * metrics, no cost.
     *
     * @throws EastwestException as {@link #collect}
     * @throws InterruptedException if this thread was interrupted
     */
    public BundleDraft reread(CollectRequest request) throws InterruptedException {
        return collect(request, new Rereading(aws), Rereading::makes).bundle();
    }

    private Collected collect(CollectRequest request, Aws used, Predicate<Call> real) throws InterruptedException {
        try (Calls calls = new Calls(used, real, request.timeout())) {
            EdgeSearch search = new EdgeSearch(calls, request, request.timeout().dividedBy(CALL_SHARE));
            EdgeSearch.Places places = search.places();
            Reader reader = new Reader(
                    calls,
                    request.dryRun() ? Progress.NONE : progress,
                    places.steps(),
                    request.timeout().dividedBy(CALL_SHARE));
            Budget budget = new Budget(cap(request));
            QueryRuns runs = new QueryRuns(reader, budget);
            running.add(runs);
            try {
                Plan plan = Plan.start(reader, search, places, request, budget, runs);
                List<SourceResult> results = calls.await(plan.results());
                requireAccess(calls);
                BundleDraft draft = new BundleDraft();
                if (!request.dryRun()) {
                    results.forEach(result -> result.files().accept(draft));
                    draft.manifest(Manifest.of(request, places, results, budget.stopped(), calls.await(plan.arns())));
                }
                return new Collected(draft, budget.stopped(), budget.estimate(), calls.made());
            } finally {
                runs.stop();
                running.remove(runs);
            }
        }
    }

    /** A dry run plans what a run would ask without the cap, so that it names the whole cost; but where nothing may cost, nothing does. */
    private static double cap(CollectRequest request) {
        return request.dryRun() && request.maxCostUsd() > 0 ? Double.POSITIVE_INFINITY : request.maxCostUsd();
    }

    /**
     * Stops all running queries and starts no more; for the moment when the process ends. Takes a few seconds at most. A
     * collection that is going on ends with what it has.
     */
    public void stop() {
        running.forEach(QueryRuns::stop);
    }

    private static void requireAccess(Calls calls) {
        Optional<AwsFailure> locked = calls.lockedOut();
        if (locked.isPresent()) {
            throw locked(locked.get());
        }
    }

    /** That no call was answered for want of credentials. */
    static EastwestException locked(AwsFailure failure) {
        return new EastwestException(
                EastwestException.Kind.NO_ACCESS,
                "AWS cannot be asked: " + Text.of(failure),
                Reasons.renew(failure),
                failure);
    }
}
