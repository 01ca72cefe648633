package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.LatencyRise;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/**
 * Calls that ended when the request timeout fired.
 *
 * @param millis the timeout: configured, else the value at which the 504s pile
 * @param configured whether the configuration gives it
 * @param answeredByProxy answered 504 (gRPC: Unavailable) by a proxy, after the callee's proxy had them or may have;
 *     where only the callee's lines were read: left by the caller's proxy at that time
 * @param cutStreams answered by the application and cut at the timeout
 * @param all both, and calls given up by a client at the very same time
 */
record Timeouts(long millis, boolean configured, BitSet answeredByProxy, BitSet cutStreams, BitSet all) {
    static Timeouts of(Facts facts, TrafficView view) {
        BitSet fired = view.where(o ->
                (o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT || o.condition() == Condition.PER_TRY_TIMEOUT)
                        && o.hop() != Hop.NETWORK);
        BitSet cut = view.where(o -> o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT && cutStream(o));
        BitSet answered = (BitSet) fired.clone();
        answered.andNot(cut);
        OptionalLong configured = facts.has(Input.SERVICES) ? facts.requestTimeoutMillis() : OptionalLong.empty();
        if (!view.callerCounts() && configured.isPresent()) {
            // The caller's proxy, whose timer it is, has the 504; the callee's sees it leave at that time.
            answered.or(view.where(o -> o.condition() == Condition.DOWNSTREAM_DISCONNECT
                    && Math.abs(o.duration() - configured.getAsLong())
                            <= facts.thresholds().timing().timerMillis()));
            fired.or(answered);
        }
        boolean switchedOff = configured.isEmpty() && !facts.endpoints().isEmpty();
        if (switchedOff) {
            // Streams may last as long as they like; what lasts 15 s does so by chance.
            fired.andNot(cut);
            cut.clear();
        }
        long[] durations = view.at(fired).stream().mapToLong(Observed::duration).toArray();
        long millis = configured.orElseGet(
                () -> TrafficView.densest(durations, facts.thresholds().timing().timerMillis())
                        .map(TrafficView.Cluster::millis)
                        .orElse(Facts.DEFAULT_REQUEST_TIMEOUT_MILLIS));
        BitSet all = (BitSet) fired.clone();
        // Another proxy in front with the same timer cancels some of the calls in the very same moment.
        all.or(view.where(o -> o.condition() == Condition.DOWNSTREAM_DISCONNECT
                && Math.abs(o.duration() - millis)
                        <= facts.thresholds().timing().timerMillis()));
        return new Timeouts(millis, configured.isPresent(), answered, cut, all);
    }

    private static boolean cutStream(Observed o) {
        AccessLogEntry line = o.call().line();
        String grpc = line.response().grpcStatus();
        return line.response().status() == 200 && (grpc == null || grpc.equals("Unknown"));
    }

    static LatencyRise rise(Facts facts, TrafficView view) {
        return LatencyRise.of(
                view, facts.window().from().toEpochMilli(), facts.window().to().toEpochMilli());
    }

    static String names(List<String> paths) {
        return paths.size() <= 3
                ? String.join(", ", paths)
                : String.join(", ", paths.subList(0, 3)) + " and " + (paths.size() - 3) + " more paths";
    }
}
