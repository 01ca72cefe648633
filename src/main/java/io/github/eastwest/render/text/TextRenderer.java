package io.github.eastwest.render.text;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.BackgroundLines;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.text.Page.Style;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The report for a terminal at three in the morning: the first lines are the verdict, the last line is the next step, and all
 * between is the proof. Fits the width of the context except for words of commands, which are never broken.
 */
public final class TextRenderer implements Renderer {
    /** Characters of one foreign sentence; the JSON report has all. */
    private static final int SENTENCE = 600;

    private static final int NAME = 120;
    private static final int EXAMPLES = 5;
    private static final int TIMELINE = 20;
    private static final int HOSTS = 12;
    private static final int LABEL = 10;
    private static final int CODE = "EW301  ".length();
    private static final char NBSP = Units.THIN_SPACE;
    private static final List<Coverage.State> STATES = List.of(
            Coverage.State.DENIED,
            Coverage.State.FAILED,
            Coverage.State.NOT_COLLECTED,
            Coverage.State.NOT_CONFIGURED,
            Coverage.State.PARTIAL,
            Coverage.State.COMPLETE);

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Page page = new Page(context.color(), context.width());
        write(diagnosis, context, page);
        out.write(page.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void write(Diagnosis diagnosis, ReportContext context, Page page) {
        Briefing briefing = Briefing.of(diagnosis);
        verdict(diagnosis, briefing, page);
        path(diagnosis, briefing, page);
        briefing.lead().ifPresent(lead -> {
            page.gap();
            title(lead, briefing, page);
            proof(lead, page);
        });
        for (Finding other : briefing.others()) {
            page.gap();
            title(other, briefing, page);
            if (other.causedBy().isPresent()) {
                consequence(other, page);
            } else {
                proof(other, page);
            }
        }
        remainder(diagnosis, briefing, page);
        calls(diagnosis, briefing, page);
        transcript(diagnosis, page);
        background(diagnosis, page);
        timeline(diagnosis, page);
        ruledOut(diagnosis, page);
        undetermined(diagnosis, page);
        coverage(diagnosis, page);
        faults(diagnosis, page);
        page.gap();
        page.prose(
                Style.DIM,
                0,
                2,
                Foreign.clean(context.toolName(), NAME) + " " + Foreign.clean(context.toolVersion(), NAME)
                        + " \u00B7 exit code " + context.exitCode());
        page.item(Style.BOLD, 0, "next:", "next: ".length(), briefing.next());
    }

    private static void verdict(Diagnosis diagnosis, Briefing briefing, Page page) {
        Style style = style(briefing.tone());
        page.prose(style, 0, 2, briefing.tone().sign() + " " + briefing.verdict() + ": " + briefing.claim());
        String calls = briefing.calls();
        page.prose(
                Style.PLAIN,
                2,
                2,
                briefing.sureness().map(sure -> sure + " \u00B7 ").orElse("") + calls);
        page.prose(Style.PLAIN, 2, 2, briefing.edge() + " \u00B7 " + String.join(" \u00B7 ", briefing.place()));
        page.prose(Style.PLAIN, 2, 2, briefing.window());
        if (diagnosis.outcome() == Diagnosis.Outcome.INCONCLUSIVE) {
            page.gap();
            page.line(Style.BOLD, "  This is not a clean bill of health.");
            for (String gap : diagnosis.gaps()) {
                page.prose(Style.PLAIN, 2, 2, "- " + Foreign.clean(gap, SENTENCE));
            }
        }
    }

    private static Style style(Briefing.Tone tone) {
        return switch (tone) {
            case FAULT -> Style.RED;
            case WARNING, INCONCLUSIVE -> Style.YELLOW;
            case NOTE -> Style.BLUE;
            case HEALTHY -> Style.GREEN;
        };
    }

    private static void path(Diagnosis diagnosis, Briefing briefing, Page page) {
        boolean counted = diagnosis.traffic().isPresent();
        page.heading("PATH", counted ? "failed calls by the hop that made the failure" : "no call was counted");
        List<String> names = new ArrayList<>();
        List<String> counts = new ArrayList<>();
        List<String> marks = new ArrayList<>();
        for (Briefing.HopLoad load : briefing.path()) {
            names.add(load.hop().id());
            counts.add(counted ? Units.count(load.failed()) : Units.ABSENT);
            marks.add(load.fault() ? "\u2717 fault" : "");
        }
        String arrow = " \u2192 ";
        StringBuilder nameLine = new StringBuilder("  ");
        StringBuilder countLine = new StringBuilder("  ");
        StringBuilder markLine = new StringBuilder("  ");
        for (int i = 0; i < names.size(); i++) {
            int columns =
                    Math.max(Page.width(names.get(i)), Math.max(Page.width(counts.get(i)), Page.width(marks.get(i))));
            boolean last = i == names.size() - 1;
            nameLine.append(Page.pad(names.get(i), columns)).append(last ? "" : arrow);
            countLine.append(Page.pad(counts.get(i), columns)).append(last ? "" : " ".repeat(arrow.length()));
            markLine.append(Page.pad(marks.get(i), columns)).append(last ? "" : " ".repeat(arrow.length()));
        }
        if (Page.width(nameLine.toString()) <= page.width()) {
            page.line(Style.PLAIN, nameLine.toString());
            page.line(Style.BOLD, countLine.toString());
            if (!markLine.toString().isBlank()) {
                page.line(Style.RED, markLine.toString());
            }
        } else {
            for (int i = 0; i < names.size(); i++) {
                String mark = marks.get(i).isEmpty() ? "" : "  " + marks.get(i);
                page.item(
                        Style.PLAIN,
                        2,
                        (i == 0 ? "  " : "\u2192 ") + names.get(i),
                        "\u2192 caller-proxy  ".length(),
                        counts.get(i) + mark);
            }
        }
        long nowhere = briefing.failedNowhere();
        if (nowhere > 0) {
            page.prose(Style.PLAIN, 2, 2, Units.count(nowhere, "failed call") + " cannot be placed on a hop");
        }
    }

    private static void title(Finding finding, Briefing briefing, Page page) {
        Briefing.Tone tone = Briefing.tone(finding.assessment().severity());
        page.prose(
                style(tone),
                0,
                2,
                tone.sign() + " " + finding.cause().code() + " "
                        + finding.cause().slug() + " \u00B7 "
                        + finding.assessment().severity().id() + " \u00B7 " + Briefing.sureness(finding) + " \u00B7 "
                        + finding.assessment().hop().id());
        page.prose(Style.PLAIN, 2, 0, Foreign.clean(finding.summary(), SENTENCE));
        page.prose(Style.PLAIN, 2, 2, briefing.explains(finding));
    }

    private static void consequence(Finding finding, Page page) {
        Briefing.explainedBy(finding).ifPresent(words -> page.prose(Style.BOLD, 2, 2, words));
        evidence(finding, page);
    }

    private static void proof(Finding finding, Page page) {
        evidence(finding, page);
        for (Finding.Confirm confirm : finding.confirm()) {
            page.gap();
            page.line(Style.BOLD, "  confirm " + finding.cause().code() + " (reads only)");
            page.command(4, Foreign.command(confirm.command()));
            page.item(Style.GREEN, 2, "confirmed if", 14, Foreign.clean(confirm.confirmedIf(), SENTENCE));
            page.item(Style.YELLOW, 2, "refuted if", 14, Foreign.clean(confirm.refutedIf(), SENTENCE));
        }
        int number = 0;
        for (Finding.Fix fix : finding.fix()) {
            if (number++ == 0) {
                page.gap();
            }
            String label = finding.fix().size() == 1 ? "fix" : "fix " + number;
            page.item(Style.BOLD, 2, label, LABEL, Foreign.clean(fix.step(), SENTENCE));
            page.item(Style.DIM, 2, "  risk", LABEL, Foreign.clean(fix.risk(), SENTENCE));
        }
    }

    private static void evidence(Finding finding, Page page) {
        page.gap();
        evidence("for", Briefing.evidence(finding, Evidence.Supports.FOR), page);
        evidence("against", Briefing.evidence(finding, Evidence.Supports.AGAINST), page);
    }

    private static void evidence(String name, List<Evidence> evidence, Page page) {
        if (evidence.isEmpty()) {
            page.item(Style.BOLD, 2, name, LABEL, "nothing found");
            return;
        }
        String label = name;
        for (Evidence fact : evidence) {
            StringBuilder words = new StringBuilder(Foreign.clean(fact.id(), NAME))
                    .append(' ')
                    .append(Foreign.clean(fact.statement(), SENTENCE))
                    .append(" [")
                    .append(Foreign.clean(fact.source(), NAME));
            fact.observed()
                    .ifPresent(observed -> words.append(" \u00B7 observed ").append(Foreign.clean(observed, NAME)));
            fact.threshold()
                    .ifPresent(threshold -> words.append(" \u00B7 threshold ").append(Foreign.clean(threshold, NAME)));
            page.item(
                    Style.BOLD,
                    2,
                    label.isEmpty() ? " " : label,
                    LABEL,
                    words.append(']').toString());
            label = "";
        }
    }

    private static void remainder(Diagnosis diagnosis, Briefing briefing, Page page) {
        page.heading("UNATTRIBUTED", briefing.remainder());
        if (diagnosis.traffic().isPresent() && diagnosis.traffic().get().unattributed() > 0) {
            examples(diagnosis.traffic().get(), page);
        }
    }

    private static void examples(TrafficReport traffic, Page page) {
        for (TrafficReport.Example example :
                traffic.examples().stream().limit(EXAMPLES).toList()) {
            page.prose(
                    Style.PLAIN,
                    2,
                    4,
                    example.condition().id() + " " + Foreign.clean(example.text(), SENTENCE) + " ["
                            + Foreign.clean(example.stream(), NAME) + ":" + example.line() + "]");
        }
    }

    private static void calls(Diagnosis diagnosis, Briefing briefing, Page page) {
        if (diagnosis.traffic().isEmpty()) {
            page.heading("CALLS", "not counted: no access line was read");
            return;
        }
        TrafficReport traffic = diagnosis.traffic().get();
        page.heading("CALLS", Units.count(traffic.requests()) + " by what the proxies saw");
        int name = traffic.conditions().stream()
                .mapToInt(count -> count.condition().id().length())
                .max()
                .orElse(0);
        int number = traffic.conditions().stream()
                .mapToInt(count -> Units.count(count.count()).length())
                .max()
                .orElse(0);
        for (TrafficReport.ConditionCount count : traffic.conditions()) {
            String made = count.hop()
                    .filter(hop -> count.condition().failure())
                    .map(hop -> " \u00B7 " + hop.id())
                    .orElse("");
            page.prose(
                    Style.PLAIN,
                    2,
                    4,
                    Page.pad(count.condition().id(), name) + "  " + Page.padLeft(Units.count(count.count()), number)
                            + "  "
                            + Page.padLeft(Units.share(count.count(), traffic.requests()), 9)
                            + "  " + (count.condition().failure() ? "failed" : "answered")
                            + made + " \u00B7 " + count.basis().id());
        }
        TrafficReport.Latency latency = traffic.latency();
        page.prose(
                Style.PLAIN,
                2,
                4,
                latency.equals(TrafficReport.Latency.NONE)
                        ? "latency of answered calls: " + Units.ABSENT + " (" + briefing.noLatency() + ")"
                        : "latency of answered calls: p50 " + Units.millis(latency.p50()) + " \u00B7 p90 "
                                + Units.millis(latency.p90()) + " \u00B7 p99 " + Units.millis(latency.p99())
                                + " \u00B7 max " + Units.millis(latency.max()));
        hosts(traffic, page);
    }

    private static void hosts(TrafficReport traffic, Page page) {
        if (traffic.hosts().isEmpty()) {
            return;
        }
        page.gap();
        page.line(Style.BOLD, "  calls by callee task");
        for (TrafficReport.HostCount host :
                traffic.hosts().stream().limit(HOSTS).toList()) {
            List<String> about = new ArrayList<>();
            host.availabilityZone().ifPresent(zone -> about.add(Foreign.clean(zone, NAME)));
            host.revision().ifPresent(revision -> about.add(Foreign.clean(revision, NAME)));
            String tail = about.isEmpty() ? "" : " \u00B7 " + String.join(" \u00B7 ", about);
            page.prose(
                    Style.PLAIN,
                    2,
                    4,
                    Page.pad(Foreign.clean(host.host(), NAME), 21) + "  " + Units.count(host.failed()) + " of "
                            + Units.count(host.requests()) + " failed" + tail);
        }
        more(traffic.hosts().size() - HOSTS, "task", page);
    }

    private static void transcript(Diagnosis diagnosis, Page page) {
        if (diagnosis.transcript().isEmpty()) {
            return;
        }
        page.heading("CONFIRM STEPS", "what each command asks, answered from the documents read");
        for (ConfirmStep step : diagnosis.transcript()) {
            page.command(2, Foreign.command(step.command()));
            Style style = switch (step.answer()) {
                case CONFIRMS -> Style.GREEN;
                case REFUTES -> Style.YELLOW;
                case CANNOT_TELL, BY_HAND -> Style.DIM;
            };
            page.item(
                    style,
                    2,
                    step.answer().words(),
                    "cannot tell  ".length(),
                    step.cause().code() + ": " + Foreign.clean(step.seen(), SENTENCE)
                            + step.source()
                                    .map(source -> " [" + Foreign.clean(source, NAME) + "]")
                                    .orElse(""));
        }
    }

    private static void background(Diagnosis diagnosis, Page page) {
        page.heading("BACKGROUND", "onset, changes, timeouts, controls, the usual");
        for (BackgroundLines.Line line : BackgroundLines.of(diagnosis.background())) {
            page.item(
                    line.warning() ? Style.YELLOW : Style.BOLD,
                    2,
                    line.label(),
                    LABEL,
                    Foreign.clean(line.text(), SENTENCE));
        }
    }

    private static void timeline(Diagnosis diagnosis, Page page) {
        if (diagnosis.timeline().isEmpty()) {
            return;
        }
        page.heading("TIMELINE", "UTC");
        for (Diagnosis.TimelineEntry entry :
                diagnosis.timeline().stream().limit(TIMELINE).toList()) {
            boolean sameDay =
                    Units.date(entry.at()).equals(Units.date(diagnosis.window().from()));
            String at = sameDay ? Units.time(entry.at()) : Units.dateTime(entry.at());
            String evidence = entry.evidence()
                    .map(id -> " [" + Foreign.clean(id, NAME) + "]")
                    .orElse("");
            page.item(
                    Style.BOLD,
                    2,
                    at,
                    "04:15:47Z  ".length(),
                    Foreign.clean(entry.kind(), NAME) + ": " + Foreign.clean(entry.text(), SENTENCE) + evidence);
        }
        more(diagnosis.timeline().size() - TIMELINE, "event", page);
    }

    private static void ruledOut(Diagnosis diagnosis, Page page) {
        List<Diagnosis.RuledOut> ruledOut = diagnosis.causes().ruledOut();
        page.heading("RULED OUT", ruledOut.isEmpty() ? "no cause" : Units.count(ruledOut.size(), "cause"));
        Briefing.grouped(ruledOut, Diagnosis.RuledOut::because)
                .forEach((because, group) -> causes(
                        group.stream().map(Diagnosis.RuledOut::cause).toList(),
                        Foreign.clean(because, SENTENCE),
                        page));
    }

    private static void undetermined(Diagnosis diagnosis, Page page) {
        List<Diagnosis.Undetermined> undetermined = diagnosis.causes().undetermined();
        page.heading(
                "COULD NOT EXAMINE", undetermined.isEmpty() ? "no cause" : Units.count(undetermined.size(), "cause"));
        Briefing.grouped(undetermined, entry -> String.join(", ", entry.missing()))
                .forEach((missing, group) -> causes(
                        group.stream().map(Diagnosis.Undetermined::cause).toList(),
                        "needs " + Foreign.clean(missing, SENTENCE),
                        page));
    }

    /** One cause with its reason, or several under the reason they share. */
    private static void causes(List<RootCause> causes, String reason, Page page) {
        if (causes.size() == 1) {
            RootCause cause = causes.get(0);
            page.item(Style.BOLD, 2, cause.code(), CODE, cause.slug() + ": " + reason);
            return;
        }
        page.prose(Style.PLAIN, 2, 2, reason + ":");
        String names = String.join(
                ", ",
                causes.stream().map(cause -> cause.code() + NBSP + cause.slug()).toList());
        page.prose(Style.DIM, 4, 0, names);
    }

    private static void coverage(Diagnosis diagnosis, Page page) {
        List<Coverage.Entry> entries = diagnosis.coverage().entries();
        if (entries.isEmpty()) {
            page.heading("COVERAGE", "unknown: nothing tells what was read");
            return;
        }
        long complete = entries.stream()
                .filter(entry -> entry.state() == Coverage.State.COMPLETE)
                .count();
        page.heading(
                "COVERAGE",
                Units.count(complete) + " of " + Units.count(entries.size(), "source") + " read completely");
        // What was not read comes first; a detail of its own gets a line of its own.
        for (Coverage.State state : STATES) {
            List<Coverage.Entry> same =
                    entries.stream().filter(entry -> entry.state() == state).toList();
            String sign = Briefing.isBlind(state) ? "? " : "- ";
            Style style = Briefing.isBlind(state) ? Style.YELLOW : Style.PLAIN;
            List<String> plain = new ArrayList<>();
            for (Coverage.Entry entry : same) {
                String input = Foreign.clean(entry.input(), NAME);
                if (entry.detail().isBlank() || state == Coverage.State.COMPLETE) {
                    plain.add(input);
                } else {
                    page.prose(
                            style,
                            2,
                            2,
                            sign + Briefing.word(state) + ": " + input + ": "
                                    + Foreign.clean(entry.detail(), SENTENCE));
                }
            }
            if (!plain.isEmpty()) {
                page.prose(style, 2, 2, sign + Briefing.word(state) + ": " + String.join(", ", plain));
            }
        }
    }

    private static void faults(Diagnosis diagnosis, Page page) {
        if (diagnosis.causes().faults().isEmpty()) {
            return;
        }
        page.heading("INTERNAL FAULTS", "rules that crashed; the others went on. Please report them.");
        for (String fault : diagnosis.causes().faults()) {
            page.prose(Style.RED, 2, 2, "- " + Foreign.clean(fault, SENTENCE));
        }
    }

    private static void more(int left, String what, Page page) {
        if (left > 0) {
            page.prose(
                    Style.DIM, 2, 2, "\u2026 and " + Units.count(left, "more " + what) + " (html and json have all)");
        }
    }
}
