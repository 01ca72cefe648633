package io.github.eastwest.classify.health;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeChange;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeHealth.Reason;
import io.github.eastwest.model.health.EdgeMetric;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.EdgeTraffic;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthRun;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.model.health.HealthWindow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Judges every edge of a snapshot. What was not read, or has no points, is never called ok: it is blind, without data, or has
 * too few requests, and each of these says what would be needed.
 */
public final class HealthClassifier {
    /** Inputs without which no edge can be judged. */
    private static final List<String> REQUIRED = List.of("cloudwatch/list-metrics", "cloudwatch/get-metric-data");

    /** The two-sided 95 % quantile of the normal distribution. */
    private static final double Z95 = 1.959964;

    private static final int WEEK = 7;
    private static final String NOT_RUNNING = "callee_not_running";

    private final HealthThresholds thresholds;

    /** A classifier with those thresholds. */
    public HealthClassifier(HealthThresholds thresholds) {
        this.thresholds = thresholds;
    }

    /**
     * The report.
     *
     * @param previous the run before; empty when there is none
     * @param trend earlier runs in numbers, the oldest first
     */
    public HealthReport report(
            HealthSnapshot snapshot, Optional<HealthRun> previous, List<HealthReport.TrendPoint> trend) {
        Map<String, List<Service>> offering = HealthSnapshot.offering(snapshot.services());
        List<EdgeHealth> edges = new ArrayList<>();
        for (EdgeTraffic traffic : snapshot.edges()) {
            List<Service> behind = offering.getOrDefault(traffic.edge().target(), List.of());
            Optional<Service> callee = behind.size() == 1 ? Optional.of(behind.get(0)) : Optional.empty();
            edges.add(edge(snapshot.window(), traffic, callee, previous));
        }
        edges.sort(WORST_CHANGE_FIRST);
        return new HealthReport(
                snapshot.scope(),
                snapshot.window(),
                snapshot.account(),
                edges,
                blindSpots(snapshot, edges),
                gaps(snapshot, edges),
                snapshot.coverage(),
                new HealthReport.Past(previous.map(HealthRun::to), gone(snapshot, previous), trend));
    }

    // ---- one edge

    private EdgeHealth edge(
            HealthWindow window, EdgeTraffic traffic, Optional<Service> callee, Optional<HealthRun> previous) {
        EdgeHealth.Numbers now = now(window, traffic);
        EdgeHealth.Earlier earlier = earlier(window, traffic);
        EdgeHealth.Judgement judgement = judge(window, traffic, callee, now, earlier);
        return new EdgeHealth(
                traffic.edge(),
                callee.map(Service::name),
                judgement,
                now,
                earlier,
                periods(window, traffic),
                since(traffic.edge(), judgement, window.window().to(), previous),
                Optional.empty());
    }

    private EdgeHealth.Judgement judge(
            HealthWindow window,
            EdgeTraffic traffic,
            Optional<Service> callee,
            EdgeHealth.Numbers now,
            EdgeHealth.Earlier earlier) {
        List<Reason> reasons = new ArrayList<>();
        EdgeState state = measured(window, traffic, now, earlier, reasons);
        callee.ifPresent(service -> configured(service, reasons));
        reasons.sort(Comparator.comparing(
                (Reason reason) -> reason.severity().map(Severity::ordinal).orElse(Severity.values().length)));
        Optional<Severity> worst =
                reasons.stream().flatMap(reason -> reason.severity().stream()).min(Comparator.naturalOrder());
        if (reasons.stream().anyMatch(reason -> reason.code().equals(NOT_RUNNING))) {
            // Whatever is measured or not: without a task nobody answers.
            state = EdgeState.FAILING;
        } else if (worst.isPresent() && (state == EdgeState.OK || state == EdgeState.TOO_FEW)) {
            state = EdgeState.DEGRADED;
        }
        if (reasons.isEmpty()) {
            reasons.add(fact(
                    "ok",
                    "nothing above a threshold: "
                            + share(now.failed().orElse(0), now.requests().orElse(0)) + " failed, limit "
                            + percent(thresholds.degraded())));
        }
        return new EdgeHealth.Judgement(state, worst, reasons);
    }

