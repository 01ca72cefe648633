package io.github.eastwest.render.markdown;

import static io.github.eastwest.render.markdown.Markdown.code;
import static io.github.eastwest.render.markdown.Markdown.prose;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Incident;
import io.github.eastwest.model.report.Incident.Action;
import io.github.eastwest.model.report.Incident.Budget;
import io.github.eastwest.model.report.Incident.Fact;
import io.github.eastwest.model.report.Incident.Firing;
import io.github.eastwest.model.report.Incident.Group;
import io.github.eastwest.model.report.Incident.Moment;
import io.github.eastwest.model.report.Incident.Proposal;
import io.github.eastwest.model.report.Incident.Span;
import io.github.eastwest.model.report.Incident.Statement;
import io.github.eastwest.model.report.Incident.Step;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.alarms.AlarmDocuments;
import io.github.eastwest.render.json.JsonTree;
import io.github.eastwest.render.markdown.LivingDocument.Block;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A write-up after an incident, for people to go on with: generated blocks of facts, and between them questions that only
 * people can answer. See {@link LivingDocument} for how both stay apart.
 */
public final class IncidentMarkdown {
    private static final int SENTENCE = 1_000;
    private static final int NAME = 120;
    private static final int IDS = 8;
    private static final int ROWS = 200;
    private static final int BLIND = 40;
    private static final String NOT_MEASURED = "not measured";
    private static final Pattern CHECK = Pattern.compile("(?m)^Check: `([^`\\r\\n]{1,80})`");

    private static final String STATUS = """
            **Status:** Draft

            **Authors:**
            """;

    private static final String PEOPLE = """
            ## What people saw and did

            > - Who noticed first, and by what? What did they know then, and what not?
            > - What was tried, in which order, and what was expected of it?
            > - Who was told, when, and by whom? What did customers notice?

            ## Why it made sense at the time

            > - What made each decision look right to those who took it?
            > - What did the tools show, and what did they hide?
            > - Which of the contributing factors was known before, and to whom?
            """;

    private static final String LESSONS = """
            ## What went well

            > - What worked as it was meant to?
            > - What would have made it worse?

            ## What went badly

            > - What took longer than it should have? What was missing: a signal, a right, a document, a person?

            ## Where we got lucky

            > - What limited the harm that nobody had planned?

            ## Open questions

            > - What do we still not know, and who could find out?
            """;

    private static final String ACTION = """
            - Owner:
            - Due:
            - State:
            """;

    private IncidentMarkdown() {}

