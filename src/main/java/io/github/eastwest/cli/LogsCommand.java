package io.github.eastwest.cli;

import io.github.eastwest.accesslog.AccessLogSummary;
import io.github.eastwest.accesslog.Choice;
import io.github.eastwest.accesslog.FollowedLogs;
import io.github.eastwest.accesslog.LogAnalysis;
import io.github.eastwest.accesslog.LogSource;
import io.github.eastwest.accesslog.SummaryJson;
import io.github.eastwest.accesslog.SummaryText;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.render.Foreign;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eastwest logs}: what access logs say, without AWS. */
@Command(
        name = "logs",
        addMethodSubcommands = false,
        sortOptions = false,
        description = {
            "Sums up access logs of Service Connect, Envoy, Istio and their like: which requests failed, how, and at which"
                    + " hop. Formats, compression and wrappings are detected.",
            "",
            "Examples:",
            "  eastwest logs proxy.log",
            "  aws logs tail /ecs/proxies --since 1h | eastwest logs -",
            "  eastwest logs caller/ callee/ -o json=summary.json -o jsonl=lines.jsonl",
            "  eastwest logs 'archive/**/*.gz' --since 2h --where status=5xx --top path",
            "  eastwest logs --follow /var/log/envoy/access.log --where condition=failed -o jsonl",
            ""
        })
final class LogsCommand implements Callable<Integer> {
    private static final List<String> FORMATS = List.of("text", "json", "html", "jsonl", "csv");

    private final Console console;

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description =
                    "Files, folders or globs, plain or gzip; - or nothing is standard input. A folder, or a file's"
                            + " name, that is or begins with caller or callee tells whose proxy wrote the lines.")
    private List<String> paths = new ArrayList<>();

    @Mixin
    private final LineOptions lines = new LineOptions();

    @Option(
            names = {"-f", "--follow"},
            description =
                    "Go on as lines come, through rotation and truncation and in new files of a folder or glob, until"
                            + " Ctrl-C: jsonl and csv are written at once, text is shown anew on a terminal, and all"
                            + " others at the end.")
    private boolean follow;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description =
                    "text (default), json, html: the summary; jsonl, csv: one object or row per line. Repeat for several;"
                            + " FILE - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    LogsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Outputs targets = Outputs.parse(outputs, FORMATS);
        boolean everyLine = targets.targets().stream().anyMatch(LogsCommand::isOfLines);
        boolean severalPasses = !follow && (everyLine || paths.size() > 1 || lines.needsNewest());
        // Reports a wrong filter before anything is read.
        lines.choice(console.world().clock().instant());
        try (LogPaths named = new LogPaths(paths, severalPasses, console)) {
            return follow ? follow(named, targets) : analyse(named, targets);
        } catch (FileSystemException fault) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE, "cannot read or write " + fault.getFile() + why(fault), "", fault);
        }
    }

    private static boolean isOfLines(Outputs.Target target) {
        return target.format().equals("jsonl") || target.format().equals("csv");
    }

    private int analyse(LogPaths named, Outputs targets) throws IOException {
        Choice choice = lines.choice(lines.needsNewest() ? newest(named.sources()) : Instant.EPOCH);
        try (LogAnalysis analysis = new LogAnalysis(named.sources(), choice)) {
            AccessLogSummary summary;
            try (ReadingProgress shown = new ReadingProgress(console, named.bytes(), analysis::bytesRead)) {
                shown.show();
                summary = analysis.summarize();
            }
            targets.write(console, (target, out) -> {
                switch (target.format()) {
                    case "jsonl" -> analysis.lines(out);
                    case "csv" -> analysis.rows(out);
                    default -> write(summary, target, out);
                }
            });
            tellEarlyEnds(summary);
        }
        return ExitCode.OK;
    }

    /** What lengths of time count back from. */
    private Instant newest(List<LogSource> sources) throws IOException {
        OptionalLong newest = LogAnalysis.newest(sources);
        if (newest.isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "no line has a time, so there is no newest one to count back from",
                    "Leave --since and --until away.");
        }
        return Instant.ofEpochMilli(newest.getAsLong());
    }

    private int follow(LogPaths named, Outputs targets) throws IOException, InterruptedException {
        Choice choice = lines.choice(console.world().clock().instant());
        try (FollowedLogs logs = new FollowedLogs(named.sources(), choice);
                Following following = new Following(console, targets, this::write)) {
            return following.run(logs, named::files);
        }
    }

    private void write(AccessLogSummary summary, Outputs.Target target, OutputStream out) throws IOException {
        switch (target.format()) {
            case "json" -> SummaryJson.write(summary, Main.Version.number(), out);
            case "html" -> LogsPage.write(summary, out);
            default -> {
                boolean colored =
                        target.standardOutput() && color.on(console.terminal().out(), console.environment());
                out.write(SummaryText.of(summary, colored).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void tellEarlyEnds(AccessLogSummary summary) {
        for (AccessLogSummary.Source source : summary.sources()) {
            Optional<String> reason = source.endedEarly();
            if (reason.isPresent()) {
                console.err()
                        .println("eastwest: " + Foreign.clean(source.name()) + " ended early: "
                                + Foreign.clean(reason.get()));
            }
        }
    }

    private static String why(FileSystemException fault) {
        String reason = fault.getReason();
        return reason == null || reason.isEmpty() ? "" : ": " + reason;
    }
}