    /** What the metrics say. */
    private EdgeState measured(
            HealthWindow window,
            EdgeTraffic traffic,
            EdgeHealth.Numbers now,
            EdgeHealth.Earlier earlier,
            List<Reason> reasons) {
        if (traffic.listed().stream().noneMatch(EdgeMetric::counts)) {
            reasons.add(fact(
                    "no_response_codes",
                    "only connections and bytes are measured: calls of gRPC, of TCP, or of a port without appProtocol"
                            + " have no response codes in CloudWatch"));
            return EdgeState.BLIND;
        }
        boolean unread = traffic.listed().stream()
                .filter(EdgeMetric::counts)
                .anyMatch(m -> !traffic.read().contains(m));
        if (unread) {
            reasons.add(fact("not_read", "CloudWatch lists its metrics, but not all of them were read"));
            return EdgeState.BLIND;
        }
        if (now.requests().isEmpty() || now.requests().getAsLong() == 0) {
            return withoutData(window, traffic, earlier, reasons);
        }
        long requests = now.requests().getAsLong();
        long failed = now.failed().orElse(0);
        EdgeState state = failures(requests, failed, earlier, reasons);
        times(now, requests, earlier, reasons);
        fall(window, requests, earlier, reasons);
        return state;
    }

    private EdgeState withoutData(
            HealthWindow window, EdgeTraffic traffic, EdgeHealth.Earlier earlier, List<Reason> reasons) {
        // At least three days in five, and the same day of the week where that was read: a Sunday is no Friday.
        boolean usual = earlier.daysWithData() >= thresholds.earlier().days()
                && earlier.daysWithData() * 5 >= earlier.daysRead() * 3
                && sameWeekdayHadData(window, traffic);
        boolean many = earlier.requestsPerHour()
                .filter(range -> range.median() >= thresholds.earlier().trafficPerHour())
                .isPresent();
        String usually = earlier.requestsPerHour()
                .map(range -> decimal(range.median()) + " requests an hour on " + earlier.daysWithData() + " of "
                        + earlier.daysRead() + " earlier days")
                .orElse("");
        if (usual && many) {
            reasons.add(new Reason(
                    "traffic_stopped",
                    Optional.of(Severity.ERROR),
                    "no answered request, but " + usually + ": either nobody calls, or no call reaches an application"
                            + " (failures that a proxy makes are not in these metrics)"));
        } else {
            reasons.add(fact(
                    "no_requests",
                    usually.isEmpty()
                            ? (earlier.daysRead() > 0
                                    ? "no request in the window, nor at these hours of " + earlier.daysRead()
                                            + " earlier days"
                                    : "no request in the window; earlier days were not compared")
                            : "no request in the window; " + usually));
        }
        return EdgeState.NO_DATA;
    }

    private static boolean sameWeekdayHadData(HealthWindow window, EdgeTraffic traffic) {
        if (window.stepDays() > WEEK || WEEK % window.stepDays() != 0) {
            return true;
        }
        int sample = WEEK / window.stepDays() - 1;
        return sample >= window.samples() || total(traffic, sample).isPresent();
    }

    private EdgeState failures(long requests, long failed, EdgeHealth.Earlier earlier, List<Reason> reasons) {
        double share = (double) failed / requests;
        double sure = lowerBound(failed, requests);
        int needed = thresholds.requestsNeeded();
        boolean enough = requests >= needed;
        String observed = count(failed) + " of " + count(requests) + " requests failed (" + share(failed, requests)
                + ")" + compared(earlier.failedShare());
        if (sure >= thresholds.failing() || (enough && share >= thresholds.failing())) {
            reasons.add(new Reason(
                    "failed_share",
                    Optional.of(Severity.ERROR),
                    observed + ", failing from " + percent(thresholds.failing()) + " on"));
            return EdgeState.FAILING;
        }
        if (sure >= thresholds.degraded() || (enough && share >= thresholds.degraded())) {
            reasons.add(new Reason(
                    "failed_share",
                    Optional.of(Severity.WARNING),
                    observed + ", degraded from " + percent(thresholds.degraded()) + " on"));
            return EdgeState.DEGRADED;
        }
        if (!enough) {
            reasons.add(fact(
                    "too_few_requests",
                    count(failed) + " of " + count(requests) + " requests failed; " + count(needed)
                            + " would be needed to see a share of " + percent(thresholds.degraded())));
            return EdgeState.TOO_FEW;
        }
        boolean rose = earlier.daysWithData() >= thresholds.earlier().days()
                && failed >= thresholds.earlier().failuresAtLeast()
                && share >= thresholds.earlier().shareAtLeast()
                && earlier.failedShare()
                        .filter(range ->
                                share >= thresholds.earlier().shareFactor() * range.median() && sure > range.high())
                        .isPresent();
        if (rose) {
            reasons.add(new Reason(
                    "failed_share_rose",
                    Optional.of(Severity.WARNING),
                    observed + ": more than on any of them and "
                            + decimal(thresholds.earlier().shareFactor()) + " times their median"));
            return EdgeState.DEGRADED;
        }
        return EdgeState.OK;
    }

