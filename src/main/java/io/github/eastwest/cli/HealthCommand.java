package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.HealthHistory;
import io.github.eastwest.bundle.HealthReader;
import io.github.eastwest.bundle.HealthRunReader;
import io.github.eastwest.classify.health.HealthClassifier;
import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.collect.HealthCollected;
import io.github.eastwest.collect.HealthRequest;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthRun;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.model.health.HealthWindow;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderers;
import io.github.eastwest.render.ReportContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

/** {@code eastwest health}: the scheduled report over all edges of a cluster or namespace. */
@Command(
        name = "health",
        addMethodSubcommands = false,
        sortOptions = false,
        customSynopsis = "eastwest health [--cluster C | --namespace N | --bundle PATH] [OPTION\u2026]",
        header = {
            "Reports how all edges of a cluster or namespace are, and what changed.",
            "",
            "Examples:",
            "  eastwest health --cluster prod --since 1h",
            "  eastwest health --cluster prod --history runs -o text -o html=health.html",
            "  eastwest health --namespace prod.local --previous last.json -o json=now.json",
            "  eastwest health --cluster prod --publish s3://my-reports/eastwest --notify slack:SLACK_WEBHOOK",
            "  eastwest health --cluster prod --dry-run",
            "  eastwest health --bundle samples/health-prod --previous samples/health-prod/previous.json",
            ""
        },
        description = {
            "",
            "The edges are those that CloudWatch lists with the caller's dimensions; each is judged by its response codes"
                    + " and times, against fixed thresholds and against the same hours of earlier days, and by its"
                    + " callee's tasks. The worst of them are then diagnosed. A live run is the same as reading a bundle,"
                    + " which --save keeps.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 every edge that carried traffic could be judged and no problem is at or above --fail-on,"
                    + " 1 internal fault, 2 usage, 3 problems, 4 inconclusive (a source is missing, or an edge is blind or"
                    + " had too few requests), 5 no access, 6 stopped at --max-cost, 130 interrupted. When several hold:"
                    + " 1, 2, 5, 3, 6, 4 in this order."
        })
