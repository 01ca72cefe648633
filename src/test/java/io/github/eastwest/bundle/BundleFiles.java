package io.github.eastwest.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A bundle under test, changed file by file. */
final class BundleFiles {
    static final String CALLER_STREAM = "label-printer_ecs-service-connect-ykwRz_5c80ee0a7c044aef53e41bb653ecd3a3";
    static final String CALLER_LOG = "logs/lines/caller/" + CALLER_STREAM + ".log.gz";
    static final String CALLEE_STREAM = "address-check_ecs-service-connect-7oyeL_67685d34ece0f5bb0ddac82137329b40";
    static final String CALLEE_LOG = "logs/lines/callee/" + CALLEE_STREAM + ".log";
    static final String NEW_CALLEE_LOG =
            "logs/lines/callee/address-check_ecs-service-connect-7oyeL_7194989c6fbf03e549d40839f0b4a393.log";

    private final Map<String, byte[]> files = new TreeMap<>();

    /** The small bundle: label-printer calls address-check, one caller task, a stopped and a running callee task. */
    static BundleFiles small() {
        BundleFiles bundle = new BundleFiles();
        try {
            Path root = Path.of(BundleFiles.class.getResource("/bundle/small").toURI());
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path file : walk.filter(Files::isRegularFile).toList()) {
                    bundle.files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                }
            }
        } catch (IOException | URISyntaxException fault) {
            throw new IllegalStateException(fault);
        }
        return bundle;
    }

    static BundleFiles empty() {
        return new BundleFiles();
    }

    BundleFiles with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    BundleFiles with(String path, String content) {
        return with(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces text that must be there. */
    BundleFiles replace(String path, String text, String by) {
        String old = text(path);
        if (!old.contains(text)) {
            throw new IllegalArgumentException(path + " has no " + text);
        }
        return with(path, old.replace(text, by));
    }

    BundleFiles without(String... prefixes) {
        for (String prefix : prefixes) {
            if (!files.keySet().removeIf(path -> path.startsWith(prefix))) {
                throw new IllegalArgumentException("nothing to remove at " + prefix);
            }
        }
        return this;
    }

    String text(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    byte[] bytes(String path) {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new IllegalArgumentException("no " + path);
        }
        return bytes;
    }

    Map<String, byte[]> files() {
        return files;
    }

    Bundle bundle() {
        return Bundle.of(files);
    }

    io.github.eastwest.model.Snapshot read() {
        return SnapshotReader.read(bundle(), Request.none());
    }

    Path writeTo(Path directory) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = directory.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
            return directory;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Writes a zip file whose entries have that prefix. */
    Path zipTo(Path zip, String prefix) {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(prefix + file.getKey()));
                out.write(file.getValue());
                out.closeEntry();
            }
            return zip;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static byte[] gzip(byte[] content) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(content);
            }
            return bytes.toByteArray();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static byte[] gunzip(byte[] content) {
        try (java.util.zip.GZIPInputStream in =
                new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(content))) {
            return in.readAllBytes();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
