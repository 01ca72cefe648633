package io.github.eastwest.render.junit;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The health report as a JUnit test report: a test case per edge.
 *
 * <p>A problem at or above {@code --fail-on} is a failure; an edge that could not be judged is skipped and says why; all else
 * passes. The first case is the outcome: an inconclusive report is an error, so that a pipeline never shows green for what was
 * not seen.
 */
public final class HealthJunitRenderer implements HealthRenderer {
    private static final int SENTENCE = 2_000;
    private static final int NAME = 200;

    private enum Ending {
        PASSED,
        FAILURE,
        ERROR,
        SKIPPED
    }

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        HealthBriefing briefing = new HealthBriefing(report);
        Optional<Severity> failOn = context.failOn();
        boolean inconclusive = !report.gaps().isEmpty();
        String counts = " tests=\"" + (report.edges().size() + 1) + "\" failures=\""
                + count(report, failOn, Ending.FAILURE) + "\" errors=\"" + (inconclusive ? 1 : 0) + "\"";
        Writer xml = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        xml.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"eastwest health\"" + counts + ">\n");
        xml.write("  <testsuite name=\"" + XmlText.escaped(report.place(), NAME) + '"' + counts + " skipped=\""
                + count(report, failOn, Ending.SKIPPED) + "\">\n    <properties>\n");
        property(xml, "outcome", briefing.tone().outcome());
        property(xml, "exitCode", Integer.toString(context.exitCode()));
        property(xml, "failOn", failOn.map(Severity::id).orElse("never"));
        property(xml, "from", report.window().window().from().toString());
        property(xml, "to", report.window().window().to().toString());
        property(xml, "tool", context.toolName() + " " + context.toolVersion());
        xml.write("    </properties>\n");
        List<String> outcome =
                new ArrayList<>(List.of(briefing.headline(), briefing.time(), briefing.states(), briefing.changes()));
        outcome.addAll(report.gaps());
        testCase(
                xml,
                "health",
                "outcome",
                inconclusive ? Ending.ERROR : Ending.PASSED,
                briefing.tone().outcome(),
                inconclusive ? String.join("; ", report.gaps()) : "",
                outcome);
        for (EdgeHealth edge : report.edges()) {
            testCase(
                    xml,
                    edge.edge().cluster() + "." + edge.edge().caller(),
                    edge.edge().target(),
                    ending(edge, failOn),
                    edge.judgement().state().id(),
                    edge.judgement().reasons().get(0).text(),
                    lines(edge));
        }
        xml.write("  </testsuite>\n</testsuites>\n");
        xml.flush();
    }

    private static Ending ending(EdgeHealth edge, Optional<Severity> failOn) {
        Optional<Severity> severity = edge.judgement().severity();
        if (severity.isPresent()) {
            return failOn.isPresent() && severity.get().atLeast(failOn.get()) ? Ending.FAILURE : Ending.PASSED;
        }
        return edge.judgement().state() == EdgeState.OK ? Ending.PASSED : Ending.SKIPPED;
    }

    private static long count(HealthReport report, Optional<Severity> failOn, Ending ending) {
        return report.edges().stream()
                .filter(edge -> ending(edge, failOn) == ending)
                .count();
    }

    private static List<String> lines(EdgeHealth edge) {
        List<String> lines = new ArrayList<>();
        String change = HealthBriefing.change(edge);
        lines.add(edge.judgement().state().words() + (change.isEmpty() ? "" : ", " + change) + ": "
                + HealthBriefing.calls(edge));
        edge.judgement().reasons().forEach(reason -> lines.add(reason.text()));
        HealthBriefing.closer(edge).ifPresent(lines::add);
        return lines;
    }

    private static void testCase(
            Writer xml, String classname, String name, Ending ending, String type, String what, List<String> lines)
            throws IOException {
        xml.write("    <testcase classname=\"" + XmlText.escaped(classname, NAME) + "\" name=\""
                + XmlText.escaped(name, NAME) + "\">\n");
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(text.length() == 0 ? "" : "\n").append(XmlText.escaped(line, SENTENCE)));
        String message = XmlText.escaped(what, SENTENCE);
        switch (ending) {
            case PASSED -> xml.write("      <system-out>" + text + "</system-out>\n");
            case SKIPPED -> xml.write("      <skipped message=\"" + message + "\"/>\n");
            case FAILURE, ERROR -> {
                String element = ending == Ending.FAILURE ? "failure" : "error";
                xml.write("      <" + element + " message=\"" + message + "\" type=\"" + XmlText.escaped(type, NAME)
                        + "\">" + text + "</" + element + ">\n");
            }
        }
        xml.write("    </testcase>\n");
    }

    private static void property(Writer xml, String name, String value) throws IOException {
        xml.write("      <property name=\"" + name + "\" value=\"" + XmlText.escaped(value, NAME) + "\"/>\n");
    }
}
