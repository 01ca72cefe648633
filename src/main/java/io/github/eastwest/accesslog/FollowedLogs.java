package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Analyses sources that grow. What is there in the beginning is analysed as a whole; a line that comes later is judged by all that was seen
 * up to the end of its batch, and by its own side alone. Memory is bounded for as long as it runs. Not thread-safe.
 */
public final class FollowedLogs implements AutoCloseable {
    /** What stands behind a file's name when it was rotated: {@code .1}, {@code -20261121}, {@code .2.gz}. */
    private static final Pattern ROTATED = Pattern.compile("[.-][0-9].*|[.](old|bak)");

    private final LogAnalysis analysis;
    /** By source; empty for a packed file, which does not grow. */
    private final List<Optional<Tail>> tails = new ArrayList<>();

    /** Files that are followed. */
    private final Set<Path> paths = new HashSet<>();
    /** Keys of files whose lines were read under another name. */
    private Set<Object> read = new HashSet<>();

    private List<LogAnalysis.Batch> batch = List.of();

    /** Hands out lines, each with its line end; may be called more than once for the same ones. */
    interface Part {
        /** The lines. */
        LineChunks open();
    }

    /** What grows. */
    interface Tail extends AutoCloseable {
        /** Whole lines that came since the last call. */
        List<Part> poll() throws IOException;

        /** Whether no more will come. */
        boolean isAtEnd();

        @Override
        void close() throws IOException;
    }

    /**
     * Follows sources.
     *
     * @param sources files, whose lines so far belong to it; and streams, which are taken as plain lines
     * @param choice which lines to count, and by what
     */
    public FollowedLogs(List<LogSource> sources, Choice choice) throws IOException {
        List<LogSource> files = new ArrayList<>();
        long[] ends = new long[sources.size()];
        for (int i = 0; i < ends.length; i++) {
            LogSource source = sources.get(i);
            Optional<Path> file = source.file();
            file.map(FollowedLogs::whole).ifPresent(paths::add);
            if (file.isEmpty()) {
                tails.add(Optional.of(new FollowedStream(source.opener().open())));
                files.add(new LogSource(source.name(), source.side(), InputStream::nullInputStream));
                ends[i] = SourceChunks.Sizes.UNKNOWN;
            } else if (isPlain(file.get())) {
                FollowedFile followed = FollowedFile.fromItsEnd(file.get());
                tails.add(Optional.of(followed));
                files.add(source);
                ends[i] = followed.position();
            } else {
                tails.add(Optional.empty());
                files.add(source);
                ends[i] = SourceChunks.Sizes.UNKNOWN;
            }
        }
        this.analysis = new LogAnalysis(files, choice, ends);
    }

    private static boolean isPlain(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return LineStream.plainFrom(channel) >= 0;
        }
    }

    private static Path whole(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /**
     * Follows files that were not there in the beginning, each from its first line. Left out are packed files, and those that a followed
     * file was renamed or copied to when it was rotated, which lie beside it and are named like it with more behind: their lines were read.
     *
     * @param files all that the paths name now
     */
    public void look(List<LogSource> files) throws IOException {
        noteKeys();
        Set<Object> there = new HashSet<>();
        for (LogSource source : files) {
            Path file = source.file().orElseThrow();
            try {
                Object key = FollowedFile.key(file);
                if (key != null) {
                    there.add(key);
                }
                if (!paths.contains(whole(file)) && !wasRead(file, key) && isPlain(file)) {
                    tails.add(Optional.of(FollowedFile.fromItsBeginning(file)));
                    paths.add(whole(file));
                    analysis.add(source);
                }
            } catch (NoSuchFileException gone) {
                // Between the look into its folder and this one.
                continue;
            }
        }
        // The system may give the key of a file that is gone to a new one.
        read.retainAll(there);
        noteKeys();
    }

    private void noteKeys() {
        for (Optional<Tail> tail : tails) {
            if (tail.isPresent() && tail.get() instanceof FollowedFile file) {
                Object key = file.key();
                if (key != null) {
                    read.add(key);
                }
            }
        }
    }

    private boolean wasRead(Path file, @Nullable Object key) {
        return key != null && read.contains(key) || paths.stream().anyMatch(path -> isRotated(whole(file), path));
    }

    private static boolean isRotated(Path file, Path followed) {
        return file.getParent() != null
                && file.getParent().equals(followed.getParent())
                && file.getFileName()
                        .toString()
                        .startsWith(followed.getFileName().toString())
                && ROTATED.matcher(file.getFileName()
                                .toString()
                                .substring(followed.getFileName().toString().length()))
                        .matches();
    }

    /** The analysis of what was there in the beginning; once, before the others. */
    public LogAnalysis start() throws IOException {
        analysis.summarize();
        return analysis;
    }

    /**
     * Takes what came.
     *
     * @return whether something did
     */
    public boolean poll() throws IOException {
        List<LogAnalysis.Batch> came = new ArrayList<>();
        for (int i = 0; i < tails.size(); i++) {
            if (tails.get(i).isPresent()) {
                int sequence = 0;
                for (Part part : tails.get(i).get().poll()) {
                    came.add(new LogAnalysis.Batch(i, sequence++, part));
                }
            }
        }
        batch = came;
        if (!came.isEmpty()) {
            analysis.more(came);
        }
        return !came.isEmpty();
    }

    /** Whether nothing can come any more. */
    public boolean isAtEnd() {
        return tails.stream().allMatch(tail -> tail.isEmpty() || tail.get().isAtEnd());
    }

    /** Writes what came last as JSON objects. */
    public void lines(OutputStream out) throws IOException {
        analysis.lines(batch, out);
    }

    /** Writes what came last as rows of CSV. */
    public void rows(OutputStream out) throws IOException {
        analysis.rows(batch, out);
    }

    /** All so far. */
    public AccessLogSummary summary() {
        return analysis.soFar();
    }

    @Override
    public void close() throws IOException {
        analysis.close();
        for (Optional<Tail> tail : tails) {
            if (tail.isPresent()) {
                tail.get().close();
            }
        }
    }
}
