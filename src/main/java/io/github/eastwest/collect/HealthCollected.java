package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.model.health.CallEdge;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a health collection brought: its bundle, to which closer looks at single edges may be added. Not thread-safe. */
public final class HealthCollected {
    private final HealthRequest request;
    private final BundleDraft draft;
    private final List<SourceResult> results;
    private final Optional<String> cluster;
    private final Optional<String> arn;
    private final HealthPlan plan;
    private final SortedMap<CallEdge, Map<String, Object>> diagnosed = new TreeMap<>();

    HealthCollected(
            HealthRequest request,
            BundleDraft draft,
            List<SourceResult> results,
            Optional<String> cluster,
            Optional<String> arn,
            HealthPlan plan) {
        this.request = request;
        this.draft = draft;
        this.results = List.copyOf(results);
        this.cluster = cluster;
        this.arn = arn;
        this.plan = plan;
        manifest();
    }

    /** What was called, or would be, and what it costs. */
    public HealthPlan plan() {
        return plan;
    }

    /** The bundle with its manifest; without an answer after a dry run. */
    public BundleDraft bundle() {
        return draft;
    }

    /** Adds what was collected of one edge. */
    public void diagnosed(CallEdge edge, String callee, Collected collected) {
        // The number keeps apart edges whose names become the same file name.
        String folder = "edges/" + (diagnosed.size() + 1) + "-" + name(edge.caller()) + "--" + name(edge.target());
        draft.include(folder, collected.bundle());
        note(edge, Optional.of(callee), folder, "");
    }

    /** Notes why nothing was collected of an edge. */
    public void notDiagnosed(CallEdge edge, Optional<String> callee, String problem) {
        note(edge, callee, "", problem);
    }

    private void note(CallEdge edge, Optional<String> callee, String folder, String problem) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("cluster", edge.cluster());
        entry.put("caller", edge.caller());
        entry.put("target", edge.target());
        callee.ifPresent(name -> entry.put("callee", name));
        entry.put("folder", folder);
        entry.put("problem", problem);
        diagnosed.put(edge, entry);
        manifest();
    }

    private static String name(String foreign) {
        String name = foreign.replaceAll("[^A-Za-z0-9_-]", "_");
        return name.length() > 60 ? name.substring(0, 60) : name;
    }

    private void manifest() {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 1);
        manifest.put("kind", "health");
        Map<String, Object> scope = new LinkedHashMap<>();
        cluster.map(Arn::name).ifPresent(name -> scope.put("cluster", name));
        request.namespace().ifPresent(name -> scope.put("namespace", name));
        manifest.put("scope", scope);
        manifest.put(
                "window",
                OrderedMap.of(
                        "from", request.window().window().from().toString(),
                        "to", request.window().window().to().toString()));
        manifest.put("periodSeconds", request.window().periodSeconds());
        manifest.put("compareDays", plan.earlierLeftOut() ? 0 : request.window().compareDays());
        arn.flatMap(Arn::region).ifPresent(region -> manifest.put("region", region));
        arn.flatMap(Arn::account).ifPresent(account -> manifest.put("account", account));
        manifest.put("collectedAt", request.now().toString());
        manifest.put("tool", request.tool());
        if (plan.stoppedAtCost()) {
            manifest.put("stoppedAtCost", true);
        }
        if (!diagnosed.isEmpty()) {
            manifest.put("diagnosed", new ArrayList<>(diagnosed.values()));
        }
        manifest.put(
                "coverage",
                results.stream()
                        .map(result -> OrderedMap.of(
                                "input", result.input(), "state", result.state().id(), "detail", result.detail()))
                        .toList());
        draft.manifest(manifest);
    }
}
