package io.github.eastwest.cli;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.CostEstimate;
import io.github.eastwest.collect.PlannedCall;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code --dry-run} prints: the calls, the volume that would be scanned, and what that costs. */
final class CallList {
    /** What {@code -o} takes here. */
    static final List<String> FORMATS = List.of("text", "json");

    private static final int LONGEST = 200;

    private final Collected collected;
    private final double maxCostUsd;

    CallList(Collected collected, double maxCostUsd) {
        this.collected = collected;
        this.maxCostUsd = maxCostUsd;
    }

    void write(String format, OutputStream out) throws IOException {
        if (format.equals("json")) {
            JsonTree.write(tree(), out);
        } else {
            out.write(text().getBytes(StandardCharsets.UTF_8));
        }
    }

    private String text() {
        CostEstimate cost = collected.cost();
        boolean some = collected.calls().stream().anyMatch(PlannedCall::made);
        StringBuilder text = new StringBuilder("What a run calls; all of it only reads.");
        if (some) {
            text.append(" What is marked * was called for this estimate")
                    .append(
                            cost.logBytes().isPresent()
                                    ? "; of get-metric-data, only how much the log groups hold."
                                    : ".");
        }
        text.append('\n');
        int step = 0;
        for (PlannedCall call : collected.calls()) {
            if (call.step() != step) {
                step = call.step();
                text.append("\nstep ").append(step).append('\n');
            }
            text.append(call.made() ? "* " : "  ")
                    .append(call.side().id())
                    .append("  ")
                    .append(oneLine(call.command()))
                    .append('\n');
        }
        return text.append("\n")
                .append(cost.metrics())
                .append(" metrics requested; log groups of ")
                .append(
                        cost.logBytes().isPresent()
                                ? Units.bytes(cost.logBytes().getAsLong())
                                : "unknown size")
                .append(", of which Logs Insights would scan ")
                .append(
                        cost.scanExpected().isPresent()
                                ? Units.bytes(cost.scanExpected().getAsLong())
                                : "an unknown part")
                .append("\ncost: ")
                .append(
                        cost.expectedUsd().isPresent()
                                ? usd(cost.expectedUsd().getAsDouble())
                                : "unknown; --max-cost bounds it")
                .append(
                        cost.expectedUsd().orElse(0) > maxCostUsd
                                ? ", more than --max-cost " + usd(maxCostUsd)
                                        + ": a run leaves out what exceeds it, and exits 6"
                                : "")
                .append('\n')
                .toString();
    }

    /** An amount to the hundredth of a cent. */
    static String usd(double amount) {
        return String.format(Locale.ROOT, "%.4f USD", amount);
    }

    private Map<String, Object> tree() {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (PlannedCall call : collected.calls()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("step", call.step());
            entry.put("side", call.side().id());
            entry.put("operation", call.operation().action());
            entry.put("command", call.command());
            entry.put("requests", call.requests());
            entry.put("made", call.made());
            calls.add(entry);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("calls", calls);
        tree.put("cost", cost(collected.cost()));
        return tree;
    }

    /** A cost as JSON has it; what is unknown is null. */
    static Map<String, @Nullable Object> cost(CostEstimate cost) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("metrics", cost.metrics());
        tree.put("logBytes", cost.logBytes().isPresent() ? cost.logBytes().getAsLong() : null);
        tree.put(
                "scanExpectedBytes",
                cost.scanExpected().isPresent() ? cost.scanExpected().getAsLong() : null);
        tree.put("scannedBytes", cost.scanned());
        tree.put(
                "expectedUsd",
                cost.expectedUsd().isPresent() ? cost.expectedUsd().getAsDouble() : null);
        tree.put("spentUsd", cost.spentUsd());
        return tree;
    }

    /** A command on one line, cut where it is too long to be read; JSON has all of it. */
    static String oneLine(String command) {
        String line = Foreign.clean(command).replace('\n', ' ');
        return line.length() <= LONGEST
                ? line
                : line.substring(0, LONGEST) + "\u2026 (" + (line.length() - LONGEST) + " characters more)";
    }
}
