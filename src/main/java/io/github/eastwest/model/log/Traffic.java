package io.github.eastwest.model.log;

import java.util.List;
import java.util.OptionalLong;

/**
 * The edge's traffic as its proxies logged it inside the window.
 *
 * @param counts how many calls, exactly
 * @param failures calls whose condition is a failure, in order of start: all of them, or every {@code failureStep}-th
 * @param failureStep 1 when {@code failures} is complete; a failure stands for that many
 * @param successes answered calls in order of start: all of them, or every {@code successStep}-th
 * @param successStep 1 when {@code successes} is complete; a success stands for that many calls
 * @param surroundings other traffic in the same streams
 * @param outlierEvents ejection events of the caller's proxies, in order of time
 * @param proxyLines lines of the proxies' own logs that are warnings, errors or tell of draining and stopping
 */
public record Traffic(
        Counts counts,
        List<Call> failures,
        int failureStep,
        List<Call> successes,
        int successStep,
        Surroundings surroundings,
        List<OutlierEvent> outlierEvents,
        List<ProxyLogLine> proxyLines) {
    public Traffic {
        failures = List.copyOf(failures);
        successes = List.copyOf(successes);
        outlierEvents = List.copyOf(outlierEvents);
        proxyLines = List.copyOf(proxyLines);
    }

    /**
     * How many calls, exactly.
     *
     * @param counted which side's lines count them
     * @param requests calls of the edge, each counted once
     * @param failed of them failed by their answer, see {@link Call#countsAsFailed()}
     * @param fair whether the calls that are there speak for all: none is missing, or a sample left them out and the numbers
     *     are exact. Else those missing may be of any kind and time
     * @param arrivals requests under the names called that the callee's proxies logged, of any caller and every attempt;
     *     empty where the callee's access lines or the calls' names are not known
     */
    public record Counts(Counted counted, long requests, long failed, boolean fair, OptionalLong arrivals) {
        /** Of calls that are all there. */
        public Counts(Counted counted, long requests, long failed) {
            this(counted, requests, failed, true, OptionalLong.empty());
        }
    }

    /** Whether some calls are in the numbers only. */
    public boolean isSampled() {
        return successStep > 1 || failureStep > 1 || counts.requests() > failures.size() + successes.size();
    }

    /** Which side's lines count the calls. */
    public Counted counted() {
        return counts.counted();
    }

    /** Calls of the edge, each counted once. */
    public long requests() {
        return counts.requests();
    }

    /** Calls that failed by their answer. */
    public long failed() {
        return counts.failed();
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
     * @param callerStep how many a line of the caller's stands for
     * @param calleeStep how many a line of the callee's stands for
     */
    public record Surroundings(
            List<AccessLogEntry> callerInbound,
            List<AccessLogEntry> callerOther,
            List<AccessLogEntry> calleeInboundOther,
            List<AccessLogEntry> calleeOutbound,
            Step callerStep,
            Step calleeStep) {
        /** All lines. */
        public Surroundings(
                List<AccessLogEntry> callerInbound,
                List<AccessLogEntry> callerOther,
                List<AccessLogEntry> calleeInboundOther,
                List<AccessLogEntry> calleeOutbound) {
            this(callerInbound, callerOther, calleeInboundOther, calleeOutbound, Step.ONE, Step.ONE);
        }

        public Surroundings {
            callerInbound = List.copyOf(callerInbound);
            callerOther = List.copyOf(callerOther);
            calleeInboundOther = List.copyOf(calleeInboundOther);
            calleeOutbound = List.copyOf(calleeOutbound);
        }
    }

    /**
     * How many a line stands for.
     *
     * @param answered one of an answered request
     * @param failed one of a failed request
     */
    public record Step(int answered, int failed) {
        /** Itself only. */
        public static final Step ONE = new Step(1, 1);

        /** How many the line stands for. */
        public int of(AccessLogEntry line) {
            int status = line.response().status();
            return status == 0 || status >= 500 ? failed : answered;
        }
    }
}
