package io.github.eastwest.render.html;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Events in lanes, from before the window where changes were read that far back. */
final class TimelineSection {
    private static final int EVENTS = 80;
    private static final int MARKS = 100;

    private final Diagnosis diagnosis;
    private final TimeWindow window;
    private final Set<String> anchors;

    /** One event of either source. */
    private record Entry(Instant at, String lane, String kind, String text, HtmlReport.Link evidence) {}

    /** @param anchors ids in the page that events may lead to */
    TimelineSection(Diagnosis diagnosis, Set<String> anchors) {
        this.diagnosis = diagnosis;
        this.window = diagnosis.window();
        this.anchors = anchors;
    }

    HtmlReport.Timeline timeline() {
        List<Entry> entries = entries();
        List<HtmlReport.Lane> lanes = new ArrayList<>();
        lanes.add(lane("traffic", entries, "no call failed, or none was counted"));
        lanes.add(lane("deployments", entries, "none in the sources read"));
        lanes.add(lane("tasks", entries, "none in the sources read"));
        lanes.add(lane("configuration", entries, "none in the sources read"));
        lanes.add(lane("ejections", entries, "none logged by the caller's proxies, or their logs were not read"));
        lanes.add(lane("alarms", entries, "not measured: no change of an alarm was read"));
        lanes.add(new HtmlReport.Lane("people", List.of(), "for people to fill in"));
        return new HtmlReport.Timeline(
                lanes,
                List.of(Units.time(window.from()), Units.time(window.to())),
                entries.stream().limit(EVENTS).map(this::event).toList(),
                Clean.left(entries.size() - EVENTS, "event"));
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Background.Change change : diagnosis.background().changes()) {
            entries.add(new Entry(
                    change.at(),
                    lane(change.kind()),
                    change.kind().id(),
                    change.text().startsWith(change.subject())
                            ? change.text()
                            : change.subject() + ": " + change.text(),
                    anchors.contains(change.id())
                            ? new HtmlReport.Link(change.id(), "#" + change.id())
                            : source(change.source())));
        }
        for (Diagnosis.TimelineEntry entry : diagnosis.timeline()) {
            String lane = lane(entry.kind());
            // A change tells the same event with more: who, from what, to what.
            boolean told = !lane.equals("traffic")
                    && entries.stream().anyMatch(other -> other.lane.equals(lane) && other.at.equals(entry.at()));
            if (!told) {
                entries.add(new Entry(entry.at(), lane, entry.kind(), entry.text(), evidence(entry)));
            }
        }
        entries.sort(Comparator.comparing(Entry::at).thenComparing(Entry::kind).thenComparing(Entry::text));
        return entries;
    }

    /** Where an event is known from: its evidence, else the raw lines of its condition, else the source it was read from. */
    private HtmlReport.Link evidence(Diagnosis.TimelineEntry entry) {
        Optional<String> id = entry.evidence().filter(anchors::contains);
        if (id.isPresent()) {
            return new HtmlReport.Link(Clean.name(id.get()), "#" + id.get());
        }
        Optional<String> rows = Arrays.stream(entry.text().split(" "))
                .map(word -> "rows-" + word)
                .filter(anchors::contains)
                .findFirst();
        return switch (lane(entry.kind())) {
            case "deployments", "configuration" -> source(Input.SERVICES.id());
            case "tasks" -> source(Input.TASKS.id());
            case "ejections" -> source(Input.CALLER_LOGS.id());
            case "alarms" -> source("cloudwatch/describe-alarms");
            default ->
                rows.map(anchor -> new HtmlReport.Link("raw lines", "#" + anchor))
                        .orElseGet(() -> source("logs/lines"));
        };
    }

    private static HtmlReport.Link source(String input) {
        return new HtmlReport.Link(Clean.name(input), "#coverage");
    }

    private static String lane(Background.Change.Kind kind) {
        return switch (kind) {
            case DEPLOYMENT, SCALING -> "deployments";
            case TASK_START, TASK_STOP -> "tasks";
            case SECURITY_GROUP, NETWORK, CERTIFICATE, CONFIGURATION -> "configuration";
        };
    }

    private static String lane(String kind) {
        return switch (kind) {
            case "deployment", "scaling" -> "deployments";
            case "task", "task_start", "task_stop" -> "tasks";
            case "config", "configuration", "security_group", "network", "certificate" -> "configuration";
            case "ejection" -> "ejections";
            case "alarm" -> "alarms";
            default -> "traffic";
        };
    }

    private HtmlReport.Lane lane(String name, List<Entry> entries, String absence) {
        List<Entry> own =
                entries.stream().filter(entry -> entry.lane.equals(name)).toList();
        return new HtmlReport.Lane(
                name,
                own.stream()
                        .limit(MARKS)
                        .map(entry -> new Chart.Marker(
                                Charts.number(x(entry.at)), moment(entry.at).text() + " " + Clean.name(entry.text)))
                        .toList(),
                own.isEmpty() ? absence : "");
    }

    /** What happened before the window stands at its left edge, what happened after at its right one. */
    private double x(Instant at) {
        double share = (double) Duration.between(window.from(), at).toSeconds()
                / Math.max(1, window.length().toSeconds());
        return Chart.WIDTH * Math.max(0, Math.min(1, share));
    }

    private HtmlReport.Event event(Entry entry) {
        return new HtmlReport.Event(
                moment(entry.at), Clean.name(entry.kind).replace('_', ' '), Clean.sentence(entry.text), entry.evidence);
    }

    private HtmlReport.Moment moment(Instant at) {
        return Clean.moment(at, window.from());
    }
}
