package io.github.eastwest.collect;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** What a collection may cost, what it is expected to, and what it did so far. Thread-safe. */
final class Budget {
    private final double maxUsd;
    private final Map<String, Long> scanned = new HashMap<>();
    private int metrics;
    private long expected;
    private boolean unknown;
    private long logBytes = -1;
    private boolean stopped;

    Budget(double maxUsd) {
        this.maxUsd = maxUsd;
    }

    /** Plans to request metrics; false, and nothing planned, if that would cost too much. */
    synchronized boolean metrics(int number) {
        if (CostEstimate.usd(metrics + number, expected) > maxUsd) {
            return false;
        }
        metrics += number;
        return true;
    }

    /**
     * Plans to scan; false, and nothing planned, if that would cost too much.
     *
     * @param bytes what will be scanned; if nobody knows, {@link #exceeded()} has to be watched
     */
    synchronized boolean scan(OptionalLong bytes) {
        if (CostEstimate.usd(metrics, expected + bytes.orElse(0)) > maxUsd) {
            return false;
        }
        unknown |= bytes.isEmpty();
        expected += bytes.orElse(0);
        return true;
    }

    /** Notes how much the log groups hold. */
    synchronized void logs(OptionalLong bytes) {
        if (bytes.isPresent()) {
            logBytes = Math.max(logBytes, 0) + bytes.getAsLong();
        }
    }

    /**
     * Notes how much a query has scanned so far.
     *
     * @return whether all together cost more than allowed
     */
    synchronized boolean scanned(String query, long bytes) {
        scanned.merge(query, bytes, Math::max);
        return CostEstimate.usd(metrics, scanned()) > maxUsd;
    }

    private long scanned() {
        return scanned.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /** Notes that something was left out because of the cost. */
    synchronized void stop() {
        stopped = true;
    }

    /** Whether something was left out because of the cost. */
    synchronized boolean stopped() {
        return stopped;
    }

    synchronized CostEstimate estimate() {
        return new CostEstimate(
                metrics,
                logBytes < 0 ? OptionalLong.empty() : OptionalLong.of(logBytes),
                unknown ? OptionalLong.empty() : OptionalLong.of(expected),
                scanned());
    }

    /** Why so much is not scanned, and what to do. */
    synchronized String refusal(long bytes) {
        double cost = CostEstimate.usd(0, bytes);
        // Rounded up, so that the cap that is named admits it.
        double cap = Math.ceil((CostEstimate.usd(metrics, expected + bytes)) * 100) / 100;
        return String.format(
                Locale.ROOT,
                "Logs Insights was not asked: scanning %.1f GB would cost %.2f USD, more than --max-cost %s leaves; allow --max-cost %.2f or"
                        + " take a shorter window",
                bytes / 1e9,
                cost,
                plain(maxUsd),
                cap);
    }

    private static String plain(double usd) {
        return String.format(Locale.ROOT, "%.2f", usd);
    }
}
