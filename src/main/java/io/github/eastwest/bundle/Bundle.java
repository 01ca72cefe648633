package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The files of a bundle by their path in it ({@code ecs/describe-services.json}), wherever they lie: a directory, a zip
 * file, or memory. A single folder around everything is looked through.
 *
 * <p>Nothing is ever unpacked, so a path in a zip file is only a name; names that lead elsewhere are left out all the
 * same, as are links out of the directory and everything that is no regular file. {@link #leftOut()} tells them.
 */
public final class Bundle implements Closeable {
    private static final long DIGESTED_BYTES = 256_000_000;

    private static final int DEPTH = 16;
    private static final int LONGEST_NAME = 1024;
    private static final String HINT = "Name a bundle directory, or a .zip file of one.";

    private final String name;
    private final Limits limits;
    private final SortedMap<String, Content> contents;
    private final SortedMap<String, String> leftOut;
    private final @Nullable Closeable container;
    private final AtomicLong documentBytesRead = new AtomicLong();
    private final AtomicLong valuesRead = new AtomicLong();
    private final AtomicLong logBytesRead = new AtomicLong();
    private final AtomicLong documentBytesCopied = new AtomicLong();
    private final AtomicLong logBytesCopied = new AtomicLong();
    private final Set<String> logsRead = ConcurrentHashMap.newKeySet();

    /** A file's bytes, as stored. */
    private interface Content {
        InputStream open() throws IOException;

        /** How many bytes are stored, at most. */
        long storedBytes() throws IOException;
    }

    private Bundle(String name, Limits limits, Collected collected, @Nullable Closeable container) {
        this.name = name;
        this.limits = limits;
        String folder = Layout.enclosingFolder(collected.contents.keySet());
        SortedMap<String, Content> inner = new TreeMap<>();
        SortedMap<String, String> outside = new TreeMap<>(collected.leftOut);
        collected.contents.forEach((path, content) -> {
            if (path.startsWith(folder)) {
                inner.put(path.substring(folder.length()), content);
            } else {
                outside.put(path, "outside of the folder " + folder);
            }
        });
        this.contents = Collections.unmodifiableSortedMap(inner);
        this.leftOut = Collections.unmodifiableSortedMap(outside);
        this.container = container;
    }

    /** Opens a directory or a zip file with {@link Limits#DEFAULT}. */
    public static Bundle open(Path path) {
        return open(path, Limits.DEFAULT);
    }

    /**
     * Opens a directory or a zip file.
     *
     * @throws EastwestException of kind USAGE if the path is neither, cannot be read, or holds too many files
     */
    public static Bundle open(Path path, Limits limits) {
        try {
            if (Files.isDirectory(path)) {
                return new Bundle(path.toString(), limits, walk(path, limits), null);
            }
            if (Files.isRegularFile(path)) {
                return openZip(path, limits);
            }
        } catch (NoSuchFileException gone) {
            throw new EastwestException(EastwestException.Kind.USAGE, "no such bundle: " + path, HINT, gone);
        } catch (AccessDeniedException denied) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "cannot read the bundle " + path + ": permission denied",
                    "Check the permissions of the path.",
                    denied);
        } catch (IOException fault) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "cannot read the bundle " + path + ": " + Text.of(fault),
                    HINT,
                    fault);
        }
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                Files.exists(path) ? path + " is neither a directory nor a file" : "no such bundle: " + path,
                HINT);
    }

    /** A bundle in memory: content by path. */
    public static Bundle of(Map<String, byte[]> files) {
        return of(files, Limits.DEFAULT);
    }

    /** A bundle in memory: content by path. */
    public static Bundle of(Map<String, byte[]> files, Limits limits) {
        Collected collected = new Collected("memory", limits);
        files.forEach((path, bytes) -> collected.add(path, new Content() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public long storedBytes() {
                return bytes.length;
            }
        }));
        return new Bundle("memory", limits, collected, null);
    }

    /**
     * A folder of this bundle that is itself a bundle. It has limits of its own, as any bundle of a stranger; it is open as
     * long as this one is.
     *
     * @param folder path without slash at its end
     */
    public Bundle folder(String folder) {
        Collected inside = new Collected(name + "/" + folder, limits);
        contents.forEach((path, content) -> {
            if (path.startsWith(folder + "/")) {
                inside.add(path.substring(folder.length() + 1), content);
            }
        });
        return new Bundle(name + "/" + folder, Limits.DEFAULT, inside, null);
    }

    /**
     * The configuration and state in it, an answer that was read again for confirm steps in place of the first one; empty
     * when nothing was read again. It is open as long as this one is.
     */
    Optional<Bundle> reread() {
        Set<String> again = new TreeSet<>();
        contents.keySet().stream()
                .filter(Layout::isReread)
                .forEach(path ->
                        Layout.operation(path.substring(Layout.REREAD.length())).ifPresent(again::add));
        if (again.isEmpty()) {
            return Optional.empty();
        }
        Collected merged = new Collected(name, limits);
        contents.forEach((path, content) -> {
            Optional<String> operation = Layout.operation(path);
            if (Layout.isReread(path)) {
                merged.add(path.substring(Layout.REREAD.length()), content);
            } else if (path.equals(Layout.MANIFEST)
                    || operation.filter(o -> !again.contains(o)).isPresent()) {
                merged.add(path, content);
            }
        });
        return Optional.of(new Bundle(name, limits, merged, null));
    }

    /** Where it lies, for messages. */
    public String name() {
        return name;
    }

    /** What it may cost to read. */
    Limits limits() {
        return limits;
    }

    /** The paths of its files, in order. */
    public SortedSet<String> paths() {
        return new TreeSet<>(contents.keySet());
    }

    /** Files that are not read because of what they are: path, and why. */
    public SortedMap<String, String> leftOut() {
        return leftOut;
    }

    /**
     * A JSON document's bytes.
     *
     * @throws IOException if there is no such file; reading fails beyond the limits
     */
    DocumentInput openDocument(String path) throws IOException {
        return new DocumentInput(content(path).open(), limits, documentBytesRead, valuesRead);
    }

    /**
     * A log's bytes, unzipped if they are gzip. Reading never fails: it ends early and {@link LogInput#fault()} says why.
     *
     * @param longest how many bytes it may have
     */
    LogInput openLog(String path, long longest) {
        try {
            Content content = content(path);
            // A log may be read more than once, but counts only once.
            LogInput.Budget budget = new LogInput.Budget(
                    longest,
                    limits.logBytesInAll(),
                    limits.expansion(),
                    logsRead.add(path) ? logBytesRead : new AtomicLong());
            return LogInput.open(content.open(), content.storedBytes(), path.endsWith(".gz"), budget);
        } catch (IOException fault) {
            return LogInput.unreadable("cannot be read: " + Text.of(fault));
        }
    }

    /**
     * Copies a file as stored; what expands on the way is bounded as when it is read.
     *
     * @throws IOException if there is no such file, if it cannot be read, or if it is larger than a bundle's file may be
     */
    void copy(String path, OutputStream out) throws IOException {
        if (Layout.logFile(path).isPresent()) {
            Content content = content(path);
            LogInput.Budget budget =
                    new LogInput.Budget(limits.logBytes(), limits.logBytesInAll(), limits.expansion(), logBytesCopied);
            try (LogInput in = LogInput.stored(content.open(), content.storedBytes(), budget)) {
                in.transferTo(out);
                if (in.fault().isPresent()) {
                    throw new IOException(path + " is " + in.fault().get());
                }
            }
        } else {
            try (DocumentInput in =
                    new DocumentInput(content(path).open(), limits, documentBytesCopied, new AtomicLong())) {
                in.transferTo(out);
            }
        }
    }

    /**
     * SHA-256 of each file as stored, hexadecimal, in order of path. Empty for a bundle of more than
     * {@value #DIGESTED_BYTES} bytes, which is not read once more for it; a file that cannot be read again has none.
     */
    public SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        try {
            long bytes = 0;
            for (Content content : contents.values()) {
                bytes += content.storedBytes();
            }
            if (bytes > DIGESTED_BYTES) {
                return digests;
            }
        } catch (IOException unknown) {
            return digests;
        }
        for (String path : paths()) {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                copy(path, new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
                digests.put(path, HexFormat.of().formatHex(sha256.digest()));
            } catch (IOException unreadable) {
                // Coverage tells of it.
                continue;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
        return digests;
    }

    private Content content(String path) throws IOException {
        Content content = contents.get(path);
        if (content == null) {
            throw new NoSuchFileException(path);
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        if (container != null) {
            container.close();
        }
    }

    private static Collected walk(Path root, Limits limits) throws IOException {
        Path realRoot = root.toRealPath();
        Collected collected = new Collected(root.toString(), limits);
        Files.walkFileTree(realRoot, Set.of(), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String path = relative(realRoot, file);
                if (attributes.isSymbolicLink()) {
                    Optional<Path> target = linkTarget(realRoot, file);
                    if (target.isPresent()) {
                        collected.add(path, new FileContent(target.get()));
                    } else {
                        collected.leaveOut(path, "a link that does not lead to a file of the bundle");
                    }
                } else if (attributes.isRegularFile()) {
                    collected.add(path, new FileContent(file));
                } else {
                    collected.leaveOut(path, attributes.isDirectory() ? "folders too deep" : "not a regular file");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault) throws IOException {
                if (fault != null) {
                    visitFileFailed(directory, fault);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException fault) throws IOException {
                if (file.equals(realRoot)) {
                    throw fault;
                }
                collected.leaveOut(relative(realRoot, file), "cannot be read: " + Text.of(fault));
                return FileVisitResult.CONTINUE;
            }
        });
        return collected;
    }

    /** Where a link leads, if that is a regular file below the root. */
    private static Optional<Path> linkTarget(Path realRoot, Path link) {
        try {
            Path target = link.toRealPath();
            boolean inside = target.startsWith(realRoot) && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS);
            return inside ? Optional.of(target) : Optional.empty();
        } catch (IOException dangling) {
            return Optional.empty();
        }
    }

    private static String relative(Path root, Path file) {
        StringBuilder path = new StringBuilder();
        for (Path part : root.relativize(file)) {
            if (path.length() > 0) {
                path.append('/');
            }
            path.append(part);
        }
        return path.toString();
    }

    private static Bundle openZip(Path path, Limits limits) throws IOException {
        ZipDirectory.check(path, limits.entries());
        long fileBytes = Files.size(path);
        ZipFile zip;
        try {
            zip = new ZipFile(path.toFile());
        } catch (ZipException | IllegalArgumentException damaged) {
            throw new IOException("not a readable zip file (" + Text.of(damaged) + ")", damaged);
        }
        try {
            Collected collected = new Collected(path.toString(), limits);
            zip.stream().filter(entry -> !entry.isDirectory()).forEach(entry -> {
                String name = entry.getName();
                collected.add(name.startsWith("./") ? name.substring(2) : name, new ZipContent(zip, entry, fileBytes));
            });
            return new Bundle(path.toString(), limits, collected, zip);
        } catch (EastwestException tooMany) {
            zip.close();
            throw tooMany;
        } catch (IllegalArgumentException damaged) {
            zip.close();
            throw new IOException("not a readable zip file (" + Text.of(damaged) + ")", damaged);
        }
    }

    private record FileContent(Path file) implements Content {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public long storedBytes() throws IOException {
            return Files.size(file);
        }
    }

    private record ZipContent(ZipFile zip, ZipEntry entry, long fileBytes) implements Content {
        @Override
        public InputStream open() throws IOException {
            InputStream in = zip.getInputStream(entry);
            if (in == null) {
                throw new NoSuchFileException(entry.getName());
            }
            return in;
        }

        @Override
        public long storedBytes() {
            // What the zip's directory says may be a lie, but no entry is larger than its file.
            long said = entry.getCompressedSize();
            return said < 0 ? fileBytes : Math.min(said, fileBytes);
        }
    }

    /** What makes a path unfit to be one of a bundle's. */
    static Optional<String> danger(String path) {
        if (path.isEmpty() || path.length() > LONGEST_NAME) {
            return Optional.of("unsafe name: empty or too long");
        }
        if (path.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
            return Optional.of("unsafe name: control character or backslash");
        }
        if (path.startsWith("/") || (path.length() > 1 && path.charAt(1) == ':')) {
            return Optional.of("unsafe name: absolute path");
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return Optional.of("unsafe name: leads elsewhere");
            }
        }
        return Optional.empty();
    }

    /** Files found so far. */
    private static final class Collected {
        private final Map<String, Content> contents = new LinkedHashMap<>();
        private final Map<String, String> leftOut = new LinkedHashMap<>();
        private final String name;
        private final Limits limits;
        private int seen;

        Collected(String name, Limits limits) {
            this.name = name;
            this.limits = limits;
        }

        void add(String path, Content content) {
            count();
            Optional<String> danger = danger(path);
            if (danger.isPresent()) {
                leftOut.put(Text.printable(path), danger.get());
            } else if (contents.putIfAbsent(path, content) != null) {
                leftOut.put(path, "a second file of the same name");
            }
        }

        void leaveOut(String path, String why) {
            count();
            leftOut.put(Text.printable(path), why);
        }

        private void count() {
            seen++;
            if (seen > limits.entries()) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        name + " holds more than " + limits.entries() + " files, which no bundle does",
                        HINT);
            }
        }
    }
}
