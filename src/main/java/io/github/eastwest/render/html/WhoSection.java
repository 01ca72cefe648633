package io.github.eastwest.render.html;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.model.report.TrafficReport.HostCount;
import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Calls by task and zone, by revision and by path, in comparison with others, and reasons by hop. */
final class WhoSection {
    private static final int TASKS = 60;
    private static final int ZONES = 8;
    private static final int CONDITIONS = 5;
    private static final int CONTROLS = 30;
    private static final int REASONS = 40;
    private static final String UNKNOWN = "unknown";

    private final Diagnosis diagnosis;

    WhoSection(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    HtmlReport.Who who() {
        Optional<TrafficReport> traffic = diagnosis.traffic();
        Breakdown breakdown = traffic.map(TrafficReport::breakdown).orElse(Breakdown.NONE);
        return new HtmlReport.Who(
                traffic.map(WhoSection::tasks).orElse(HtmlReport.Grid.NONE),
                traffic.map(WhoSection::tasksNote).orElse("Not measured: no access line was read."),
                groups("Revision", breakdown.revisions()),
                groups("Path", breakdown.paths()),
                rest(breakdown.paths()),
                controls());
    }

    /** Rows are tasks, columns their zones: a zone or a task that fails stands out as a column or a row. */
    private static HtmlReport.Grid tasks(TrafficReport traffic) {
        if (traffic.hosts().isEmpty()) {
            return HtmlReport.Grid.NONE;
        }
        Set<String> all = new TreeSet<>();
        traffic.hosts().forEach(host -> all.add(zone(host)));
        List<String> zones = all.stream().limit(ZONES).toList();
        List<String> head = new ArrayList<>(List.of("Task"));
        zones.forEach(zone -> head.add(Clean.name(zone)));
        head.addAll(List.of("Calls", "Failed", "Share"));
        List<HtmlReport.GridRow> rows = new ArrayList<>();
        Map<String, long[]> perZone = new TreeMap<>();
        long[] sum = new long[2];
        for (HostCount host : traffic.hosts()) {
            add(perZone.computeIfAbsent(zone(host), z -> new long[2]), host);
            add(sum, host);
        }
        traffic.hosts().stream().limit(TASKS).forEach(host -> {
            List<HtmlReport.Cell> cells = new ArrayList<>();
            for (String zone : zones) {
                cells.add(
                        zone.equals(zone(host))
                                ? Clean.share(host.failed(), host.requests())
                                : new HtmlReport.Cell("", ""));
            }
            numbers(host.requests(), host.failed(), cells);
            rows.add(new HtmlReport.GridRow(
                    new HtmlReport.Link(Clean.name(host.host()), ""),
                    Clean.name(host.revision().orElse("revision unknown")) + " \u00B7 "
                            + Clean.name(host.taskId().orElse("task unknown")),
                    cells));
        });
        List<HtmlReport.Cell> totals = new ArrayList<>();
        for (String zone : zones) {
            long[] own = perZone.getOrDefault(zone, new long[2]);
            totals.add(Clean.share(own[1], own[0]));
        }
        numbers(sum[0], sum[1], totals);
        rows.add(new HtmlReport.GridRow(new HtmlReport.Link("all", ""), "", totals));
        return new HtmlReport.Grid(head, rows);
    }

    private static void add(long[] sum, HostCount host) {
        sum[0] = TimeAxis.saturated(sum[0], host.requests());
        sum[1] = TimeAxis.saturated(sum[1], host.failed());
    }

    private static void numbers(long requests, long failed, List<HtmlReport.Cell> cells) {
        cells.add(new HtmlReport.Cell(Units.count(requests), ""));
        cells.add(new HtmlReport.Cell(Units.count(failed), ""));
        cells.add(Clean.share(failed, requests));
    }

    private static String zone(HostCount host) {
        return host.availabilityZone().orElse("zone " + UNKNOWN);
    }

    private static String tasksNote(TrafficReport traffic) {
        if (traffic.hosts().isEmpty()) {
            return "Not measured: the lines name no host.";
        }
        List<String> notes = new ArrayList<>();
        long placed = 0;
        for (HostCount host : traffic.hosts()) {
            placed += Math.min(host.requests(), traffic.requests() - placed);
        }
        if (placed < traffic.requests()) {
            notes.add(
                    Units.count(traffic.requests() - placed, "call") + " not in this table: their lines name no task.");
        }
        notes.add(Clean.left(traffic.hosts().size() - TASKS, "task"));
        return String.join(" ", notes).strip();
    }

    /** Groups by what happened: the most frequent conditions as columns, the others as one. */
    private static HtmlReport.Grid groups(String name, Breakdown.Groups groups) {
        if (groups.shown().isEmpty()) {
            return HtmlReport.Grid.NONE;
        }
        Map<Condition, Long> totals = new EnumMap<>(Condition.class);
        groups.shown()
                .forEach(group -> group.conditions()
                        .forEach((condition, count) -> totals.merge(condition, count, TimeAxis::saturated)));
        List<Condition> columns = totals.entrySet().stream()
                .sorted(Comparator.comparing(
                                (Map.Entry<Condition, Long> e) -> e.getKey().failure())
                        .thenComparing(
                                Map.Entry.<Condition, Long>comparingByValue().reversed())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(CONDITIONS)
                .map(Map.Entry::getKey)
                .toList();
        boolean others = totals.size() > columns.size();
        List<String> head = new ArrayList<>(List.of(name, "Calls"));
        columns.forEach(condition -> head.add(condition.id()));
        if (others) {
            head.add("other");
        }
        head.add("Share failed");
        List<HtmlReport.GridRow> rows = new ArrayList<>();
        for (Breakdown.Group group : groups.shown()) {
            long requests = group.requests();
            List<HtmlReport.Cell> cells = new ArrayList<>();
            cells.add(new HtmlReport.Cell(Units.count(requests), ""));
            long shown = 0;
            for (Condition condition : columns) {
                long count = group.conditions().getOrDefault(condition, 0L);
                shown += count;
                cells.add(new HtmlReport.Cell(
                        Units.count(count), condition.failure() ? Clean.tint(count, requests) : ""));
            }
            if (others) {
                cells.add(new HtmlReport.Cell(Units.count(requests - shown), ""));
            }
            cells.add(Clean.share(group.failed(), requests));
            rows.add(new HtmlReport.GridRow(new HtmlReport.Link(Clean.name(group.name()), ""), "", cells));
        }
        return new HtmlReport.Grid(head, rows);
    }

    private static String rest(Breakdown.Groups groups) {
        return groups.more() == 0
                ? ""
                : Units.count(groups.more(), "more path") + " with " + Units.count(groups.moreRequests(), "call") + ", "
                        + Units.count(groups.moreFailed()) + " of them failed.";
    }

    private HtmlReport.Grid controls() {
        List<HtmlReport.GridRow> rows = diagnosis.background().controls().stream()
                .limit(CONTROLS)
                .map(control -> new HtmlReport.GridRow(
                        new HtmlReport.Link(control.kind().replace('_', ' ') + " " + Clean.name(control.name()), ""),
                        Clean.sentence(control.text()),
                        List.of(
                                new HtmlReport.Cell(Units.count(control.requests()), ""),
                                new HtmlReport.Cell(Units.count(control.failed()), ""),
                                Clean.share(control.failed(), control.requests()),
                                new HtmlReport.Cell(Clean.name(control.verdict().replace('_', ' ')), ""))))
                .toList();
        return rows.isEmpty()
                ? HtmlReport.Grid.NONE
                : new HtmlReport.Grid(List.of("Compared with", "Calls", "Failed", "Share", "Verdict"), rows);
    }

    /** Failing conditions in plain words by the hop that made them. */
    HtmlReport.Reasons reasons() {
        if (diagnosis.traffic().isEmpty()) {
            return new HtmlReport.Reasons(HtmlReport.Grid.NONE, List.of(), "Not measured: no access line was read.");
        }
        TrafficReport traffic = diagnosis.traffic().get();
        record Row(Condition condition, String basis) {}
        Map<Row, EnumMap<Hop, Long>> counts = new LinkedHashMap<>();
        for (Breakdown.Reason reason : traffic.breakdown().reasons()) {
            counts.computeIfAbsent(new Row(reason.condition(), reason.basis().id()), row -> new EnumMap<>(Hop.class))
                    .merge(reason.hop(), reason.count(), TimeAxis::saturated);
        }
        List<String> head = new ArrayList<>(List.of("Reason"));
        for (Hop hop : Hop.values()) {
            head.add(hop.id());
        }
        head.add("Known by");
        List<HtmlReport.GridRow> rows = new ArrayList<>();
        counts.forEach((row, hops) -> {
            if (rows.size() >= REASONS) {
                return;
            }
            List<HtmlReport.Cell> cells = new ArrayList<>();
            for (Hop hop : Hop.values()) {
                long count = hops.getOrDefault(hop, 0L);
                cells.add(new HtmlReport.Cell(
                        count == 0 ? "" : Units.count(count), count == 0 ? "" : Clean.tint(count, traffic.requests())));
            }
            cells.add(new HtmlReport.Cell(row.basis(), ""));
            rows.add(new HtmlReport.GridRow(
                    new HtmlReport.Link(row.condition().id(), ""), ConditionWords.of(row.condition()), cells));
        });
        return new HtmlReport.Reasons(
                rows.isEmpty() ? HtmlReport.Grid.NONE : new HtmlReport.Grid(head, rows),
                traffic.conditions().stream()
                        .map(count -> condition(count, traffic.requests()))
                        .toList(),
                traffic.conditions().isEmpty() ? "No call." : "");
    }

    private static HtmlReport.ConditionRow condition(TrafficReport.ConditionCount count, long requests) {
        boolean failure = count.condition().failure();
        return new HtmlReport.ConditionRow(
                count.condition().id(),
                Units.count(count.count()),
                Units.share(count.count(), requests),
                Clean.bar(count.count(), requests),
                failure ? "failed" : "answered",
                failure ? count.hop().map(Hop::id).orElse(UNKNOWN) : Units.ABSENT,
                count.basis().id());
    }
}
