package io.github.eastwest.cli;

import io.github.eastwest.accesslog.LogSource;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import io.github.eastwest.render.Foreign;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The sources that paths name: files, folders, globs and standard input. */
final class LogPaths implements AutoCloseable {
    private static final int DEEPEST_FOLDER = 64;
    private static final String STANDARD_INPUT = "-";
    private static final String GLOB = "*?[{";

    private final List<String> named;
    private final List<LogSource> sources = new ArrayList<>();
    private Optional<Path> spooled = Optional.empty();

    /**
     * The sources in the order of their paths; what a folder or glob finds is in the order of its name.
     *
     * @param named paths; none is standard input
     * @param severalPasses whether the sources are read more than once, which standard input cannot be
     */
    LogPaths(List<String> named, boolean severalPasses, Console console) throws IOException {
        List<String> paths = named.isEmpty() ? List.of(STANDARD_INPUT) : named;
        this.named = paths;
        if (paths.stream().filter(STANDARD_INPUT::equals).count() > 1) {
            throw usage("standard input was named twice", "");
        }
        for (String path : paths) {
            if (!path.equals(STANDARD_INPUT)) {
                for (Path file : files(path)) {
                    if (!Files.isReadable(file)) {
                        throw usage("cannot read " + file + ": no permission", "");
                    }
                    sources.add(LogSource.of(file, side(file)));
                }
            } else if (severalPasses) {
                Path file = Files.createTempFile("eastwest-stdin", ".tmp");
                spooled = Optional.of(file);
                Files.copy(console.in(), file, StandardCopyOption.REPLACE_EXISTING);
                sources.add(new LogSource(
                        "standard input", Side.UNKNOWN, () -> Files.newInputStream(file), Optional.of(file)));
            } else {
                sources.add(new LogSource("standard input", Side.UNKNOWN, () -> unclosable(console.in())));
            }
        }
    }

    List<LogSource> sources() {
        return sources;
    }

    /** The files that folders and globs name now, as far as they can be read. */
    List<LogSource> files() {
        List<LogSource> now = new ArrayList<>();
        for (String path : named) {
            try {
                for (Path file : path.equals(STANDARD_INPUT) ? List.<Path>of() : files(path)) {
                    if (Files.isReadable(file)) {
                        now.add(LogSource.of(file, side(file)));
                    }
                }
            } catch (EastwestException gone) {
                // What was there may have been rotated away; what comes in its place is found the next time.
                continue;
            }
        }
        return now;
    }

    /** Bytes of all files; empty when standard input is among the sources, whose length nobody knows. */
    Optional<Long> bytes() {
        long bytes = 0;
        for (LogSource source : sources) {
            try {
                if (source.file().isEmpty()
                        || !Files.isRegularFile(source.file().get())) {
                    return Optional.empty();
                }
                bytes += Files.size(source.file().get());
            } catch (IOException gone) {
                return Optional.empty();
            }
        }
        return Optional.of(bytes);
    }

    @Override
    public void close() throws IOException {
        if (spooled.isPresent()) {
            Files.deleteIfExists(spooled.get());
        }
    }

    private static InputStream unclosable(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] buffer, int from, int length) throws IOException {
                return in.read(buffer, from, length);
            }

            @Override
            public void close() {
                // Standard input belongs to the process.
            }
        };
    }

    /** The files of a path: itself, all below a folder, or all that a glob finds. */
    private static List<Path> files(String text) {
        Path path = Path.of("");
        boolean exists = false;
        try {
            path = Path.of(text);
            exists = Files.exists(path);
        } catch (InvalidPathException fault) {
            if (!isGlob(text)) {
                throw usage("no path: " + Foreign.clean(text), "");
            }
        }
        List<Path> files;
        if (exists && Files.isDirectory(path)) {
            files = below(path, text, file -> true);
        } else if (!exists && isGlob(text)) {
            files = found(text);
        } else if (exists) {
            files = List.of(path);
        } else {
            throw usage("cannot read " + text + ": there is no such file", "");
        }
        return files;
    }

    private static boolean isGlob(String text) {
        return text.chars().anyMatch(c -> GLOB.indexOf(c) >= 0);
    }

    private static List<Path> below(Path folder, String text, Predicate<Path> wanted) {
        List<Path> files;
        try (Stream<Path> below = Files.walk(folder, DEEPEST_FOLDER, new FileVisitOption[0])) {
            files = below.filter(wanted).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException fault) {
            throw usage("cannot read " + text + ": " + fault.getMessage(), "");
        }
        if (files.isEmpty()) {
            throw usage("there is no file in " + text, "");
        }
        return files;
    }

    /** What a glob finds that the shell did not expand, as with {@code **} or in quotes. */
    private static List<Path> found(String glob) {
        int special = 0;
        while (GLOB.indexOf(glob.charAt(special)) < 0) {
            special++;
        }
        String root = glob.substring(0, glob.lastIndexOf('/', special) + 1);
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException fault) {
            throw usage("'" + Foreign.clean(glob) + "' is no glob: " + fault.getDescription(), "");
        }
        // The walk begins at the folder before the first special character; without one, here, whose name is nowhere in
        // the glob.
        Path folder = Path.of(root.isEmpty() ? "." : root);
        if (!Files.isDirectory(folder)) {
            throw usage("cannot read " + glob + ": there is no folder " + folder, "");
        }
        return below(folder, glob, file -> matcher.matches(root.isEmpty() ? file.normalize() : file));
    }

    /** The side that a file's name or the nearest folder's tells. */
    private static Side side(Path file) {
        Path name = file.getFileName();
        if (name != null) {
            for (Side side : List.of(Side.CALLER, Side.CALLEE)) {
                if (name.toString().startsWith(side.id())) {
                    return side;
                }
            }
        }
        for (Path folder = file.toAbsolutePath().normalize().getParent(); folder != null; folder = folder.getParent()) {
            Path folderName = folder.getFileName();
            for (Side side : List.of(Side.CALLER, Side.CALLEE)) {
                if (folderName != null && folderName.toString().equals(side.id())) {
                    return side;
                }
            }
        }
        return Side.UNKNOWN;
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
