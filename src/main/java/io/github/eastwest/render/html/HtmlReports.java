package io.github.eastwest.render.html;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.ShellLines;
import io.github.eastwest.render.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Turns a diagnosis into what the template shows. Lists and strings are bounded, so that the page stays a mail attachment
 * whatever the traffic; what is left out is counted, and the JSON report has it.
 */
final class HtmlReports {
    private static final int SENTENCE = 400;
    private static final int NAME = 120;
    private static final int FINDINGS = 10;
    private static final int EVIDENCE_EACH_WAY = 10;
    private static final int STEPS = 5;
    private static final int COMMAND_COLUMNS = 100;
    private static final int GROUPS = 50;
    private static final int HOSTS = 60;
    private static final int EXAMPLES = 20;
    private static final int COVERAGE = 60;
    private static final int EVENTS = 80;
    private static final Pattern EVIDENCE_ID = Pattern.compile("E[0-9]{1,6}");

    private final Diagnosis diagnosis;
    private final ReportContext context;
    private final Briefing briefing;
    private final Set<String> anchors = new HashSet<>();

    private final Function<RootCause, List<CausePage.Part>> pages;

    private HtmlReports(Diagnosis diagnosis, ReportContext context, Function<RootCause, List<CausePage.Part>> pages) {
        this.pages = pages;
        this.diagnosis = diagnosis;
        this.context = context;
        this.briefing = Briefing.of(diagnosis);
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
        // Cards first: they hand out the anchors that the rest links to.
        List<HtmlReport.Card> cards = diagnosis.causes().findings().stream()
                .limit(FINDINGS)
                .map(this::card)
                .toList();
        int more = diagnosis.causes().findings().size() - cards.size();
        return new HtmlReport(
                head(),
                tiles(),
                path(),
                new HtmlReport.Findings(cards, left(more, "finding")),
                calls(),
                examined(),
                facts(),
                about());
    }

