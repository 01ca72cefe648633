package io.github.eastwest.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the proxy saw for one request. Ids are part of the contract: scripts rely on them.
 *
 * <p>A condition is not a cause: {@link RootCause} says why.
 */
public enum Condition {
    SUCCESS("success", false),
    APPLICATION_4XX("application_4xx", false),
    APPLICATION_5XX("application_5xx", true),
    GRPC_ERROR("grpc_error", true),
    NO_HEALTHY_UPSTREAM("no_healthy_upstream", true),
    UPSTREAM_CONNECTION_FAILURE("upstream_connection_failure", true),
    UPSTREAM_CONNECTION_TIMEOUT("upstream_connection_timeout", true),
    UPSTREAM_CONNECTION_TERMINATION("upstream_connection_termination", true),
    UPSTREAM_RESET("upstream_reset", true),
    UPSTREAM_RESPONSE_TIMEOUT("upstream_response_timeout", true),
    PER_TRY_TIMEOUT("per_try_timeout", true),
    RETRY_LIMIT_EXCEEDED("retry_limit_exceeded", true),
    UPSTREAM_OVERFLOW("upstream_overflow", true),
    NO_ROUTE("no_route", true),
    CLUSTER_NOT_FOUND("cluster_not_found", true),
    DOWNSTREAM_DISCONNECT("downstream_disconnect", true),
    DOWNSTREAM_PROTOCOL_ERROR("downstream_protocol_error", true),
    UPSTREAM_PROTOCOL_ERROR("upstream_protocol_error", true),
    TLS_FAILURE("tls_failure", true),
    STREAM_IDLE_TIMEOUT("stream_idle_timeout", true),
    MAX_DURATION("max_duration", true),
    RATE_LIMITED("rate_limited", true),
    EXT_AUTHZ_DENIED("ext_authz_denied", true),
    RBAC_DENIED("rbac_denied", true),
    FAULT_INJECTED("fault_injected", true),
    OVERLOAD("overload", true),
    DNS_FAILURE("dns_failure", true),
    OTHER("other", true);

    private static final Map<String, Condition> BY_ID =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Condition::id, Function.identity()));

    private final String id;
    private final boolean failure;

    Condition(String id, boolean failure) {
        this.id = id;
        this.failure = failure;
    }

    /** The name used in every output. */
    public String id() {
        return id;
    }

    /** Whether requests in this condition failed; an application's own 4xx is an answer, not a failure. */
    public boolean failure() {
        return failure;
    }

    /** The condition of that id, or empty. */
    public static Optional<Condition> of(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}
