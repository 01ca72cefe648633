package io.github.eastwest.classify.background;

import static io.github.eastwest.model.report.Background.Change.Kind.CERTIFICATE;
import static io.github.eastwest.model.report.Background.Change.Kind.CONFIGURATION;
import static io.github.eastwest.model.report.Background.Change.Kind.DEPLOYMENT;
import static io.github.eastwest.model.report.Background.Change.Kind.NETWORK;
import static io.github.eastwest.model.report.Background.Change.Kind.SCALING;
import static io.github.eastwest.model.report.Background.Change.Kind.SECURITY_GROUP;
import static io.github.eastwest.model.report.Background.Change.Kind.TASK_START;
import static io.github.eastwest.model.report.Background.Change.Kind.TASK_STOP;

import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background.Change.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** By which mechanism which change can bring about which cause. A change without one is not suspected, however near it is. */
final class Suspicion {
    /** Whose change it is. */
    enum Who {
        CALLER,
        CALLEE,
        OTHER
    }

    /** The mechanism fits, and a setting that it needs is among those that changed. */
    private static final double BY_SETTING = 3;
    /** The mechanism fits the kind of change. */
    private static final double BY_KIND = 2;
    /** The mechanism fits, but what changed is unknown, or nothing that it needs is seen among it. */
    private static final double PERHAPS = 1;

    /**
     * A way from a change to a cause.
     *
     * @param topics settings that it needs; empty when any change of the kind does
     * @param except topics of changes of the kind that go another way
     */
    private record Way(Set<Kind> kinds, Set<Who> who, Set<Topic> topics, Set<Topic> except, String mechanism) {}

    /** How well a change explains a cause, and how. */
    record Match(double weight, String mechanism) {}

    private static final Map<RootCause, List<Way>> WAYS = new EnumMap<>(RootCause.class);