    private HtmlReport.Head head() {
        List<String> sureness = new ArrayList<>();
        briefing.sureness().ifPresent(sureness::add);
        sureness.add(briefing.calls());
        return new HtmlReport.Head(
                briefing.tone().id(),
                briefing.tone().sign(),
                briefing.verdict(),
                briefing.claim(),
                sureness,
                briefing.edge(),
                String.join(" \u00B7 ", briefing.place()),
                new HtmlReport.Next(briefing.next().replace(" above", " below"), nextHref()),
                sentences(diagnosis.gaps()));
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

    private List<Tile> tiles() {
        String why = "no access line was read";
        Optional<TrafficReport> traffic = diagnosis.traffic();
        return List.of(
                new Tile(
                        "impact-calls",
                        "Calls",
                        traffic.map(t -> Units.count(t.requests())).orElse(Units.ABSENT),
                        traffic.map(t -> "counted once each").orElse(why)),
                new Tile(
                        "impact-failed",
                        "Failed",
                        traffic.map(t -> Units.count(t.failed())).orElse(Units.ABSENT),
                        traffic.map(t -> Units.share(t.failed(), t.requests()) + " of all calls")
                                .orElse(why)),
                new Tile(
                        "impact-unattributed",
                        "Unattributed",
                        traffic.map(t -> Units.count(t.unattributed())).orElse(Units.ABSENT),
                        traffic.map(t -> t.failed() == 0
                                        ? "no call failed"
                                        : Units.share(t.unattributed(), t.failed()) + " of the failed calls")
                                .orElse(why)),
                new Tile(
                        "impact-window",
                        "Window",
                        Units.duration(diagnosis.window().length()),
                        Units.span(diagnosis.window().from(), diagnosis.window().to())));
    }

    private HtmlReport.Path path() {
        boolean counted = diagnosis.traffic().isPresent();
        long failed = diagnosis.traffic().map(TrafficReport::failed).orElse(0L);
        List<HtmlReport.Hop> hops = new ArrayList<>();
        for (Briefing.HopLoad load : briefing.path()) {
            hops.add(new HtmlReport.Hop(
                    load.hop().id(),
                    who(load.hop()),
                    counted ? Units.count(load.failed()) : Units.ABSENT,
                    counted ? "failed here" : "not counted",
                    bar(load.failed(), failed),
                    load.fault()));
        }
        long nowhere = briefing.failedNowhere();
        return new HtmlReport.Path(
                counted, hops, nowhere == 0 ? "" : Units.count(nowhere, "failed call") + " cannot be placed on a hop.");
    }

    private String who(Hop hop) {
        String caller = Foreign.clean(diagnosis.edge().caller(), 40);
        String callee = Foreign.clean(diagnosis.edge().callee(), 40);
        return switch (hop) {
            case CALLER_APP -> caller + ": application";
            case CALLER_PROXY -> caller + ": proxy";
            case NETWORK -> "between the tasks";
            case CALLEE_PROXY -> callee + ": proxy";
            case CALLEE_APP -> callee + ": application";
        };
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
                                finding.causedBy().map(by -> "#" + by.code()).orElse(""))),
                sentence(finding.summary()),
                new HtmlReport.Facts(facts, left(finding.evidence().size() - facts.size(), "fact")),
                finding.confirm().stream()
                        .limit(STEPS)
                        .map(confirm -> new HtmlReport.Confirm(
                                String.join(
                                        "\n    ",
                                        ShellLines.of(Foreign.command(confirm.command()), COMMAND_COLUMNS, 4)),
                                sentence(confirm.confirmedIf()),
                                sentence(confirm.refutedIf())))
                        .toList(),
                finding.fix().stream()
                        .limit(STEPS)
                        .map(fix -> new HtmlReport.Fix(sentence(fix.step()), sentence(fix.risk())))
                        .toList(),
                id.isEmpty() ? List.of() : pages.apply(cause));
    }

    private HtmlReport.Fact fact(Evidence evidence) {
        return new HtmlReport.Fact(
                name(evidence.id()),
                EVIDENCE_ID.matcher(evidence.id()).matches() ? anchor(evidence.id()) : "",
                evidence.supports() == Evidence.Supports.FOR,
                sentence(evidence.statement()),
                name(evidence.source()),
                evidence.observed().map(HtmlReports::name).orElse(""),
                evidence.threshold().map(HtmlReports::name).orElse(""));
    }

    /** The id, once: a second element with it would break the link to the first. */
    private String anchor(String id) {
        return anchors.add(id) ? id : "";
    }

    private HtmlReport.Calls calls() {
        HtmlReport.Unattributed unattributed = unattributed();
        if (diagnosis.traffic().isEmpty()) {
            return new HtmlReport.Calls(
                    "Not measured: no access line was read.",
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    new HtmlReport.Notes("", ""),
                    List.of(),
                    new HtmlReport.Hosts(List.of(), ""),
                    unattributed);
        }
        TrafficReport traffic = diagnosis.traffic().get();
        Optional<Charts> charts = Charts.of(traffic.series(), diagnosis.timeline());
        Optional<Chart> latency = charts.flatMap(Charts::latency);
        String merged = charts.filter(c -> c.merged() > 1)
                .map(c -> " Each point is the highest of " + c.merged() + " neighbouring ones.")
                .orElse("");
        return new HtmlReport.Calls(
                "",
                charts.map(Charts::calls),
                latency,
                percentiles(traffic.latency()),
                new HtmlReport.Notes(
                        charts.map(c -> "Calls per " + c.bucketLength() + " by start, UTC.")
                                .orElse("Not measured over time: the calls were not counted in intervals."),
                        latency.isPresent()
                                ? "Answered calls only, logarithmic scale, UTC." + merged
                                : "Not measured over time: "
                                        + (charts.isEmpty()
                                                ? "the calls were not counted in intervals."
                                                : briefing.noLatency() + ".")),
                traffic.conditions().stream()
                        .map(count -> condition(count, traffic.requests()))
                        .toList(),
                hosts(traffic),
                unattributed);
    }

    private List<Tile> percentiles(TrafficReport.Latency latency) {
        return List.of(
                percentile("p50", latency.p50()),
                percentile("p90", latency.p90()),
                percentile("p99", latency.p99()),
                percentile("max", latency.max()));
    }

    private Tile percentile(String name, OptionalLong value) {
        return new Tile("", name, Units.millis(value), value.isPresent() ? "" : briefing.noLatency());
    }

    private static HtmlReport.ConditionRow condition(TrafficReport.ConditionCount count, long requests) {
        boolean failure = count.condition().failure();
        return new HtmlReport.ConditionRow(
                count.condition().id(),
                Units.count(count.count()),
                Units.share(count.count(), requests),
                bar(count.count(), requests),
                failure ? "failed" : "answered",
                failure ? count.hop().map(Hop::id).orElse("unknown") : Units.ABSENT,
                count.basis().id());
    }

    private static HtmlReport.Hosts hosts(TrafficReport traffic) {
        List<HtmlReport.HostRow> rows = traffic.hosts().stream()
                .limit(HOSTS)
                .map(host -> new HtmlReport.HostRow(
                        name(host.host()),
                        host.taskId().map(HtmlReports::name).orElse(Units.ABSENT),
                        host.availabilityZone().map(HtmlReports::name).orElse(Units.ABSENT),
                        host.revision().map(HtmlReports::name).orElse(Units.ABSENT),
                        Units.count(host.requests()),
                        Units.count(host.failed()),
                        Units.share(host.failed(), host.requests()),
                        bar(host.failed(), host.requests())))
                .toList();
        List<String> notes = new ArrayList<>();
        long placed = 0;
        for (TrafficReport.HostCount host : traffic.hosts()) {
            placed += Math.min(host.requests(), traffic.requests() - placed);
        }
        if (!rows.isEmpty() && placed < traffic.requests()) {
            notes.add(
                    Units.count(traffic.requests() - placed, "call") + " not in this table: their lines name no task.");
        }
        if (traffic.hosts().size() > HOSTS) {
            notes.add(left(traffic.hosts().size() - HOSTS, "task"));
        }
        return new HtmlReport.Hosts(rows, String.join(" ", notes));
    }

    private HtmlReport.Unattributed unattributed() {
        List<TrafficReport.Example> examples =
                diagnosis.traffic().map(TrafficReport::examples).orElse(List.of());
        return new HtmlReport.Unattributed(
                briefing.remainder(),
                examples.stream()
                        .limit(EXAMPLES)
                        .map(example -> new HtmlReport.Example(
                                example.condition().id(),
                                sentence(example.text()),
                                name(example.stream()),
                                Units.count(example.line())))
                        .toList(),
                left(examples.size() - EXAMPLES, "example"));
    }

    private HtmlReport.Examined examined() {
        return new HtmlReport.Examined(
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
                        sentence(group.getKey())))
                .toList();
    }

    private HtmlReport.Record facts() {
        List<Coverage.Entry> entries = diagnosis.coverage().entries();
        long complete = entries.stream()
                .filter(entry -> entry.state() == Coverage.State.COMPLETE)
                .count();
        // What was not read comes first, else in the order of the bundle.
        List<HtmlReport.CoverageRow> rows = new ArrayList<>();
        for (boolean blind : new boolean[] {true, false}) {
            entries.stream()
                    .filter(entry -> Briefing.isBlind(entry.state()) == blind)
                    .map(entry -> new HtmlReport.CoverageRow(
                            name(entry.input()),
                            Briefing.word(entry.state()),
                            style(entry.state()),
                            sentence(entry.detail())))
                    .forEach(rows::add);
        }
        return new HtmlReport.Record(
                entries.isEmpty()
                        ? "Unknown: nothing tells what was read."
                        : Units.count(complete) + " of " + Units.count(entries.size(), "source") + " read completely.",
                rows.stream().limit(COVERAGE).toList(),
                left(rows.size() - COVERAGE, "source"),
                diagnosis.timeline().stream().limit(EVENTS).map(this::event).toList(),
                left(diagnosis.timeline().size() - EVENTS, "event"));
    }

    private static String style(Coverage.State state) {
        return switch (state) {
            case COMPLETE -> "read";
            case PARTIAL -> "partial";
            case NOT_CONFIGURED -> "none";
            case DENIED, NOT_COLLECTED, FAILED -> "blind";
        };
    }

    private HtmlReport.Event event(Diagnosis.TimelineEntry entry) {
        boolean sameDay =
                Units.date(entry.at()).equals(Units.date(diagnosis.window().from()));
        String evidence = entry.evidence().map(HtmlReports::name).orElse("");
        return new HtmlReport.Event(
                moment(entry.at(), sameDay ? Units.time(entry.at()) : Units.dateTime(entry.at())),
                name(entry.kind()),
                sentence(entry.text()),
                evidence,
                entry.evidence().filter(anchors::contains).map(id -> "#" + id).orElse(""));
    }

    private About about() {
        return new About(List.of(
                About.Row.of("Made by", context.toolName() + " " + context.toolVersion()),
                About.Row.of("Window from", diagnosis.window().from()),
                About.Row.of("to", diagnosis.window().to()),
                About.Row.of("Exit code", Integer.toString(context.exitCode())),
                About.Row.of("The same for scripts", "-o json, schema diagnosis, version 1")));
    }

    private static HtmlReport.Moment moment(Instant at, String text) {
        return new HtmlReport.Moment(at.toString(), text);
    }

    /** Percent of a bar's width. */
    private static String bar(long part, long whole) {
        return whole <= 0 ? "0" : Charts.number(Math.min(100, 100.0 * part / whole));
    }

    private static String left(int count, String what) {
        return count <= 0 ? "" : Units.count(count, "more " + what) + " in the JSON report.";
    }

    private static List<String> sentences(List<String> texts) {
        return texts.stream().limit(GROUPS).map(HtmlReports::sentence).toList();
    }

    private static String sentence(String text) {
        return Foreign.clean(text, SENTENCE);
    }

    private static String name(String text) {
        return Foreign.clean(text, NAME);
    }
}
