package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Time that calls spent outside of the callee's proxies: what the caller's line lasted beyond all of the callee's lines of
 * the same request. It is spent in the caller's proxy, on the way, or waiting for the callee's proxy to read.
 *
 * @param calls calls of which both sides have lines
 * @param late those of them that lost most of their time there
 */
record ProxyTime(List<Spent> calls, List<Spent> late) {
    /** Healthy proxies need a few milliseconds, two retries with their back-off less than 200. */
    private static final long LATE_MILLIS = 200;

    private static final double MOST = 0.5;

    /** Half of the late calls within a tenth of a second of each other wait for one timer, not for a processor. */
    private static final long PILE_MILLIS = 50;

    private static final double PILED = 0.6;

    ProxyTime {
        calls = List.copyOf(calls);
        late = List.copyOf(late);
    }

    /**
     * A call and where its time went.
     *
     * @param call the call
     * @param calleeMillis what the callee's lines of it lasted, all attempts together
     * @param outsideMillis the rest of the caller's line
     */
    record Spent(Observed call, long calleeMillis, long outsideMillis) {}

    static ProxyTime of(TrafficView view) {
        List<Spent> calls = new ArrayList<>();
        List<Spent> late = new ArrayList<>();
        Stream.concat(view.successes().stream(), view.failures().stream().filter(ProxyTime::waited))
                .forEach(o -> {
                    if (o.call().caller().isEmpty() || o.call().callee().isEmpty()) {
                        return;
                    }
                    long callee = o.call().callee().stream()
                            .map(AccessLogEntry::timing)
                            .mapToLong(t -> Math.max(0, t.durationMillis()))
                            .sum();
                    Spent spent = new Spent(o, callee, Math.max(0, o.duration() - callee));
                    calls.add(spent);
                    if (spent.outsideMillis() >= LATE_MILLIS && spent.outsideMillis() >= MOST * o.duration()) {
                        late.add(spent);
                    }
                });
        return new ProxyTime(calls, late);
    }

    private static boolean waited(Observed o) {
        return o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT
                || o.condition() == Condition.PER_TRY_TIMEOUT
                || o.condition() == Condition.DOWNSTREAM_DISCONNECT;
    }

    /** Whether the late calls wait equally long: for a connection attempt to end, not for a processor. */
    boolean piled() {
        long[] outside = late.stream().mapToLong(Spent::outsideMillis).toArray();
        return TrafficView.densest(outside, PILE_MILLIS)
                .filter(c -> c.share() >= PILED)
                .isPresent();
    }

    /** The {@code p}-quantile of the time outside, over all calls, in milliseconds; 0 without calls. */
    long outside(double p) {
        return quantile(calls.stream().mapToLong(Spent::outsideMillis).sorted().toArray(), p);
    }

    /** The {@code p}-quantile of the time outside, over the late calls, in milliseconds; 0 without any. */
    long lateOutside(double p) {
        return quantile(late.stream().mapToLong(Spent::outsideMillis).sorted().toArray(), p);
    }

    /** The {@code p}-quantile of the callee's time, over the late calls, in milliseconds; 0 without any. */
    long lateAtCallee(double p) {
        return quantile(late.stream().mapToLong(Spent::calleeMillis).sorted().toArray(), p);
    }

    private static long quantile(long[] ascending, double p) {
        return TrafficView.quantile(ascending, p).orElse(0);
    }
}