    static {
        String newRevision = "the new revision's tasks take over the calls";
        String names = "it sets by which name, port and namespace the callee is reached";
        String callerStarts = "it sets how the caller's tasks find the callee and call it";
        ways(RootCause.CALLER_NOT_ENABLED, deployment(Who.CALLER, callerStarts, Topic.CONNECT));
        ways(
                RootCause.CALLER_STALE_DEPLOYMENT,
                deployment(
                        Who.CALLEE,
                        "tasks of the caller that started before it do not know the endpoint",
                        Topic.CONNECT,
                        Topic.PORTS),
                new Way(
                        EnumSet.of(CONFIGURATION),
                        EnumSet.of(Who.CALLEE),
                        Set.of(),
                        EnumSet.of(Topic.OTHER, Topic.RESOURCES),
                        "tasks of the caller that started before it do not know the endpoint"));
        ways(
                RootCause.NAMESPACE_MISMATCH,
                deployment(Who.CALLER, callerStarts, Topic.CONNECT),
                deployment(Who.CALLEE, names, Topic.CONNECT));
        ways(
                RootCause.ALIAS_MISMATCH,
                deployment(Who.CALLER, callerStarts, Topic.ENVIRONMENT, Topic.IMAGE),
                deployment(Who.CALLEE, names, Topic.CONNECT));
        ways(
                RootCause.ALIAS_COLLISION,
                deployment(Who.OTHER, "another service takes the same name", Topic.CONNECT),
                deployment(Who.CALLEE, names, Topic.CONNECT));
        ways(RootCause.CALLER_USES_DNS_DISCOVERY, deployment(Who.CALLER, callerStarts, Topic.ENVIRONMENT, Topic.IMAGE));
        ways(RootCause.CALLER_BYPASSES_PROXY, deployment(Who.CALLER, callerStarts, Topic.ENVIRONMENT, Topic.IMAGE));
        ways(
                RootCause.CALLER_GIVES_UP_FIRST,
                deployment(Who.CALLER, "it brings the client's timeout", Topic.ENVIRONMENT, Topic.IMAGE),
                deployment(Who.CALLEE, "it can make the callee slower", Topic.IMAGE, Topic.RESOURCES));
        ways(
                RootCause.SIDECAR_STARVED,
                deployment(Who.CALLER, "it sets what is left for the proxy", Topic.RESOURCES),
                deployment(Who.CALLEE, "it sets what is left for the proxy", Topic.RESOURCES));
        ways(
                RootCause.SIDECAR_UNHEALTHY,
                deployment(Who.CALLER, "its tasks start new proxies", Topic.RESOURCES),
                deployment(Who.CALLEE, "its tasks start new proxies", Topic.RESOURCES));
        ways(
                RootCause.CONNECTION_POOL_OVERFLOW,
                deployment(Who.CALLER, "it can raise the calls at a time", Topic.IMAGE, Topic.ENVIRONMENT),
                deployment(Who.CALLEE, "a slower callee holds connections longer", Topic.IMAGE, Topic.RESOURCES),
                gone("fewer tasks share the same calls"));
        ways(
                RootCause.RETRY_AMPLIFICATION,
                deployment(Who.CALLER, "it can bring retries of its own", Topic.IMAGE, Topic.ENVIRONMENT),
                deployment(Who.CALLEE, "its failures are retried", Topic.IMAGE, Topic.RESOURCES));
        ways(
                RootCause.OUTLIER_EJECTION,
                deployment(Who.CALLEE, newRevision, Topic.IMAGE, Topic.PORTS, Topic.ENVIRONMENT),
                gone("connections to stopped tasks fail"));
        ways(
                RootCause.SECURITY_GROUP_BLOCKS,
                deployment(Who.CALLEE, "its tasks are in other security groups", Topic.SECURITY_GROUPS),
                deployment(Who.CALLER, "its tasks are in other security groups", Topic.SECURITY_GROUPS),
                blocked(SECURITY_GROUP, "the rules decide who reaches the callee's port"));
        ways(RootCause.NETWORK_ACL_OR_ROUTE_BLOCKS, blocked(NETWORK, "packets between the two pass it"));
        ways(RootCause.CROSS_VPC_UNREACHABLE, blocked(NETWORK, "packets between the two VPCs need it"));
        ways(RootCause.AZ_LOCAL_FAULT, blocked(NETWORK, "it holds for the subnets of one availability zone"));
        ways(
                RootCause.TLS_MISCONFIGURED,
                deployment(Who.CALLEE, "it sets how the proxies encrypt", Topic.TLS),
                deployment(Who.CALLER, "its proxies fetch new certificates", Topic.TLS),
                new Way(
                        EnumSet.of(CERTIFICATE),
                        EnumSet.allOf(Who.class),
                        EnumSet.of(Topic.TRUST),
                        Set.of(),
                        "the proxies trust or present another certificate, or can no longer renew theirs"));
        ways(
                RootCause.IPV6_ALIAS_UNREACHABLE,
                deployment(Who.CALLER, "its client picks the address family", Topic.IMAGE, Topic.ENVIRONMENT));
        ways(RootCause.PORT_NAME_MISMATCH, deployment(Who.CALLEE, names, Topic.PORTS, Topic.CONNECT));
        ways(RootCause.ENDPOINT_NOT_ADVERTISED, deployment(Who.CALLEE, names, Topic.CONNECT, Topic.PORTS));
        ways(RootCause.APP_PROTOCOL_MISSING, deployment(Who.CALLEE, "it sets the port's protocol", Topic.PORTS));
        ways(
                RootCause.APP_PROTOCOL_MISMATCH,
                deployment(
                        Who.CALLEE, "it sets the port's protocol, or what speaks behind it", Topic.PORTS, Topic.IMAGE));
        String slower = "it sets the timeouts, or makes the callee slower";
        ways(
                RootCause.REQUEST_TIMEOUT_TOO_SHORT,
                deployment(Who.CALLEE, slower, Topic.TIMEOUTS, Topic.IMAGE, Topic.RESOURCES));
        ways(
                RootCause.STREAM_CUT_BY_REQUEST_TIMEOUT,
                deployment(Who.CALLEE, "it sets the timeouts", Topic.TIMEOUTS, Topic.IMAGE));
        ways(
                RootCause.IDLE_TIMEOUT_CUTS_CONNECTION,
                deployment(Who.CALLEE, "it sets the timeouts", Topic.TIMEOUTS, Topic.IMAGE));
        ways(
                RootCause.INGRESS_PORT_MISMATCH,
                deployment(
                        Who.CALLEE,
                        "it sets the port that the callee's proxies accept on",
                        Topic.PORTS,
                        Topic.SECURITY_GROUPS),
                blocked(SECURITY_GROUP, "the rules decide who reaches the callee's port"));
        ways(
                RootCause.NO_RUNNING_TASKS,
                deployment(Who.CALLEE, "its tasks replace the others"),
                gone("its tasks are gone"));
        ways(
                RootCause.CRASH_LOOP,
                deployment(Who.CALLEE, newRevision, Topic.IMAGE, Topic.ENVIRONMENT, Topic.RESOURCES));
        ways(
                RootCause.OUT_OF_MEMORY,
                deployment(Who.CALLEE, "it sets memory, and what uses it", Topic.RESOURCES, Topic.IMAGE));
        ways(
                RootCause.TASKS_FAIL_TO_START,
                deployment(Who.CALLEE, "its tasks have to start", Topic.IMAGE, Topic.RESOURCES, Topic.ENVIRONMENT),
                new Way(
                        EnumSet.of(CONFIGURATION),
                        EnumSet.of(Who.CALLEE),
                        EnumSet.of(Topic.RESOURCES),
                        Set.of(),
                        "it sets where its tasks can be placed"));
        ways(RootCause.BAD_DEPLOYMENT, deployment(Who.CALLEE, newRevision));
        ways(
                RootCause.APPLICATION_ERRORS,
                deployment(Who.CALLEE, newRevision, Topic.IMAGE, Topic.ENVIRONMENT),
                deployment(Who.CALLER, "it can send other requests", Topic.IMAGE, Topic.ENVIRONMENT));
        ways(
                RootCause.BAD_REPLICA,
                appeared("the task began to take calls"),
                deployment(Who.CALLEE, newRevision, Topic.IMAGE));
        ways(
                RootCause.CALLEE_SATURATED,
                deployment(Who.CALLEE, "it sets how much its tasks can do", Topic.RESOURCES, Topic.IMAGE),
                deployment(Who.CALLER, "it can send more calls", Topic.IMAGE, Topic.ENVIRONMENT),
                gone("fewer tasks share the same calls"));
        ways(
                RootCause.KEEP_ALIVE_RACE,
                deployment(Who.CALLEE, "it brings the server's keep-alive", Topic.IMAGE, Topic.ENVIRONMENT));
        ways(
                RootCause.NOT_LISTENING,
                deployment(Who.CALLEE, "its tasks may listen elsewhere", Topic.PORTS, Topic.IMAGE, Topic.ENVIRONMENT),
                appeared("the task takes calls before it listens"));
        ways(
                RootCause.TRAFFIC_BEFORE_READY,
                appeared("new tasks take calls at once"),
                added("new tasks take calls at once"),
                deployment(Who.CALLEE, "it starts new tasks"));
        ways(
                RootCause.UNGRACEFUL_SHUTDOWN,
                gone("stopping tasks still hold calls"),
                deployment(Who.CALLEE, "it stops the old tasks"));
        ways(
                RootCause.HEALTH_CHECK_FAILING,
                deployment(Who.CALLEE, "it sets the check and what answers it", Topic.HEALTH_CHECK, Topic.IMAGE));
    }