    private void times(EdgeHealth.Numbers now, long requests, EdgeHealth.Earlier earlier, List<Reason> reasons) {
        if (now.responseMillis().isEmpty()
                || requests < thresholds.requestsNeeded()
                || earlier.daysWithData() < thresholds.earlier().days()) {
            return;
        }
        double millis = now.responseMillis().getAsDouble();
        earlier.responseMillis()
                .filter(range -> millis >= thresholds.earlier().timeFactor() * range.median()
                        && millis > range.high()
                        && millis - range.median() >= thresholds.earlier().timeMillis())
                .ifPresent(range -> reasons.add(new Reason(
                        "response_time_rose",
                        Optional.of(Severity.WARNING),
                        "mean response time " + decimal(millis) + " ms, on earlier days " + decimal(range.median())
                                + " ms (" + decimal(range.low()) + " to " + decimal(range.high())
                                + " ms): more than "
                                + decimal(thresholds.earlier().timeFactor())
                                + " times the median")));
    }

    private void fall(HealthWindow window, long requests, EdgeHealth.Earlier earlier, List<Reason> reasons) {
        double perHour = requests * 3600.0 / window.window().length().toSeconds();
        earlier.requestsPerHour()
                .filter(range -> earlier.daysWithData() >= thresholds.earlier().days()
                        && earlier.daysWithData() == earlier.daysRead()
                        && range.low() >= thresholds.earlier().trafficPerHour()
                        && perHour < thresholds.earlier().trafficShare() * range.low())
                .ifPresent(range -> reasons.add(new Reason(
                        "traffic_fell",
                        Optional.of(Severity.WARNING),
                        decimal(perHour) + " requests an hour, on earlier days " + decimal(range.median()) + " ("
                                + decimal(range.low()) + " to " + decimal(range.high()) + "): less than "
                                + percent(thresholds.earlier().trafficShare()) + " of the lowest day; calls that fail"
                                + " before an application answers are missing here")));
    }

    /** What the callee's configuration says. */
    private static void configured(Service callee, List<Reason> reasons) {
        Service.TaskCounts tasks = callee.tasks();
        if (tasks.desired() > 0 && tasks.running() == 0) {
            reasons.add(new Reason(
                    NOT_RUNNING,
                    Optional.of(Severity.ERROR),
                    "none of " + tasks.desired() + " desired tasks of " + callee.name() + " is running"));
        } else if (tasks.desired() == 0) {
            reasons.add(fact("callee_scaled_to_zero", callee.name() + " is scaled to 0 tasks"));
        } else if (tasks.running() < tasks.desired()) {
            reasons.add(fact(
                    "callee_tasks_missing",
                    tasks.running() + " of " + tasks.desired() + " desired tasks of " + callee.name()
                            + " are running"));
        }
        for (Deployment deployment : callee.deployments()) {
            String state = deployment.rollout().state();
            if (state.equals("FAILED")) {
                reasons.add(fact(
                        "deployment_failed",
                        "deployment " + deployment.id() + " of " + callee.name() + " failed: "
                                + deployment.rollout().reason()));
            } else if (state.equals("IN_PROGRESS")) {
                reasons.add(fact(
                        "deployment_in_progress",
                        "deployment " + deployment.id() + " of " + callee.name() + " is in progress"));
            }
        }
    }

    // ---- numbers

