package io.github.eastwest.model.log;

import java.util.List;

/**
 * The edge's traffic as its proxies logged it inside the window.
 *
 * @param counted which side's lines count the calls
 * @param requests calls of the edge, each counted once
 * @param failed failed calls, exact
 * @param failures every failed call, in order of start; every 2nd, 4th, … when there were more than
 *     {@value #MOST_FAILURES}, so that memory stays bounded: then {@code failed} is larger than this list
 * @param successes answered calls in order of start: all of them, or every {@code successStep}-th
 * @param successStep 1 when {@code successes} is complete; a success stands for that many calls
 * @param surroundings other traffic in the same streams
 * @param outlierEvents ejection events of the caller's proxies, in order of time
 * @param proxyLines lines of the proxies' own logs that are warnings, errors or tell of draining and stopping
 */
public record Traffic(
        Counted counted,
        long requests,
        long failed,
        List<Call> failures,
        List<Call> successes,
        int successStep,
        Surroundings surroundings,
        List<OutlierEvent> outlierEvents,
        List<ProxyLogLine> proxyLines) {
    /** Failed calls that are kept one by one. */
    public static final int MOST_FAILURES = 200_000;

    /** @throws IllegalArgumentException if there are more failed calls in the list than were counted */
    public Traffic {
        failures = List.copyOf(failures);
        successes = List.copyOf(successes);
        outlierEvents = List.copyOf(outlierEvents);
        proxyLines = List.copyOf(proxyLines);
        if (failures.size() > failed) {
            throw new IllegalArgumentException(failures.size() + " failures listed but only " + failed + " counted");
        }
    }

    /** Traffic whose failures are all listed. */
    public Traffic(
            Counted counted,
            long requests,
            List<Call> failures,
            List<Call> successes,
            int successStep,
            Surroundings surroundings,
            List<OutlierEvent> outlierEvents,
            List<ProxyLogLine> proxyLines) {
        this(
                counted,
                requests,
                failures.size(),
                failures,
                successes,
                successStep,
                surroundings,
                outlierEvents,
                proxyLines);
    }

    /** Which lines count calls. */
    public enum Counted {
        /** The caller's proxies' lines for the callee's alias. */
        CALLER_LINES,
        /** The callee's proxies' inbound lines: all callers together, because the caller's lines are missing. */
        CALLEE_LINES
    }

    /**
     * Other traffic in the same streams: controls that tell a sick service from a sick edge.
     *
     * @param callerInbound requests into the caller's application
     * @param callerOther calls of the caller to other services
     * @param calleeInboundOther requests into the callee that no line of the caller's claims: other callers, health
     *     checks, and calls whose caller line is missing
     * @param calleeOutbound calls of the callee to its own dependencies
     */
    public record Surroundings(
            List<AccessLogEntry> callerInbound,
            List<AccessLogEntry> callerOther,
            List<AccessLogEntry> calleeInboundOther,
            List<AccessLogEntry> calleeOutbound) {
        public Surroundings {
            callerInbound = List.copyOf(callerInbound);
            callerOther = List.copyOf(callerOther);
            calleeInboundOther = List.copyOf(calleeInboundOther);
            calleeOutbound = List.copyOf(calleeOutbound);
        }
    }
}
