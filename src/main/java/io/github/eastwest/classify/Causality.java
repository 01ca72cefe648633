package io.github.eastwest.classify;

import static io.github.eastwest.model.RootCause.*;

import io.github.eastwest.model.RootCause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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
                        SECURITY_GROUP_BLOCKS,
                        APP_PROTOCOL_MISMATCH,
                        REQUEST_TIMEOUT_TOO_SHORT,
                        NO_RUNNING_TASKS,
                        OUT_OF_MEMORY,
                        CRASH_LOOP,
                        BAD_DEPLOYMENT,
                        BAD_REPLICA,
                        APPLICATION_ERRORS,
                        CALLEE_SATURATED,
                        NOT_LISTENING,
                        TRAFFIC_BEFORE_READY,
                        UNGRACEFUL_SHUTDOWN,
                        CONNECTION_POOL_OVERFLOW,
                        KEEP_ALIVE_RACE));
        CAUSES.put(CONNECTION_POOL_OVERFLOW, List.of(CALLEE_SATURATED, BAD_REPLICA, SECURITY_GROUP_BLOCKS));
        CAUSES.put(CALLER_GIVES_UP_FIRST, List.of(CALLEE_SATURATED, BAD_REPLICA, REQUEST_TIMEOUT_TOO_SHORT));
        CAUSES.put(
                REQUEST_TIMEOUT_TOO_SHORT,
                List.of(CALLEE_SATURATED, BAD_REPLICA, BAD_DEPLOYMENT, SECURITY_GROUP_BLOCKS));
        CAUSES.put(NO_RUNNING_TASKS, List.of(OUT_OF_MEMORY, CRASH_LOOP, BAD_DEPLOYMENT, PORT_NAME_MISMATCH));
        CAUSES.put(CRASH_LOOP, List.of(OUT_OF_MEMORY));
        CAUSES.put(
                BAD_DEPLOYMENT,
                List.of(OUT_OF_MEMORY, CRASH_LOOP, NOT_LISTENING, APP_PROTOCOL_MISMATCH, SECURITY_GROUP_BLOCKS));
        CAUSES.put(KEEP_ALIVE_RACE, List.of(BAD_DEPLOYMENT, BAD_REPLICA));
        CAUSES.put(ENDPOINT_NOT_ADVERTISED, List.of(PORT_NAME_MISMATCH));
        CAUSES.put(APPLICATION_ERRORS, List.of(BAD_DEPLOYMENT, BAD_REPLICA, CALLEE_SATURATED));
        CAUSES.put(CALLEE_SATURATED, List.of(BAD_DEPLOYMENT));
        CAUSES.put(NOT_LISTENING, List.of(APP_PROTOCOL_MISMATCH));
        CAUSES.put(NO_ACCESS_LOGS, List.of(NO_PROXY_LOGS));
    }

    private Causality() {}

    /** Whether {@code cause} can bring about {@code effect}. */
    static boolean explains(RootCause cause, RootCause effect) {
        return CAUSES.getOrDefault(effect, List.of()).contains(cause);
    }
}
