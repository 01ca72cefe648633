package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.HealthReader;
import io.github.eastwest.classify.health.HealthClassifier;
import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Collector;
import io.github.eastwest.collect.HealthCollected;
import io.github.eastwest.collect.HealthCollector;
import io.github.eastwest.collect.HealthRequest;
import io.github.eastwest.collect.Progress;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.HealthRun;
import io.github.eastwest.model.health.HealthSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A live health run: the metrics of all edges, then a closer look at the worst ones, each as a diagnosis would take it. All of
 * it goes into one bundle, from which the report is made.
 */
final class HealthCollection {
    /** How long a closer look may take, as a diagnosis by default. */
    private static final Duration LOOK = CollectRequest.DEFAULT_TIMEOUT;

    private final HealthRequest request;
    private final Function<HealthSnapshot, Optional<HealthRun>> previous;
    private final int looks;

    /**
     * A run.
     *
     * @param previous the run before, which tells which problems are new
     * @param looks how many edges to look at closer at most
     */
    HealthCollection(HealthRequest request, Function<HealthSnapshot, Optional<HealthRun>> previous, int looks) {
        this.request = request;
        this.previous = previous;
        this.looks = looks;
    }

    HealthCollected collect(Aws aws, Progress progress) throws InterruptedException {
        HealthCollected collected = new HealthCollector(aws, progress).collect(request);
        if (request.dryRun() || looks == 0) {
            return collected;
        }
        double left = request.maxCostUsd() - collected.plan().usd();
        try (Bundle bundle = Bundle.of(collected.bundle().files(), HealthReader.LIMITS)) {
            HealthSnapshot snapshot = HealthReader.read(bundle);
            List<EdgeHealth> worst = new HealthClassifier(HealthThresholds.DEFAULT)
                    .report(snapshot, previous.apply(snapshot), List.of()).edges().stream()
                            .filter(EdgeHealth::problem)
                            .limit(looks)
                            .toList();
            for (EdgeHealth edge : worst) {
                left -= look(edge, collected, aws, progress, left);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("a bundle in memory", impossible);
        }
        return collected;
    }

    /** Looks closer at an edge; what that cost, USD. */
    private double look(EdgeHealth edge, HealthCollected into, Aws aws, Progress progress, double left)
            throws InterruptedException {
        if (edge.callee().isEmpty()) {
            into.notDiagnosed(
                    edge.edge(),
                    Optional.empty(),
                    "no service of the scope, or more than one, offers "
                            + edge.edge().target() + ": diagnose the edge by itself, with --callee-cluster");
            return 0;
        }
        try {
            Collected collected = new Collector(aws, progress)
                    .collect(new CollectRequest(
                            edge.edge().caller(),
                            edge.callee().get(),
                            Optional.of(edge.edge().cluster()),
                            Optional.empty(),
                            request.window().window(),
                            request.now(),
                            request.metricNamespace(),
                            LOOK,
                            Math.max(0, left),
                            false,
                            request.tool()));
            into.diagnosed(edge.edge(), edge.callee().get(), collected);
            return collected.cost().spentUsd();
        } catch (EastwestException unread) {
            into.notDiagnosed(edge.edge(), edge.callee(), String.valueOf(unread.getMessage()));
            return 0;
        }
    }
}