    private Suspicion() {}

    private static void ways(RootCause cause, Way... ways) {
        WAYS.put(cause, List.of(ways));
    }

    private static Way deployment(Who who, String mechanism, Topic... topics) {
        return new Way(EnumSet.of(DEPLOYMENT), EnumSet.of(who), Set.of(topics), Set.of(), mechanism);
    }

    private static Way gone(String mechanism) {
        return new Way(
                EnumSet.of(TASK_STOP, SCALING),
                EnumSet.of(Who.CALLEE),
                Set.of(),
                EnumSet.of(Topic.MORE_TASKS, Topic.OTHER),
                mechanism);
    }

    private static Way added(String mechanism) {
        return new Way(EnumSet.of(SCALING), EnumSet.of(Who.CALLEE), EnumSet.of(Topic.MORE_TASKS), Set.of(), mechanism);
    }

    private static Way blocked(Kind kind, String mechanism) {
        return new Way(EnumSet.of(kind), EnumSet.allOf(Who.class), EnumSet.of(Topic.ADMISSION), Set.of(), mechanism);
    }

    private static Way appeared(String mechanism) {
        return new Way(EnumSet.of(TASK_START), EnumSet.of(Who.CALLEE), Set.of(), Set.of(), mechanism);
    }

    /**
     * How a change can have brought about a cause.
     *
     * @param topics what the change is known to have changed; empty when that is unknown
     * @param known whether what changed is known
     */
    static Optional<Match> match(RootCause cause, Kind kind, Who who, Set<Topic> topics, boolean known) {
        Optional<Match> best = Optional.empty();
        for (Way way : WAYS.getOrDefault(cause, List.of())) {
            if (!way.kinds().contains(kind) || !way.who().contains(who)) {
                continue;
            }
            if (way.except().stream().anyMatch(topics::contains)) {
                continue;
            }
            boolean touches = way.topics().stream().anyMatch(topics::contains);
            if (known && !way.topics().isEmpty() && !touches) {
                // What changed is known, and nothing that the mechanism needs is among it.
                continue;
            }
            double weight = touches ? BY_SETTING : way.topics().isEmpty() ? BY_KIND : PERHAPS;
            if (best.isEmpty() || weight > best.get().weight()) {
                best = Optional.of(new Match(weight, way.mechanism()));
            }
        }
        return best;
    }
}
