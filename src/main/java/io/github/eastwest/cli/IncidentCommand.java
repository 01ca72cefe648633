package io.github.eastwest.cli;

import io.github.eastwest.classify.incident.IncidentOptions;
import io.github.eastwest.classify.incident.Incidents;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.report.Incident;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.html.Templates;
import io.github.eastwest.render.html.WriteUpPage;
import io.github.eastwest.render.markdown.IncidentMarkdown;
import io.github.eastwest.render.markdown.LivingDocument;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eastwest incident CALLER CALLEE}: the write-up after an incident, and the checks of its action items. */
@Command(
        name = "incident",
        addMethodSubcommands = false,
        sortOptions = false,
        customSynopsis = {
            "eastwest incident CALLER CALLEE [--bundle PATH] [OPTION…]",
            "eastwest incident verify-actions FILE [--bundle PATH] [OPTION…]"
        },
        header = {
            "Writes up an incident for people to go on with, and checks its action items.",
            "",
            "Examples:",
            "  eastwest incident checkout payments --bundle incident.zip -o md=2026-11-21-payments.md",
            "  eastwest incident checkout payments --bundle incident.zip --slo 99.9 --detected-at 2026-11-21T12:55:00Z"
                    + " -o md=2026-11-21-payments.md -o html=2026-11-21-payments.html",
            "  eastwest incident verify-actions 2026-11-21-payments.md --since 1h",
            ""
        },
        description = {
            "",
            "The document has generated blocks of facts, each between two comments, and questions for people. Where FILE"
                    + " of -o md=FILE is there already, its blocks are made anew and everything that people wrote is kept:"
                    + " text outside of blocks, blocks that were edited, and the place of each. HTML is made from the"
                    + " Markdown of the same run.",
            "",
            "verify-actions repeats the check of each action item, against AWS now or against a later bundle.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0, 1 internal fault, 2 usage, 4 inconclusive, 5 no access, 6 stopped at --max-cost, 130"
                    + " interrupted. verify-actions: 0 all done, 3 something is not done, 4 something cannot be told, and"
                    + " nothing is known not to be done."
        })
final class IncidentCommand implements Callable<Integer> {
    private static final List<String> FORMATS = List.of("md", "html");
    private static final String VERIFY = "verify-actions";

    private final Console console;

    @Mixin
    private final EdgeArguments edge = new EdgeArguments();

    @Mixin
    private final EvidenceOptions evidence = new EvidenceOptions();

    @Option(
            names = "--slo",
            paramLabel = "PERCENT",
            description = "Share of calls that must succeed, as in 99.9: what the incident took of the error budget.")
    private @Nullable String objective;

    @Option(
            names = "--slo-period",
            paramLabel = "DURATION",
            defaultValue = "30d",
            description = "Period of the objective (default 30d).")
    private String period = "30d";

    @Option(names = "--detected-at", paramLabel = "TIME", description = "When it was noticed (default: first alarm).")
    private @Nullable String detectedAt;

    @Option(
            names = "--mitigated-at",
            paramLabel = "TIME",
            description = "When the harm ended (default: when the failures were over).")
    private @Nullable String mitigatedAt;

    @Option(
            names = "--resolved-at",
            paramLabel = "TIME",
            description = "When the cause was gone (default: when every alarm that fired was OK again).")
    private @Nullable String resolvedAt;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description =
                    "md (default; an existing FILE is brought up to date) or html; for verify-actions text (default)"
                            + " or json; repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    IncidentCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        if (evidence.dryRun() && !edge.caller().equals(VERIFY)) {
            CallList calls = evidence.calls(edge, console);
            Outputs.parse(outputs, CallList.FORMATS).write(console, (target, out) -> calls.write(target.format(), out));
            return ExitCode.OK;
        }
        if (edge.caller().equals(VERIFY)) {
            return new VerifyActions(console, edge, evidence, command).run(Path.of(edge.callee()), outputs);
        }
        Outputs targets = Outputs.parse(outputs, FORMATS);
        IncidentOptions options = options();
        EvidenceOptions.Evidence read = evidence.read(edge, command, console);
        Incident incident = Incidents.of(read.snapshot(), read.diagnosis(), read.alarms(), read.plan(), options);
        int exit = ExitCode.of(read.diagnosis(), Optional.empty());
        ReportContext context =
                new ReportContext("eastwest", Main.Version.number(), exit, false, ReportContext.DEFAULT_WIDTH);
        String document = document(incident, context, targets);
        targets.write(console, (target, out) -> {
            if (target.format().equals("html")) {
                WriteUpPage.write(document, context, Templates.builtIn(), out);
            } else {
                out.write(document.getBytes(StandardCharsets.UTF_8));
            }
        });
        return exit;
    }

    /** A new document, or the existing one brought up to date. */
    private String document(Incident incident, ReportContext context, Outputs targets) throws IOException {
        Map<String, String> fields = IncidentMarkdown.fields(incident);
        List<LivingDocument.Block> blocks = IncidentMarkdown.blocks(incident, context);
        Optional<String> existing = Optional.empty();
        for (Outputs.Target target : targets.targets()) {
            if (target.format().equals("md") && !target.standardOutput() && existing.isEmpty()) {
                existing = WriteUpFile.read(Path.of(target.file()));
                existing.ifPresent(text -> WriteUpFile.check(text, fields, target.file()));
            }
        }
        if (existing.isEmpty()) {
            return LivingDocument.fresh(fields, blocks);
        }
        LivingDocument.Merged merged = LivingDocument.merge(existing.get(), fields, blocks);
        merged.messages().forEach(message -> console.err().println("eastwest: " + Foreign.clean(message)));
        return merged.text();
    }

    private IncidentOptions options() {
        Duration length = WindowOptions.duration("--slo-period", period);
        return new IncidentOptions(
                Optional.ofNullable(objective).map(IncidentCommand::percent),
                length,
                WindowOptions.time("--detected-at", detectedAt),
                WindowOptions.time("--mitigated-at", mitigatedAt),
                WindowOptions.time("--resolved-at", resolvedAt));
    }

    private static BigDecimal percent(String text) {
        if (text.matches("\\d{1,2}(\\.\\d{1,6})?") && new BigDecimal(text).signum() > 0) {
            return new BigDecimal(text);
        }
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                "--slo " + text + " is no share of calls",
                "Write it in percent, above 0 and below 100, as in 99.9.");
    }
}
