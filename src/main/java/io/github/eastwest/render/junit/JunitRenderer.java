package io.github.eastwest.render.junit;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.render.Briefing;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The report as a JUnit test report: one test case per cause that was examined.
 *
 * <p>A finding at or above {@code --fail-on} is a failure, one below it passes and says so in its output; a cause that is
 * ruled out passes; one that could not be examined is skipped; a rule that crashed is an error. The first case is the outcome:
 * inconclusive is an error, so that a pipeline never shows green for what was not seen.
 */
public final class JunitRenderer implements Renderer {
    private static final int SENTENCE = 2_000;
    private static final int NAME = 200;

    /** A test case and how it ended. */
    private record Case(String name, Ending ending, String message, String type, List<String> lines) {}

    private enum Ending {
        PASSED,
        FAILURE,
        ERROR,
        SKIPPED
    }

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Briefing briefing = Briefing.of(diagnosis);
        List<Case> cases = cases(diagnosis, context.failOn(), briefing);
        String counts = " tests=\"" + cases.size() + "\" failures=\"" + count(cases, Ending.FAILURE) + "\" errors=\""
                + count(cases, Ending.ERROR) + "\"";
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuites name=\"eastwest diagnose\"").append(counts).append(">\n");
        xml.append("  <testsuite name=\"")
                .append(XmlText.escaped(briefing.edge(), NAME))
                .append('"')
                .append(counts)
                // Of the suite alone: readers that are strict know no such count of all suites.
                .append(" skipped=\"")
                .append(count(cases, Ending.SKIPPED))
                .append("\">\n    <properties>\n");
        property(xml, "outcome", diagnosis.outcome().id());
        property(xml, "exitCode", Integer.toString(context.exitCode()));
        property(xml, "failOn", context.failOn().map(Severity::id).orElse("never"));
        property(xml, "from", diagnosis.window().from().toString());
        property(xml, "to", diagnosis.window().to().toString());
        property(xml, "tool", context.toolName() + " " + context.toolVersion());
        xml.append("    </properties>\n");
        String classname = XmlText.escaped(diagnosis.edge().caller(), NAME) + "."
                + XmlText.escaped(diagnosis.edge().callee(), NAME);
        cases.forEach(one -> write(one, classname, xml));
        xml.append("  </testsuite>\n</testsuites>\n");
        out.write(xml.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static List<Case> cases(Diagnosis diagnosis, Optional<Severity> failOn, Briefing briefing) {
        List<Case> cases = new ArrayList<>();
        List<String> outcome = new ArrayList<>(List.of(briefing.claim(), briefing.calls(), briefing.window()));
        outcome.addAll(diagnosis.gaps());
        cases.add(new Case(
                "outcome",
                diagnosis.outcome() == Diagnosis.Outcome.INCONCLUSIVE ? Ending.ERROR : Ending.PASSED,
                briefing.claim(),
                diagnosis.outcome().id(),
                outcome));
        for (Finding finding : diagnosis.causes().findings()) {
            Severity severity = finding.assessment().severity();
            boolean fails = failOn.isPresent() && severity.atLeast(failOn.get());
            cases.add(new Case(
                    name(finding.cause()),
                    fails ? Ending.FAILURE : Ending.PASSED,
                    finding.cause().title(),
                    severity.id(),
                    lines(finding)));
        }
        diagnosis
                .causes()
                .ruledOut()
                .forEach(entry -> cases.add(new Case(
                        name(entry.cause()), Ending.PASSED, "", "", List.of("ruled out: " + entry.because()))));
        diagnosis
                .causes()
                .undetermined()
                .forEach(entry -> cases.add(new Case(
                        name(entry.cause()),
                        Ending.SKIPPED,
                        "undetermined: needs " + String.join(", ", entry.missing()),
                        "",
                        List.of())));
        diagnosis
                .causes()
                .faults()
                .forEach(fault -> cases.add(new Case(fault, Ending.ERROR, fault, "internal fault", List.of(fault))));
        return cases;
    }

    private static List<String> lines(Finding finding) {
        List<String> lines = new ArrayList<>();
        lines.add(finding.assessment().severity().id() + ", " + Briefing.sureness(finding) + ", at "
                + finding.assessment().hop().id());
        Briefing.explainedBy(finding).ifPresent(lines::add);
        lines.add(finding.summary());
        for (Evidence evidence : finding.evidence()) {
            lines.add(evidence.id() + " " + evidence.supports().id() + ": " + evidence.statement() + " ("
                    + evidence.source() + ")");
        }
        for (Finding.Confirm confirm : finding.confirm()) {
            lines.add("confirm: " + Foreign.command(confirm.command()));
        }
        for (Finding.Fix fix : finding.fix()) {
            lines.add("fix: " + fix.step() + " Risk: " + fix.risk());
        }
        return lines;
    }

    private static void write(Case one, String classname, StringBuilder xml) {
        xml.append("    <testcase classname=\"")
                .append(classname)
                .append("\" name=\"")
                .append(XmlText.escaped(one.name(), NAME))
                .append("\">\n");
        switch (one.ending()) {
            case SKIPPED ->
                xml.append("      <skipped message=\"")
                        .append(XmlText.escaped(one.message(), SENTENCE))
                        .append("\"/>\n");
            case PASSED ->
                xml.append("      <system-out>").append(text(one.lines())).append("</system-out>\n");
            case FAILURE, ERROR -> {
                String element = one.ending() == Ending.FAILURE ? "failure" : "error";
                xml.append("      <")
                        .append(element)
                        .append(" message=\"")
                        .append(XmlText.escaped(one.message(), SENTENCE))
                        .append("\" type=\"")
                        .append(XmlText.escaped(one.type(), NAME))
                        .append("\">")
                        .append(text(one.lines()))
                        .append("</")
                        .append(element)
                        .append(">\n");
            }
        }
        xml.append("    </testcase>\n");
    }

    private static void property(StringBuilder xml, String name, String value) {
        xml.append("      <property name=\"")
                .append(name)
                .append("\" value=\"")
                .append(XmlText.escaped(value, NAME))
                .append("\"/>\n");
    }

    private static long count(List<Case> cases, Ending ending) {
        return cases.stream().filter(one -> one.ending() == ending).count();
    }

    private static String name(RootCause cause) {
        return cause.code() + " " + cause.slug();
    }

    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(text.length() == 0 ? "" : "\n").append(XmlText.escaped(line, SENTENCE));
        }
        return text.toString();
    }
}
