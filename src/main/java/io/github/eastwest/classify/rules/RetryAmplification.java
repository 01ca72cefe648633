package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.LatencyRise;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * EW204: calls are tried again, by the proxies (twice on another host) and by the caller's client, and the attempts
 * together are more than the callee can serve, although the requests behind them are not. The overload then outlives what
 * began it.
 *
 * <p>Compared are attempts per request while calls fail with attempts per request while they do not: the callee's lines
 * per call, and the caller's calls per request into it. For it: several times more attempts at no more demand than was
 * served well in the same window, and a callee that grows slow or sheds load. Against it: the demand itself grew (EW508),
 * or the failures are those of one task or path, which more attempts did not make.
 */
final class RetryAmplification implements Rule {
    private static final int SLICES = 12;
    private static final int FEWEST_CALLS = 10;
    private static final double WELL = 0.02;
    private static final double FAILING = 0.2;
    private static final double AMPLIFIED = 1.5;
    private static final double SAME_DEMAND = 1.3;
    private static final Set<String> REPEATED_AT_RISK = Set.of("POST", "PATCH");

    @Override
    public RootCause cause() {
        return RootCause.RETRY_AMPLIFICATION;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    /** One slice of the window. */
    private static final class Slice {
        /** Calls that were read; the others are those that they stand for. */
        private long seen;

        private long requests;
        private long calls;
        private long failed;
        private long attempts;

        /** Attempts per request into the caller, or per call where those are not logged. */
        double ratio(boolean inbound) {
            long base = inbound ? requests : calls;
            return base == 0 ? 1 : (double) attempts / base;
        }

        long demand(boolean inbound) {
            return inbound ? requests : calls;
        }

        double failing() {
            return calls == 0 ? 0 : (double) failed / calls;
        }
    }

    /** Sums over the slices in which calls failed, and over those in which they did not. */
    private record Comparison(Slice bad, Slice good, long busiestGood, long medianBad, boolean inbound) {
        double amplification() {
            return bad.ratio(inbound) / Math.max(0.1, good.ratio(inbound));
        }

        /** Whether there were enough calls to compare, but not enough were read. */
        boolean tooFewRead() {
            return Math.min(bad.seen, good.seen) < 2 * FEWEST_CALLS;
        }

        boolean sameDemand() {
            return medianBad <= SAME_DEMAND * busiestGood;
        }
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Optional<Comparison> found = compare(facts, view);
        if (found.isEmpty()) {
            return Examination.excluded(
                    view.isWell()
                            ? "no call failed"
                            : "the window has no two parts, one well and one failing, to compare");
        }
        Comparison c = found.get();
        BitSet overload = view.primaryOf(view.where(RetryAmplification::isOverload));
        if (overload.cardinality() < facts.thresholds().spread().minimumFailures()) {
            return Examination.excluded("no calls failed for load that might have been tried again");
        }
        Input counting = view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS;
        if (c.tooFewRead()) {
            return Examination.undecided(counting);
        }
        double factor = c.amplification();
        Optional<Concentration> host =
                Concentration.of(view.byHost(overload), facts.thresholds().spread());
        if (host.isPresent()) {
            return Examination.excluded("the failures that were tried again are those of one task, "
                    + host.get().name());
        }
        LatencyRise rise = Timeouts.rise(facts, view);
        Saturation load = new Saturation(facts, view);
        if (!load.cpuBusy() && rise.risenShare() < 0.5 && rise.mayHaveRisen(0.5)) {
            return Examination.undecided(counting);
        }
        boolean strained = rise.risenShare() >= 0.5 || load.cpuBusy();
        if (!strained) {
            return Examination.excluded(
                    "calls were tried again, but the callee answered the others as fast as ever: it is not overloaded");
        }
        if (factor < AMPLIFIED) {
            String because = String.format(
                    Locale.ROOT,
                    "while calls failed there were %.1f attempts per request, %.1f before",
                    c.bad().ratio(c.inbound()),
                    c.good().ratio(c.inbound()));
            // Attempts of the caller's client show in the caller's lines, those of its proxies in the callee's.
            return facts.has(Input.CALLER_LOGS) && facts.has(Input.CALLEE_LOGS)
                    ? Examination.excluded(because)
                    : Examination.undecided(facts.has(Input.CALLER_LOGS) ? Input.CALLEE_LOGS : Input.CALLER_LOGS);
        }
        Draft draft = Draft.of(cause())
                .at(c.inbound() ? Hop.CALLER_APP : Hop.CALLER_PROXY)
                .explains(overload)
                .summary(String.format(
                        Locale.ROOT,
                        "%s: retries make %.1f times the attempts per request and keep the callee overloaded; %s came too late or were refused",
                        facts.edge().label(),
                        factor,
                        facts.ofCalls(overload.cardinality())))
                .evidence(
                        factor >= 2 ? Weight.STRONG : Weight.MEDIUM,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        String.format(
                                Locale.ROOT,
                                "while calls failed, each %s led to %.1f attempts at the callee, otherwise to %.1f",
                                c.inbound() ? "request into the caller" : "call",
                                c.bad().ratio(c.inbound()),
                                c.good().ratio(c.inbound())),
                        String.format(Locale.ROOT, "%.1f", factor),
                        String.format(Locale.ROOT, "%.1f", AMPLIFIED));
        if (c.sameDemand()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "the demand behind them is one that was served well in the same window: "
                            + Words.number(c.medianBad()) + " requests per slice, "
                            + Words.number(c.busiestGood()) + " when all was well",
                    Words.number(c.medianBad()),
                    Words.number(Math.round(SAME_DEMAND * c.busiestGood())));
        } else {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "the demand itself grew beyond what had been served well: retries come on top");
        }
        if (strained) {
            draft.evidence(
                    Weight.MEDIUM,
                    load.cpuBusy() ? Input.METRICS : Input.CALLER_LOGS,
                    load.cpuBusy()
                            ? "the callee's CPU reached " + Math.round(load.cpuPeak()) + "\u00a0%"
                            : "the callee became several times slower meanwhile");
        }
        long proxied = Stream.concat(view.failures().stream(), view.successes().stream())
                .filter(o -> o.call().callee().size() >= 2)
                .count();
        if (proxied >= facts.thresholds().spread().minimumFailures()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    "the callee's proxies have two or three lines of " + Words.count(proxied, "request")
                            + ": the caller's proxies tried again");
        }
        long twice = executedTwice(view);
        if (twice > 0) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    Words.count(twice, "POST or PATCH request")
                            + " reached the application more than once: they may have taken effect twice");
        }
        confirms(facts, draft);
        return Examination.of(draft, "the demand itself grew");
    }

    /** The failing and the well parts of the window; empty when it has not both. */
    private static Optional<Comparison> compare(Facts facts, TrafficView view) {
        long from = facts.window().from().toEpochMilli();
        long length = Math.max(1, facts.window().length().toMillis() / SLICES);
        Slice[] slices = new Slice[SLICES];
        for (int i = 0; i < SLICES; i++) {
            slices[i] = new Slice();
        }
        for (AccessLogEntry line : view.traffic().surroundings().callerInbound()) {
            slices[index(line.startMillis(), from, length)].requests +=
                    view.traffic().surroundings().callerStep().of(line);
        }
        view.failures()
                .forEach(o -> add(
                        slices[index(o.start(), from, length)],
                        o,
                        view.traffic().failureStep(),
                        true));
        view.successes()
                .forEach(o -> add(
                        slices[index(o.start(), from, length)],
                        o,
                        view.traffic().successStep(),
                        false));
        long inboundTotal = 0;
        for (Slice slice : slices) {
            inboundTotal += slice.requests;
        }
        boolean inbound = inboundTotal >= (long) SLICES * FEWEST_CALLS / 2;
        Slice bad = new Slice();
        Slice good = new Slice();
        long busiestGood = 0;
        java.util.List<Long> badDemand = new java.util.ArrayList<>();
        for (Slice slice : slices) {
            if (slice.calls < FEWEST_CALLS) {
                continue;
            }
            if (slice.failing() <= WELL) {
                plus(good, slice);
                busiestGood = Math.max(busiestGood, slice.demand(inbound));
            } else if (slice.failing() >= FAILING) {
                plus(bad, slice);
                badDemand.add(slice.demand(inbound));
            }
        }
        if (good.calls < 2 * FEWEST_CALLS || bad.calls < 2 * FEWEST_CALLS) {
            return Optional.empty();
        }
        badDemand.sort(null);
        return Optional.of(new Comparison(bad, good, busiestGood, badDemand.get(badDemand.size() / 2), inbound));
    }

    private static void plus(Slice sum, Slice slice) {
        sum.seen += slice.seen;
        sum.requests += slice.requests;
        sum.calls += slice.calls;
        sum.failed += slice.failed;
        sum.attempts += slice.attempts;
    }

    private static void add(Slice slice, Observed o, long weight, boolean failed) {
        slice.seen++;
        slice.calls += weight;
        slice.failed += failed ? weight : 0;
        // A call answered by the caller's own proxy is no attempt at the callee.
        boolean sent = !o.host().isEmpty() || !o.call().callee().isEmpty();
        slice.attempts += sent ? weight * Math.max(1, o.call().callee().size()) : 0;
    }

    private static int index(long millis, long from, long length) {
        return (int) Math.max(0, Math.min(SLICES - 1, (millis - from) / length));
    }

    /** Too late, given up, refused for load, or shed by the application. */
    private static boolean isOverload(Observed o) {
        return switch (o.condition()) {
            case UPSTREAM_RESPONSE_TIMEOUT, PER_TRY_TIMEOUT -> o.hop() != Hop.NETWORK;
            case DOWNSTREAM_DISCONNECT, UPSTREAM_OVERFLOW, OVERLOAD, RETRY_LIMIT_EXCEEDED -> true;
            case APPLICATION_5XX -> o.call().line().response().status() == 503;
            case GRPC_ERROR ->
                "ResourceExhausted".equals(o.call().line().response().grpcStatus());
            default -> false;
        };
    }

    /** Requests that are not safe to repeat, of which more than one attempt reached the application. */
    private static long executedTwice(TrafficView view) {
        return Stream.concat(view.failures().stream(), view.successes().stream())
                .filter(o -> REPEATED_AT_RISK.contains(
                        Optional.ofNullable(o.call().line().request().method()).orElse("")))
                .filter(o -> o.condition() != Condition.UPSTREAM_CONNECTION_FAILURE)
                .filter(o -> o.call().callee().stream()
                                .filter(l -> l.hasServiceTime()
                                        || l.response().status() == 0
                                        || l.timing().durationMillis() > 50)
                                .count()
                        >= 2)
                .count();
    }

    private static void confirms(Facts facts, Draft draft) {
        draft.confirm(
                        "aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name RequestCount --dimensions Name=ClusterName,Value="
                                + facts.calleeCluster() + " Name=DiscoveryName,Value="
                                + Words.shell(facts.discoveryNames().get(0)) + " Name=ServiceName,Value="
                                + Words.shell(facts.edge().callee()) + " --statistics Sum --period 60 --start-time "
                                + facts.window().from() + " --end-time "
                                + facts.window().to(),
                        "requests at the callee are several times those of the minutes before, while the users' requests into the caller are not",
                        "both grew alike: the demand itself did")
                .confirm(
                        LogCommands.query(
                                facts,
                                Side.CALLEE,
                                "filter upstream_host like /^127/ | stats count(*) as attempts by request_id | stats count(*) as requests by attempts"),
                        "many request ids have two or three lines at the callee (the proxies' retries), or each user's request leads to several ids (the client's)",
                        "hardly any request id has a second line, and calls per user's request stay at one")
                .fix(
                        "At once: take load away until the callee recovers (switch the client's retries off, shed at the entry); it then stays well.",
                        "Users see errors for a moment.")
                .fix(
                        "Lasting: no retries in the client on top of the proxies' two; a retry budget (at most 10\u00a0% of the calls), exponential back-off with jitter, and a client timeout above the callee's slow answers. The proxies' retries cannot be configured.",
                        "Single failures show that retries had hidden.")
                .fix(
                        "Let the callee recognise repeated requests (idempotency keys) and stop work whose caller is gone.",
                        "A change of the application.");
    }
}
