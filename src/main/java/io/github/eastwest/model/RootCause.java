package io.github.eastwest.model;

import static io.github.eastwest.model.Severity.ERROR;
import static io.github.eastwest.model.Severity.WARNING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why an edge fails. Codes are for ever: never reused, and every output form carries them. The hundreds digit is the hop.
 *
 * <p>Each constant has a rule in {@code classify.rules}, a page in {@code resources/causes} and samples.
 */
public enum RootCause {
    CALLER_NOT_ENABLED(101, "caller-not-enabled", "The caller has Service Connect switched off", ERROR),
    CALLER_STALE_DEPLOYMENT(
            102, "caller-stale-deployment", "The caller was deployed before the endpoint existed", ERROR),
    NAMESPACE_MISMATCH(103, "namespace-mismatch", "Caller and callee are in different namespaces", ERROR),
    ALIAS_MISMATCH(104, "alias-mismatch", "The caller uses a name or port that is no alias of the callee", ERROR),
    ALIAS_COLLISION(105, "alias-collision", "Two services carry the same alias or discovery name", ERROR),
    CALLER_USES_DNS_DISCOVERY(106, "caller-uses-dns-discovery", "The caller still uses Cloud Map DNS", ERROR),
    CALLER_BYPASSES_PROXY(107, "caller-bypasses-proxy", "The caller dials past its own proxy", ERROR),
    CALLER_GIVES_UP_FIRST(
            108, "caller-gives-up-first", "The caller's client gives up before the callee answers", ERROR),
    SIDECAR_STARVED(201, "sidecar-starved", "A proxy gets too little CPU or memory", ERROR),
    SIDECAR_UNHEALTHY(202, "sidecar-unhealthy", "A proxy crashes, restarts or is unhealthy", ERROR),
    CONNECTION_POOL_OVERFLOW(
            203, "connection-pool-overflow", "The caller's proxy reaches its connection or request limit", ERROR),
    RETRY_AMPLIFICATION(204, "retry-amplification", "Retries multiply the load on the callee", ERROR),
    OUTLIER_EJECTION(205, "outlier-ejection", "The caller's proxy ejected the callee's tasks", ERROR),
    SECURITY_GROUP_BLOCKS(301, "security-group-blocks", "A security group does not admit the caller", ERROR),
    NETWORK_ACL_OR_ROUTE_BLOCKS(
            302, "network-acl-or-route-blocks", "A network ACL or a missing route blocks the path", ERROR),
    CROSS_VPC_UNREACHABLE(303, "cross-vpc-unreachable", "Caller and callee sit in VPCs without a path", ERROR),
    AZ_LOCAL_FAULT(304, "az-local-fault", "Only one availability zone fails", ERROR),
    TLS_MISCONFIGURED(305, "tls-misconfigured", "Service Connect TLS is misconfigured", ERROR),
    IPV6_ALIAS_UNREACHABLE(306, "ipv6-alias-unreachable", "The client picks the alias's IPv6 address", ERROR),
    PORT_NAME_MISMATCH(401, "port-name-mismatch", "The endpoint's portName is no port of the task definition", ERROR),
    ENDPOINT_NOT_ADVERTISED(402, "endpoint-not-advertised", "The callee offers no Service Connect endpoint", ERROR),
    APP_PROTOCOL_MISSING(
            403, "app-protocol-missing", "The port has no appProtocol, so the proxies work on layer 4", WARNING),
    APP_PROTOCOL_MISMATCH(
            404, "app-protocol-mismatch", "The port's appProtocol is not what the application speaks", ERROR),
    REQUEST_TIMEOUT_TOO_SHORT(
            405, "request-timeout-too-short", "Some requests need longer than the request timeout", ERROR),
    STREAM_CUT_BY_REQUEST_TIMEOUT(406, "stream-cut-by-request-timeout", "The request timeout cuts streams", ERROR),
    IDLE_TIMEOUT_CUTS_CONNECTION(
            407, "idle-timeout-cuts-connection", "The idle timeout cuts quiet requests, streams or connections", ERROR),
    INGRESS_PORT_MISMATCH(
            408, "ingress-port-mismatch", "The callee's proxies accept on a port that is not admitted", ERROR),
    NO_RUNNING_TASKS(501, "no-running-tasks", "The callee has no running task", ERROR),
    CRASH_LOOP(502, "crash-loop", "The callee's containers crash again and again", ERROR),
    OUT_OF_MEMORY(503, "out-of-memory", "The callee's containers are killed for lack of memory", ERROR),
    TASKS_FAIL_TO_START(504, "tasks-fail-to-start", "The callee's tasks fail before they run", ERROR),
    BAD_DEPLOYMENT(505, "bad-deployment", "The callee's new deployment fails", ERROR),
    APPLICATION_ERRORS(506, "application-errors", "The callee's application answers with errors", ERROR),
    BAD_REPLICA(507, "bad-replica", "One task of the callee is bad, the others are well", ERROR),
    CALLEE_SATURATED(508, "callee-saturated", "The callee cannot keep up with the load", ERROR),
    KEEP_ALIVE_RACE(509, "keep-alive-race", "The callee's application closes idle connections first", ERROR),
    NOT_LISTENING(510, "not-listening", "The callee's application does not listen on the container port", ERROR),
    TRAFFIC_BEFORE_READY(511, "traffic-before-ready", "New tasks get traffic before their application is ready", ERROR),
    UNGRACEFUL_SHUTDOWN(512, "ungraceful-shutdown", "Stopping tasks drop the requests they still have", ERROR),
    HEALTH_CHECK_FAILING(513, "health-check-failing", "A health check fails and takes the callee's tasks out", ERROR),
    NO_PROXY_LOGS(601, "no-proxy-logs", "The proxy's log goes nowhere", WARNING),
    NO_ACCESS_LOGS(602, "no-access-logs", "The proxy writes no access log", WARNING),
    LOG_LOSS(603, "log-loss", "Log lines were lost on their way", WARNING),
    METRICS_ABSENT(604, "metrics-absent", "CloudWatch has no metric of calls that were made", WARNING),
    METRIC_NAME_COLLISION(605, "metric-name-collision", "Metrics of equal discovery names are summed", WARNING);

