package io.github.eastwest.render.markdown;

import static io.github.eastwest.render.markdown.Markdown.code;
import static io.github.eastwest.render.markdown.Markdown.prose;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.BackgroundLines;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The report as GitHub-flavoured Markdown, for an issue or a wiki page. */
public final class MarkdownRenderer implements Renderer {
    private static final int SENTENCE = 1_000;
    private static final int NAME = 120;
    private static final int ROWS = 200;
    private static final int EXAMPLES = 10;

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder();
        write(diagnosis, context, text);
        out.write(text.toString().replace(Units.THIN_SPACE, ' ').getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void write(Diagnosis diagnosis, ReportContext context, StringBuilder text) {
        Briefing briefing = Briefing.of(diagnosis);
        text.append("# ").append(prose(briefing.edge(), SENTENCE)).append("\n\n");
        text.append("> **")
                .append(briefing.tone().sign())
                .append(' ')
                .append(briefing.verdict())
                .append("**: ")
                .append(prose(briefing.claim(), SENTENCE))
                .append("\n>\n> ")
                .append(briefing.sureness().map(sure -> sure + " \u00B7 ").orElse(""))
                .append(prose(briefing.calls(), SENTENCE))
                .append("\n\n");
        if (diagnosis.outcome() == Diagnosis.Outcome.INCONCLUSIVE) {
            text.append("**This is not a clean bill of health.**\n\n");
            diagnosis
                    .gaps()
                    .forEach(gap ->
                            text.append("- ").append(prose(gap, SENTENCE)).append('\n'));
            text.append(diagnosis.gaps().isEmpty() ? "" : "\n");
        }
        text.append("Window ").append(briefing.window()).append(", UTC \u00B7 ");
        text.append(prose(String.join(" \u00B7 ", briefing.place()), SENTENCE)).append("\n\n");
        path(diagnosis, briefing, text);
        for (Finding finding : diagnosis.causes().findings()) {
            finding(finding, briefing, text);
        }
        text.append("## Unattributed\n\n")
                .append(prose(briefing.remainder(), SENTENCE))
                .append("\n\n");
        calls(diagnosis, briefing, text);
        transcript(diagnosis, text);
        background(diagnosis, text);
        examined(diagnosis, text);
        coverage(diagnosis, text);
        timeline(diagnosis, text);
        faults(diagnosis, text);
        text.append("---\n\n**Next:** ")
                .append(prose(briefing.next(), SENTENCE))
                .append("\n\n")
                .append(prose(context.toolName(), NAME))
                .append(' ')
                .append(prose(context.toolVersion(), NAME))
                .append(" \u00B7 exit code ")
                .append(context.exitCode())
                .append('\n');
    }

    private static void path(Diagnosis diagnosis, Briefing briefing, StringBuilder text) {
        boolean counted = diagnosis.traffic().isPresent();
        text.append("## Path\n\n|");
        briefing.path()
                .forEach(load -> text.append(load.hop() == Hop.CALLER_APP ? " " : " \u2192 ")
                        .append(load.hop().id())
                        .append(" |"));
        text.append("\n|").append(" --- |".repeat(briefing.path().size())).append("\n|");
        for (Briefing.HopLoad load : briefing.path()) {
            String count = counted ? Units.count(load.failed()) + " failed" : Units.ABSENT;
            text.append(' ')
                    .append(load.fault() ? "**" + count + " \u2717 fault**" : count)
                    .append(" |");
        }
        text.append("\n\n");
        if (briefing.failedNowhere() > 0) {
            text.append(Units.count(briefing.failedNowhere(), "failed call")).append(" cannot be placed on a hop.\n\n");
        }
    }

    private static void finding(Finding finding, Briefing briefing, StringBuilder text) {
        RootCause cause = finding.cause();
        text.append("## ")
                .append(cause.code())
                .append(' ')
                .append(prose(cause.title(), SENTENCE))
                .append("\n\n")
                .append(code(cause.slug(), NAME))
                .append(" \u00B7 ")
                .append(finding.assessment().severity().id())
                .append(" \u00B7 **")
                .append(Briefing.sureness(finding))
                .append("** \u00B7 ")
                .append(finding.assessment().hop().id())
                .append(" \u00B7 ")
                .append(prose(briefing.explains(finding), SENTENCE))
                .append("\n\n");
        Briefing.explainedBy(finding)
                .ifPresent(words ->
                        text.append("**").append(prose(words, SENTENCE)).append("**\n\n"));
        text.append(prose(finding.summary(), SENTENCE)).append("\n\n");
        text.append("| id | supports | statement | source | observed | threshold |\n")
                .append("| --- | --- | --- | --- | --- | --- |\n");
        for (Evidence evidence : finding.evidence().stream().limit(ROWS).toList()) {
            row(
                    text,
                    prose(evidence.id(), NAME),
                    evidence.supports().id(),
                    prose(evidence.statement(), SENTENCE),
                    code(evidence.source(), NAME),
                    prose(evidence.observed().orElse(Units.ABSENT), NAME),
                    prose(evidence.threshold().orElse(Units.ABSENT), NAME));
        }
        text.append('\n');
        if (Briefing.evidence(finding, Evidence.Supports.AGAINST).isEmpty()) {
            text.append("Nothing found against it.\n\n");
        }
        for (Finding.Confirm confirm : finding.confirm()) {
            text.append("**Confirm** (reads only)\n\n")
                    .append(Markdown.block(confirm.command()))
                    .append("\n- confirmed if ")
                    .append(prose(confirm.confirmedIf(), SENTENCE))
                    .append("\n- refuted if ")
                    .append(prose(confirm.refutedIf(), SENTENCE))
                    .append("\n\n");
        }
        if (!finding.fix().isEmpty()) {
            text.append("**Fix**\n\n");
            int number = 1;
            for (Finding.Fix fix : finding.fix()) {
                text.append(number++)
                        .append(". ")
                        .append(prose(fix.step(), SENTENCE))
                        .append("\n   Risk: ")
                        .append(prose(fix.risk(), SENTENCE))
                        .append('\n');
            }
            text.append('\n');
        }
    }

    private static void calls(Diagnosis diagnosis, Briefing briefing, StringBuilder text) {
        text.append("## Calls\n\n");
        if (diagnosis.traffic().isEmpty()) {
            text.append("Not counted: no access line was read.\n\n");
            return;
        }
        TrafficReport traffic = diagnosis.traffic().get();
        text.append("| condition | calls | share | result | hop | basis |\n")
                .append("| --- | ---: | ---: | --- | --- | --- |\n");
        for (TrafficReport.ConditionCount count : traffic.conditions()) {
            boolean failure = count.condition().failure();
            row(
                    text,
                    code(count.condition().id(), NAME),
                    Units.count(count.count()),
                    Units.share(count.count(), traffic.requests()),
                    failure ? "failed" : "answered",
                    failure ? count.hop().map(Hop::id).orElse("unknown") : Units.ABSENT,
                    count.basis().id());
        }
        TrafficReport.Latency latency = traffic.latency();
        text.append("\nLatency of answered calls: ");
        if (latency.equals(TrafficReport.Latency.NONE)) {
            text.append(Units.ABSENT).append(" (").append(briefing.noLatency()).append(")\n\n");
        } else {
            text.append("p50 ")
                    .append(Units.millis(latency.p50()))
                    .append(", p90 ")
                    .append(Units.millis(latency.p90()))
                    .append(", p99 ")
                    .append(Units.millis(latency.p99()))
                    .append(", max ")
                    .append(Units.millis(latency.max()))
                    .append("\n\n");
        }
        hosts(traffic, text);
        examples(traffic, text);
    }

    private static void hosts(TrafficReport traffic, StringBuilder text) {
        if (traffic.hosts().isEmpty()) {
            return;
        }
        text.append("| host | task | zone | revision | calls | failed |\n")
                .append("| --- | --- | --- | --- | ---: | ---: |\n");
        for (TrafficReport.HostCount host : traffic.hosts().stream().limit(ROWS).toList()) {
            row(
                    text,
                    code(host.host(), NAME),
                    code(host.taskId().orElse(Units.ABSENT), NAME),
                    prose(host.availabilityZone().orElse(Units.ABSENT), NAME),
                    code(host.revision().orElse(Units.ABSENT), NAME),
                    Units.count(host.requests()),
                    Units.count(host.failed()));
        }
        text.append('\n');
        more(traffic.hosts().size() - ROWS, "task", text);
    }

    private static void examples(TrafficReport traffic, StringBuilder text) {
        if (traffic.examples().isEmpty()) {
            return;
        }
        text.append("Examples of failed calls:\n\n");
        for (TrafficReport.Example example :
                traffic.examples().stream().limit(EXAMPLES).toList()) {
            text.append("- ")
                    .append(code(example.condition().id(), NAME))
                    .append(' ')
                    .append(prose(example.text(), SENTENCE))
                    .append(" (")
                    .append(code(example.stream(), NAME))
                    .append(" line ")
                    .append(Units.count(example.line()))
                    .append(")\n");
        }
        text.append('\n');
    }

    private static void transcript(Diagnosis diagnosis, StringBuilder text) {
        if (diagnosis.transcript().isEmpty()) {
            return;
        }
        text.append("## Confirm steps\n\nWhat each command asks, answered from the documents read.\n\n");
        for (ConfirmStep step : diagnosis.transcript()) {
            text.append(Markdown.block(step.command()))
                    .append("\n- ")
                    .append(step.cause().code())
                    .append(" **")
                    .append(step.answer().words())
                    .append("**: ")
                    .append(prose(step.seen(), SENTENCE))
                    .append(step.source()
                            .map(source -> " " + code(source, NAME))
                            .orElse(""))
                    .append("\n\n");
        }
    }

    private static void background(Diagnosis diagnosis, StringBuilder text) {
        text.append("## Background\n\n| about | what |\n| --- | --- |\n");
        BackgroundLines.of(diagnosis.background())
                .forEach(line -> row(
                        text,
                        line.warning() ? "**" + line.label() + "**" : line.label(),
                        prose(line.text(), SENTENCE)));
        text.append('\n');
    }

    private static void examined(Diagnosis diagnosis, StringBuilder text) {
        text.append("## Ruled out\n\n");
        Briefing.grouped(diagnosis.causes().ruledOut(), Diagnosis.RuledOut::because)
                .forEach((because, group) ->
                        causes(group.stream().map(Diagnosis.RuledOut::cause).toList(), prose(because, SENTENCE), text));
        text.append(diagnosis.causes().ruledOut().isEmpty() ? "No cause.\n\n" : "\n");
        text.append("## Could not examine\n\n");
        Briefing.grouped(diagnosis.causes().undetermined(), entry -> String.join(", ", entry.missing()))
                .forEach((missing, group) -> causes(
                        group.stream().map(Diagnosis.Undetermined::cause).toList(),
                        "needs " + prose(missing, SENTENCE),
                        text));
        text.append(diagnosis.causes().undetermined().isEmpty() ? "No cause.\n\n" : "\n");
    }

    private static void causes(List<RootCause> causes, String reason, StringBuilder text) {
        text.append("- ")
                .append(causes.stream()
                        .map(cause -> cause.code() + " " + cause.slug())
                        .collect(Collectors.joining(", ")))
                .append(": ")
                .append(reason)
                .append('\n');
    }

    private static void coverage(Diagnosis diagnosis, StringBuilder text) {
        text.append("## Coverage\n\n");
        if (diagnosis.coverage().entries().isEmpty()) {
            text.append("Unknown: nothing tells what was read.\n\n");
            return;
        }
        text.append("| source | state | detail |\n| --- | --- | --- |\n");
        for (Coverage.Entry entry :
                diagnosis.coverage().entries().stream().limit(ROWS).toList()) {
            String state = Briefing.word(entry.state());
            row(
                    text,
                    code(entry.input(), NAME),
                    Briefing.isBlind(entry.state()) ? "**" + state + "**" : state,
                    prose(entry.detail(), SENTENCE));
        }
        text.append('\n');
        more(diagnosis.coverage().entries().size() - ROWS, "source", text);
    }

    private static void timeline(Diagnosis diagnosis, StringBuilder text) {
        if (diagnosis.timeline().isEmpty()) {
            return;
        }
        text.append("## Timeline\n\n| UTC | kind | what | evidence |\n| --- | --- | --- | --- |\n");
        for (Diagnosis.TimelineEntry entry :
                diagnosis.timeline().stream().limit(ROWS).toList()) {
            row(
                    text,
                    Units.dateTime(entry.at()),
                    prose(entry.kind(), NAME),
                    prose(entry.text(), SENTENCE),
                    prose(entry.evidence().orElse(Units.ABSENT), NAME));
        }
        text.append('\n');
        more(diagnosis.timeline().size() - ROWS, "event", text);
    }

    private static void faults(Diagnosis diagnosis, StringBuilder text) {
        if (diagnosis.causes().faults().isEmpty()) {
            return;
        }
        text.append("## Internal faults\n\nRules that crashed; the others went on. Please report them.\n\n");
        diagnosis
                .causes()
                .faults()
                .forEach(fault ->
                        text.append("- ").append(prose(fault, SENTENCE)).append('\n'));
        text.append('\n');
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static void more(int left, String what, StringBuilder text) {
        if (left > 0) {
            text.append("\u2026 and ")
                    .append(Units.count(left, "more " + what))
                    .append(" (the JSON report has all).\n\n");
        }
    }
}
