package io.github.eastwest.cli;

import io.github.eastwest.collect.HealthPlan;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code health --dry-run} prints: how much there is, and what reading it costs. */
final class HealthPlanList {
    private static final int USD_PLACES = 6;

    private final HealthPlan plan;
    private final int looks;

    /**
     * The list.
     *
     * @param looks how many edges are looked at closer at most
     */
    HealthPlanList(HealthPlan plan, int looks) {
        this.plan = plan;
        this.looks = looks;
    }

    void write(String format, OutputStream out) throws IOException {
        if (format.equals("json")) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("schemaVersion", 1);
            tree.put("edges", plan.edges());
            tree.put("services", plan.services());
            tree.put("metrics", plan.metrics());
            tree.put("earlierMetrics", plan.earlierMetrics());
            tree.put("dataCalls", plan.dataCalls());
            tree.put("diagnosesAtMost", looks);
            tree.put("metricsUsd", new BigDecimal(plan.usd()).setScale(USD_PLACES, RoundingMode.HALF_UP));
            JsonTree.write(tree, out);
            return;
        }
        String text = "What a run reads; all of it only reads. Listing, which is free, was done for this estimate.\n\n"
                + Units.count(plan.edges(), "edge") + " of " + Units.count(plan.services(), "service") + "\n"
                + Units.count(plan.metrics(), "metric") + " of the window, " + Units.count(plan.earlierMetrics())
                + " of earlier days, in " + Units.count(plan.dataCalls(), "GetMetricData call") + "\ncost of these: "
                + CallList.usd(plan.usd()) + "\nthen at most " + looks
                + " diagnoses of edges that look bad, with what is left of --max-cost\n";
        out.write(text.replace(Units.THIN_SPACE, ' ').getBytes(StandardCharsets.UTF_8));
    }
}
