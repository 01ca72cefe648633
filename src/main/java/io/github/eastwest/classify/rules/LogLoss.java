package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.metric.MetricSeries;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * EW603: lines that a proxy wrote are not in its log group. Since June 2025 the awslogs driver does not block by default:
 * when its buffer is full it drops lines. A line that is missing proves nothing about the request, so whatever rests on the
 * absence of a line is weaker then.
 *
 * <p>Three comparisons tell: an answered call must have a line of the callee's proxy that answered it; a request that the
 * callee has from this caller must have a line of the caller's; and CloudWatch counts in the proxies, not in the log. Other
 * callers' requests, tasks of which nothing was read, and the last moments of a task that stopped are left out.
 *
 * <p>Of a sample of calls the same holds, as far as it is large enough. Where it is not, the exact numbers of both sides
 * decide: as many requests arrived as were answered, or fewer. Else the cause is undetermined, never excluded.
 */
final class LogLoss implements Rule {
    private static final int FEWEST = 10;
    private static final double LOST_SHARE = 0.02;
    private static final double METRIC_TOLERANCE = 0.05;

    /** Lines of one request may lie on both sides of the window's end. */
    private static final long EDGE_MILLIS = 2_000;

    /** Lines written within Envoy's flush interval before a task's end may never leave it. */
    private static final long FLUSH_MILLIS = 15_000;

    private static final int SLICES = 24;

    /** Other callers call all the time; a loss has a beginning and an end. */
    private static final double GATHERED = 0.9;

    private static final double LONGEST = 0.6;
    private static final double FEWER_LINES = 0.7;
    private static final long MINUTE = 60_000;

