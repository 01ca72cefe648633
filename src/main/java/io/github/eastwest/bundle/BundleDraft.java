package io.github.eastwest.bundle;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A bundle in the making: raw answers and log lines by their path. Not thread-safe. */
public final class BundleDraft {
    private final SortedMap<String, byte[]> files = new TreeMap<>();

    /**
     * Puts an operation's answer.
     *
     * @param operation path without extension, {@code ecs/describe-services}
     * @param document maps, lists, strings, booleans and numbers
     */
    public void document(String operation, Map<String, Object> document) {
        files.put(operation + ".json", JsonText.of(document));
    }

    /**
     * Puts one of several answers of an operation.
     *
     * @param key what tells it from the others; characters that are no part of a file name become {@code _}
     */
    public void document(String operation, String key, Map<String, Object> document) {
        files.put(operation + "/" + fileName(key) + ".json", JsonText.of(document));
    }

    /** Puts one of several answers of an operation without indentation: for answers of which there are very many. */
    public void compact(String operation, String key, Object document) {
        files.put(operation + "/" + fileName(key) + ".json", JsonText.compact(document));
    }

    /** Puts all files of another bundle into a folder of this one. */
    public void include(String folder, BundleDraft other) {
        other.files.forEach((path, bytes) -> files.put(folder + "/" + path, bytes));
    }

    /**
     * Puts a list, such as the one given to {@code --metric-data-queries}.
     *
     * @param operation path without extension
     */
    public void list(String operation, List<? extends Map<String, Object>> elements) {
        files.put(operation + ".json", JsonText.of(elements));
    }

    /**
     * Puts a stream's lines.
     *
     * @param side {@code caller} or {@code callee}, or another folder
     * @param stream name of the stream
     * @param lines one event per line
     */
    public void lines(String side, String stream, String lines) {
        files.put(
                Layout.LOG_LINES + "/" + fileName(side) + "/" + fileName(stream) + ".log",
                lines.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Puts the answer of a Logs Insights query.
     *
     * @param query the query's name in {@code queries/}
     * @param side whose log group was asked: {@code caller} or {@code callee}
     * @param slice {@code 2of5} for one of several queries that share the work; empty for the only one
     * @param text the query that was run: without it nobody knows what the answer leaves out
     * @param answer the {@code get-query-results} answer
     */
    public void insights(String query, String side, String slice, String text, Map<String, Object> answer) {
        String path = Layout.INSIGHTS + "/" + fileName(query) + "/" + fileName(side)
                + (slice.isEmpty() ? "" : "-" + fileName(slice));
        files.put(path + ".json", JsonText.of(answer));
        files.put(path + ".cwl", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts the manifest, see {@code DESIGN.md} section 4. */
    public void manifest(Map<String, Object> manifest) {
        files.put(Layout.MANIFEST, JsonText.of(manifest));
    }

    /** Puts answers that were read again for confirm steps: those of another draft about configuration and state. */
    public void reread(BundleDraft again) {
        again.files.forEach((path, content) -> {
            if (Layout.operation(path).isPresent() && !path.startsWith("logs/") && !path.startsWith("cloudwatch/")) {
                files.put(Layout.REREAD + path, content);
            }
        });
    }

    /** The files by path. */
    public SortedMap<String, byte[]> files() {
        return Collections.unmodifiableSortedMap(files);
    }

    private static String fileName(String name) {
        return name.replaceAll("[^A-Za-z0-9._=@+-]", "_");
    }
}
