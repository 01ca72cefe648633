package io.github.eastwest.classify;

import static io.github.eastwest.model.RootCause.*;

import io.github.eastwest.model.RootCause;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which cause can bring about which other one. Amplifiers never win over what set them off: a bad replica comes before
 * the ejections it provoked, a slow callee before the overflow.
 */
final class Causality {
    private static final Map<RootCause, List<RootCause>> CAUSES = new EnumMap<>(RootCause.class);

    static {
        CAUSES.put(
                OUTLIER_EJECTION,
                List.of(
                        SIDECAR_STARVED,
                        SIDECAR_UNHEALTHY,
                        RETRY_AMPLIFICATION,
                        INGRESS_PORT_MISMATCH,
                        SECURITY_GROUP_BLOCKS,
                        NETWORK_ACL_OR_ROUTE_BLOCKS,
                        CROSS_VPC_UNREACHABLE,
                        AZ_LOCAL_FAULT,
                        TLS_MISCONFIGURED,
                        APP_PROTOCOL_MISMATCH,
                        REQUEST_TIMEOUT_TOO_SHORT,
                        IDLE_TIMEOUT_CUTS_CONNECTION,
                        NO_RUNNING_TASKS,
                        OUT_OF_MEMORY,
                        CRASH_LOOP,
                        HEALTH_CHECK_FAILING,
                        BAD_DEPLOYMENT,
                        BAD_REPLICA,
                        APPLICATION_ERRORS,
                        CALLEE_SATURATED,
                        NOT_LISTENING,
                        TRAFFIC_BEFORE_READY,
                        UNGRACEFUL_SHUTDOWN,
                        CONNECTION_POOL_OVERFLOW,
                        KEEP_ALIVE_RACE));
        CAUSES.put(
                CONNECTION_POOL_OVERFLOW,
                List.of(
                        SIDECAR_STARVED,
                        RETRY_AMPLIFICATION,
                        CALLEE_SATURATED,
                        BAD_REPLICA,
                        SECURITY_GROUP_BLOCKS,
                        NETWORK_ACL_OR_ROUTE_BLOCKS,
                        AZ_LOCAL_FAULT));
        CAUSES.put(
                CALLER_GIVES_UP_FIRST,
                List.of(
                        SIDECAR_STARVED,
                        RETRY_AMPLIFICATION,
                        CALLEE_SATURATED,
                        BAD_REPLICA,
                        REQUEST_TIMEOUT_TOO_SHORT,
                        AZ_LOCAL_FAULT));
        CAUSES.put(
                REQUEST_TIMEOUT_TOO_SHORT,
                List.of(
                        SIDECAR_STARVED,
                        RETRY_AMPLIFICATION,
                        CALLEE_SATURATED,
                        BAD_REPLICA,
                        BAD_DEPLOYMENT,
                        INGRESS_PORT_MISMATCH,
                        SECURITY_GROUP_BLOCKS,
                        NETWORK_ACL_OR_ROUTE_BLOCKS,
                        CROSS_VPC_UNREACHABLE,
                        AZ_LOCAL_FAULT));
        // Without a way between the VPCs no rule matters, and a blocked subnet looks like a bad zone.
        CAUSES.put(SECURITY_GROUP_BLOCKS, List.of(INGRESS_PORT_MISMATCH, CROSS_VPC_UNREACHABLE));
        CAUSES.put(AZ_LOCAL_FAULT, List.of(SECURITY_GROUP_BLOCKS, NETWORK_ACL_OR_ROUTE_BLOCKS));
        CAUSES.put(
                BAD_REPLICA,
                List.of(
                        SIDECAR_STARVED,
                        SIDECAR_UNHEALTHY,
                        SECURITY_GROUP_BLOCKS,
                        NETWORK_ACL_OR_ROUTE_BLOCKS,
                        TLS_MISCONFIGURED,
                        CRASH_LOOP));
        CAUSES.put(APP_PROTOCOL_MISMATCH, List.of(TLS_MISCONFIGURED));
        // An alias that nobody can resolve or reach looks like a wrong name.
        CAUSES.put(
                ALIAS_MISMATCH,
                List.of(
                        CALLER_NOT_ENABLED,
                        NAMESPACE_MISMATCH,
                        CALLER_USES_DNS_DISCOVERY,
                        CALLER_BYPASSES_PROXY,
                        IPV6_ALIAS_UNREACHABLE));
        CAUSES.put(
                NO_RUNNING_TASKS,
                List.of(
                        OUT_OF_MEMORY,
                        CRASH_LOOP,
                        TASKS_FAIL_TO_START,
                        HEALTH_CHECK_FAILING,
                        SIDECAR_UNHEALTHY,
                        BAD_DEPLOYMENT,
                        PORT_NAME_MISMATCH));
        CAUSES.put(TASKS_FAIL_TO_START, List.of(SIDECAR_UNHEALTHY));
        CAUSES.put(
                HEALTH_CHECK_FAILING,
                List.of(SIDECAR_UNHEALTHY, NOT_LISTENING, CALLEE_SATURATED, SIDECAR_STARVED, APP_PROTOCOL_MISMATCH));
        CAUSES.put(UNGRACEFUL_SHUTDOWN, List.of(HEALTH_CHECK_FAILING));
        CAUSES.put(CRASH_LOOP, List.of(OUT_OF_MEMORY, SIDECAR_UNHEALTHY));
        CAUSES.put(
                BAD_DEPLOYMENT,
                List.of(
                        OUT_OF_MEMORY,
                        CRASH_LOOP,
                        TASKS_FAIL_TO_START,
                        HEALTH_CHECK_FAILING,
                        NOT_LISTENING,
                        APP_PROTOCOL_MISMATCH,
                        INGRESS_PORT_MISMATCH,
                        SECURITY_GROUP_BLOCKS,
                        TLS_MISCONFIGURED));
        CAUSES.put(KEEP_ALIVE_RACE, List.of(CRASH_LOOP, BAD_DEPLOYMENT, BAD_REPLICA, TLS_MISCONFIGURED));
        CAUSES.put(ENDPOINT_NOT_ADVERTISED, List.of(PORT_NAME_MISMATCH));
        CAUSES.put(
                APPLICATION_ERRORS,
                List.of(BAD_DEPLOYMENT, BAD_REPLICA, RETRY_AMPLIFICATION, CALLEE_SATURATED, AZ_LOCAL_FAULT));
        CAUSES.put(
                CALLEE_SATURATED,
                List.of(SIDECAR_STARVED, RETRY_AMPLIFICATION, TASKS_FAIL_TO_START, BAD_DEPLOYMENT, AZ_LOCAL_FAULT));
        CAUSES.put(NOT_LISTENING, List.of(APP_PROTOCOL_MISMATCH));
        // Lost packets make long answers longer than the timeout.
        CAUSES.put(STREAM_CUT_BY_REQUEST_TIMEOUT, List.of(AZ_LOCAL_FAULT));
        CAUSES.put(NO_ACCESS_LOGS, List.of(NO_PROXY_LOGS));
        CAUSES.put(METRICS_ABSENT, List.of(APP_PROTOCOL_MISSING));
    }

    /** Not brought about besides: ways in which the cause's own calls fail. */
    private static final Set<RootCause> WAYS_TO_FAIL = EnumSet.of(
            CALLER_GIVES_UP_FIRST,
            REQUEST_TIMEOUT_TOO_SHORT,
            STREAM_CUT_BY_REQUEST_TIMEOUT,
            APPLICATION_ERRORS,
            KEEP_ALIVE_RACE,
            BAD_REPLICA);

    private Causality() {}

    /** Whether it is the consequence of a cause only if both have failed calls in common. */
    static boolean isWayToFail(RootCause effect) {
        return WAYS_TO_FAIL.contains(effect);
    }

    /** Whether it has a cause whenever it is not the harm itself: proxies eject only what failed before. */
    static boolean isAlwaysConsequence(RootCause effect) {
        return effect == OUTLIER_EJECTION;
    }

    /** Whether {@code cause} can bring about {@code effect}. */
    static boolean explains(RootCause cause, RootCause effect) {
        return CAUSES.getOrDefault(effect, List.of()).contains(cause);
    }
}
