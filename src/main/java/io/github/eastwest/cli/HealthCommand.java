package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.HealthReader;
import io.github.eastwest.bundle.HealthRunReader;
import io.github.eastwest.classify.health.HealthClassifier;
import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthRun;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.render.HealthRenderers;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eastwest health}: the scheduled report over all edges of a cluster or namespace. */
@Command(
        name = "health",
        sortOptions = false,
        customSynopsis = "eastwest health [--cluster C | --namespace N | --bundle PATH] [OPTION…]",
        header = {
            "Reports how all edges of a cluster or namespace are, and what changed.",
            "",
            "Examples:",
            "  eastwest health --bundle samples/health-prod --previous samples/health-prod/previous.json",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 every edge that carried traffic could be judged and no problem is at or above --fail-on,"
                    + " 1 internal fault, 2 usage, 3 problems, 4 inconclusive (a source is missing, or an edge is blind or"
                    + " had too few requests), 5 no access, 6 stopped at --max-cost. When several hold: 1, 2, 5, 3, 6, 4 in"
                    + " this order."
        })
final class HealthCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--bundle",
            paramLabel = "PATH",
            description = "Report on a health bundle, a directory or a .zip of one, instead of going to AWS.")
    private @Nullable Path bundle;

    @Option(
            names = "--previous",
            paramLabel = "FILE",
            description = "The JSON of an earlier run: tells what is new, still there, recovered and gone.")
    private @Nullable Path previous;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default) or json; repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "error",
            description = "error (default), warning, note or never: problems from there on exit 3.")
    private String failOn = "error";

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    HealthCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Outputs targets = Outputs.parse(outputs, HealthRenderers.formats());
        Optional<Severity> threshold = threshold();
        Optional<HealthRun> before = Optional.ofNullable(previous).map(HealthRunReader::read);
        if (bundle == null) {
            throw new EastwestException(EastwestException.Kind.USAGE, "name a --bundle", "");
        }
        try (Bundle opened = Bundle.open(bundle, HealthReader.LIMITS)) {
            HealthSnapshot snapshot = HealthReader.read(opened);
            HealthReport report = HealthDiagnoses.added(
                    new HealthClassifier(HealthThresholds.DEFAULT).report(snapshot, before, List.of()),
                    snapshot,
                    opened);
            int exit = ExitCode.of(report, threshold);
            targets.write(console, (target, out) -> {
                boolean colored =
                        target.standardOutput() && color.on(console.terminal().out(), console.environment());
                HealthRenderers.of(target.format())
                        .render(
                                report,
                                HealthThresholds.DEFAULT,
                                new ReportContext(
                                        "eastwest", Main.Version.number(), exit, colored, ReportContext.DEFAULT_WIDTH),
                                out);
            });
            return exit;
        }
    }

    private Optional<Severity> threshold() {
        if (failOn.equalsIgnoreCase("never")) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Severity.values())
                .filter(s -> s.id().equalsIgnoreCase(failOn))
                .findFirst()
                .orElseThrow(() -> new EastwestException(
                        EastwestException.Kind.USAGE,
                        "unknown --fail-on '" + failOn + "'",
                        "Use error, warning, note or never.")));
    }
}