final class HealthCommand implements Callable<Integer> {
    /** Service Connect publishes every 60 s: what ended within the last two minutes may not be whole yet. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private static final int MOST_LOOKS = 50;
    private static final int MOST_KEPT = 10_000;

    private final Console console;

    @Option(
            names = {"-c", "--cluster"},
            paramLabel = "CLUSTER",
            description = "Cluster of the callers, name or ARN (default: the only one there is).")
    private @Nullable String cluster;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Cloud Map namespace, name or ARN: the services that use it are the callers looked at.")
    private @Nullable String namespace;

    @Option(
            names = "--bundle",
            paramLabel = "PATH",
            description = "Report on a health bundle, a directory or a .zip of one, instead of going to AWS.")
    private @Nullable Path bundle;

    @Mixin
    private final WindowOptions window = new WindowOptions();

    @Option(
            names = "--compare",
            paramLabel = "DAYS",
            defaultValue = "7d",
            description = "Compare with the same hours of so many earlier days (default 7d); none costs half.")
    private String compare = "7d";

    @Option(
            names = "--diagnose",
            paramLabel = "N",
            defaultValue = "3",
            description = "Look into the logs and configuration of so many of the worst edges (default 3); 0 for none.")
    private int looks = 3;

    @Option(
            names = "--previous",
            paramLabel = "FILE",
            description = "The JSON of an earlier run: tells what is new, still there, recovered and gone.")
    private @Nullable Path previous;

    @Option(
            names = "--history",
            paramLabel = "DIR",
            description = "Keep each run's JSON there; the last one is the previous run, all of them draw the trend.")
    private @Nullable Path history;

    @Option(
            names = "--history-keep",
            paramLabel = "N",
            defaultValue = "336",
            description = "How many runs the history holds (default 336, two weeks of hours); the oldest go.")
    private int keep = HealthHistory.DEFAULT_KEEP;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description =
                    "text (default), json, md, html, csv, junit or slack; repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "error",
            description = "error (default), warning, note or never: problems from there on exit 3.")
    private String failOn = "error";

    @Mixin
    private final SinkOptions sinks = new SinkOptions();

    @Mixin
    private final SaveOptions save = new SaveOptions();

    @Mixin(name = "live")
    private final LiveOptions live = new LiveOptions();

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    HealthCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        if (bundle != null) {
            LiveOptions.refuse(
                    Objects.requireNonNull(spec, "picocli sets it"),
                    "--cluster",
                    "--namespace",
                    "--since",
                    "--from",
                    "--to",
                    "--around",
                    "--compare",
                    "--diagnose");
            Outputs targets = Outputs.parse(outputs, HealthRenderers.formats());
            try (Bundle opened = Bundle.open(bundle, HealthReader.LIMITS)) {
                return report(opened, targets);
            }
        }
        if (live.dryRun()) {
            Outputs targets = Outputs.parse(outputs, CallList.FORMATS);
            HealthPlanList plan = new HealthPlanList(collect().plan(), looks);
            targets.write(console, (target, out) -> plan.write(target.format(), out));
            return ExitCode.OK;
        }
        Outputs targets = Outputs.parse(outputs, HealthRenderers.formats());
        try (Bundle collected = Bundle.of(collect().bundle().files(), HealthReader.LIMITS)) {
            return report(collected, targets);
        }
    }

    private void check() {
        if (cluster != null && cluster.isBlank() || namespace != null && namespace.isBlank()) {
            throw usage("an empty --cluster or --namespace names nothing", "Leave it away, or name one.");
        }
        if (looks < 0 || looks > MOST_LOOKS) {
            throw usage("--diagnose " + looks + " is not from 0 to " + MOST_LOOKS, "Each is a diagnosis of its own.");
        }
        if (keep < 1 || keep > MOST_KEPT) {
            throw usage("--history-keep " + keep + " is not from 1 to " + MOST_KEPT, "");
        }
        if (previous != null && history != null) {
            throw usage("--previous and --history both say which run came before", "Give one or the other.");
        }
        threshold();
        sinks.sinks(console.environment());
        save.check();
    }

    private HealthCollected collect() throws InterruptedException {
        Instant now = console.world().clock().instant();
        TimeWindow asked = window.live(now);
        if (Duration.between(asked.to(), now).compareTo(LATE) < 0) {
            Duration shift = LATE.minus(Duration.between(asked.to(), now));
            asked = new TimeWindow(asked.from().minus(shift), asked.to().minus(shift));
        }
        boolean givenTimeout = Objects.requireNonNull(spec, "picocli sets it")
                .commandLine()
                .getParseResult()
                .hasMatchedOption("--timeout");
        HealthRequest request = new HealthRequest(
                Optional.ofNullable(cluster),
                Optional.ofNullable(namespace),
                HealthWindow.aligned(asked, compareDays()),
                now,
                live.metricNamespace(),
                givenTimeout ? live.timeout() : HealthRequest.DEFAULT_TIMEOUT,
                live.maxCost(),
                live.dryRun(),
                "eastwest " + Main.Version.number());
        return new Live(console, live, color)
                .run((aws, progress) -> new HealthCollection(request, this::before, looks).collect(aws, progress));
    }

    private int compareDays() {
        if (compare.equalsIgnoreCase("none") || compare.equals("0")) {
            return 0;
        }
        Duration length = WindowOptions.duration("--compare", compare);
        long days = length.toDays();
        if (!length.equals(Duration.ofDays(days)) || days > HealthWindow.MOST_COMPARE_DAYS) {
            throw usage(
                    "--compare " + compare + " is no number of days up to " + HealthWindow.MOST_COMPARE_DAYS,
                    "Write it as 7d, 2w or none.");
        }
        return (int) days;
    }

    private int report(Bundle opened, Outputs targets) throws IOException, InterruptedException {
        // A full disk must not cost the report too: it comes first, then the fault.
        Optional<EastwestException> notSaved = saved(opened);
        HealthSnapshot snapshot = HealthReader.read(opened);
        Instant to = snapshot.window().window().to();
        String place = HealthReport.place(snapshot.scope(), snapshot.account());
        Optional<HealthHistory> kept = history();
        List<HealthReport.TrendPoint> trend =
                kept.map(runs -> runs.trend(to, place)).orElse(List.of());
        HealthReport report = HealthDiagnoses.added(
                new HealthClassifier(HealthThresholds.DEFAULT).report(snapshot, before(snapshot), trend),
                snapshot,
                opened);
        int exit = ExitCode.of(report, threshold());
        targets.write(console, (target, out) -> {
            boolean colored =
                    target.standardOutput() && color.on(console.terminal().out(), console.environment());
            HealthRenderers.of(target.format()).render(report, HealthThresholds.DEFAULT, context(exit, colored), out);
        });
        kept.ifPresent(runs -> runs.add(
                report.point(),
                place,
                console.world().clock().instant(),
                out -> HealthRenderers.of("json").render(report, HealthThresholds.DEFAULT, context(exit, false), out)));
        boolean sent = send(report, targets, context(exit, false));
        if (notSaved.isPresent()) {
            throw notSaved.get();
        }
        return exit == ExitCode.OK && !sent ? ExitCode.INTERNAL : exit;
    }

    /** Sends the report where it is wanted; tells whether every sink took it. */
    private boolean send(HealthReport report, Outputs targets, ReportContext context)
            throws IOException, InterruptedException {
        SinkOptions.Sinks named = sinks.sinks(console.environment());
        if (named.bucket().isEmpty()
                && named.topics().isEmpty()
                && named.chats().isEmpty()) {
            return true;
        }
        String name = "health-"
                + report.scope()
                        .cluster()
                        .or(report.scope()::namespace)
                        .orElse("all")
                        .replaceAll("[^A-Za-z0-9._-]", "_")
                + "-"
                + report.window().window().to().toString().replaceAll("[-:]", "");
        List<SinkOptions.Published> files = new ArrayList<>();
        if (named.bucket().isPresent()) {
            for (Outputs.Target target : targets.targets()) {
                files.add(new SinkOptions.Published(
                        name + "." + HealthRenderers.extension(target.format()),
                        HealthRenderers.contentType(target.format()),
                        bytes(target.format(), report, context)));
            }
        }
        HealthBriefing briefing = new HealthBriefing(report);
        SinkOptions.Notice notice = new SinkOptions.Notice(
                "eastwest: " + report.scope().label() + ": " + briefing.headline(),
                briefing.notice(),
                bytes("slack", report, context),
                briefing.changed(),
                report.edges().stream().anyMatch(EdgeHealth::problem));
        return sinks.send(named, live.sinkAccess(console.environment()), files, notice, console);
    }

    private static byte[] bytes(String format, HealthReport report, ReportContext context) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HealthRenderers.of(format).render(report, HealthThresholds.DEFAULT, context, out);
        return out.toByteArray();
    }

    /** The run to compare with: the one given, or the last one of the history. */
    private Optional<HealthRun> before(HealthSnapshot snapshot) {
        return Optional.ofNullable(previous)
                .map(HealthRunReader::read)
                .or(() -> history()
                        .flatMap(runs -> runs.before(
                                snapshot.window().window().to(),
                                HealthReport.place(snapshot.scope(), snapshot.account()))));
    }

    private Optional<HealthHistory> history() {
        return Optional.ofNullable(history).map(directory -> HealthHistory.open(directory, keep));
    }

    private ReportContext context(int exit, boolean colored) {
        return new ReportContext(
                "eastwest", Main.Version.number(), exit, threshold(), colored, ReportContext.DEFAULT_WIDTH);
    }

    private Optional<EastwestException> saved(Bundle opened) {
        try {
            save.save(opened, console);
            return Optional.empty();
        } catch (EastwestException fault) {
            return Optional.of(fault);
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

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
