package io.github.eastwest.accesslog;

import io.github.eastwest.model.TimeWindow;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What tells the edge's lines from the other lines of the same streams.
 *
 * @param window lines that start outside are left out
 * @param authorities names under which the caller calls the callee, lower case: alias as host and as host:port, and
 *     {@code discoveryName.namespace}; empty when the configuration does not tell them
 * @param callerAddresses IP addresses of the caller's tasks
 * @param calleeAddresses IP addresses of the callee's tasks, stopped ones included
 * @param calleePorts ports on which the callee's proxies or containers listen
 * @param requestTimeoutMillis configured per-request timeout, milliseconds; {@link #NEVER} when switched off; empty when
 *     unknown
 * @param calleeLogsCalls whether the callee's proxies are configured to write an access log
 * @param callerSeenCalling whether CloudWatch counted calls of this caller to the callee in the window
 */
public record EdgeContext(
        TimeWindow window,
        Set<String> authorities,
        Set<String> callerAddresses,
        Set<String> calleeAddresses,
        Set<Integer> calleePorts,
        OptionalLong requestTimeoutMillis,
        boolean callerSeenCalling,
        boolean calleeLogsCalls) {
    /** The request timeout that never fires. */
    public static final long NEVER = Long.MAX_VALUE;

    public EdgeContext {
        authorities = Set.copyOf(authorities);
        callerAddresses = Set.copyOf(callerAddresses);
        calleeAddresses = Set.copyOf(calleeAddresses);
        calleePorts = Set.copyOf(calleePorts);
    }
}
