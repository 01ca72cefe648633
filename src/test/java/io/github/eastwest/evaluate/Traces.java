package io.github.eastwest.evaluate;

import static io.github.eastwest.evaluate.Traces.Source.CALLEE_LINES;
import static io.github.eastwest.evaluate.Traces.Source.CALLER_LINES;
import static io.github.eastwest.evaluate.Traces.Source.METRICS;
import static io.github.eastwest.evaluate.Traces.Source.NETWORK_DOCUMENTS;

import io.github.eastwest.model.RootCause;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a cause leaves traces, from what is known of Envoy and of AWS and not from the rules: a case without any of these
 * sources holds nothing of its cause, and no observer could name it.
 *
 * <p>In doubt a cause leaves traces: what is not listed is told by what ECS and Cloud Map say, which every case holds.
 */
final class Traces {
    private static final Set<Source> EITHER_SIDE = EnumSet.of(CALLER_LINES, CALLEE_LINES);
    private static final Map<RootCause, Set<Source>> ONE_OF = new EnumMap<>(RootCause.class);

    static {
        // The caller's proxy answers by itself, and nothing leaves it: no route, a limit, no host, an alias of the
        // other family.
        for (RootCause cause : List.of(
                RootCause.ALIAS_MISMATCH,
                RootCause.CONNECTION_POOL_OVERFLOW,
                RootCause.OUTLIER_EJECTION,
                RootCause.IPV6_ALIAS_UNREACHABLE)) {
            ONE_OF.put(cause, EnumSet.of(CALLER_LINES));
        }
        // The callee's proxy sees packets that arrive, not those that are lost.
        ONE_OF.put(RootCause.AZ_LOCAL_FAULT, EnumSet.of(CALLER_LINES));
        // Lost packets look alike; whose rule, list or route loses them is in EC2's answers.
        for (RootCause cause : List.of(
                RootCause.SECURITY_GROUP_BLOCKS,
                RootCause.NETWORK_ACL_OR_ROUTE_BLOCKS,
                RootCause.CROSS_VPC_UNREACHABLE)) {
            ONE_OF.put(cause, EnumSet.of(NETWORK_DOCUMENTS));
        }
        // Handshakes fail before there is a request to log; CloudWatch counts them.
        ONE_OF.put(RootCause.TLS_MISCONFIGURED, EnumSet.of(CALLER_LINES, METRICS));
        // Calls wait before the callee's proxy starts its clock.
        ONE_OF.put(RootCause.SIDECAR_STARVED, EnumSet.of(CALLER_LINES));
        // The demand behind the attempts is in the requests into the caller.
        ONE_OF.put(RootCause.RETRY_AMPLIFICATION, EnumSet.of(CALLER_LINES));
        // A proxy's end and beginning are in its own stream; the recorded ones are the callee's.
        ONE_OF.put(RootCause.SIDECAR_UNHEALTHY, EnumSet.of(CALLEE_LINES));
        // These pass through both proxies, or end at both.
        for (RootCause cause : List.of(
                RootCause.CALLER_GIVES_UP_FIRST,
                RootCause.APP_PROTOCOL_MISMATCH,
                RootCause.REQUEST_TIMEOUT_TOO_SHORT,
                RootCause.STREAM_CUT_BY_REQUEST_TIMEOUT,
                RootCause.IDLE_TIMEOUT_CUTS_CONNECTION,
                RootCause.BAD_DEPLOYMENT,
                RootCause.APPLICATION_ERRORS,
                RootCause.BAD_REPLICA,
                RootCause.CALLEE_SATURATED,
                RootCause.KEEP_ALIVE_RACE,
                RootCause.NOT_LISTENING,
                RootCause.TRAFFIC_BEFORE_READY,
                RootCause.UNGRACEFUL_SHUTDOWN)) {
            ONE_OF.put(cause, EITHER_SIDE);
        }
    }

    private Traces() {}

    /** What a case may lack. */
    enum Source {
        CALLER_LINES,
        CALLEE_LINES,
        METRICS,
        NETWORK_DOCUMENTS
    }

    /** Whether one of those sources holds traces of the cause. */
    static boolean of(RootCause cause, Set<Source> sources) {
        Set<Source> needed = ONE_OF.get(cause);
        return needed == null || needed.stream().anyMatch(sources::contains);
    }
}
