package io.github.eastwest.cli;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code collect} prints: each input, how it was read, and what it cost. */
final class CoverageTable {
    private static final int STATE_COLUMNS = 16;

    private final Snapshot snapshot;
    private final Collected collected;
    private final List<Coverage.Entry> inputs;

    CoverageTable(Snapshot snapshot, Collected collected) {
        this.snapshot = snapshot;
        this.collected = collected;
        // Notes on single files are for bundles that people made: what we wrote and do not read yet is no news.
        this.inputs = snapshot.coverage().entries().stream()
                .filter(entry -> !collected.bundle().files().containsKey(entry.input()))
                .toList();
    }

    void write(String format, OutputStream out) throws IOException {
        if (format.equals("json")) {
            JsonTree.write(tree(), out);
        } else {
            out.write(text().getBytes(StandardCharsets.UTF_8));
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(Foreign.clean(snapshot.edge().caller()))
                .append(" \u2192 ")
                .append(Foreign.clean(snapshot.edge().callee()))
                .append(", ")
                .append(Units.span(snapshot.window().from(), snapshot.window().to()))
                .append("\n\n");
        int widest =
                inputs.stream().mapToInt(entry -> entry.input().length()).max().orElse(0);
        for (Coverage.Entry entry : inputs) {
            String detail = entry.detail().isEmpty()
                    ? ""
                    : pad(entry.state().id(), STATE_COLUMNS) + Foreign.clean(entry.detail());
            text.append(pad(Foreign.clean(entry.input()), widest + 2))
                    .append(detail.isEmpty() ? entry.state().id() : detail)
                    .append('\n');
        }
        int files = collected.bundle().files().size();
        long bytes = collected.bundle().files().values().stream()
                .mapToLong(file -> file.length)
                .sum();
        return text.append("\n")
                .append(Units.count(files, "file"))
                .append(", ")
                .append(Units.bytes(bytes))
                .append(", ")
                .append(CallList.usd(collected.cost().spentUsd()))
                .append('\n')
                .toString();
    }

    private static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(1, columns - text.length()));
    }

    private Map<String, Object> tree() {
        List<Map<String, Object>> coverage = new ArrayList<>();
        for (Coverage.Entry entry : inputs) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("input", entry.input());
            item.put("state", entry.state().id());
            item.put("detail", entry.detail());
            coverage.add(item);
        }
        Map<String, Object> edge = new LinkedHashMap<>();
        edge.put("caller", snapshot.edge().caller());
        edge.put("callee", snapshot.edge().callee());
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("from", snapshot.window().from().toString());
        window.put("to", snapshot.window().to().toString());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("edge", edge);
        tree.put("window", window);
        tree.put("coverage", coverage);
        tree.put("files", collected.bundle().files().size());
        tree.put("stoppedAtCost", snapshot.coverage().stoppedAtCost());
        tree.put("cost", CallList.cost(collected.cost()));
        return tree;
    }
}
