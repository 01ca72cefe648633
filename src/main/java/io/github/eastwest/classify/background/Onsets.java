package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Exact;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.background.ChangePoint.Cell;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Background.Onset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * When the failures began: the change point of the calls in the access logs, each at its own time, else of the metrics' 5xx
 * answers by period.
 */
final class Onsets {
    /** Calls at the window's begin that good ones would not leave to chance if they failed as the later ones do. */
    private static final double BY_CHANCE = 0.01;

    private Onsets() {}

    static Optional<Onset> of(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isPresent() && traffic.get().requests() > 0) {
            TrafficView view = traffic.get();
            Input source = view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS;
            return of(facts, cells(view), source).map(onset -> withCondition(onset, view));
        }
        return of(facts, EdgeMetrics.inWindow(facts), Input.METRICS);
    }

    private static List<Cell> cells(TrafficView view) {
        List<Cell> cells = new ArrayList<>();
        long failed = view.traffic().failureStep();
        long answered = view.traffic().successStep();
        view.failures().forEach(o -> cells.add(new Cell(o.start(), o.end(), failed, failed)));
        view.successes().forEach(o -> cells.add(new Cell(o.start(), o.end(), 0, answered)));
        // Calls of the same millisecond: the failed ones first, so that the order does not depend on who counted.
        cells.sort(Comparator.comparingLong(Cell::from)
                .thenComparing(Comparator.comparingLong(Cell::failed).reversed()));
        return cells;
    }

    private static Optional<Onset> of(Facts facts, List<Cell> cells, Input source) {
        TimeWindow window = facts.window();
        Optional<ChangePoint> found = ChangePoint.of(cells);
        if (found.isEmpty()) {
            return sinceTheBegin(facts, cells, source);
        }
        ChangePoint change = found.get();
        boolean atStart = change.earliestFirst() == 0;
        Instant earliest = atStart
                ? window.from()
                : clamp(
                        Instant.ofEpochMilli(
                                cells.get(change.earliestFirst() - 1).from()),
                        window);
        // A call that fails meets its fault at its end at the latest: it may have begun before.
        long firstEnd = Long.MAX_VALUE;
        for (Cell cell : cells.subList(change.latestFirst(), change.last())) {
            firstEnd = cell.failed() > 0 ? Math.min(firstEnd, cell.to()) : firstEnd;
        }
        long latest = Math.max(cells.get(change.latestFirst()).from(), firstEnd);
        boolean over = change.last() < cells.size();
        return Optional.of(new Onset(
                earliest,
                Instant.ofEpochMilli(Math.max(latest, earliest.toEpochMilli())),
                Optional.empty(),
                change.first() == 0 ? OptionalDouble.empty() : OptionalDouble.of(share(cells, 0, change.first())),
                share(cells, change.first(), change.last()),
                over
                        ? Optional.of(clamp(
                                Instant.ofEpochMilli(cells.get(change.last()).from()), window))
                        : Optional.empty(),
                atStart,
                source.id()));
    }

    /** Failures without a change point that are no floor: they were there all the time. */
    private static Optional<Onset> sinceTheBegin(Facts facts, List<Cell> cells, Input source) {
        long failed = cells.stream().mapToLong(Cell::failed).sum();
        long total = cells.stream().mapToLong(Cell::total).sum();
        if (failed < facts.thresholds().spread().minimumFailures()
                || failed <= facts.thresholds().traffic().noiseLimit(total)
                || (double) failed / total < facts.thresholds().traffic().denseShare()) {
            return Optional.empty();
        }
        long good = 0;
        Instant latest = facts.window().from();
        for (Cell cell : cells) {
            if (cell.failed() > 0) {
                latest = clamp(Instant.ofEpochMilli(cell.to()), facts.window());
                break;
            }
            good += cell.total();
        }
        double goodByChance = Exact.tail(good, good, 1 - (double) failed / total);
        if (goodByChance < BY_CHANCE) {
            return Optional.empty();
        }
        return Optional.of(new Onset(
                facts.window().from(),
                latest,
                Optional.empty(),
                OptionalDouble.empty(),
                (double) failed / total,
                Optional.empty(),
                true,
                source.id()));
    }

    private static double share(List<Cell> cells, int from, int to) {
        long failed = 0;
        long total = 0;
        for (Cell cell : cells.subList(from, to)) {
            failed += cell.failed();
            total += cell.total();
        }
        return total == 0 ? 0 : (double) failed / total;
    }

    /** The condition with the most calls since the onset beyond those that its share before would give. */
    private static Onset withCondition(Onset onset, TrafficView view) {
        long from = onset.earliest().toEpochMilli();
        long to = onset.until().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
        Map<Condition, Double> excess = new EnumMap<>(Condition.class);
        long before = 0;
        long inside = 0;
        for (Observed o : view.successes()) {
            before += o.start() < from ? view.traffic().successStep() : 0;
            inside += o.start() >= from && o.start() < to ? view.traffic().successStep() : 0;
        }
        List<Observed> primary = view.at(view.primary());
        List<Observed> failures =
                primary.stream().anyMatch(o -> o.start() >= from && o.start() < to) ? primary : view.failures();
        for (Observed o : view.failures()) {
            before += o.start() < from ? view.traffic().failureStep() : 0;
            inside += o.start() >= from && o.start() < to ? view.traffic().failureStep() : 0;
        }
        double scale = before == 0 ? 0 : (double) inside / before;
        for (Observed o : failures) {
            if (o.start() < from) {
                excess.merge(o.condition(), -scale, Double::sum);
            } else if (o.start() < to) {
                excess.merge(o.condition(), 1.0, Double::sum);
            }
        }
        Optional<Condition> most = excess.entrySet().stream()
                .max(Map.Entry.<Condition, Double>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey);
        return new Onset(
                onset.earliest(),
                onset.latest(),
                most,
                onset.before(),
                onset.after(),
                onset.until(),
                onset.atStart(),
                onset.source());
    }

    private static Instant clamp(Instant instant, TimeWindow window) {
        return instant.isBefore(window.from()) ? window.from() : instant.isAfter(window.to()) ? window.to() : instant;
    }
}
