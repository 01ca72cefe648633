package io.github.eastwest.evaluate;

import io.github.eastwest.model.RootCause;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A recorded incident as text by path, unzipped, with its truth.
 *
 * @param cause empty for a healthy edge
 */
record Donor(String name, String caller, String callee, Optional<RootCause> cause, SortedMap<String, String> files) {
    /** Recordings that the rules were written by, or tried on. */
    static List<Donor> known() {
        List<Donor> donors = new ArrayList<>();
        for (Path directory : list(Path.of("samples"), "")) {
            if (Files.exists(directory.resolve("expected.json"))) {
                donors.add(
                        of(directory.getFileName().toString(), directory.resolve("expected.json"), files(directory)));
            }
        }
        donors.addAll(zipped(Path.of("src/test/resources/incidents")));
        return donors;
    }

    /** Recordings that came when the rules were done. */
    static List<Donor> heldOut() {
        return zipped(Path.of("src/test/resources/evaluate"));
    }

    private static List<Donor> zipped(Path folder) {
        return list(folder, ".zip").stream()
                .map(zip -> {
                    String name = zip.getFileName().toString().replace(".zip", "");
                    return of(name, zip.resolveSibling(name + ".json"), unzip(zip));
                })
                .toList();
    }

    private static Donor of(String name, Path expected, SortedMap<String, String> files) {
        try {
            JsonNode truth = JsonMapper.shared().readTree(Files.readString(expected));
            return new Donor(
                    name,
                    truth.get("edge").get("caller").asString(),
                    truth.get("edge").get("callee").asString(),
                    truth.get("cause").isNull()
                            ? Optional.empty()
                            : RootCause.of(truth.get("cause").asString()),
                    files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path folder, String ending) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(p -> p.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, String> files(Path directory) {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                String name = directory.relativize(path).toString().replace('\\', '/');
                put(files, name, Files.readAllBytes(path));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, String> unzip(Path zip) {
        SortedMap<String, String> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    put(files, entry.getName(), in.readAllBytes());
                }
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(SortedMap<String, String> files, String name, byte[] bytes) throws IOException {
        if (name.endsWith("expected.json") || name.endsWith(".md")) {
            return;
        }
        if (name.endsWith(".gz")) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                files.put(name.replace(".gz", ""), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } else {
            files.put(name, new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
