package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.report.Background.Rung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The budgets of time on the way of a call, outermost first: the client's, as far as calls given up show it; Service
 * Connect's for the whole request, all attempts together; for quiet connections; for each connection attempt, as far as it
 * shows; the application's own, as far as its error answers show it.
 */
final class TimeoutLadder {
    private static final Duration DEFAULT_REQUEST = Duration.ofMillis(Facts.DEFAULT_REQUEST_TIMEOUT_MILLIS);
    private static final Duration DEFAULT_IDLE_HTTP = Duration.ofMinutes(5);
    private static final Duration DEFAULT_IDLE_TCP = Duration.ofHours(1);

    /** The first attempt and Service Connect's two retries. */
    private static final int ATTEMPTS = 3;

    private static final int FEWEST = 5;
    private static final double PILE = 0.6;
    private static final long SHORTEST_MILLIS = 200;

    private TimeoutLadder() {}

    /** How a budget counts. */
    enum Span {
        /** Once for the whole call. */
        WHOLE,
        /** For each attempt anew. */
        ATTEMPT,
        /** While nothing is sent: it does not lie inside the others, but may end before them. */
        QUIET
    }

    /** A rung without its flag. */
    record Budget(
            String name,
            Hop hop,
            Optional<Duration> limit,
            String basis,
            Span span,
            int attempts,
            Optional<String> source) {}

