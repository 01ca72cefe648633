package io.github.eastwest.render.slack;

import static io.github.eastwest.render.slack.SlackMessage.bold;
import static io.github.eastwest.render.slack.SlackMessage.code;
import static io.github.eastwest.render.slack.SlackMessage.text;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The report as a Slack message: the verdict first, then each finding with its proof, its command and its fix. */
public final class SlackRenderer implements Renderer {
    private static final int SENTENCE = 500;
    private static final int NAME = 120;

    /** Facts of a finding; the full report has all. */
    private static final int EVIDENCE = 3;

    private static final int SOURCES = 12;

    /** Blocks that stay free for what comes after the findings. */
    private static final int TAIL = 4;

    /** Blocks of one finding at most. */
    private static final int PER_FINDING = 4;

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Briefing briefing = Briefing.of(diagnosis);
        String verdict = briefing.tone().sign() + " " + briefing.verdict();
        SlackMessage message =
                new SlackMessage(verdict + ": " + briefing.edge() + ": " + briefing.claim() + "; " + briefing.calls());
        message.header(verdict + ": " + briefing.edge());
        List<String> top = new ArrayList<>();
        top.add(bold(briefing.claim(), SENTENCE));
        top.add(text(briefing.sureness().map(sure -> sure + " \u00B7 ").orElse("") + briefing.calls(), SENTENCE));
        top.add(text(briefing.window() + " \u00B7 " + String.join(" \u00B7 ", briefing.place()), SENTENCE));
        if (diagnosis.outcome() == Diagnosis.Outcome.INCONCLUSIVE) {
            top.add("*This is not a clean bill of health.*");
            diagnosis.gaps().forEach(gap -> top.add("\u2022 " + text(gap, SENTENCE)));
        }
        message.section(String.join("\n", top));
        message.section(path(diagnosis, briefing));
        int left = diagnosis.causes().findings().size();
        for (Finding finding : diagnosis.causes().findings()) {
            if (message.room() < PER_FINDING + TAIL) {
                break;
            }
            left--;
            finding(finding, briefing, message);
        }
        if (left > 0) {
            message.section(
                    text("\u2026 and " + Units.count(left, "more finding") + ": see the JSON report", SENTENCE));
        }
        blindSpots(diagnosis, message);
        message.section("*Next:* " + text(briefing.next(), SENTENCE));
        message.context(text(
                context.toolName() + " " + context.toolVersion() + " \u00B7 exit code " + context.exitCode(), NAME));
        message.write(out);
    }

    private static String path(Diagnosis diagnosis, Briefing briefing) {
        boolean counted = diagnosis.traffic().isPresent();
        return briefing.path().stream()
                .map(load -> {
                    String count = counted ? Units.count(load.failed()) + " failed" : Units.ABSENT;
                    String words = load.hop().id() + " " + count + (load.fault() ? " \u2717 fault" : "");
                    return load.fault() ? bold(words, NAME) : text(words, NAME);
                })
                .collect(Collectors.joining(" \u2192 "));
    }

    private static void finding(Finding finding, Briefing briefing, SlackMessage message) {
        message.divider();
        List<String> lines = new ArrayList<>();
        Briefing.Tone tone = Briefing.tone(finding.assessment().severity());
        lines.add(tone.sign() + " "
                + bold(finding.cause().code() + " " + finding.cause().title(), SENTENCE));
        lines.add(text(
                finding.assessment().severity().id() + " \u00B7 " + Briefing.sureness(finding) + " \u00B7 "
                        + finding.assessment().hop().id() + " \u00B7 " + briefing.explains(finding),
                SENTENCE));
        Briefing.explainedBy(finding).ifPresent(words -> lines.add(text(words, SENTENCE)));
        lines.add(text(finding.summary(), SENTENCE));
        for (Evidence evidence : finding.evidence().stream().limit(EVIDENCE).toList()) {
            lines.add("\u2022 " + text(evidence.id(), NAME) + " "
                    + evidence.supports().id() + ": " + text(evidence.statement(), SENTENCE));
        }
        int more = finding.evidence().size() - EVIDENCE;
        if (more > 0) {
            lines.add("\u2022 " + text("\u2026 and " + Units.count(more, "more fact"), NAME));
        }
        message.section(String.join("\n", lines));
        if (finding.causedBy().isPresent()) {
            return;
        }
        finding.confirm().stream()
                .findFirst()
                .ifPresent(confirm -> message.section("*Confirm* (reads only)\n" + code(confirm.command())
                        + "\n\u2022 confirmed if " + text(confirm.confirmedIf(), SENTENCE) + "\n\u2022 refuted if "
                        + text(confirm.refutedIf(), SENTENCE)));
        if (!finding.fix().isEmpty()) {
            message.section("*Fix*\n"
                    + finding.fix().stream()
                            .map(fix -> "\u2022 " + text(fix.step(), SENTENCE) + " Risk: " + text(fix.risk(), SENTENCE))
                            .collect(Collectors.joining("\n")));
        }
    }

    /** What was not read goes with every message: the reader may see nothing else. */
    private static void blindSpots(Diagnosis diagnosis, SlackMessage message) {
        List<Coverage.Entry> blind = diagnosis.coverage().entries().stream()
                .filter(entry -> Briefing.isBlind(entry.state()))
                .toList();
        if (blind.isEmpty()) {
            return;
        }
        String sources = blind.stream()
                .limit(SOURCES)
                .map(entry -> text(entry.input() + " " + Briefing.word(entry.state()), NAME))
                .collect(Collectors.joining(", "));
        message.context("Blind spots: " + sources
                + (blind.size() > SOURCES ? text(" and " + Units.count(blind.size() - SOURCES) + " more", NAME) : ""));
    }
}