    /** What the first line of the document tells: the edge. */
    public static Map<String, String> fields(Incident incident) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("caller", incident.diagnosis().edge().caller());
        fields.put("callee", incident.diagnosis().edge().callee());
        incident.diagnosis().edge().cluster().ifPresent(cluster -> fields.put("cluster", cluster));
        incident.diagnosis().edge().calleeCluster().ifPresent(cluster -> fields.put("calleecluster", cluster));
        return fields;
    }

    /** The checks that a document names, in its order: {@code Check: `cause:EW301`} at the begin of a line. */
    public static List<String> checks(String document) {
        Matcher matcher = CHECK.matcher(document);
        List<String> checks = new ArrayList<>();
        while (matcher.find()) {
            if (!checks.contains(matcher.group(1))) {
                checks.add(matcher.group(1));
            }
        }
        return checks;
    }

    /** The blocks in order. */
    public static List<Block> blocks(Incident incident, ReportContext context) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block("title", title(incident), STATUS));
        blocks.add(new Block("summary", summary(incident), ""));
        blocks.add(new Block("impact", impact(incident), ""));
        blocks.add(new Block("times", times(incident), ""));
        blocks.add(new Block("timeline", timeline(incident), PEOPLE));
        blocks.add(new Block("trigger", trigger(incident), ""));
        blocks.add(new Block(
                "contributing",
                statements(
                        "Contributing factors",
                        incident.causation().contributing(),
                        "Nothing established from the sources read."),
                ""));
        blocks.add(new Block(
                "mitigators",
                statements(
                        "What limited the harm",
                        incident.causation().mitigators(),
                        "Nothing established from the sources read."),
                ""));
        blocks.add(new Block("chain", chain(incident), ""));
        blocks.add(new Block("detection", detection(incident), LESSONS));
        blocks.add(new Block(
                "actions",
                "## Action items\n\nOwner, date and state are for people; the check of an item can be repeated.",
                ""));
        for (Action action : incident.actions()) {
            blocks.add(new Block("action/" + action.check(), action(action), ACTION));
        }
        blocks.add(new Block(
                "actions-end",
                "`eastwest incident verify-actions FILE` repeats the checks. A line ``Check: `cause:EW301` `` below an item"
                        + " of your own is repeated, too.",
                ""));
        blocks.add(new Block("evidence", evidence(incident), ""));
        blocks.add(new Block("provenance", provenance(incident, context), ""));
        return blocks.stream()
                .map(block -> new Block(block.key(), block.content().replace(Units.THIN_SPACE, ' '), block.after()))
                .toList();
    }

    private static String title(Incident incident) {
        Briefing briefing = Briefing.of(incident.diagnosis());
        return "# Incident: " + prose(briefing.edge(), SENTENCE) + "\n\n"
                + prose(String.join(" \u00B7 ", briefing.place()), SENTENCE) + "\n\nLooked at: " + briefing.window()
                + ". All times are UTC.";
    }

    private static String summary(Incident incident) {
        Diagnosis diagnosis = incident.diagnosis();
        Briefing briefing = Briefing.of(diagnosis);
        StringBuilder text = new StringBuilder("## Summary\n\n");
        text.append("**")
                .append(briefing.verdict())
                .append("**: ")
                .append(prose(briefing.claim(), SENTENCE))
                .append(briefing.sureness().map(sure -> " (" + sure + ")").orElse(""))
                .append(".\n\n");
        text.append("- ").append(prose(briefing.calls(), SENTENCE)).append('\n');
        incident.impact()
                .span()
                .ifPresent(span ->
                        text.append("- ").append(lasted(span, diagnosis)).append('\n'));
        briefing.lead()
                .ifPresent(lead -> text.append("- ")
                        .append(prose(lead.summary(), SENTENCE))
                        .append(ids(supporting(lead)))
                        .append('\n'));
        if (diagnosis.outcome() == Diagnosis.Outcome.INCONCLUSIVE) {
            diagnosis
                    .gaps()
                    .forEach(gap -> text.append("- not seen: ")
                            .append(prose(gap, SENTENCE))
                            .append('\n'));
        }
        return text.toString();
    }

    private static String lasted(Span span, Diagnosis diagnosis) {
        Instant end = span.until().orElse(diagnosis.window().to());
        Duration length = Duration.between(span.from(), end);
        boolean open = span.atStart() || span.until().isEmpty();
        return "calls failed from " + Units.dateTime(span.from()) + " "
                + span.until().map(until -> "to " + Units.time(until)).orElse("to the end of the window") + ", "
                + (open ? "at least " : "")
                + (length.isZero() ? Units.ABSENT : Units.duration(length))
                + (span.atStart() ? " (they failed already when the window began)" : "");
    }

    private static String impact(Incident incident) {
        Diagnosis diagnosis = incident.diagnosis();
        Briefing briefing = Briefing.of(diagnosis);
        StringBuilder text = new StringBuilder("## Impact\n\n| what | measured |\n| --- | --- |\n");
        row(
                text,
                "failed calls",
                diagnosis.traffic().isPresent()
                        ? prose(briefing.calls(), SENTENCE)
                        : NOT_MEASURED + ": " + prose(briefing.calls(), SENTENCE));
        row(
                text,
                "how long",
                incident.impact()
                        .span()
                        .map(span -> lasted(span, diagnosis) + " "
                                + ids(List.of(span.id())).strip())
                        .orElse(NOT_MEASURED + ": no failed call was seen, or none was counted"));
        row(text, "callers", groups(incident.impact().callers(), 0));
        row(text, "paths", groups(incident.impact().paths(), incident.impact().morePaths()));
        row(text, "callee tasks", tasks(diagnosis));
        row(
                text,
                "error budget",
                incident.impact()
                        .budget()
                        .map(IncidentMarkdown::budget)
                        .orElse(NOT_MEASURED + ": no objective was given (--slo), or no call was counted"));
        return text.toString();
    }

    private static String groups(List<Group> groups, int more) {
        if (groups.isEmpty()) {
            return NOT_MEASURED;
        }
        return groups.stream()
                        .map(group -> code(group.name(), NAME) + " " + Units.count(group.failed()) + " failed"
                                + (group.requests().isPresent()
                                        ? " of " + Units.count(group.requests().getAsLong())
                                        : "")
                                + " (" + code(group.source(), NAME) + ")")
                        .collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + Units.count(more) + " more" : "");
    }

    private static String tasks(Diagnosis diagnosis) {
        List<TrafficReport.HostCount> hosts =
                diagnosis.traffic().map(TrafficReport::hosts).orElse(List.of());
        if (hosts.isEmpty()) {
            return NOT_MEASURED;
        }
        long touched = hosts.stream().filter(host -> host.failed() > 0).count();
        return "calls to " + Units.count(touched) + " of " + Units.count(hosts.size(), "task") + " failed";
    }

    private static String budget(Budget budget) {
        return "objective " + budget.objective() + " % over " + Units.duration(budget.period())
                + ": the window allows " + decimal(budget.allowed(), 1) + " failed calls, "
                + decimal(budget.burnRate(), 1) + " times that failed; "
                + decimal(100 * budget.ofPeriod(), 2)
                + " % of the period's budget, if the period has the window's rate of calls throughout";
    }

    private static String times(Incident incident) {
        Incident.Times times = incident.times();
        StringBuilder text = new StringBuilder(
                "## Times\n\n| step | UTC | after the begin | known from |\n| --- | --- | --- | --- |\n");
        time(text, "began", times.began(), times.began(), "no failed call was seen, or none was counted");
        time(
                text,
                "detected",
                times.detected(),
                times.began(),
                incident.detection().read()
                        ? "no alarm of the edge fired; --detected-at says it"
                        : "`cloudwatch/describe-alarms` was not read; --detected-at says it");
        time(
                text,
                "mitigated",
                times.mitigated(),
                times.began(),
                times.began().isPresent()
                        ? "calls still failed at the end of the window; --mitigated-at says it"
                        : "no failed call was seen, or none was counted; --mitigated-at says it");
        time(text, "resolved", times.resolved(), times.began(), "no source tells; --resolved-at says it");
        return text.toString();
    }

    private static void time(
            StringBuilder text, String step, Optional<Moment> moment, Optional<Moment> began, String why) {
        if (moment.isEmpty()) {
            row(text, step, NOT_MEASURED, Units.ABSENT, why);
            return;
        }
        String after = began.map(
                        begin -> Duration.between(begin.at(), moment.get().at()))
                .map(delay -> delay.isZero()
                        ? "0 s"
                        : delay.isNegative() ? Units.duration(delay.negated()) + " before" : Units.duration(delay))
                .orElse(Units.ABSENT);
        row(
                text,
                step,
                Units.dateTime(moment.get().at()),
                after,
                prose(moment.get().basis(), SENTENCE));
    }

    private static String timeline(Incident incident) {
        StringBuilder text = new StringBuilder("## Timeline\n\n");
        if (incident.timeline().isEmpty()) {
            return text.append("No source that was read tells of any event.").toString();
        }
        text.append("Facts only.\n\n| UTC | evidence | kind | what | source |\n| --- | --- | --- | --- | --- |\n");
        for (Fact fact : incident.timeline().stream().limit(ROWS).toList()) {
            row(
                    text,
                    Units.dateTime(fact.at()),
                    prose(fact.id(), NAME),
                    prose(fact.kind(), NAME),
                    prose(fact.text(), SENTENCE),
                    code(fact.source(), NAME));
        }
        return text.toString();
    }

    private static String trigger(Incident incident) {
        List<String> read = incident.diagnosis().background().changesRead();
        String none = read.isEmpty()
                ? NOT_MEASURED + ": no source of changes was read."
                : "No change before the onset that can bring it about was found in the sources read ("
                        + read.stream().map(source -> code(source, NAME)).collect(Collectors.joining(", ")) + ").";
        return "## Trigger\n\n"
                + incident.causation()
                        .trigger()
                        .map(change -> prose(change.text(), SENTENCE)
                                + change.beforeOnset()
                                        .filter(delay -> !delay.isNegative() && !delay.isZero())
                                        .map(delay -> ", " + Units.duration(delay) + " before the onset")
                                        .orElse("")
                                + change.mechanism()
                                        .map(how -> ": " + prose(how, SENTENCE))
                                        .orElse("")
                                + ids(List.of(change.id())))
                        .orElse(none);
    }

    private static String statements(String heading, List<Statement> statements, String none) {
        StringBuilder text = new StringBuilder("## ").append(heading).append("\n\n");
        if (statements.isEmpty()) {
            return text.append(none).toString();
        }
        statements.stream()
                .limit(ROWS)
                .forEach(statement -> text.append("- ").append(words(statement)).append('\n'));
        return text.toString();
    }

    private static String words(Statement statement) {
        return prose(statement.text(), SENTENCE) + ids(statement.evidence());
    }

    private static String chain(Incident incident) {
        StringBuilder text = new StringBuilder("## Causal chain\n\n");
        int number = 1;
        for (Step step : incident.causation().chain()) {
            text.append(number++)
                    .append(". **")
                    .append(step.question())
                    .append("** ")
                    .append(step.answer().map(IncidentMarkdown::words).orElse("not established"))
                    .append('\n');
        }
        return text.toString();
    }

    private static String detection(Incident incident) {
        Incident.Detection detection = incident.detection();
        StringBuilder text = new StringBuilder("## Detection\n\n### Alarms that fired\n\n");
        if (!detection.read()) {
            text.append(NOT_MEASURED).append(": `cloudwatch/describe-alarms` was not read.\n\n");
        } else if (incident.impact().span().isEmpty()) {
            text.append(NOT_MEASURED).append(": it is not known when calls failed.\n\n");
        } else if (detection.fired().isEmpty()) {
            text.append("None of the edge.\n\n");
        } else {
            for (Firing firing : detection.fired()) {
                text.append("- ")
                        .append(code(firing.alarm(), NAME))
                        .append(" at ")
                        .append(Units.dateTime(firing.at()))
                        .append(firing.over()
                                .map(at -> ", OK again at " + Units.dateTime(at))
                                .orElse(", not OK since"))
                        .append(firing.reason().isEmpty() ? "" : ": " + prose(firing.reason(), SENTENCE))
                        .append(ids(List.of(firing.id())))
                        .append('\n');
            }
            text.append('\n');
        }
        if (!detection.quiet().isEmpty()) {
            text.append("Stayed quiet: ")
                    .append(detection.quiet().stream()
                            .limit(BLIND)
                            .map(name -> code(name, NAME))
                            .collect(Collectors.joining(", ")))
                    .append(".\n\n");
        }
        text.append("### Alarms that would tell\n\n")
                .append("| alarm | exists now | fires on | in this window |\n| --- | --- | --- | --- |\n");
        for (Proposal proposal : detection.proposals()) {
            row(
                    text,
                    code(proposal.alarm().kind().id(), NAME),
                    proposal.exists().map(exists -> exists ? "yes" : "no").orElse(NOT_MEASURED),
                    prose(AlarmDocuments.condition(proposal.alarm()), SENTENCE),
                    replay(proposal));
        }
        List<Proposal> wanted = detection.wanted();
        if (!wanted.isEmpty()) {
            text.append("\nDefinitions, for `aws cloudwatch put-metric-alarm --cli-input-json` and `aws logs"
                    + " put-metric-filter --cli-input-json`:\n\n");
            text.append(definitions(wanted));
        }
        detection.notes().forEach(note -> text.append("\n- ").append(prose(note, SENTENCE)));
        return text.toString();
    }

    private static String replay(Proposal proposal) {
        Incident.Replay replay = proposal.replay();
        return switch (replay.outcome()) {
            case FIRES ->
                "would have fired"
                        + replay.at().map(at -> " at " + Units.dateTime(at)).orElse("");
            case STAYS_QUIET -> "would have stayed quiet";
            case CANNOT_TELL -> "cannot tell: " + prose(replay.because(), SENTENCE);
        };
    }

    private static String definitions(List<Proposal> proposals) {
        StringBuilder lines = new StringBuilder();
        for (Proposal proposal : proposals) {
            proposal.filter()
                    .ifPresent(filter -> lines.append(JsonTree.line(AlarmDocuments.input(filter)))
                            .append('\n'));
            lines.append(JsonTree.line(AlarmDocuments.input(proposal.alarm(), List.of())))
                    .append('\n');
        }
        String fence = "```";
        while (lines.indexOf(fence) >= 0) {
            fence += "`";
        }
        return fence + "json\n" + lines + fence + "\n";
    }

    private static String action(Action action) {
        StringBuilder text = new StringBuilder("### ")
                .append(action.type().id().substring(0, 1).toUpperCase(Locale.ROOT))
                .append(action.type().id().substring(1))
                .append(": ")
                .append(prose(action.text(), SENTENCE))
                .append("\n\n");
        action.more()
                .forEach(more -> text.append("- ").append(prose(more, SENTENCE)).append('\n'));
        text.append(action.more().isEmpty() ? "" : "\n");
        text.append("Check: `").append(action.check()).append('`');
        text.append(action.evidence().isEmpty() ? "" : " \u00B7 evidence" + ids(action.evidence()));
        return text.toString();
    }

    private static String evidence(Incident incident) {
        StringBuilder text = new StringBuilder("## Evidence\n\n");
        List<String[]> rows = new ArrayList<>();
        for (Finding finding : incident.diagnosis().causes().findings()) {
            for (Evidence evidence : finding.evidence()) {
                rows.add(new String[] {
                    prose(evidence.id(), NAME),
                    evidence.supports().id() + " " + finding.cause().code(),
                    prose(evidence.statement(), SENTENCE),
                    code(evidence.source(), NAME)
                });
            }
        }
        incident.diagnosis()
                .background()
                .changes()
                .forEach(change -> rows.add(new String[] {
                    prose(change.id(), NAME), "change", prose(change.text(), SENTENCE), code(change.source(), NAME)
                }));
        if (rows.isEmpty()) {
            return text.append("None besides the timeline.").toString();
        }
        text.append("Ids that begin with T are rows of the timeline.\n\n| id | supports | statement | source |\n")
                .append("| --- | --- | --- | --- |\n");
        rows.stream().limit(ROWS).forEach(cells -> row(text, cells));
        return text.toString();
    }

    private static String provenance(Incident incident, ReportContext context) {
        StringBuilder text = new StringBuilder("## Provenance\n\n");
        text.append(prose(context.toolName(), NAME))
                .append(' ')
                .append(prose(context.toolVersion(), NAME))
                .append("; outcome of the diagnosis: ")
                .append(incident.diagnosis().outcome().id())
                .append(".\n\n");
        List<Coverage.Entry> unread = Briefing.of(incident.diagnosis()).notComplete();
        text.append(unread.isEmpty() ? "Everything was read whole.\n" : "Not read, or not whole:\n\n");
        unread.stream()
                .limit(BLIND)
                .forEach(entry -> text.append("- ")
                        .append(code(entry.input(), NAME))
                        .append(": ")
                        .append(Briefing.word(entry.state()))
                        .append(entry.detail().isEmpty() ? "" : ", " + prose(entry.detail(), SENTENCE))
                        .append('\n'));
        if (unread.size() > BLIND) {
            text.append("- and ")
                    .append(Units.count(unread.size() - BLIND, "more"))
                    .append('\n');
        }
        return text.toString();
    }

    private static List<String> supporting(Finding finding) {
        return Briefing.evidence(finding, Evidence.Supports.FOR).stream()
                .map(Evidence::id)
                .toList();
    }

    /** {@code  (E1, E2)}. */
    private static String ids(List<String> ids) {
        if (ids.isEmpty()) {
            return "";
        }
        String shown = ids.stream()
                .limit(IDS)
                .map(id -> prose(Foreign.clean(id), NAME))
                .collect(Collectors.joining(", "));
        return " (" + shown + (ids.size() > IDS ? ", \u2026" : "") + ")";
    }

    private static String decimal(double value, int places) {
        BigDecimal exact = new BigDecimal(value).setScale(places, RoundingMode.HALF_UP);
        return value > 0 && exact.signum() == 0
                ? "<" + Units.THIN_SPACE + BigDecimal.ONE.movePointLeft(places).toPlainString()
                : exact.toPlainString();
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
