package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Renderers;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eastwest diagnose CALLER CALLEE}: the main job. */
@Command(
        name = "diagnose",
        customSynopsis = "eastwest diagnose CALLER CALLEE --bundle PATH [OPTION…]",
        header = {
            "Tells which hop of an edge fails and why.",
            "",
            "Examples:",
            "  eastwest diagnose checkout payments --bundle incident.zip",
            "  eastwest diagnose checkout payments --bundle DIR -o html=report.html -o text",
            "  eastwest diagnose checkout payments --bundle DIR --from 2026-11-21T04:15:00Z --to 2026-11-21T04:18:00Z",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 nothing at or above --fail-on, 1 internal fault, 2 usage,",
            "3 findings, 4 inconclusive, 5 no access."
        })
final class DiagnoseCommand implements Callable<Integer> {
    private static final List<String> FORMATS =
            Arrays.stream(Format.values()).map(Format::id).toList();

    /** What {@code --around} looks at on each side. */
    private static final Duration AROUND = Duration.ofMinutes(15);

    private final Console console;

    @Parameters(index = "0", paramLabel = "CALLER", description = "ECS service that calls.")
    private String caller = "";

    @Parameters(index = "1", paramLabel = "CALLEE", description = "ECS service that is called.")
    private String callee = "";

    @Option(names = "--bundle", paramLabel = "PATH", description = "Bundle to diagnose: a directory, or a .zip of one.")
    private @Nullable Path bundle;

    @Option(
            names = {"-c", "--cluster"},
            description = "The caller's cluster.")
    private @Nullable String cluster;

    @Option(names = "--callee-cluster", description = "The callee's cluster, where it is another one.")
    private @Nullable String calleeCluster;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Begin of the window, ISO-8601 (default: the bundle's).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "End of the window, ISO-8601 (default: the bundle's).")
    private @Nullable String to;

    @Option(names = "--around", paramLabel = "TIME", description = "The 15 minutes before and after that time.")
    private @Nullable String around;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default), json, html, md or csv; repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "error",
            description = "error (default), warning, note or never: findings from there on exit 3.")
    private String failOn = "error";

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    DiagnoseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Outputs targets = Outputs.parse(outputs, FORMATS);
        Optional<Severity> threshold = threshold();
        if (bundle == null) {
            throw usage("diagnose needs --bundle PATH", "See 'How to make a bundle' in the README.");
        }
        Diagnosis diagnosis;
        try (Bundle opened = Bundle.open(bundle)) {
            Snapshot snapshot = SnapshotReader.read(opened, request());
            diagnosis = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(snapshot);
        }
        int exit = exitCode(diagnosis, threshold);
        targets.write(console, (target, out) -> {
            boolean colored =
                    target.standardOutput() && color.on(console.terminal().out(), console.environment());
            ReportContext context =
                    new ReportContext("eastwest", Main.Version.number(), exit, colored, ReportContext.DEFAULT_WIDTH);
            Renderers.of(Format.of(target.format()).orElseThrow()).render(diagnosis, context, out);
        });
        return exit;
    }

    private Request request() {
        Optional<Instant> begin = time("--from", from);
        Optional<Instant> end = time("--to", to);
        Optional<Instant> middle = time("--around", around);
        if (middle.isPresent()) {
            if (begin.isPresent() || end.isPresent()) {
                throw usage("--around cannot be combined with --from or --to", "Give one or the other.");
            }
            begin = middle.map(m -> m.minus(AROUND));
            end = middle.map(m -> m.plus(AROUND));
        }
        if (begin.isPresent() && end.isPresent() && !end.get().isAfter(begin.get())) {
            throw usage("--to is not after --from", "Swap them.");
        }
        return new Request(
                Optional.of(caller),
                Optional.of(callee),
                Optional.ofNullable(cluster),
                Optional.ofNullable(calleeCluster),
                begin,
                end);
    }

    private static Optional<Instant> time(String option, @Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(value).toInstant());
        } catch (DateTimeException e) {
            throw usage(option + " " + value + " is no ISO-8601 time with a zone", "Write it as 2026-11-21T04:15:00Z.");
        }
    }

    private Optional<Severity> threshold() {
        if (failOn.equalsIgnoreCase("never")) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Severity.values())
                .filter(s -> s.id().equalsIgnoreCase(failOn))
                .findFirst()
                .orElseThrow(() -> usage("unknown --fail-on '" + failOn + "'", "Use error, warning, note or never.")));
    }

    /** The exit code by DESIGN's order: 1, 5, 3, 4, 0. */
    static int exitCode(Diagnosis diagnosis, Optional<Severity> threshold) {
        if (!diagnosis.causes().faults().isEmpty()) {
            return ExitCode.INTERNAL;
        }
        Coverage coverage = diagnosis.coverage();
        boolean nothingRead = Arrays.stream(Input.values()).noneMatch(coverage::isRead);
        boolean denied = Arrays.stream(Input.values()).anyMatch(i -> coverage.state(i) == Coverage.State.DENIED);
        if (nothingRead && denied) {
            return ExitCode.NO_ACCESS;
        }
        boolean found = threshold.isPresent()
                && diagnosis.causes().findings().stream()
                        .anyMatch(f -> f.assessment().severity().atLeast(threshold.get()));
        if (found) {
            return ExitCode.FINDINGS;
        }
        // Below the threshold, but something required was not seen or is not explained: that is no "all well".
        return diagnosis.gaps().isEmpty() ? ExitCode.OK : ExitCode.INCONCLUSIVE;
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