    @Override
    public RootCause cause() {
        return RootCause.LOG_LOSS;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        boolean sampled = view.traffic().isSampled();
        Missing atCallee = calleeLines(facts, view);
        boolean fair = view.traffic().counts().fair();
        Optional<Gap> atCaller = fair ? callerLines(facts, view) : Optional.empty();
        Optional<Counts> callerCounts = fair && view.callerCounts() ? callerCounts(facts, view) : Optional.empty();
        Optional<Counts> calleeCounts = sampled ? Optional.empty() : calleeCounts(facts, view);
        Optional<Arrivals> arrivals = sampled ? arrivals(facts, view) : Optional.empty();
        boolean calleeLost = atCallee.isLoss()
                || calleeCounts.filter(Counts::tooFew).isPresent()
                || arrivals.filter(Arrivals::tooFew).isPresent();
        boolean callerLost =
                atCaller.isPresent() || callerCounts.filter(Counts::tooFew).isPresent();
        if (!calleeLost && !callerLost) {
            boolean agree = arrivals.filter(Arrivals::agree).isPresent();
            boolean calleeKept = agree || atCallee.isNoLoss();
            boolean callerKept = agree || callerCounts.isPresent();
            if (sampled
                    && facts.has(Input.CALLER_LOGS)
                    && facts.has(Input.CALLEE_LOGS)
                    && !(calleeKept && callerKept)) {
                return callerKept
                        ? Examination.unknown(Input.CALLEE_LOGS)
                        : calleeKept
                                ? Examination.unknown(Input.CALLER_LOGS)
                                : Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
            }
            boolean compared = atCallee.total() > 0
                    || callerCounts.isPresent()
                    || calleeCounts.isPresent()
                    || facts.has(Input.CALLER_LOGS) && facts.has(Input.CALLEE_LOGS);
            return compared
                    ? Examination.excluded(
                            "the lines of both sides and CloudWatch's counts agree, as far as both are there")
                    : facts.has(Input.METRICS)
                            ? Examination.unknown(view.callerCounts() ? Input.CALLEE_LOGS : Input.CALLER_LOGS)
                            : Examination.unknown(Input.METRICS);
        }
        Side side = callerLost ? Side.CALLER : Side.CALLEE;
        Draft draft = Draft.of(cause()).at(side == Side.CALLER ? Hop.CALLER_PROXY : Hop.CALLEE_PROXY);
        arrivals.filter(Arrivals::tooFew)
                .ifPresent(a -> draft.evidence(
                        Weight.STRONG,
                        Input.CALLEE_LOGS,
                        "the caller's proxies logged " + Words.count(a.answered(), "answered call")
                                + ", the callee's only " + Words.count(a.arrived(), "request")
                                + " under the same names",
                        Words.number(a.arrived()),
                        Words.number(a.answered())));
        if (atCallee.lost() >= FEWEST && calleeLost) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLEE_LOGS,
                    Words.of(atCallee.lost(), atCallee.total(), "answered call")
                            + " have no line of the callee's proxy that answered, though it logged others: "
                            + String.join(", ", atCallee.hosts()),
                    Words.percent(atCallee.lost(), atCallee.total()),
                    Math.round(100 * LOST_SHARE) + "\u00a0%");
        }
        atCaller.ifPresent(gap -> draft.evidence(
                Weight.STRONG,
                Input.CALLER_LOGS,
                "between " + Words.time(gap.from()) + " and " + Words.time(gap.to()) + " the callee's proxies have "
                        + Words.count(gap.orphans(), "request")
                        + " of which the caller's have no line, and the caller's lines are fewer than before and after",
                Words.count(gap.orphans(), "request"),
                Integer.toString(FEWEST)));
        callerCounts
                .filter(Counts::tooFew)
                .ifPresent(c -> draft.evidence(
                        Weight.STRONG,
                        Input.METRICS,
                        "CloudWatch counts " + Words.count(c.counted(), "answer")
                                + " for this caller in the whole minutes of the" + " window, its lines tell of "
                                + Words.number(c.lines()),
                        Words.number(c.lines()),
                        Words.number(c.counted())));
        calleeCounts
                .filter(Counts::tooFew)
                .ifPresent(c -> draft.evidence(
                        Weight.STRONG,
                        Input.METRICS,
                        "CloudWatch counts " + Words.count(c.counted(), "request")
                                + " at the callee's proxies in the whole"
                                + " minutes of the window, their lines tell of " + Words.number(c.lines()),
                        Words.number(c.lines()),
                        Words.number(c.counted())));
        draft.summary(facts.edge().label() + ": lines of the " + side.id() + "'s proxies"
                + (callerLost && calleeLost ? " and of the other side's" : "")
                + " are missing from the log: a line that is not there proves nothing");
        String arguments = side == Side.CALLER ? facts.callerArguments() : facts.calleeArguments();
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + arguments
                                        + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.logConfiguration'",
                                "the log driver is awslogs without mode, or with mode non-blocking",
                                "mode is blocking; then lines were not lost in the driver but not collected")
                        .confirm(
                                "aws ecs list-account-settings --name defaultLogDriverMode --effective-settings",
                                "the value is non-blocking, and the services set no mode of their own",
                                "the value is blocking")
                        .fix(
                                "Set mode to blocking in the proxy's logConfiguration, or max-buffer-size well above 10m with non-blocking, and deploy that service.",
                                "With blocking a log group that cannot be reached stops the proxy; a larger buffer takes the task's memory.")
                        .fix(
                                "For this diagnosis: trust counts in CloudWatch and lines that exist; what rests on a missing line is uncertain.",
                                "None."),
                "the counts differ too little");
    }

    // --- the callee's lines -----------------------------------------------------------------------------------------

    /** Answered calls that were read, and those of them without a line of the callee's. */
    private record Missing(long lost, long total, Set<String> hosts) {
        boolean isLoss() {
            return lost >= FEWEST && lost >= LOST_SHARE * total;
        }

        /** Whether so few are missing of so many that hardly more can be missing of all (95 % of the time). */
        boolean isNoLoss() {
            return total > 0 && lost + 2 * Math.sqrt(lost) + 3 <= LOST_SHARE * total;
        }
    }

    private static Missing calleeLines(Facts facts, TrafficView view) {
        Map<String, long[]> byHost = new TreeMap<>();
        Stream.concat(view.successes().stream(), view.failures().stream())
                .filter(o -> o.call().caller().isPresent()
                        && o.call().calleeRead()
                        && o.call().line().hasServiceTime()
                        && o.call().line().request().requestId() != null
                        && isInside(facts, o)
                        && !isLast(o))
                .forEach(o -> {
                    long[] counts = byHost.computeIfAbsent(o.host(), h -> new long[2]);
                    counts[o.call().callee().isEmpty() ? 1 : 0]++;
                });
        long lost = 0;
        long total = 0;
        Set<String> hosts = new java.util.TreeSet<>();
        for (Map.Entry<String, long[]> host : byHost.entrySet()) {
            long[] counts = host.getValue();
            if (counts[0] < FEWEST) {
                // Of a task without lines nothing was collected: that is coverage, not loss.
                continue;
            }
            lost += counts[1];
            total += counts[0] + counts[1];
            if (counts[1] >= LOST_SHARE * (counts[0] + counts[1])) {
                hosts.add(host.getKey());
            }
        }
        return new Missing(lost, total, hosts);
    }

    private static boolean isInside(Facts facts, Observed o) {
        return o.start() >= facts.window().from().toEpochMilli() + EDGE_MILLIS
                && o.end() <= facts.window().to().toEpochMilli() - EDGE_MILLIS;
    }

    /** Whether the task ended so soon after that its last lines may never have left it. */
    private static boolean isLast(Observed o) {
        return o.task()
                .flatMap(Phases::stop)
                .filter(at -> at.toEpochMilli() - o.end() <= FLUSH_MILLIS)
                .isPresent();
    }

    // --- the caller's lines -----------------------------------------------------------------------------------------

    /** Requests that the callee has and the caller has not, gathered in a part of the window. */
    private record Gap(long from, long to, long orphans) {}

    private static Optional<Gap> callerLines(Facts facts, TrafficView view) {
        if (!view.callerCounts()) {
            return Optional.empty();
        }
        Set<String> agents = new HashSet<>();
        Set<String> authorities = new HashSet<>();
        Stream.concat(view.successes().stream(), view.failures().stream()).forEach(o -> {
            agents.add(Objects.requireNonNullElse(o.call().line().request().userAgent(), ""));
            authorities.add(Objects.requireNonNullElse(o.call().line().request().authority(), ""));
        });
        List<AccessLogEntry> orphans = view.traffic().surroundings().calleeInboundOther().stream()
                .filter(l -> l.request().requestId() != null
                        && agents.contains(
                                Objects.requireNonNullElse(l.request().userAgent(), ""))
                        && authorities.contains(
                                Objects.requireNonNullElse(l.request().authority(), "")))
                .toList();
        if (orphans.size() < FEWEST) {
            return Optional.empty();
        }
        long begin = facts.window().from().toEpochMilli();
        long length = Math.max(1, facts.window().length().toMillis() / SLICES);
        long[] missing = new long[SLICES];
        long[] logged = new long[SLICES];
        orphans.forEach(l -> missing[slice(l.startMillis(), begin, length)]++);
        view.successes()
                .forEach(o -> logged[slice(o.start(), begin, length)] +=
                        view.traffic().successStep());
        view.failures()
                .forEach(o -> logged[slice(o.start(), begin, length)] +=
                        view.traffic().failureStep());
        long all = LongStream.of(missing).sum();
        int from = 0;
        int to = SLICES;
        // The shortest run of slices that holds nearly all of them.
        for (int i = 0; i < SLICES; i++) {
            long sum = 0;
            for (int j = i; j < SLICES && j - i < to - from; j++) {
                sum += missing[j];
                if (sum >= GATHERED * all) {
                    from = i;
                    to = j + 1;
                    break;
                }
            }
        }
        long within = 0;
        long outside = 0;
        for (int i = 0; i < SLICES; i++) {
            within += i >= from && i < to ? logged[i] : 0;
            outside += i >= from && i < to ? 0 : logged[i];
        }
        double inside = (double) within / (to - from);
        double rest = to - from == SLICES ? 0 : (double) outside / (SLICES - to + from);
        boolean gathered = to - from <= LONGEST * SLICES && inside < FEWER_LINES * rest;
        return gathered ? Optional.of(new Gap(begin + from * length, begin + to * length, all)) : Optional.empty();
    }

    private static int slice(long millis, long begin, long length) {
        return (int) Math.max(0, Math.min(SLICES - 1, (millis - begin) / length));
    }

    // --- exact numbers ----------------------------------------------------------------------------------------------

    /** Calls that the callee's proxies answered, by the caller's lines, and requests that they logged, of any caller. */
    private record Arrivals(long answered, long calls, long arrived) {
        private double tolerance() {
            return Math.max(FEWEST, LOST_SHARE * answered);
        }

        boolean tooFew() {
            return arrived < answered - tolerance();
        }

        /** Both sides could only have lost the same number. */
        boolean agree() {
            return !tooFew() && arrived <= calls + tolerance();
        }
    }

    private static Optional<Arrivals> arrivals(Facts facts, TrafficView view) {
        return view.callerCounts() && view.traffic().counts().arrivals().isPresent() && allStreamsRead(facts)
                ? Optional.of(new Arrivals(
                        view.requests() - view.traffic().failed(),
                        view.requests(),
                        view.traffic().counts().arrivals().getAsLong()))
                : Optional.empty();
    }

    // --- counts -----------------------------------------------------------------------------------------------------

    /**
     * What CloudWatch counted in whole minutes, and the lines that ended in them.
     *
     * @param margin how far the number of lines may be off, because it is estimated from a sample
     */
    private record Counts(long counted, long lines, double margin) {
        boolean tooFew() {
            return counted - lines >= Math.max(FEWEST, METRIC_TOLERANCE * counted) + margin;
        }
    }

    private static Optional<Counts> callerCounts(Facts facts, TrafficView view) {
        long counted = 0;
        boolean any = false;
        for (int digit = 2; digit <= 5; digit++) {
            Optional<MetricSeries> series = facts.seenByCaller("HTTPCode_Target_" + digit + "XX_Count", "Sum");
            any |= series.isPresent();
            counted += series.map(s -> inWholeMinutes(facts, s)).orElse(0L);
        }
        Estimate lines = answered(facts, view.successes(), view.requests() - failures(view))
                .plus(answered(facts, view.failures(), failures(view)));
        return any && counted > 0
                ? Optional.of(new Counts(counted, Math.round(lines.number()), 2 * Math.sqrt(lines.variance())))
                : Optional.empty();
    }

    /** A number of lines, and the variance of its error. */
    private record Estimate(double number, double variance) {
        Estimate plus(Estimate other) {
            return new Estimate(number + other.number, variance + other.variance);
        }
    }

    private static long failures(TrafficView view) {
        return (long) view.failures().size() * view.traffic().failureStep();
    }

    /** How many of {@code all} calls were answered and ended in whole minutes, going by those that were read. */
    private static Estimate answered(Facts facts, List<Observed> read, long all) {
        if (read.isEmpty()) {
            return new Estimate(0, 0);
        }
        double share = (double) read.stream()
                        .filter(o -> o.call().line().hasServiceTime() && isInWholeMinute(facts, o.end()))
                        .count()
                / read.size();
        double step = Math.max(1, (double) all / read.size());
        return new Estimate(step * share * read.size(), step > 1 ? step * step * read.size() * share * (1 - share) : 0);
    }

    private static Optional<Counts> calleeCounts(Facts facts, TrafficView view) {
        Optional<MetricSeries> series = facts.atCallee("RequestCount", "Sum");
        Set<Side> read = new HashSet<>();
        facts.logs().streams().stream().filter(s -> s.counts().access() > 0).forEach(s -> read.add(s.side()));
        if (series.isEmpty() || !read.contains(Side.CALLEE) || !allStreamsRead(facts)) {
            return Optional.empty();
        }
        long counted = inWholeMinutes(facts, series.get());
        long lines = Stream.concat(
                        Stream.concat(view.successes().stream(), view.failures().stream())
                                .flatMap(o -> o.call().callee().stream()),
                        view.traffic().surroundings().calleeInboundOther().stream())
                .filter(l -> isInWholeMinute(facts, l.endMillis()))
                .count();
        return counted > 0 ? Optional.of(new Counts(counted, lines, 0)) : Optional.empty();
    }

    /** Whether there is a stream with access lines of every callee task that ran: otherwise fewer lines are to be expected. */
    private static boolean allStreamsRead(Facts facts) {
        return facts.calleeTasks().stream()
                .filter(t -> t.running()
                        || Phases.stop(t)
                                .filter(at -> at.isAfter(facts.window().from()))
                                .isPresent())
                .filter(t -> t.lifecycle().startedAt().isPresent())
                .allMatch(t -> facts.logs().streams().stream()
                        .anyMatch(s -> s.stream().contains(t.id()) && s.counts().access() > 0));
    }

    private static long inWholeMinutes(Facts facts, MetricSeries series) {
        return series.periodSeconds() != 60
                ? 0
                : Math.round(series.points().stream()
                        .filter(p -> isWholeMinute(facts, p.at()))
                        .mapToDouble(MetricSeries.Point::value)
                        .sum());
    }

    private static boolean isWholeMinute(Facts facts, Instant minute) {
        return !minute.isBefore(facts.window().from())
                && !minute.plusSeconds(60).isAfter(facts.window().to());
    }

    private static boolean isInWholeMinute(Facts facts, long millis) {
        return isWholeMinute(facts, Instant.ofEpochMilli(Math.floorDiv(millis, MINUTE) * MINUTE));
    }
}