    static List<Rung> of(Facts facts) {
        List<Budget> budgets = new ArrayList<>();
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.filter(TrafficView::callerCounts).isPresent()) {
            observed(facts, traffic.get(), o -> o.condition() == Condition.DOWNSTREAM_DISCONNECT)
                    .ifPresent(limit -> budgets.add(observed(
                            "client timeout of " + facts.edge().caller(),
                            Hop.CALLER_APP,
                            limit,
                            Span.WHOLE,
                            1,
                            Input.CALLER_LOGS)));
        }
        endpoint(facts).ifPresent(endpoint -> configured(facts, endpoint, budgets));
        if (traffic.filter(TrafficView::callerCounts).isPresent()) {
            observed(
                            facts,
                            traffic.get(),
                            o -> o.condition() == Condition.UPSTREAM_CONNECTION_TIMEOUT
                                    && o.call().attribution().alternatives().isEmpty())
                    .ifPresent(limit -> budgets.add(observed(
                            "connect timeout of " + facts.edge().caller() + "'s proxy",
                            Hop.CALLER_PROXY,
                            limit,
                            Span.ATTEMPT,
                            ATTEMPTS,
                            Input.CALLER_LOGS)));
        }
        traffic.flatMap(view -> observed(facts, view, o -> o.condition() == Condition.APPLICATION_5XX))
                .ifPresent(limit -> budgets.add(observed(
                        "timeout of " + facts.edge().callee() + "'s application, from its error answers",
                        Hop.CALLEE_APP,
                        limit,
                        Span.WHOLE,
                        1,
                        facts.traffic().filter(TrafficView::callerCounts).isPresent()
                                ? Input.CALLER_LOGS
                                : Input.CALLEE_LOGS)));
        return flagged(budgets);
    }

    private static Optional<Endpoint> endpoint(Facts facts) {
        List<Endpoint> endpoints = facts.endpoints();
        Optional<String> called = facts.traffic()
                .flatMap(t -> t.successes().stream()
                        .findFirst()
                        .or(() -> t.failures().stream().findFirst()))
                .map(o -> o.call().line().request().authority());
        return endpoints.stream()
                .filter(e -> called.filter(authority -> e.aliases().stream()
                                .anyMatch(a -> a.dnsName()
                                        .filter(name -> authority.startsWith(name))
                                        .isPresent()))
                        .isPresent())
                .findFirst()
                .or(() -> endpoints.stream().findFirst());
    }

    private static void configured(Facts facts, Endpoint endpoint, List<Budget> budgets) {
        boolean tcp = facts.portMapping(endpoint)
                .filter(p -> p.appProtocol().isEmpty())
                .isPresent();
        String of = " of " + facts.edge().callee() + " (" + endpoint.portName() + ")";
        if (!tcp) {
            budgets.add(configured(
                    "perRequestTimeoutSeconds" + of,
                    endpoint.requestTimeoutSeconds(),
                    DEFAULT_REQUEST,
                    Span.WHOLE,
                    ATTEMPTS));
        }
        budgets.add(configured(
                "idleTimeoutSeconds" + of,
                endpoint.idleTimeoutSeconds(),
                tcp ? DEFAULT_IDLE_TCP : DEFAULT_IDLE_HTTP,
                Span.QUIET,
                1));
    }

    private static Budget configured(String name, OptionalInt seconds, Duration standard, Span span, int attempts) {
        Optional<Duration> limit = seconds.isEmpty()
                ? Optional.of(standard)
                : seconds.getAsInt() == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds.getAsInt()));
        return new Budget(
                name,
                Hop.CALLER_PROXY,
                limit,
                seconds.isEmpty() ? "default" : "configured",
                span,
                attempts,
                seconds.isEmpty() ? Optional.empty() : Optional.of(Input.SERVICES.id()));
    }

    private static Budget observed(String name, Hop hop, Duration limit, Span span, int attempts, Input source) {
        return new Budget(name, hop, Optional.of(limit), "observed", span, attempts, Optional.of(source.id()));
    }

    /** The duration at which those failures pile up, rounded to what a person would have configured. */
    private static Optional<Duration> observed(Facts facts, TrafficView view, Predicate<Observed> fits) {
        long[] durations = view.failures().stream()
                .filter(fits)
                .mapToLong(Observed::duration)
                .toArray();
        return TrafficView.densest(durations, facts.thresholds().timing().timerMillis() / 5)
                .filter(pile -> pile.count() >= FEWEST && pile.share() >= PILE && pile.millis() >= SHORTEST_MILLIS)
                .map(pile -> {
                    long step = pile.millis() >= 1000 ? 100 : 10;
                    return Duration.ofMillis((pile.millis() + step / 2) / step * step);
                });
    }

    /** The rungs, each flagged that does not fit into those around it. */
    static List<Rung> flagged(List<Budget> budgets) {
        List<Rung> rungs = new ArrayList<>();
        Budget outer = null;
        for (Budget budget : budgets) {
            Optional<String> flag = outer == null ? Optional.empty() : flag(budget, outer);
            rungs.add(new Rung(
                    budget.name(),
                    budget.hop(),
                    budget.limit(),
                    budget.basis(),
                    budget.attempts(),
                    flag,
                    budget.source()));
            boolean bounds = budget.span() == Span.WHOLE && budget.limit().isPresent();
            if (bounds
                    && (outer == null
                            || budget.limit().get().compareTo(outer.limit().orElseThrow()) < 0)) {
                outer = budget;
            }
        }
        return rungs;
    }

    private static Optional<String> flag(Budget inner, Budget outer) {
        Duration bound = outer.limit().orElseThrow();
        String outside = outer.name() + " (" + words(bound) + ")";
        if (inner.limit().isEmpty()) {
            return inner.span() == Span.QUIET
                    ? Optional.empty()
                    : Optional.of("switched off inside " + outside + ": the work goes on after the outer one gave up");
        }
        Duration limit = inner.limit().get();
        if (inner.span() == Span.QUIET) {
            return limit.compareTo(bound) < 0
                    ? Optional.of("shorter than " + outside + ": it ends requests that are quiet for so long first")
                    : Optional.empty();
        }
        if (limit.compareTo(bound) > 0) {
            return Optional.of("longer than " + outside + ": the outer one gives up first, and the work goes on");
        }
        Duration all = limit.multipliedBy(inner.attempts());
        if (inner.span() == Span.ATTEMPT && all.compareTo(bound) > 0) {
            return Optional.of(inner.attempts() + " attempts of " + words(limit) + " are " + words(all)
                    + ", longer than " + outside + ": the last ones never end");
        }
        return Optional.empty();
    }

    private static String words(Duration duration) {
        return Words.duration(duration.toMillis());
    }
}
