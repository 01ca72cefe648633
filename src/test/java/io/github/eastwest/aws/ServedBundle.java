package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A bundle as an account: its documents are what the account holds. What an operation's document would hold is empty where
 * the bundle has none, and refused where the bundle's coverage says that it could not be read.
 */
final class ServedBundle {
    private final SortedMap<String, byte[]> files;
    private final SortedMap<String, Map<String, Object>> documents = new TreeMap<>();
    private final Map<String, Object> manifest;

    private ServedBundle(SortedMap<String, byte[]> files) {
        this.files = files;
        files.forEach((path, bytes) -> {
            if (path.endsWith(".json") && !path.startsWith("logs/lines/") && path.contains("/")) {
                documents.put(path.substring(0, path.length() - ".json".length()), document(bytes));
            }
        });
        manifest = Documents.read(
                Optional.ofNullable(files.get("manifest.json")).orElseGet(() -> "{}".getBytes(StandardCharsets.UTF_8)));
    }

    /** A document; the queries of GetMetricData lie in a bundle as a bare list. */
    private static Map<String, Object> document(byte[] json) {
        Object value = Documents.JSON.readValue(json, Object.class);
        return value instanceof List<?> list ? Map.of("MetricDataQueries", list) : Documents.structure(value);
    }

    /** Reads a directory or an archive. */
    static ServedBundle read(Path path) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try {
            if (Files.isDirectory(path)) {
                try (Stream<Path> walk = Files.walk(path)) {
                    for (Path file : walk.filter(Files::isRegularFile).toList()) {
                        files.put(path.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                    }
                }
            } else {
                try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(path))) {
                    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                        if (!entry.isDirectory()) {
                            files.put(entry.getName(), zip.readAllBytes());
                        }
                    }
                }
            }
            return new ServedBundle(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServedBundle of(Map<String, byte[]> files) {
        return new ServedBundle(new TreeMap<>(files));
    }

    String region() {
        return text(manifest, "region", "eu-west-1");
    }

    String account() {
        return text(manifest, "account", "123456789012");
    }

    /** A name of the edge: caller, callee or cluster. */
    String edge(String member) {
        return text(Documents.structure(manifest.get("edge")), member);
    }

    /** All files by path. */
    SortedMap<String, byte[]> files() {
        return files;
    }

    Instant from() {
        return Shape.instant(text(Documents.structure(manifest.get("window")), "from"));
    }

    Instant to() {
        return Shape.instant(text(Documents.structure(manifest.get("window")), "to"));
    }

    /** When the account looked like this. */
    Instant collectedAt() {
        return Optional.ofNullable((String) manifest.get("collectedAt"))
                .map(Shape::instant)
                .orElseGet(this::to);
    }

    /** An operation's answer. */
    Optional<Map<String, Object>> document(String operation) {
        Optional<Map<String, Object>> document = Optional.ofNullable(documents.get(operation));
        if (document.isEmpty()) {
            refuseWhatWasNotRead(operation);
        }
        return document;
    }

    /** The structures that a member of an operation's answer lists. */
    List<Map<String, Object>> items(String operation, String member) {
        return document(operation).map(d -> structures(d, member)).orElse(List.of());
    }

    /** All answers of an operation that has one per key, {@code servicediscovery/get-service/<key>.json}. */
    List<Map<String, Object>> answers(String operation) {
        List<Map<String, Object>> answers = new ArrayList<>(
                documents.subMap(operation + "/", operation + "0").values());
        Optional.ofNullable(documents.get(operation)).ifPresent(answers::add);
        if (answers.isEmpty()) {
            refuseWhatWasNotRead(operation);
        }
        return answers;
    }

    /** One of several answers of an operation. */
    Optional<Map<String, Object>> answer(String operation, String key) {
        Optional<Map<String, Object>> answer = Optional.ofNullable(documents.get(operation + "/" + key));
        if (answer.isEmpty()) {
            refuseWhatWasNotRead(operation);
        }
        return answer;
    }

    /** The files of raw lines by their path below {@code logs/lines/}, unpacked. */
    SortedMap<String, String> lines() {
        SortedMap<String, String> lines = new TreeMap<>();
        files.subMap("logs/lines/", "logs/lines0")
                .forEach((path, bytes) -> lines.put(
                        path.substring("logs/lines/".length()).replaceFirst("\\.gz$", ""),
                        new String(unpacked(path, bytes), StandardCharsets.UTF_8)));
        return lines;
    }

    private static byte[] unpacked(String path, byte[] bytes) {
        if (!path.endsWith(".gz")) {
            return bytes;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refuseWhatWasNotRead(String operation) {
        structures(manifest, "coverage").stream()
                .filter(c -> text(c, "input").equals(operation))
                .map(c -> text(c, "state"))
                .filter(state -> !state.equals("complete"))
                .findFirst()
                .ifPresent(state -> {
                    throw ApiError.of(ApiError.Kind.DENIED, operation);
                });
    }
}
