package io.github.eastwest.cli;

import io.github.eastwest.accesslog.AccessLogSummary;
import io.github.eastwest.accesslog.LogAnalysis;
import io.github.eastwest.accesslog.LogSource;
import io.github.eastwest.accesslog.SummaryJson;
import io.github.eastwest.accesslog.SummaryText;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eastwest logs}: what access logs say, without AWS. */
@Command(
        name = "logs",
        description = {
            "Sums up access logs of Service Connect, Envoy, Istio and their like: which requests failed, how, and at which"
                    + " hop. Formats, compression and wrappings are detected.",
            "",
            "Examples:",
            "  eastwest logs proxy.log",
            "  aws logs tail /ecs/proxies --since 1h | eastwest logs -",
            "  eastwest logs caller/ callee/ -o json=summary.json -o jsonl=lines.jsonl",
            ""
        })
final class LogsCommand implements Callable<Integer> {
    private static final int DEEPEST_FOLDER = 64;
    private static final String STANDARD_INPUT = "-";

    private final Console console;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Files or folders, plain or gzip; - or nothing is standard input. A folder, or a file's name,"
                    + " that is or begins with caller or callee tells whose proxy wrote the lines.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default), json: the summary; jsonl: one object per line. Repeat for several; FILE - is"
                    + " standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private String color = "auto";

    LogsCommand(Console console) {
        this.console = console;
    }

    /** One output. */
    private record Output(Format format, Optional<Path> file) {}

    private enum Format {
        TEXT,
        JSON,
        JSONL
    }

    @Override
    public Integer call() throws IOException {
        List<Output> wanted = wanted();
        boolean colored = colored();
        boolean everyLine = wanted.stream().anyMatch(output -> output.format() == Format.JSONL);
        Optional<Path> spooled = Optional.empty();
        try {
            List<LogSource> sources = new ArrayList<>();
            List<String> named = paths.isEmpty() ? List.of(STANDARD_INPUT) : paths;
            if (named.stream().filter(STANDARD_INPUT::equals).count() > 1) {
                throw usage("standard input was named twice", "");
            }
            for (String path : named) {
                if (!path.equals(STANDARD_INPUT)) {
                    sources.addAll(sources(path));
                } else if (everyLine || named.size() > 1) {
                    // These read their input twice.
                    Path file = Files.createTempFile("eastwest-stdin", ".tmp");
                    spooled = Optional.of(file);
                    Files.copy(console.in(), file, StandardCopyOption.REPLACE_EXISTING);
                    sources.add(new LogSource(
                            "standard input", Side.UNKNOWN, () -> Files.newInputStream(file), Optional.of(file)));
                } else {
                    sources.add(new LogSource("standard input", Side.UNKNOWN, () -> unclosable(console.in())));
                }
            }
            analyse(sources, wanted, colored);
        } finally {
            if (spooled.isPresent()) {
                Files.deleteIfExists(spooled.get());
            }
        }
        return ExitCode.OK;
    }

    private void analyse(List<LogSource> sources, List<Output> wanted, boolean colored) throws IOException {
        try (LogAnalysis analysis = new LogAnalysis(sources)) {
            AccessLogSummary summary = analysis.summarize();
            for (Output output : wanted) {
                try (OutputStream out = open(output)) {
                    switch (output.format()) {
                        case TEXT ->
                            out.write(SummaryText.of(
                                            summary, colored && output.file().isEmpty())
                                    .getBytes(StandardCharsets.UTF_8));
                        case JSON -> SummaryJson.write(summary, Main.Version.number(), out);
                        case JSONL -> analysis.lines(out);
                    }
                }
            }
            for (AccessLogSummary.Source source : summary.sources()) {
                source.endedEarly()
                        .ifPresent(reason -> console.err()
                                .println("eastwest: " + printable(source.name()) + " ended early: "
                                        + printable(reason)));
            }
        } catch (FileSystemException fault) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE, "cannot read or write " + fault.getFile() + why(fault), "", fault);
        }
    }

    private List<Output> wanted() {
        List<Output> wanted = new ArrayList<>();
        for (String text : outputs.isEmpty() ? List.of("text") : outputs) {
            int equals = text.indexOf('=');
            String name = (equals < 0 ? text : text.substring(0, equals)).toUpperCase(Locale.ROOT);
            Optional<Path> file = equals < 0 || text.substring(equals + 1).equals("-")
                    ? Optional.empty()
                    : Optional.of(path(text.substring(equals + 1)));
            switch (name) {
                case "TEXT" -> wanted.add(new Output(Format.TEXT, file));
                case "JSON" -> wanted.add(new Output(Format.JSON, file));
                case "JSONL" -> wanted.add(new Output(Format.JSONL, file));
                default ->
                    throw usage(
                            "unknown output format '" + text + "'",
                            "Use text, json or jsonl, each with =FILE if wanted.");
            }
        }
        if (wanted.stream().filter(output -> output.file().isEmpty()).count() > 1) {
            throw usage("two outputs go to standard output", "Give one of them a file: -o json=FILE.");
        }
        return wanted;
    }

    private boolean colored() {
        return switch (color.toLowerCase(Locale.ROOT)) {
            case "always" -> true;
            case "never" -> false;
            case "auto" ->
                console.terminal().out()
                        && !console.environment().containsKey("NO_COLOR")
                        && !"dumb".equals(console.environment().get("TERM"));
            default -> throw usage("unknown --color '" + color + "'", "Use auto, always or never.");
        };
    }

    private OutputStream open(Output output) throws IOException {
        if (output.file().isPresent()) {
            return new BufferedOutputStream(Files.newOutputStream(output.file().get()));
        }
        return new BufferedOutputStream(console.out()) {
            @Override
            public void close() throws IOException {
                // Standard output stays open for what follows.
                flush();
            }
        };
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

    /** The files of a path: itself, or all below a folder in order of their names. */
    private static List<LogSource> sources(String text) {
        Path path = path(text);
        if (!Files.exists(path)) {
            throw usage("cannot read " + text + ": there is no such file", "");
        }
        List<Path> files;
        if (Files.isDirectory(path)) {
            try (Stream<Path> below = Files.walk(path, DEEPEST_FOLDER, new FileVisitOption[0])) {
                files = below.filter(Files::isRegularFile).sorted().toList();
            } catch (IOException | UncheckedIOException fault) {
                throw usage("cannot read " + text + ": " + fault.getMessage(), "");
            }
            if (files.isEmpty()) {
                throw usage("there is no file in " + text, "");
            }
        } else {
            files = List.of(path);
        }
        List<LogSource> sources = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw usage("cannot read " + file + ": no permission", "");
            }
            sources.add(LogSource.of(file, side(file)));
        }
        return sources;
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

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException fault) {
            throw usage("no path: " + printable(text), "");
        }
    }

    private static String why(FileSystemException fault) {
        String reason = fault.getReason();
        return reason == null || reason.isEmpty() ? "" : ": " + reason;
    }

    /** A log line or a file name must not reprogram the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "\uFFFD");
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
