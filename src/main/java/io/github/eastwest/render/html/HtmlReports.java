package io.github.eastwest.render.html;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Provenance;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.ShellLines;
import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns a diagnosis into what the template shows. Lists and strings are bounded, so that the page stays a mail attachment
 * whatever the traffic; what is left out is counted, and the JSON report has it.
 */
final class HtmlReports {
    private static final int FINDINGS = 10;
    private static final int EVIDENCE_EACH_WAY = 10;
    private static final int STEPS = 5;
    private static final int COMMAND_COLUMNS = 100;
    private static final int ANSWERS = 40;
    private static final int GROUPS = 50;
    private static final int HYPOTHESES = 60;
    private static final int EXAMPLES = 15;
    private static final int SUBJECTS = 16;
    private static final int LINES = 10;
    private static final int COVERAGE = 60;
    private static final int INPUTS = 100;
    private static final int QUERIES = 10;
    private static final int QUERY_LINES = 40;
    private static final int HOP_WIDTH = 212;
    private static final int ROW_HEIGHT = 40;
    private static final int HOP_BAR = 100;
    private static final Pattern EVIDENCE_ID = Pattern.compile("E[0-9]{1,6}");

    private final Diagnosis diagnosis;
    private final ReportContext context;
    private final Briefing briefing;
    private final Breakdown breakdown;
    private final Set<String> anchors = new HashSet<>();
    private final Function<RootCause, List<CausePage.Part>> pages;

    private HtmlReports(Diagnosis diagnosis, ReportContext context, Function<RootCause, List<CausePage.Part>> pages) {
        this.pages = pages;
        this.diagnosis = diagnosis;
        this.context = context;
        this.briefing = Briefing.of(diagnosis);
        this.breakdown = diagnosis.traffic().map(TrafficReport::breakdown).orElse(Breakdown.NONE);
    }

    /**
     * What the template shows of that diagnosis.
     *
     * @param pages the page of each cause, empty where there is none
     */
    static HtmlReport of(Diagnosis diagnosis, ReportContext context, Function<RootCause, List<CausePage.Part>> pages) {
        return new HtmlReports(diagnosis, context, pages).report();
    }

    private HtmlReport report() {
        // What is linked to comes first: it hands out the anchors.
        HtmlReport.Appendix appendix = appendix();
        List<HtmlReport.Card> cards = diagnosis.causes().findings().stream()
                .limit(FINDINGS)
                .map(this::card)
                .toList();
        int more = diagnosis.causes().findings().size() - cards.size();
        BackgroundSections behind = new BackgroundSections(diagnosis);
        HtmlReport.Changes changes = behind.changes(anchors);
        WhoSection who = new WhoSection(diagnosis);
        HtmlReport.Head head = head();
        Optional<Charts> charts =
                diagnosis.traffic().flatMap(t -> Charts.of(t, diagnosis.background(), diagnosis.timeline()));
        return new HtmlReport(
                head,
                new ImpactSection(diagnosis).impact(),
                path(),
                errors(charts),
                new TimelineSection(diagnosis, anchors).timeline(),
                hypotheses(),
                new HtmlReport.Findings(cards, Clean.left(more, "finding"), answers(), check()),
                examined(),
                sides(charts),
                latency(charts),
                who.who(),
                linked(who.reasons()),
                changes,
                behind.ladder(),
                behind.capacity(),
                coverage(),
                appendix,
                about());
    }

    private HtmlReport.Head head() {
        List<String> sureness = new ArrayList<>();
        briefing.sureness().ifPresent(sureness::add);
        sureness.add(briefing.calls());
        List<String> place = new ArrayList<>(briefing.place());
        place.add(briefing.window());
        return new HtmlReport.Head(
                briefing.tone().id(),
                briefing.tone().sign(),
                briefing.verdict(),
                briefing.claim(),
                sureness,
                briefing.edge(),
                String.join(" \u00B7 ", place),
                next(),
                sentences(diagnosis.gaps()),
                List.of(coverageSummary(), "status: draft"));
    }