    private final int number;
    private final String slug;
    private final String title;
    private final Severity severity;

    RootCause(int number, String slug, String title, Severity severity) {
        this.number = number;
        this.slug = slug;
        this.title = title;
        this.severity = severity;
    }

    /** {@code EWnnn}. */
    public String code() {
        return "EW" + number;
    }

    /** Stable name in words. */
    public String slug() {
        return slug;
    }

    /** The claim in one sentence, without its full stop. */
    public String title() {
        return title;
    }

    /** How bad it is where it explains failing calls; a rule may lower it. */
    public Severity severity() {
        return severity;
    }

    /** The hop at fault; blind spots (6xx) have none of their own and count for the caller's proxy. */
    public Hop hop() {
        return switch (number / 100) {
            case 1 -> Hop.CALLER_APP;
            case 2, 6 -> Hop.CALLER_PROXY;
            case 3 -> Hop.NETWORK;
            case 4 -> Hop.CALLEE_PROXY;
            default -> Hop.CALLEE_APP;
        };
    }

    /** Whether this is a blind spot of ours, not a fault of the edge. */
    public boolean blindSpot() {
        return number / 100 == 6;
    }

    /** The cause of that code ({@code EW101}, {@code ew101}, {@code 101}) or slug. */
    public static Optional<RootCause> of(String codeOrSlug) {
        String wanted = codeOrSlug.toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(c -> c.code().equals(wanted)
                        || c.code().equals("EW" + wanted)
                        || c.slug.equalsIgnoreCase(codeOrSlug))
                .findFirst();
    }
}
