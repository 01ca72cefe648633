package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Time that calls spent outside of the callee's proxies: what the caller's line lasted beyond all of the callee's lines of
 * the same request. It is spent in the caller's proxy, on the way, or waiting for the callee's proxy to read.
 *
 * @param calls calls of which both sides have lines
 * @param late those of them that lost most of their time there
 * @param tooLate those that the callee's proxy read only after the caller's had ended them
 */
record ProxyTime(List<Spent> calls, List<Spent> late, long tooLate) {
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
        Set<String> readLater = readLater(view);
        long tooLate = 0;
        for (Observed o : view.failures()) {
            String id = o.call().line().request().requestId();
            if (waited(o) && o.call().callee().isEmpty() && id != null && readLater.contains(id)) {
                Spent spent = new Spent(o, 0, o.duration());
                calls.add(spent);
                late.add(spent);
                tooLate++;
            }
        }
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
        return new ProxyTime(calls, late, tooLate);
    }

    /**
     * Request ids of the callee's lines that belong to no call, because they began after it had ended: its proxy read the
     * request, and then that the connection was closed.
     */
    private static Set<String> readLater(TrafficView view) {
        Set<String> ids = new HashSet<>();
        for (AccessLogEntry line : view.traffic().surroundings().calleeInboundOther()) {
            if (line.request().requestId() != null && line.response().status() == 0) {
                ids.add(line.request().requestId());
            }
        }
        return ids;
    }

    private static boolean waited(Observed o) {
        return o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT
                || o.condition() == Condition.PER_TRY_TIMEOUT
                || o.condition() == Condition.DOWNSTREAM_DISCONNECT;
    }

    /**
     * Whether the late calls that were answered waited equally long: for a connection attempt to end, not for a processor.
     * Those that were not all end at the request timeout.
     */
    boolean piled() {
        long[] outside = late.stream()
                .filter(s -> !waited(s.call()))
                .mapToLong(Spent::outsideMillis)
                .toArray();
        return outside.length * 2 >= late.size()
                && TrafficView.densest(outside, PILE_MILLIS)
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