    /** Which fix comes first, or how to become sure before it. */
    private List<HtmlReport.Todo> next() {
        List<HtmlReport.Todo> next = new ArrayList<>();
        Optional<Finding> lead = diagnosis.outcome() == Diagnosis.Outcome.FINDINGS ? briefing.lead() : Optional.empty();
        Optional<Finding.Fix> fix =
                lead.flatMap(finding -> finding.fix().stream().findFirst());
        boolean sure = lead.isPresent() && lead.get().assessment().verdict() == Verdict.CONFIRMED;
        if (fix.isEmpty() || !sure) {
            String words = briefing.next().replace(" above", "");
            next.add(new HtmlReport.Todo(
                    "Next",
                    new HtmlReport.Link(
                            fix.isEmpty() ? words : words.replace(", then apply its fix", ""), nextHref())));
        }
        if (fix.isPresent()) {
            String code = lead.orElseThrow().cause().code();
            next.add(new HtmlReport.Todo(
                    sure ? "Fix" : "Then",
                    new HtmlReport.Link(
                            Clean.sentence(fix.get().does()), anchors.contains(code) ? "#fix-" + code : "")));
        }
        return next;
    }

    private String nextHref() {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> "";
            case FINDINGS ->
                briefing.lead().map(lead -> "#" + lead.cause().code()).orElse("");
            case INCONCLUSIVE ->
                diagnosis.causes().undetermined().isEmpty()
                                && briefing.notComplete().isEmpty()
                                && diagnosis.traffic().isPresent()
                        ? "#unattributed"
                        : "#coverage";
        };
    }

    private HtmlReport.Path path() {
        Optional<TrafficReport> traffic = diagnosis.traffic();
        boolean counted = traffic.isPresent();
        long failed = traffic.map(TrafficReport::failed).orElse(0L);
        long on = traffic.map(TrafficReport::requests).orElse(0L);
        List<HtmlReport.Hop> hops = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (Briefing.HopLoad load : briefing.path()) {
            on = Math.max(0, on - load.failed());
            boolean last = hops.size() == Hop.values().length - 1;
            String count = counted ? Units.count(load.failed()) : Units.ABSENT;
            words.add(load.hop().id() + ": " + (counted ? count + " failed" : "not counted")
                    + (load.fault() ? ", the fault is here" : ""));
            hops.add(new HtmlReport.Hop(
                    load.hop().id(),
                    who(load.hop()),
                    count,
                    last || !counted ? "" : Units.count(on),
                    new HtmlReport.Place(
                            HOP_WIDTH * hops.size(),
                            ROW_HEIGHT * hops.size(),
                            failed <= 0
                                    ? "0"
                                    : Charts.number(Math.min(HOP_BAR, (double) HOP_BAR * load.failed() / failed))),
                    load.fault()));
        }
        long nowhere = briefing.failedNowhere();
        return new HtmlReport.Path(
                counted,
                String.join("; ", words) + ".",
                hops,
                nowhere == 0 ? "" : Units.count(nowhere, "failed call") + " cannot be placed on a hop.");
    }

    private String who(Hop hop) {
        String caller = Foreign.clean(diagnosis.edge().caller(), 18);
        String callee = Foreign.clean(diagnosis.edge().callee(), 18);
        return switch (hop) {
            case CALLER_APP, CALLER_PROXY -> caller;
            case NETWORK -> "between the tasks";
            case CALLEE_PROXY, CALLEE_APP -> callee;
        };
    }

    private HtmlReport.Errors errors(Optional<Charts> charts) {
        String normal = diagnosis
                        .background()
                        .noiseFloor()
                        .map(floor -> Clean.sentence(floor.text()))
                        .orElse("What is normal on this edge was not measured: no history was read.")
                        .replaceFirst("(?<![.])$", ".")
                + " Error budget: not measured, since a diagnosis knows no objective; eastwest incident --slo reckons it.";
        if (diagnosis.traffic().isEmpty()) {
            return new HtmlReport.Errors(
                    "Not measured: no access line was read.",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    normal);
        }
        if (charts.isEmpty()) {
            return new HtmlReport.Errors(
                    "Not measured over time: the calls were not counted in intervals.",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    normal);
        }
        Optional<Chart> errors = charts.get().errors();
        return new HtmlReport.Errors(
                "Calls per " + charts.get().axis().columnLength() + " by start, UTC."
                        + (errors.isEmpty() ? " No call failed." : ""),
                errors,
                charts.get().statuses(),
                Optional.of(charts.get().calls()),
                normal);
    }

    private HtmlReport.Hypotheses hypotheses() {
        List<HtmlReport.Hypothesis> rows = new ArrayList<>();
        for (Finding finding : diagnosis.causes().findings()) {
            String missing =
                    Briefing.evidence(finding, Evidence.Supports.AGAINST).isEmpty()
                                    && finding.assessment().verdict() == Verdict.CONFIRMED
                            ? ""
                            : finding.confirm().isEmpty() ? "" : "the answer of its confirm command";
            rows.add(new HtmlReport.Hypothesis(
                    link(finding.cause()),
                    finding.cause().slug(),
                    Briefing.word(finding.assessment().verdict()),
                    Units.confidence(finding.assessment().confidence()),
                    Charts.number(100 * finding.assessment().confidence()),
                    links(finding, Evidence.Supports.FOR),
                    links(finding, Evidence.Supports.AGAINST),
                    missing));
        }
        List<Diagnosis.Undetermined> open = diagnosis.causes().undetermined();
        if (!open.isEmpty()) {
            rows.add(new HtmlReport.Hypothesis(
                    new HtmlReport.Link(
                            open.size() == 1 ? open.get(0).cause().code() : Units.count(open.size(), "cause"),
                            "#undetermined"),
                    open.size() == 1 ? open.get(0).cause().slug() : "",
                    "not examined",
                    Units.ABSENT,
                    "0",
                    List.of(),
                    List.of(),
                    Clean.sentence(open.stream()
                            .flatMap(entry -> entry.missing().stream())
                            .distinct()
                            .collect(Collectors.joining(", ")))));
        }
        int shown = Math.min(HYPOTHESES, rows.size());
        return new HtmlReport.Hypotheses(rows.subList(0, shown), Clean.left(rows.size() - shown, "cause"));
    }

    private List<HtmlReport.Answered> answers() {
        return diagnosis.transcript().stream()
                .limit(ANSWERS)
                .map(step -> new HtmlReport.Answered(
                        link(step.cause()),
                        Foreign.command(step.command()),
                        step.answer().words(),
                        Clean.sentence(step.seen()),
                        step.source().map(Clean::name).orElse("")))
                .toList();
    }

    private String check() {
        Edge edge = diagnosis.edge();
        return command("eastwest diagnose " + Words.shell(edge.caller()) + " " + Words.shell(edge.callee())
                + edge.cluster().map(name -> " --cluster " + Words.shell(name)).orElse("")
                + edge.calleeCluster()
                        .map(name -> " --callee-cluster " + Words.shell(name))
                        .orElse("")
                + " --since 15m");
    }

    private HtmlReport.Link link(RootCause cause) {
        return new HtmlReport.Link(cause.code(), anchors.contains(cause.code()) ? "#" + cause.code() : "");
    }

    private List<HtmlReport.Link> links(Finding finding, Evidence.Supports supports) {
        return Briefing.evidence(finding, supports).stream()
                .limit(EVIDENCE_EACH_WAY)
                .map(evidence -> new HtmlReport.Link(
                        Clean.name(evidence.id()), anchors.contains(evidence.id()) ? "#" + evidence.id() : ""))
                .toList();
    }

    private HtmlReport.Card card(Finding finding) {
        RootCause cause = finding.cause();
        Briefing.Tone tone = Briefing.tone(finding.assessment().severity());
        String id = anchor(cause.code());
        List<HtmlReport.Fact> facts = new ArrayList<>();
        for (Evidence.Supports supports : Evidence.Supports.values()) {
            Briefing.evidence(finding, supports).stream()
                    .limit(EVIDENCE_EACH_WAY)
                    .map(this::fact)
                    .forEach(facts::add);
        }
        return new HtmlReport.Card(
                id,
                new HtmlReport.Title(cause.code(), cause.slug(), cause.title()),
                new HtmlReport.Assessment(
                        tone.id(),
                        tone.sign(),
                        finding.assessment().severity().id(),
                        Briefing.word(finding.assessment().verdict()),
                        Units.confidence(finding.assessment().confidence()),
                        Charts.number(100 * finding.assessment().confidence()),
                        finding.assessment().hop().id(),
                        new HtmlReport.Explains(
                                briefing.explains(finding),
                                Briefing.explainedBy(finding).orElse(""),
                                finding.causedBy().map(by -> "#" + by.code()).orElse(""),
                                rows(cause.code()))),
                Clean.sentence(finding.summary()),
                new HtmlReport.Facts(facts, Clean.left(finding.evidence().size() - facts.size(), "fact")),
                finding.confirm().stream()
                        .limit(STEPS)
                        .map(confirm -> new HtmlReport.Confirm(
                                command(confirm.command()),
                                Clean.sentence(confirm.confirmedIf()),
                                Clean.sentence(confirm.refutedIf())))
                        .toList(),
                finding.fix().stream()
                        .limit(STEPS)
                        .map(fix -> new HtmlReport.Fix(
                                Clean.sentence(fix.does()),
                                fix.command().map(HtmlReports::command).orElse(""),
                                Clean.sentence(fix.risk()),
                                fix.rollback()
                                        .filter(back -> !back.startsWith("aws "))
                                        .map(Clean::sentence)
                                        .orElse(""),
                                fix.rollback()
                                        .filter(back -> back.startsWith("aws "))
                                        .map(HtmlReports::command)
                                        .orElse("")))
                        .toList(),
                id.isEmpty() ? List.of() : pages.apply(cause));
    }

    /** A command on lines that fit the page. */
    static String command(String command) {
        return String.join("\n    ", ShellLines.of(Foreign.command(command), COMMAND_COLUMNS, 4));
    }

    private HtmlReport.Fact fact(Evidence evidence) {
        return new HtmlReport.Fact(
                Clean.name(evidence.id()),
                EVIDENCE_ID.matcher(evidence.id()).matches() ? anchor(evidence.id()) : "",
                evidence.supports() == Evidence.Supports.FOR,
                Clean.sentence(evidence.statement()),
                Clean.name(evidence.source()),
                evidence.observed().map(Clean::name).orElse(""),
                evidence.threshold().map(Clean::name).orElse(""));
    }

    /** The id, once: a second element with it would break the link to the first. */
    private String anchor(String id) {
        return anchors.add(id) ? id : "";
    }

    private HtmlReport.Sides sides(Optional<Charts> charts) {
        if (diagnosis.traffic().isEmpty()) {
            return new HtmlReport.Sides("Not measured: no access line was read.", HtmlReport.Grid.NONE, List.of());
        }
        List<Breakdown.SideView> views = breakdown.sides();
        if (views.isEmpty()) {
            return new HtmlReport.Sides(
                    "Not measured: the calls were not counted per side.", HtmlReport.Grid.NONE, List.of());
        }
        List<HtmlReport.GridRow> rows = new ArrayList<>();
        for (Breakdown.SideView view : views) {
            Breakdown.Seen seen = view.total();
            rows.add(new HtmlReport.GridRow(
                    new HtmlReport.Link(view.side().id() + "'s proxy", ""),
                    "",
                    List.of(
                            new HtmlReport.Cell(Units.count(seen.requests()), ""),
                            new HtmlReport.Cell(Units.count(seen.failed()), ""),
                            Clean.share(seen.failed(), seen.requests()),
                            new HtmlReport.Cell(Units.millis(seen.latency().p50()), ""),
                            new HtmlReport.Cell(Units.millis(seen.latency().p90()), ""),
                            new HtmlReport.Cell(Units.millis(seen.latency().p99()), ""))));
        }
        String note = views.size() == 2
                ? "The callee's proxy sees attempts of these calls that reached it; what only the caller saw never"
                        + " arrived, or its answer got lost."
                : "Only the " + views.get(0).side().id() + "'s view: the other side's access lines were not read.";
        long unseen =
                diagnosis.traffic().get().requests() - views.get(0).total().requests();
        if (unseen > 0) {
            note += " Of " + Units.count(unseen, "call") + " only the number is known; they are not in this section.";
        }
        return new HtmlReport.Sides(
                note,
                new HtmlReport.Grid(List.of("Seen by", "Requests", "Failed", "Share", "p50", "p90", "p99"), rows),
                charts.map(Charts::sides).orElse(List.of()));
    }

    private HtmlReport.Durations latency(Optional<Charts> charts) {
        if (diagnosis.traffic().isEmpty()) {
            return new HtmlReport.Durations(
                    "Not measured: no access line was read.", List.of(), Optional.empty(), Optional.empty(), "");
        }
        Optional<Chart> lines = charts.flatMap(Charts::latency);
        String merged = charts.filter(c -> c.axis().merged() > 1)
                .map(c -> " Each point is the highest of " + c.axis().merged() + " neighbouring ones.")
                .orElse("");
        String note = lines.isPresent()
                ? "Answered calls only, logarithmic scale, UTC." + merged
                : "Not measured over time: "
                        + (charts.isEmpty() ? "the calls were not counted in intervals." : briefing.noLatency() + ".");
        Optional<Chart> heat = charts.flatMap(Charts::heat);
        return new HtmlReport.Durations(
                note,
                percentiles(diagnosis.traffic().get().latency()),
                lines,
                heat,
                heat.isPresent()
                        ? "All calls, failed ones too: a time-out is a line at its limit."
                        : "Heat map not measured: the durations were not counted in intervals.");
    }

    private List<Tile> percentiles(TrafficReport.Latency latency) {
        return List.of(
                percentile("p50", latency.p50()),
                percentile("p90", latency.p90()),
                percentile("p99", latency.p99()),
                percentile("max", latency.max()));
    }

    private Tile percentile(String name, OptionalLong value) {
        return new Tile("latency-" + name, name, Units.millis(value), value.isPresent() ? "" : briefing.noLatency());
    }

    /** Reasons lead to their raw lines. */
    private HtmlReport.Reasons linked(HtmlReport.Reasons reasons) {
        return new HtmlReport.Reasons(
                new HtmlReport.Grid(
                        reasons.hops().head(),
                        reasons.hops().rows().stream()
                                .map(row -> new HtmlReport.GridRow(
                                        new HtmlReport.Link(
                                                row.name().text(),
                                                rows(row.name().text())),
                                        row.note(),
                                        row.cells()))
                                .toList()),
                reasons.conditions(),
                reasons.absence());
    }

    /** Where the raw lines of that finding or condition are; empty when they are not in the page. */
    private String rows(String subject) {
        return anchors.contains("rows-" + subject) ? "#rows-" + subject : "";
    }

    private HtmlReport.Appendix appendix() {
        List<HtmlReport.Rows> rows = new ArrayList<>();
        for (Breakdown.Rows group : breakdown.rows()) {
            if (rows.size() < SUBJECTS && !group.lines().isEmpty()) {
                rows.add(new HtmlReport.Rows(
                        anchor("rows-" + group.subject()),
                        Clean.name(group.subject()),
                        "the first of " + Units.count(group.total(), "failed call"),
                        lines(group.lines(), LINES)));
            }
        }
        List<TrafficReport.Example> examples =
                diagnosis.traffic().map(TrafficReport::examples).orElse(List.of());
        List<HtmlReport.Word> glossary = diagnosis.traffic().map(TrafficReport::conditions).orElse(List.of()).stream()
                .map(TrafficReport.ConditionCount::condition)
                .distinct()
                .map(condition -> new HtmlReport.Word(condition.id(), ConditionWords.of(condition)))
                .toList();
        return new HtmlReport.Appendix(
                rows, lines(examples, EXAMPLES), Clean.left(examples.size() - EXAMPLES, "example"), glossary, asked());
    }

    private static List<HtmlReport.Line> lines(List<TrafficReport.Example> examples, int most) {
        return examples.stream()
                .limit(most)
                .map(example -> new HtmlReport.Line(
                        example.condition().id(),
                        Clean.sentence(example.text()),
                        Clean.name(example.stream()),
                        Units.count(example.line())))
                .toList();
    }

    private HtmlReport.Examined examined() {
        return new HtmlReport.Examined(
                briefing.remainder(),
                sum(),
                groups(Briefing.grouped(diagnosis.causes().ruledOut(), Diagnosis.RuledOut::because).entrySet().stream()
                        .map(group -> Map.entry(
                                group.getKey(),
                                group.getValue().stream()
                                        .map(Diagnosis.RuledOut::cause)
                                        .toList()))
                        .toList()),
                groups(Briefing.grouped(diagnosis.causes().undetermined(), entry -> String.join(", ", entry.missing()))
                        .entrySet()
                        .stream()
                        .map(group -> Map.entry(
                                group.getKey(),
                                group.getValue().stream()
                                        .map(Diagnosis.Undetermined::cause)
                                        .toList()))
                        .toList()),
                sentences(diagnosis.causes().faults()));
    }

    private static List<HtmlReport.Examination> groups(List<Map.Entry<String, List<RootCause>>> groups) {
        return groups.stream()
                .limit(GROUPS)
                .map(group -> new HtmlReport.Examination(
                        group.getValue().stream()
                                .map(cause -> new HtmlReport.Title(cause.code(), cause.slug(), cause.title()))
                                .toList(),
                        Clean.sentence(group.getKey())))
                .toList();
    }

    /** The failed calls by the finding that is the first to explain them: with the remainder they are all. */
    private List<HtmlReport.Addend> sum() {
        if (diagnosis.traffic().isEmpty() || diagnosis.traffic().get().failed() == 0) {
            return List.of();
        }
        TrafficReport traffic = diagnosis.traffic().get();
        List<HtmlReport.Addend> sum = new ArrayList<>();
        long explained = 0;
        for (Breakdown.Attributed part : breakdown.attribution()) {
            explained += part.failed();
            sum.add(addend(link(part.cause()), part.failed(), traffic.failed(), false));
        }
        if (explained + traffic.unattributed() != traffic.failed()) {
            // Without an attribution that adds up there is no sum to show.
            return List.of();
        }
        sum.add(addend(
                new HtmlReport.Link("fit no finding", "#rows"), traffic.unattributed(), traffic.failed(), false));
        sum.add(addend(new HtmlReport.Link("all failed calls", ""), traffic.failed(), traffic.failed(), true));
        return sum;
    }

    private static HtmlReport.Addend addend(HtmlReport.Link name, long count, long whole, boolean last) {
        return new HtmlReport.Addend(name, Units.count(count), Units.share(count, whole), last);
    }

    private HtmlReport.Sources coverage() {
        List<Coverage.Entry> entries = diagnosis.coverage().entries();
        // What was not read comes first, else in the order of the bundle.
        List<HtmlReport.CoverageRow> rows = new ArrayList<>();
        List<String> plain = entries.stream()
                .filter(HtmlReports::isPlain)
                .map(entry -> Clean.name(entry.input()))
                .limit(COVERAGE)
                .toList();
        for (boolean blind : new boolean[] {true, false}) {
            entries.stream()
                    .filter(entry -> Briefing.isBlind(entry.state()) == blind && !isPlain(entry))
                    .map(entry -> new HtmlReport.CoverageRow(
                            Clean.name(entry.input()),
                            Briefing.word(entry.state()),
                            style(entry.state()),
                            Clean.sentence(entry.detail())))
                    .forEach(rows::add);
        }
        return new HtmlReport.Sources(
                coverageSummary(),
                rows.stream().limit(COVERAGE).toList(),
                Clean.left(entries.size() - Math.min(COVERAGE, rows.size()) - plain.size(), "source"),
                plain);
    }

    /** Whether a source was read completely and there is nothing more to say of it. */
    private static boolean isPlain(Coverage.Entry entry) {
        return entry.state() == Coverage.State.COMPLETE && entry.detail().isEmpty();
    }

    private String coverageSummary() {
        List<Coverage.Entry> entries = diagnosis.coverage().entries();
        long complete = entries.stream()
                .filter(entry -> entry.state() == Coverage.State.COMPLETE)
                .count();
        return entries.isEmpty()
                ? "Unknown: nothing tells what was read."
                : Units.count(complete) + " of " + Units.count(entries.size(), "source") + " read completely ("
                        + Units.share(complete, entries.size()) + ").";
    }

    private static String style(Coverage.State state) {
        return switch (state) {
            case COMPLETE -> "read";
            case PARTIAL -> "partial";
            case NOT_CONFIGURED -> "none";
            case DENIED, NOT_COLLECTED, FAILED -> "blind";
        };
    }

    private About about() {
        Provenance from = context.provenance();
        List<About.Row> rows = new ArrayList<>();
        rows.add(About.Row.of("Made by", context.toolName() + " " + context.toolVersion()));
        if (!from.commandLine().isEmpty()) {
            rows.add(About.Row.of("Command", from.commandLine()));
        }
        rows.add(About.Row.of("Window from", diagnosis.window().from()));
        rows.add(About.Row.of("to", diagnosis.window().to()));
        rows.add(About.Row.of("Rules", rules()));
        from.collected().flatMap(Provenance.Collected::at).ifPresent(at -> rows.add(About.Row.of("AWS read at", at)));
        from.collected().flatMap(Provenance.Collected::by).ifPresent(by -> rows.add(About.Row.of("by", by)));
        rows.add(About.Row.of("Account", from.account().orElse("not known: the evidence does not say")));
        from.collected().ifPresent(collected -> {
            rows.add(About.Row.of("Logs Insights queries", queries(collected.queries())));
            rows.add(About.Row.of("Redacted", redacted(collected)));
        });
        from.region().ifPresent(region -> rows.add(About.Row.of("Region", region)));
        rows.add(About.Row.of("Exit code", Integer.toString(context.exitCode())));
        rows.add(About.Row.of("The same for scripts", "-o json, schema diagnosis, version 1"));
        List<About.Row> inputs = new ArrayList<>();
        from.inputs().stream()
                .limit(INPUTS)
                .forEach(input -> inputs.add(About.Row.of(Clean.name(input.name()), input.sha256())));
        if (from.inputs().size() > INPUTS) {
            inputs.add(About.Row.of("and", Units.count(from.inputs().size() - INPUTS, "more file")));
        }
        return new About(rows, inputs);
    }

    /** The rules are part of the tool and have its version. */
    private String rules() {
        long open = diagnosis.causes().undetermined().size();
        long faults = diagnosis.causes().faults().size();
        return "those of " + context.toolName() + " " + context.toolVersion() + ": "
                + Units.count(RootCause.values().length, "cause") + ", of which " + Units.count(open)
                + " could not be examined" + (faults == 0 ? "" : "; " + Units.count(faults, "rule") + " crashed");
    }

    private String queries(List<Provenance.Query> queries) {
        if (queries.isEmpty()) {
            return diagnosis.traffic().isPresent() ? "none: lines were read" : "none, and no line was read";
        }
        return queries.stream()
                .limit(QUERIES)
                .map(query -> query.name() + " (" + query.side() + ", " + Units.count(query.answers(), "answer") + ")")
                .collect(Collectors.joining(", "));
    }

    private static String redacted(Provenance.Collected collected) {
        return collected
                .redaction()
                .map(kinds -> kinds.isEmpty()
                        ? "yes; nothing had to be replaced"
                        : "yes; values replaced: " + String.join(", ", kinds))
                .orElse("no: the evidence has no list of replaced values");
    }

    /** The queries as they were asked. */
    private List<HtmlReport.Query> asked() {
        return context.provenance().collected().map(Provenance.Collected::queries).orElse(List.of()).stream()
                .filter(query -> !query.text().isBlank())
                .limit(QUERIES)
                .map(query -> new HtmlReport.Query(
                        Clean.name(query.name()),
                        Clean.name(query.side()) + "'s log group, " + Units.count(query.answers(), "answer")
                                + (query.answers() > 1 ? "; the first was asked with" : ""),
                        query.text()
                                .lines()
                                .limit(QUERY_LINES)
                                .map(Clean::sentence)
                                .collect(Collectors.joining("\n"))))
                .toList();
    }

    private static List<String> sentences(List<String> texts) {
        return texts.stream().limit(GROUPS).map(Clean::sentence).toList();
    }
}