    private static EdgeHealth.Numbers now(HealthWindow window, EdgeTraffic traffic) {
        Map<EdgeMetric, OptionalLong> sums = new EnumMap<>(EdgeMetric.class);
        double weighted = 0;
        double weights = 0;
        for (int period = 0; period < window.periods(); period++) {
            OptionalLong requests = requests(traffic, period);
            for (EdgeMetric metric : EdgeMetric.values()) {
                OptionalDouble value = traffic.at(metric, period);
                if (metric.counts() && value.isPresent()) {
                    sums.merge(
                            metric,
                            OptionalLong.of(Math.round(value.getAsDouble())),
                            (a, b) -> OptionalLong.of(a.getAsLong() + b.getAsLong()));
                }
            }
            OptionalDouble millis = traffic.at(EdgeMetric.RESPONSE_TIME, period);
            if (millis.isPresent() && requests.isPresent()) {
                weighted += millis.getAsDouble() * requests.getAsLong();
                weights += requests.getAsLong();
            }
        }
        if (sums.isEmpty()) {
            return new EdgeHealth.Numbers(
                    OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalDouble.empty());
        }
        long all = sums.values().stream().mapToLong(OptionalLong::getAsLong).sum();
        // Where any code was counted the proxies were there to count: a code without a series had no response.
        return new EdgeHealth.Numbers(
                OptionalLong.of(all),
                OptionalLong.of(sums.getOrDefault(EdgeMetric.CODE_5XX, OptionalLong.of(0))
                        .getAsLong()),
                OptionalLong.of(sums.getOrDefault(EdgeMetric.CODE_4XX, OptionalLong.of(0))
                        .getAsLong()),
                weights > 0 ? OptionalDouble.of(weighted / weights) : OptionalDouble.empty());
    }

    private static OptionalLong requests(EdgeTraffic traffic, int period) {
        long sum = 0;
        boolean any = false;
        for (EdgeMetric metric : EdgeMetric.values()) {
            OptionalDouble value = metric.counts() ? traffic.at(metric, period) : OptionalDouble.empty();
            if (value.isPresent()) {
                sum += Math.round(value.getAsDouble());
                any = true;
            }
        }
        return any ? OptionalLong.of(sum) : OptionalLong.empty();
    }

    private static List<EdgeHealth.Period> periods(HealthWindow window, EdgeTraffic traffic) {
        List<EdgeHealth.Period> periods = new ArrayList<>(window.periods());
        for (int period = 0; period < window.periods(); period++) {
            OptionalLong requests = requests(traffic, period);
            OptionalDouble failed = traffic.at(EdgeMetric.CODE_5XX, period);
            periods.add(new EdgeHealth.Period(
                    requests,
                    requests.isPresent() ? OptionalLong.of(Math.round(failed.orElse(0))) : OptionalLong.empty()));
        }
        return periods;
    }

    private static OptionalDouble total(EdgeTraffic traffic, int sample) {
        double sum = 0;
        boolean any = false;
        for (EdgeMetric metric : EdgeMetric.values()) {
            OptionalDouble value = metric.counts() ? traffic.earlier(metric, sample) : OptionalDouble.empty();
            if (value.isPresent()) {
                sum += value.getAsDouble();
                any = true;
            }
        }
        return any && sum > 0 ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    private static EdgeHealth.Earlier earlier(HealthWindow window, EdgeTraffic traffic) {
        boolean whole = traffic.listed().stream()
                .filter(EdgeMetric::counts)
                .allMatch(metric -> traffic.readEarlier().contains(metric));
        if (!whole || traffic.listed().stream().noneMatch(EdgeMetric::counts)) {
            return EdgeHealth.Earlier.NONE;
        }
        double hours = window.hours().length().toSeconds() / 3600.0;
        List<Double> rates = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        for (int sample = 0; sample < window.samples(); sample++) {
            OptionalDouble total = total(traffic, sample);
            if (total.isPresent()) {
                rates.add(total.getAsDouble() / hours);
                shares.add(traffic.earlier(EdgeMetric.CODE_5XX, sample).orElse(0) / total.getAsDouble());
                traffic.earlier(EdgeMetric.RESPONSE_TIME, sample).ifPresent(times::add);
            }
        }
        return new EdgeHealth.Earlier(window.samples(), rates.size(), range(rates), range(shares), range(times));
    }

    private static Optional<EdgeHealth.Range> range(List<Double> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new EdgeHealth.Range(median, sorted[0], sorted[sorted.length - 1]));
    }

    /** The lower bound of the 95 % interval of a share (Wilson): with few requests it stays far below what was seen. */
    static double lowerBound(long failed, long requests) {
        if (requests == 0 || failed == 0) {
            return 0;
        }
        double share = (double) failed / requests;
        double square = Z95 * Z95;
        double centre = share + square / (2 * requests);
        double margin = Z95 * Math.sqrt((share * (1 - share) + square / (4 * requests)) / requests);
        return Math.max(0, (centre - margin) / (1 + square / requests));
    }

    // ---- against the previous run

