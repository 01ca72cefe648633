package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Origin;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Provenance;
import io.github.eastwest.render.Renderers;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.html.HtmlRenderer;
import io.github.eastwest.render.html.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eastwest diagnose CALLER CALLEE}: the main job. */
@Command(
        name = "diagnose",
        addMethodSubcommands = false,
        sortOptions = false,
        customSynopsis = "eastwest diagnose CALLER CALLEE [--bundle PATH] [OPTION…]",
        header = {
            "Tells which hop of an edge fails and why.",
            "",
            "Examples:",
            "  eastwest diagnose checkout payments --cluster prod --since 1h",
            "  eastwest diagnose checkout payments --around 2026-11-21T04:15:00Z",
            "  eastwest diagnose checkout payments --save incident.zip",
            "  eastwest diagnose checkout payments --dry-run",
            "  eastwest diagnose checkout payments --bundle incident.zip",
            "  eastwest diagnose checkout payments -o text -o html=report.html -o slack=message.json",
            ""
        },
        description = {
            "",
            "Reads AWS, or with --bundle a bundle and nothing else. A live run is the same as 'collect' and then"
                    + " 'diagnose --bundle'; it writes nothing to disk without --save. 'eastwest iam-policy' prints the"
                    + " permissions it needs.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 everything required was read and nothing is at or above --fail-on, 1 internal fault, 2 usage,"
                    + " 3 findings, 4 inconclusive, 5 no access, 6 stopped at --max-cost, 130 interrupted. When several"
                    + " hold: 1, 2, 5, 3, 6, 4 in this order."
        })
final class DiagnoseCommand implements Callable<Integer> {
    private static final List<String> FORMATS =
            Arrays.stream(Format.values()).map(Format::id).toList();

    private final Console console;

    @Mixin
    private final EdgeArguments edge = new EdgeArguments();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default), json, html, md, csv, slack (a message in Block Kit JSON) or junit (XML for"
                    + " pipelines); repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "error",
            description = "error (default), warning, note or never: findings from there on exit 3.")
    private String failOn = "error";

    @Option(
            names = "--confirm",
            description =
                    "Answer the confirm steps of the findings: live, what they ask is read again; with --bundle, from"
                            + " the bundle. Confirms likely findings or rules them out, and shows each answer. Steps that change"
                            + " something or need a shell are printed, never run.")
    private boolean confirm;

    @Option(
            names = "--templates",
            paramLabel = "DIR",
            description = "Templates of -o html that replace ours of the same name.")
    private @Nullable Path templates;

    @Mixin
    private final EvidenceOptions evidence = new EvidenceOptions();

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    DiagnoseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (evidence.dryRun()) {
            Outputs targets = Outputs.parse(outputs, CallList.FORMATS);
            CallList calls = evidence.calls(edge, console);
            targets.write(console, (target, out) -> calls.write(target.format(), out));
            return ExitCode.OK;
        }
        Outputs targets = Outputs.parse(outputs, FORMATS);
        Optional<Severity> threshold = threshold();
        Templates pages = templates(targets);
        return evidence.with(
                edge, Objects.requireNonNull(spec, "picocli sets it"), console, confirm, (bundle, request) -> {
                    Snapshot snapshot = SnapshotReader.read(bundle, request);
                    Classifier classifier = new Classifier(Rules.all(), Thresholds.DEFAULT);
                    Diagnosis diagnosis = confirm
                            ? classifier.confirm(snapshot, SnapshotReader.reread(bundle, request, snapshot))
                            : classifier.diagnose(snapshot);
                    return report(
                            diagnosis, threshold, targets, new Pages(pages, provenance(targets, snapshot, bundle)));
                });
    }

    private int report(Diagnosis diagnosis, Optional<Severity> threshold, Outputs targets, Pages pages)
            throws IOException {
        int exit = ExitCode.of(diagnosis, threshold);
        targets.write(console, (target, out) -> {
            boolean colored = target.standardOutput()
                    && evidence.color().on(console.terminal().out(), console.environment());
            ReportContext context = new ReportContext(
                    "eastwest",
                    Main.Version.number(),
                    exit,
                    threshold,
                    colored,
                    ReportContext.DEFAULT_WIDTH,
                    pages.provenance());
            Renderers.of(Format.of(target.format()).orElseThrow(), pages.templates())
                    .render(diagnosis, context, out);
        });
        return exit;
    }

    /** What HTML pages are made of besides the diagnosis. */
    private record Pages(Templates templates, Provenance provenance) {}

    /** The templates, tried out: what is wrong with them must not come to light after AWS was read. */
    private Templates templates(Outputs targets) throws IOException {
        if (templates == null) {
            return Templates.builtIn();
        }
        if (!writesHtml(targets)) {
            throw usage("--templates is for -o html, which is not asked for", "Add -o html=FILE.");
        }
        Templates own = Templates.in(templates);
        new HtmlRenderer(own).tryOut();
        return own;
    }

    private static boolean writesHtml(Outputs targets) {
        return targets.targets().stream().anyMatch(target -> target.format().equals(Format.HTML.id()));
    }

    /** Where the numbers come from; only pages print it, so only for them the inputs are read once more. */
    private Provenance provenance(Outputs targets, Snapshot snapshot, Bundle read) {
        return writesHtml(targets)
                ? new Provenance(
                        commandLine(),
                        snapshot.account().accountId(),
                        snapshot.account().region(),
                        Optional.of(collected(Origin.of(read))),
                        read.digests().entrySet().stream()
                                .map(entry -> new Provenance.Digest(entry.getKey(), entry.getValue()))
                                .toList())
                : Provenance.UNKNOWN;
    }

    private static Provenance.Collected collected(Origin origin) {
        return new Provenance.Collected(
                origin.collectedAt(),
                origin.collectedBy(),
                origin.queries().stream()
                        .map(query -> new Provenance.Query(query.name(), query.side(), query.answers(), query.text()))
                        .toList(),
                origin.redaction()
                        .map(kinds -> kinds.stream()
                                .map(kind -> kind.kind() + " (" + kind.values() + ")")
                                .toList()));
    }

    /** What gives this report again: the same for a live run and for the bundle it saved, wherever that lies. */
    private String commandLine() {
        return "eastwest diagnose " + edge.caller() + ' ' + edge.callee() + " --bundle BUNDLE"
                + (confirm ? " --confirm" : "");
    }

    /** A full disk must not cost the diagnosis too: the report comes first, then the fault. */
    private Optional<Severity> threshold() {
        if (failOn.equalsIgnoreCase("never")) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Severity.values())
                .filter(s -> s.id().equalsIgnoreCase(failOn))
                .findFirst()
                .orElseThrow(() -> usage("unknown --fail-on '" + failOn + "'", "Use error, warning, note or never.")));
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
