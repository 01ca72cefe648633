package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Reads the JSON of a health report: what a run leaves to the next one. It may come from anywhere, so it is bounded. */
public final class HealthRunReader {
    private HealthRunReader() {}

    /**
     * Reads a report.
     *
     * @throws EastwestException of kind USAGE if it cannot be read, or is none
     */
    public static HealthRun read(Path file) {
        Optional<String> fault;
        try {
            Faults faults = new Faults();
            Optional<HealthRun> run = read(file, faults);
            if (run.isPresent()) {
                return run.get();
            }
            fault = Optional.of(faults.any() ? faults.detail() : "it is not the JSON of a health report");
        } catch (JsonDocument.Broken | IOException unreadable) {
            fault = Optional.of(Text.of(unreadable));
        }
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                "cannot read the previous run " + file + ": " + fault.get(),
                "Give the file that 'eastwest health -o json=FILE' wrote.");
    }

    /** As {@link #read(Path)}; empty when it cannot be read, or is none. */
    static Optional<HealthRun> readable(Path file) {
        try {
            return read(file, new Faults());
        } catch (JsonDocument.Broken | IOException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<HealthRun> read(Path file, Faults faults) throws IOException, JsonDocument.Broken {
        String name = String.valueOf(file.getFileName());
        Optional<Instant> to;
        String scope;
        try (DocumentInput in = open(file)) {
            // Head members come first and are small; the edges, of which there may be many, are read one by one below.
            Json[] head = new Json[2];
            JsonDocument.elements(in, name, "window", faults, json -> head[0] = json);
            if (head[0] == null) {
                return Optional.empty();
            }
            to = head[0].at("to").time();
        }
        try (DocumentInput in = open(file)) {
            List<String> parts = new ArrayList<>();
            JsonDocument.elements(in, name, "scope", faults, json -> {
                json.at("label").text().ifPresent(parts::add);
                json.at("account").text().ifPresent(parts::add);
                json.at("region").text().ifPresent(parts::add);
            });
            scope = String.join(" \u00B7 ", parts);
        }
        SortedMap<CallEdge, HealthRun.Entry> edges = new TreeMap<>();
        boolean found;
        try (DocumentInput in = open(file)) {
            found = JsonDocument.elements(in, name, "edges", faults, json -> edge(json, edges));
        }
        return to.filter(at -> found && !faults.any()).map(at -> new HealthRun(at, scope, edges));
    }

    private static void edge(Json json, SortedMap<CallEdge, HealthRun.Entry> edges) {
        Optional<String> cluster = json.at("cluster").text();
        Optional<String> caller = json.at("caller").required();
        Optional<String> target = json.at("target").required();
        Optional<EdgeState> state = json.at("state").text().flatMap(EdgeState::of);
        if (caller.isEmpty() || target.isEmpty() || state.isEmpty()) {
            json.fault("names no edge or no known state");
            return;
        }
        if (edges.size() < HealthReader.MOST_EDGES) {
            edges.put(
                    new CallEdge(cluster.orElse(""), caller.get(), target.get()),
                    new HealthRun.Entry(
                            state.get(),
                            json.at("severity").text().flatMap(HealthRunReader::severity),
                            json.at("since").time()));
        }
    }

    private static Optional<Severity> severity(String id) {
        return Arrays.stream(Severity.values()).filter(s -> s.id().equals(id)).findFirst();
    }

    private static DocumentInput open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return new DocumentInput(in, HealthReader.LIMITS, new AtomicLong(), new AtomicLong());
    }
}
