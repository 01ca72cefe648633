package io.github.eastwest.sample;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A recorded incident with what is known to be true of it. */
public record Sample(String name, Path directory, JsonNode expected) {
    private static final Path ROOT = Path.of("samples");
    private static final Path INCIDENTS = Path.of("src/test/resources/incidents");

    /** All samples in order of name. */
    public static List<Sample> all() {
        try (Stream<Path> directories = Files.list(ROOT)) {
            List<Sample> samples = new ArrayList<>();
            for (Path directory : directories
                    .filter(Files::isDirectory)
                    // Bundles of a whole cluster are no incidents.
                    .filter(directory -> !directory.getFileName().toString().startsWith("health-"))
                    .sorted()
                    .toList()) {
                JsonNode expected = JsonMapper.shared().readTree(Files.readString(directory.resolve("expected.json")));
                samples.add(new Sample(directory.getFileName().toString(), directory, expected));
            }
            return samples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Recordings kept apart while the rules were written: archives with the truth beside each. */
    public static List<Sample> incidents() {
        try (Stream<Path> archives = Files.list(INCIDENTS)) {
            List<Sample> incidents = new ArrayList<>();
            for (Path archive :
                    archives.filter(p -> p.toString().endsWith(".zip")).sorted().toList()) {
                String name = archive.getFileName().toString().replace(".zip", "");
                JsonNode expected =
                        JsonMapper.shared().readTree(Files.readString(archive.resolveSibling(name + ".json")));
                incidents.add(new Sample(name, archive, expected));
            }
            return incidents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String caller() {
        return expected.get("edge").get("caller").asString();
    }

    String callee() {
        return expected.get("edge").get("callee").asString();
    }

    Optional<RootCause> cause() {
        JsonNode cause = expected.get("cause");
        return cause.isNull() ? Optional.empty() : RootCause.of(cause.asString());
    }

    List<RootCause> nearMissOf() {
        List<RootCause> causes = new ArrayList<>();
        expected.get("nearMissOf")
                .forEach(c -> causes.add(RootCause.of(c.asString()).orElseThrow()));
        return causes;
    }

    /** Number of calls by condition; empty when no access line was recorded. */
    Map<String, Long> conditions() {
        Map<String, Long> conditions = new TreeMap<>();
        JsonNode node = expected.get("conditions");
        if (!node.isNull()) {
            node.properties()
                    .forEach(e -> conditions.put(e.getKey(), e.getValue().asLong()));
        }
        return conditions;
    }

    /** The snapshot of that directory, which may be a copy with something missing. */
    public Snapshot read(Path bundle) throws IOException {
        try (Bundle opened = Bundle.open(bundle)) {
            return SnapshotReader.read(
                    opened,
                    new Request(
                            Optional.of(caller()),
                            Optional.of(callee()),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