    private static EdgeHealth.Since since(
            CallEdge edge, EdgeHealth.Judgement judgement, Instant to, Optional<HealthRun> previous) {
        if (previous.isEmpty()) {
            return new EdgeHealth.Since(EdgeChange.UNKNOWN, Optional.empty(), Optional.of(to));
        }
        Optional<HealthRun.Entry> before =
                Optional.ofNullable(previous.get().edges().get(edge));
        Optional<Instant> since = before.filter(entry ->
                        entry.state() == judgement.state() && entry.severity().equals(judgement.severity()))
                .map(entry -> entry.since().orElse(previous.get().to()))
                .or(() -> Optional.of(to));
        return new EdgeHealth.Since(change(judgement, before), before.map(HealthRun.Entry::state), since);
    }

    private static EdgeChange change(EdgeHealth.Judgement judgement, Optional<HealthRun.Entry> before) {
        Optional<Severity> was = before.flatMap(HealthRun.Entry::severity);
        Optional<Severity> is = judgement.severity();
        if (is.isPresent()) {
            if (was.isEmpty()) {
                return EdgeChange.NEW;
            }
            int worse = was.get().compareTo(is.get());
            return worse == 0 ? EdgeChange.STILL : worse > 0 ? EdgeChange.WORSE : EdgeChange.BETTER;
        }
        if (was.isPresent()) {
            return judgement.state() == EdgeState.OK ? EdgeChange.RECOVERED : EdgeChange.LOST;
        }
        return before.isPresent() ? EdgeChange.UNCHANGED : EdgeChange.APPEARED;
    }

    private static List<HealthReport.Gone> gone(HealthSnapshot snapshot, Optional<HealthRun> previous) {
        if (previous.isEmpty() || !complete(snapshot.coverage(), "cloudwatch/list-metrics")) {
            // What was not listed whole may only not have been seen.
            return List.of();
        }
        Set<CallEdge> here = new LinkedHashSet<>();
        snapshot.edges().forEach(traffic -> here.add(traffic.edge()));
        List<HealthReport.Gone> gone = new ArrayList<>();
        previous.get().edges().forEach((edge, entry) -> {
            if (!here.contains(edge)) {
                gone.add(new HealthReport.Gone(edge, entry.state(), entry.severity()));
            }
        });
        return gone;
    }

    /**
     * The order of a report: changes for the worse, then problems that go on, then the rest; inside each the more severe
     * first, then those with more failures than usual.
     */
    private static final Comparator<EdgeHealth> WORST_CHANGE_FIRST = Comparator.comparing(HealthClassifier::rank)
            .thenComparing(
                    edge -> edge.judgement().severity().map(Severity::ordinal).orElse(Severity.values().length))
            .thenComparing(Comparator.comparingDouble(HealthClassifier::excess).reversed())
            .thenComparing(EdgeHealth::edge);

    private static int rank(EdgeHealth edge) {
        return switch (edge.since().change()) {
            case NEW, WORSE -> 0;
            case UNKNOWN -> edge.problem() ? 0 : 4;
            case LOST -> 1;
            case STILL, BETTER -> 2;
            case RECOVERED -> 3;
            case APPEARED, UNCHANGED -> 4;
        };
    }

    /** Requests that failed or are missing, beyond what is usual at these hours. */
    private static double excess(EdgeHealth edge) {
        double usualShare =
                edge.earlier().failedShare().map(EdgeHealth.Range::median).orElse(0.0);
        double requests = edge.now().requests().orElse(0);
        double failed = edge.now().failed().orElse(0) - usualShare * requests;
        double missing = requests == 0
                ? edge.earlier().requestsPerHour().map(EdgeHealth.Range::median).orElse(0.0)
                : 0;
        return Math.max(failed, missing);
    }

    // ---- what is not seen

