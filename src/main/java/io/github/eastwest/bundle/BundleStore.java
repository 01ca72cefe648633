package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Saves bundles: a directory, or one file where the name ends in {@code .zip}.
 *
 * <p>A bundle appears whole or not at all: it is written beside its target and moved there. Nothing that exists is ever
 * overwritten, since the evidence of an incident cannot be collected twice: ECS forgets stopped tasks after an hour. Only the
 * owner can read what is written, since logs may hold secrets. The same files make the same zip file, byte for byte.
 */
public final class BundleStore {
    private static final String HINT = "Name another place, or make room there; nothing was left behind.";

    /** The first time that a zip file can hold; a local time, so that no zone shows. */
    private static final LocalDateTime ZIP_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private BundleStore() {}

    /** A file's bytes, written when they are wanted. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Fails early where {@link #save} would fail: better before AWS is asked than after.
     *
     * @throws EastwestException of kind USAGE if something is at the target already, or if nothing can be written there
     */
    public static void check(Path target) {
        Path file = target.toAbsolutePath().normalize();
        Path parent = file.getParent();
        if (parent == null || file.getFileName() == null) {
            throw usage(
                    "cannot save the bundle to " + target + ": that is no name", "Name a new directory or .zip file.");
        }
        if (!Files.isDirectory(parent)) {
            throw usage("cannot save the bundle to " + target + ": " + parent + " is no directory", "Create it first.");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !(isEmptyDirectory(file) && !isZip(file))) {
            throw usage(
                    "cannot save the bundle to " + target + ": it exists already",
                    "Nothing is overwritten: name another place, or remove it first.");
        }
        if (!Files.isWritable(parent)) {
            throw usage("cannot save the bundle to " + target + ": permission denied", "Name another place.");
        }
    }

    /**
     * Saves files under their paths.
     *
     * @param files content by path
     * @param target a directory that does not exist or is empty, or a {@code .zip} file that does not exist
     * @throws EastwestException of kind USAGE if something is in the way, or nothing can be written there; then nothing is
     *     left behind
     */
    public static void save(SortedMap<String, byte[]> files, Path target) {
        SortedMap<String, Content> contents = new TreeMap<>();
        files.forEach((path, bytes) -> contents.put(path, out -> out.write(bytes)));
        write(contents, target);
    }

    /**
     * Saves a copy of a bundle as it is.
     *
     * @throws EastwestException of kind USAGE as for {@link #save(SortedMap, Path)}, or if the bundle holds more than it may
     */
    public static void save(Bundle bundle, Path target) {
        SortedMap<String, Content> contents = new TreeMap<>();
        bundle.paths().forEach(path -> contents.put(path, out -> bundle.copy(path, out)));
        write(contents, target);
    }

    private static void write(Map<String, Content> contents, Path target) {
        write(contents, target, () -> {});
    }

    /**
     * Saves contents in the order of the map.
     *
     * @param last done when everything is written and before the bundle appears
     */
    static void write(Map<String, Content> contents, Path target, Runnable last) {
        check(target);
        for (String path : contents.keySet()) {
            Optional<String> danger = Bundle.danger(path);
            if (danger.isPresent()) {
                throw new IllegalArgumentException("a path of a bundle: " + Text.printable(path) + ": " + danger.get());
            }
        }
        Path file = target.toAbsolutePath().normalize();
        Path part = sibling(file);
        try {
            if (isZip(file)) {
                zip(contents, part);
            } else {
                directory(contents, part);
            }
            last.run();
            put(part, file);
        } catch (IOException fault) {
            throw usage("cannot save the bundle to " + target + ": " + Text.of(fault), HINT, fault);
        } finally {
            remove(part);
        }
    }

    /**
     * Writes a file that only its owner can read, whole or not at all; replaces an old one.
     *
     * @throws EastwestException of kind USAGE if it cannot be written
     */
    static void replace(Path target, Content content) {
        Path file = target.toAbsolutePath().normalize();
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw usage("cannot write " + target + ": it is not a regular file", HINT);
        }
        Path part = sibling(file);
        try {
            try (OutputStream out = create(part)) {
                content.writeTo(out);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException fault) {
            throw usage("cannot write " + target + ": " + Text.of(fault), HINT, fault);
        } finally {
            remove(part);
        }
    }

    /** A name beside the target that nothing has: two runs at once do not meet. */
    private static Path sibling(Path file) {
        for (int number = 0; ; number++) {
            Path part = file.resolveSibling(
                    "." + file.getFileName() + "." + ProcessHandle.current().pid() + "-" + number);
            if (!Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                return part;
            }
        }
    }

    private static void zip(Map<String, Content> contents, Path part) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(create(part))) {
            for (Map.Entry<String, Content> content : contents.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setTimeLocal(ZIP_TIME);
                zip.putNextEntry(entry);
                content.getValue().writeTo(unclosable(zip));
                zip.closeEntry();
            }
        }
    }

    private static OutputStream unclosable(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() {
                // The zip file goes on after an entry.
            }
        };
    }

    private static void directory(Map<String, Content> contents, Path part) throws IOException {
        Files.createDirectory(part, owner(part, "rwx------"));
        for (Map.Entry<String, Content> content : contents.entrySet()) {
            Path path = part.resolve(content.getKey());
            Files.createDirectories(path.getParent(), owner(part, "rwx------"));
            try (OutputStream out = create(path)) {
                content.getValue().writeTo(out);
            }
        }
    }

    private static OutputStream create(Path file) throws IOException {
        Files.createFile(file, owner(file, "rw-------"));
        return new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE));
    }

    private static FileAttribute<?>[] owner(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static void put(Path part, Path file) throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            // Empty, or it would have been refused; if something was put there meanwhile, this fails.
            Files.delete(file);
        }
        Files.move(part, file);
    }

    private static boolean isZip(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
    }

    private static boolean isEmptyDirectory(Path file) {
        if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(file)) {
            return !entries.iterator().hasNext();
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static void remove(Path part) {
        if (!Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(part, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault)
                        throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException stuck) {
            throw usage("cannot remove " + part + ": " + Text.of(stuck), "Remove it by hand.", stuck);
        }
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }

    private static EastwestException usage(String message, String hint, IOException cause) {
        boolean taken = cause instanceof FileAlreadyExistsException || cause instanceof DirectoryNotEmptyException;
        return new EastwestException(
                EastwestException.Kind.USAGE, taken ? message + " exists already" : message, hint, cause);
    }
}
