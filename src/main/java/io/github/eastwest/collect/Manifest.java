package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The bundle's manifest. */
final class Manifest {
    private static final int SCHEMA_VERSION = 1;

    private Manifest() {}

    /**
     * The manifest.
     *
     * @param stoppedAtCost whether something was left out since it would have cost more than allowed
     * @param arns ARNs that tell Region and account, the best first
     */
    static Map<String, Object> of(
            CollectRequest request,
            EdgeSearch.Places places,
            List<SourceResult> results,
            boolean stoppedAtCost,
            List<String> arns) {
        Map<String, Object> edge = OrderedMap.of(
                "caller",
                places.caller().service(),
                "callee",
                places.callee().service(),
                "cluster",
                places.caller().clusterName());
        if (!places.callee().clusterName().equals(places.caller().clusterName())) {
            edge.put("calleeCluster", places.callee().clusterName());
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", SCHEMA_VERSION);
        manifest.put("edge", edge);
        manifest.put(
                "window",
                OrderedMap.of(
                        "from", request.window().from().toString(),
                        "to", request.window().to().toString()));
        first(arns, Arn::region).ifPresent(region -> manifest.put("region", region));
        first(arns, Arn::account).ifPresent(account -> manifest.put("account", account));
        manifest.put("collectedAt", request.now().toString());
        manifest.put("tool", request.tool());
        if (stoppedAtCost) {
            // Part of the bundle, so that its diagnosis has the same exit code now and later.
            manifest.put("stoppedAtCost", true);
        }
        manifest.put(
                "coverage",
                results.stream()
                        .map(result -> OrderedMap.of(
                                "input", result.input(), "state", result.state().id(), "detail", result.detail()))
                        .toList());
        return manifest;
    }

    private static Optional<String> first(List<String> arns, Function<String, Optional<String>> part) {
        return arns.stream().flatMap(arn -> part.apply(arn).stream()).findFirst();
    }
}