    private static List<HealthReport.BlindSpot> blindSpots(HealthSnapshot snapshot, List<EdgeHealth> edges) {
        List<HealthReport.BlindSpot> spots = new ArrayList<>();
        edges.stream()
                .filter(edge -> edge.judgement().state() == EdgeState.BLIND)
                .sorted(Comparator.comparing(EdgeHealth::edge))
                .forEach(edge -> spots.add(new HealthReport.BlindSpot(
                        edge.edge().label(), edge.judgement().reasons().get(0).text())));
        Set<String> seen = new LinkedHashSet<>();
        edges.forEach(edge -> {
            seen.add(edge.edge().cluster() + "/" + edge.edge().caller());
            seen.add("target/" + edge.edge().target());
        });
        snapshot.services().stream()
                .sorted(Comparator.comparing(Service::cluster).thenComparing(Service::name))
                .forEach(service -> service.serviceConnect()
                        .filter(ServiceConnect::enabled)
                        .ifPresent(connect -> {
                            boolean measured = seen.contains(service.cluster() + "/" + service.name())
                                    || connect.endpoints().stream()
                                            .anyMatch(endpoint -> seen.contains("target/" + endpoint.discoveryName()));
                            if (!measured) {
                                spots.add(new HealthReport.BlindSpot(
                                        "service " + service.name(),
                                        "Service Connect is on, but no target metric of the last two weeks names it as"
                                                + " caller or target"));
                            } else if (!connect.logConfigured()) {
                                spots.add(new HealthReport.BlindSpot(
                                        "service " + service.name(),
                                        "no proxy log: serviceConnectConfiguration.logConfiguration is missing, so no"
                                                + " failure can be explained"));
                            } else if (connect.accessLogFormat().isEmpty()) {
                                spots.add(new HealthReport.BlindSpot(
                                        "service " + service.name(),
                                        "no access log: serviceConnectConfiguration.accessLogConfiguration is missing,"
                                                + " so failed calls leave no line"));
                            }
                        }));
        return spots;
    }

    private static List<String> gaps(HealthSnapshot snapshot, List<EdgeHealth> edges) {
        List<String> gaps = new ArrayList<>();
        for (String input : REQUIRED) {
            if (!complete(snapshot.coverage(), input)) {
                gaps.add(snapshot.coverage().entries().stream()
                        .filter(entry -> entry.input().equals(input))
                        .findFirst()
                        .map(entry -> input + " is " + entry.state().id().replace('_', ' ')
                                + (entry.detail().isEmpty() ? "" : ": " + entry.detail()))
                        .orElse(input + " was not collected"));
            }
        }
        if (edges.isEmpty()) {
            gaps.add("CloudWatch lists no edge: no service of the "
                    + snapshot.scope().label()
                    + " called another over Service Connect in the last two weeks, or the metrics are elsewhere");
        }
        Map<EdgeState, Integer> counts = new EnumMap<>(EdgeState.class);
        edges.forEach(edge -> counts.merge(edge.judgement().state(), 1, Integer::sum));
        for (EdgeState state : Arrays.asList(EdgeState.BLIND, EdgeState.TOO_FEW)) {
            int count = counts.getOrDefault(state, 0);
            if (count > 0) {
                gaps.add(count
                        + (count == 1 ? " edge is " : " edges are ")
                        + (state == EdgeState.BLIND ? "blind" : "left undecided by too few requests"));
            }
        }
        boolean anyJudged = edges.stream().anyMatch(edge -> edge.judgement().state() == EdgeState.OK || edge.problem());
        if (!edges.isEmpty() && !anyJudged && gaps.isEmpty()) {
            gaps.add("no edge had a request in the window");
        }
        return gaps;
    }

    private static boolean complete(Coverage coverage, String input) {
        return coverage.entries().stream()
                .anyMatch(entry -> entry.input().equals(input) && entry.state() == Coverage.State.COMPLETE);
    }

    // ---- words

    private static Reason fact(String code, String text) {
        return new Reason(code, Optional.empty(), text);
    }

    private static String compared(Optional<EdgeHealth.Range> range) {
        return range.map(days -> ", on earlier days " + percent(days.median()) + " (" + percent(days.low()) + " to "
                        + percent(days.high()) + ")")
                .orElse("");
    }

    private static String share(long part, long whole) {
        return whole == 0 ? "nothing" : percent((double) part / whole);
    }

    private static String percent(double share) {
        double value = share * 100;
        if (value == 0) {
            return "0\u00a0%";
        }
        if (value < 0.01) {
            return "<\u00a00.01\u00a0%";
        }
        return rounded(value, value < 1 ? 2 : 1) + "\u00a0%";
    }

    private static String decimal(double value) {
        return value < 10 ? rounded(value, 1) : Words.number(Math.round(value));
    }

    /** Rounded from the exact value: the shortest digits of a double differ between Java releases. */
    private static String rounded(double value, int places) {
        String text =
                new BigDecimal(value).setScale(places, RoundingMode.HALF_UP).toPlainString();
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String count(long number) {
        return Words.number(number);
    }
}
