package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.health.HealthReport.TrendPoint;
import io.github.eastwest.model.health.HealthRun;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A directory with the JSON of each run, and a small index of them.
 *
 * <p>A run's file is written beside its name and linked to it when it is whole, so a name never stands for half a run,
 * whoever writes at the same time and whenever a process is killed. The index is a shortcut and never the truth: what it says
 * is checked against the files, and it is written anew where the two differ. The number of runs is bounded; the oldest go.
 */
public final class HealthHistory {
    /** Runs kept unless the user says otherwise: two weeks, hour by hour. */
    public static final int DEFAULT_KEEP = 336;

    /** Runs of a trend. */
    static final int MOST_POINTS = 200;

    private static final String INDEX = "index.jsonl";
    private static final String RUN = "run-";
    private static final String PART = ".part-";
    private static final long LARGEST_INDEX = 16L << 20;
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path directory;
    private final int keep;
    private final AtomicInteger parts = new AtomicInteger();

    /** Writes a run's JSON. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** What the index has of a run. */
    private record Line(String file, String scope, TrendPoint point) {}

    private HealthHistory(Path directory, int keep) {
        this.directory = directory;
        this.keep = keep;
    }

    /**
     * Opens a history; makes the directory where there is none.
     *
     * @param keep how many runs it may hold
     * @throws EastwestException of kind USAGE if that is no directory in which files can be written
     */
    public static HealthHistory open(Path directory, int keep) {
        try {
            Files.createDirectories(directory);
        } catch (IOException fault) {
            throw fault(directory, "cannot be made", fault);
        }
        if (!Files.isWritable(directory)) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the history " + directory + " cannot be written",
                    "Name a directory of yours.");
        }
        return new HealthHistory(directory, keep);
    }

    /** The newest run of that scope whose window ended before {@code to}; empty when there is none. */
    public Optional<HealthRun> before(Instant to, String scope) {
        List<Line> lines = lines();
        for (int i = lines.size() - 1; i >= 0; i--) {
            Line line = lines.get(i);
            if (line.scope().equals(scope) && line.point().to().isBefore(to)) {
                Optional<HealthRun> run = HealthRunReader.readable(directory.resolve(line.file()));
                if (run.isPresent()) {
                    return run;
                }
            }
        }
        return Optional.empty();
    }

    /** The runs of that scope whose windows ended before {@code to}, the oldest first. */
    public List<TrendPoint> trend(Instant to, String scope) {
        List<TrendPoint> points = lines().stream()
                .filter(line -> line.scope().equals(scope) && line.point().to().isBefore(to))
                .map(Line::point)
                .toList();
        return points.subList(Math.max(0, points.size() - MOST_POINTS), points.size());
    }

    /**
     * Adds a run.
     *
     * @param scope what it looked at
     * @param now the time of the run: unfinished files of the day before are removed
     * @return the run's file
     * @throws EastwestException of kind USAGE if it cannot be written
     */
    public Path add(TrendPoint point, String scope, Instant now, Content content) {
        try {
            Path part = part();
            Path file;
            try {
                write(part, content);
                file = link(part, RUN + STAMP.format(point.to()));
            } finally {
                Files.deleteIfExists(part);
            }
            append(new Line(String.valueOf(file.getFileName()), scope, point));
            prune(now);
            return file;
        } catch (IOException fault) {
            throw fault(directory, "cannot be written", fault);
        }
    }

    /** A new file that nobody else writes. */
    private Path part() throws IOException {
        while (true) {
            Path part = directory.resolve(
                    PART + ProcessHandle.current().pid() + "-" + parts.incrementAndGet() + "-" + System.nanoTime());
            try {
                return Files.createFile(part);
            } catch (FileAlreadyExistsException other) {
                // Another machine's process of the same number on a shared file system: the next name.
                continue;
            }
        }
    }

    private static void write(Path part, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    /** Gives a whole file the first free name; a name that exists is never taken over. */
    private Path link(Path part, String name) throws IOException {
        for (int number = 0; ; number++) {
            String digits = Integer.toString(number);
            Path file = directory.resolve(name + "-" + "0".repeat(Math.max(0, 3 - digits.length())) + digits + ".json");
            try {
                return Files.createLink(file, part);
            } catch (FileAlreadyExistsException taken) {
                continue;
            } catch (UnsupportedOperationException noLinks) {
                return Files.move(part, file);
            }
        }
    }

    /** Appends with one write, which the file system does not mix with others; a line cut short before it ends there. */
    private void append(Line line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(("\n" + text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel index =
                FileChannel.open(directory.resolve(INDEX), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (bytes.hasRemaining()) {
                index.write(bytes);
            }
        }
    }

    private static String text(Line line) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("file", line.file());
        members.put("scope", line.scope());
        members.put("to", line.point().to().toString());
        members.put("edges", line.point().edges());
        members.put("errors", line.point().errors());
        members.put("warnings", line.point().warnings());
        members.put("unjudged", line.point().unjudged());
        return new String(JsonText.compact(members), StandardCharsets.UTF_8);
    }

    // ---- reading

    /** The runs there are, in order of their files' names, which is the order of time. */
    private List<Line> lines() {
        try {
            List<String> files = files();
            List<Line> indexed = new ArrayList<>();
            boolean whole = index(indexed);
            Map<String, Line> known = new TreeMap<>();
            indexed.forEach(line -> known.putIfAbsent(line.file(), line));
            boolean same = whole
                    && indexed.size() == known.size()
                    && List.copyOf(known.keySet()).equals(files);
            List<Line> lines = new ArrayList<>();
            for (String file : files) {
                Line line = known.get(file);
                if (line != null) {
                    lines.add(line);
                } else {
                    HealthRunReader.readable(directory.resolve(file))
                            .ifPresent(run -> lines.add(new Line(file, run.scope(), run.point())));
                }
            }
            if (!same) {
                rebuild(lines);
            }
            return lines;
        } catch (IOException fault) {
            throw fault(directory, "cannot be read", fault);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> name.startsWith(RUN) && name.endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    /** Reads the index; false when it is missing or something in it is broken. */
    private boolean index(List<Line> lines) throws IOException {
        Path index = directory.resolve(INDEX);
        try {
            if (Files.size(index) > LARGEST_INDEX) {
                return false;
            }
            boolean whole = true;
            for (String text : new String(Files.readAllBytes(index), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!text.isBlank()) {
                    Optional<Line> line = line(text);
                    line.ifPresent(lines::add);
                    whole &= line.isPresent();
                }
            }
            return whole;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    private static Optional<Line> line(String text) {
        Faults faults = new Faults();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (DocumentInput in = new DocumentInput(
                new ByteArrayInputStream(bytes), Limits.DEFAULT, new AtomicLong(), new AtomicLong())) {
            Json json = JsonDocument.whole(in, INDEX, faults);
            Optional<String> file = json.at("file").text();
            Optional<Instant> to = json.at("to").time();
            OptionalInt edges = json.at("edges").integer();
            OptionalInt errors = json.at("errors").integer();
            OptionalInt warnings = json.at("warnings").integer();
            OptionalInt unjudged = json.at("unjudged").integer();
            if (file.isEmpty()
                    || to.isEmpty()
                    || edges.isEmpty()
                    || errors.isEmpty()
                    || warnings.isEmpty()
                    || unjudged.isEmpty()
                    || faults.any()) {
                return Optional.empty();
            }
            return Optional.of(new Line(
                    file.get(),
                    json.at("scope").textOrEmpty(),
                    new TrendPoint(
                            to.get(), edges.getAsInt(), errors.getAsInt(), warnings.getAsInt(), unjudged.getAsInt())));
        } catch (JsonDocument.Broken | IOException broken) {
            return Optional.empty();
        }
    }

    /** Writes the index anew. What somebody appends meanwhile may be lost, which the next reader sees and mends. */
    private void rebuild(List<Line> lines) throws IOException {
        Path part = part();
        try {
            write(part, out -> {
                for (Line line : lines) {
                    out.write((text(line) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            });
            Files.move(
                    part,
                    directory.resolve(INDEX),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Removes the oldest runs beyond the bound, and what killed processes left behind. */
    private void prune(Instant now) throws IOException {
        List<String> files = files();
        for (String file : files.subList(0, Math.max(0, files.size() - keep))) {
            Files.deleteIfExists(directory.resolve(file));
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.filter(
                            path -> String.valueOf(path.getFileName()).startsWith(PART))
                    .toList()) {
                try {
                    if (Files.getLastModifiedTime(entry).toInstant().isBefore(now.minus(ABANDONED))) {
                        Files.deleteIfExists(entry);
                    }
                } catch (NoSuchFileException finished) {
                    continue;
                }
            }
        }
    }

    private static EastwestException fault(Path directory, String what, IOException fault) {
        return new EastwestException(
                EastwestException.Kind.USAGE,
                "the history " + directory + " " + what + ": " + Text.of(fault),
                "Name a directory of yours.",
                fault);
    }
}
