package io.github.eastwest.classify.incident;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.report.AlarmPlan.Alarm;
import io.github.eastwest.model.report.AlarmPlan.Comparison;
import io.github.eastwest.model.report.AlarmPlan.Evaluation;
import io.github.eastwest.model.report.AlarmPlan.Kind;
import io.github.eastwest.model.report.AlarmPlan.Missing;
import io.github.eastwest.model.report.Incident.Replay;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Plays an alarm over what was measured in the window: CloudWatch's rule that so many of the last so many periods breach. A
 * period without data is what the alarm says it is; periods before the window are not known and breach nothing.
 */
final class AlarmReplay {
    private AlarmReplay() {}

    /** What the alarm would have done. */
    static Replay of(Alarm alarm, Snapshot snapshot) {
        Evaluation evaluation = alarm.evaluation();
        if (evaluation.threshold().isEmpty()) {
            return cannotTell("its threshold is a band that CloudWatch learns");
        }
        Optional<Map<Instant, Double>> values = switch (alarm.kind()) {
            case EJECTIONS -> ejections(snapshot);
            case PROXY_5XX -> proxyErrors(snapshot);
            default -> metric(alarm, snapshot);
        };
        if (values.isEmpty()) {
            return cannotTell(
                    alarm.kind() == Kind.EJECTIONS || alarm.kind() == Kind.PROXY_5XX
                            ? "the caller's proxy lines were not read whole"
                            : alarm.metric().statistic() + " of "
                                    + alarm.metric().name() + " was not read");
        }
        return play(evaluation, values.get(), snapshot);
    }

    private static Replay play(Evaluation evaluation, Map<Instant, Double> values, Snapshot snapshot) {
        double threshold = evaluation.threshold().orElseThrow();
        Instant first = snapshot.window().from().truncatedTo(ChronoUnit.MINUTES);
        // A period that the window cuts short has less than its share of everything.
        Instant minute = first.equals(snapshot.window().from()) ? first : first.plus(1, ChronoUnit.MINUTES);
        boolean[] breaches = new boolean[evaluation.periods()];
        int seen = 0;
        for (;
                !minute.plus(1, ChronoUnit.MINUTES).isAfter(snapshot.window().to());
                minute = minute.plus(1, ChronoUnit.MINUTES)) {
            Double value = values.get(minute);
            breaches[seen % breaches.length] = value == null
                    ? evaluation.missing() == Missing.BREACHING
                    : breaches(value, threshold, evaluation.comparison());
            seen++;
            int breaching = 0;
            for (boolean breach : breaches) {
                breaching += breach ? 1 : 0;
            }
            if (breaching >= evaluation.datapoints()) {
                return new Replay(Replay.Outcome.FIRES, Optional.of(minute.plus(1, ChronoUnit.MINUTES)), "");
            }
        }
        if (seen < evaluation.datapoints()) {
            return cannotTell("the window has " + Words.count(seen, "whole minute") + ", and the alarm needs "
                    + evaluation.datapoints());
        }
        return new Replay(Replay.Outcome.STAYS_QUIET, Optional.empty(), "");
    }

    private static boolean breaches(double value, double threshold, Comparison comparison) {
        return switch (comparison) {
            case AT_LEAST -> value >= threshold;
            case ABOVE, ABOVE_BAND -> value > threshold;
            case AT_MOST -> value <= threshold;
        };
    }

    /** The series' values by minute; a counter without a series counted nothing where its neighbours were counted. */
    private static Optional<Map<Instant, Double>> metric(Alarm alarm, Snapshot snapshot) {
        Optional<MetricSeries> series = snapshot.metrics()
                .find(
                        alarm.metric().namespace(),
                        alarm.metric().name(),
                        alarm.metric().statistic(),
                        alarm.metric().dimensions())
                .filter(found -> found.periodSeconds() == alarm.evaluation().periodSeconds());
        Map<Instant, Double> values = new TreeMap<>();
        if (series.isEmpty()) {
            boolean watched = alarm.evaluation().missing() == Missing.NOT_BREACHING
                    && snapshot.metrics().series().stream()
                            .anyMatch(other -> other.namespace()
                                            .equals(alarm.metric().namespace())
                                    && other.dimensions().equals(alarm.metric().dimensions())
                                    && !other.points().isEmpty());
            return watched ? Optional.of(values) : Optional.empty();
        }
        series.get().points().forEach(point -> values.put(point.at(), point.value()));
        return Optional.of(values);
    }

    private static Optional<Map<Instant, Double>> ejections(Snapshot snapshot) {
        if (!snapshot.coverage().isRead(Input.CALLER_LOGS)) {
            return Optional.empty();
        }
        Map<Instant, Double> values = new TreeMap<>();
        for (OutlierEvent event :
                snapshot.logs().traffic().map(Traffic::outlierEvents).orElse(List.of())) {
            if (event.eject() && event.enforced() && event.atMillis() >= 0) {
                count(values, event.atMillis());
            }
        }
        return Optional.of(values);
    }

    private static Optional<Map<Instant, Double>> proxyErrors(Snapshot snapshot) {
        Optional<Traffic> traffic = snapshot.logs()
                .traffic()
                .filter(read -> read.counted() == Traffic.Counted.CALLER_LINES && read.failureStep() == 1);
        if (traffic.isEmpty()) {
            return Optional.empty();
        }
        Map<Instant, Double> values = new TreeMap<>();
        for (Call call : traffic.get().failures()) {
            AccessLogEntry line = call.line();
            if (line.response().status() >= 500) {
                count(values, line.endMillis());
            }
        }
        return Optional.of(values);
    }

    private static void count(Map<Instant, Double> values, long atMillis) {
        values.merge(Instant.ofEpochMilli(atMillis).truncatedTo(ChronoUnit.MINUTES), 1.0, Double::sum);
    }

    private static Replay cannotTell(String because) {
        return new Replay(Replay.Outcome.CANNOT_TELL, Optional.empty(), because);
    }
}
