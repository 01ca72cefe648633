package io.github.eastwest.collect;

import io.github.eastwest.model.TimeWindow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a sample was collected for, with changes. */
record Requests(CollectRequest request) {
    static final Path CHECKOUT = Path.of("samples/checkout-payments");

    static Requests of(Path sample) {
        try {
            Field manifest = Field.of(BundleAws.read(Files.readString(sample.resolve("manifest.json"))));
            Field edge = manifest.at("edge");
            Field window = manifest.at("window");
            return new Requests(new CollectRequest(
                    edge.at("caller").textOrEmpty(),
                    edge.at("callee").textOrEmpty(),
                    edge.at("cluster").text(),
                    edge.at("calleeCluster").text(),
                    new TimeWindow(
                            Instant.parse(window.at("from").textOrEmpty()),
                            Instant.parse(window.at("to").textOrEmpty())),
                    Instant.parse(manifest.at("collectedAt").textOrEmpty()),
                    Optional.empty(),
                    Duration.ofSeconds(60),
                    1.0,
                    false,
                    "eastwest test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The edge of the README. */
    static Requests checkout() {
        return of(CHECKOUT);
    }

    Requests names(String caller, String callee) {
        return with(caller, callee, request.cluster(), request.calleeCluster());
    }

    Requests clusters(Optional<String> caller, Optional<String> callee) {
        return with(request.caller(), request.callee(), caller, callee);
    }

    private Requests with(String caller, String callee, Optional<String> cluster, Optional<String> calleeCluster) {
        return new Requests(new CollectRequest(
                caller,
                callee,
                cluster,
                calleeCluster,
                request.window(),
                request.now(),
                request.metricNamespace(),
                request.timeout(),
                request.maxCostUsd(),
                request.dryRun(),
                request.tool()));
    }

    Requests timeout(Duration timeout) {
        return new Requests(new CollectRequest(
                request.caller(),
                request.callee(),
                request.cluster(),
                request.calleeCluster(),
                request.window(),
                request.now(),
                request.metricNamespace(),
                timeout,
                request.maxCostUsd(),
                request.dryRun(),
                request.tool()));
    }

    Requests maxCost(double usd) {
        return new Requests(new CollectRequest(
                request.caller(),
                request.callee(),
                request.cluster(),
                request.calleeCluster(),
                request.window(),
                request.now(),
                request.metricNamespace(),
                request.timeout(),
                usd,
                request.dryRun(),
                request.tool()));
    }

    Requests dryRun() {
        return new Requests(new CollectRequest(
                request.caller(),
                request.callee(),
                request.cluster(),
                request.calleeCluster(),
                request.window(),
                request.now(),
                request.metricNamespace(),
                request.timeout(),
                request.maxCostUsd(),
                true,
                request.tool()));
    }

    Requests window(Instant from, Instant to, Instant now) {
        return new Requests(new CollectRequest(
                request.caller(),
                request.callee(),
                request.cluster(),
                request.calleeCluster(),
                new TimeWindow(from, to),
                now,
                Optional.of("Own/Metrics"),
                request.timeout(),
                request.maxCostUsd(),
                request.dryRun(),
                request.tool()));
    }

    Collected collect(Aws aws) throws InterruptedException {
        return new Collector(aws, Progress.NONE).collect(request);
    }
}
