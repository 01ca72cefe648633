package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Rule;
import java.util.List;

/** All rules, in the order of their codes. */
public final class Rules {
    private static final List<Rule> ALL = List.of(
            new CallerNotEnabled(),
            new CallerStaleDeployment(),
            new NamespaceMismatch(),
            new AliasMismatch(),
            new AliasCollision(),
            new CallerUsesDnsDiscovery(),
            new CallerBypassesProxy(),
            new CallerGivesUpFirst(),
            new SidecarStarved(),
            new SidecarUnhealthy(),
            new ConnectionPoolOverflow(),
            new RetryAmplification(),
            new OutlierEjection(),
            new SecurityGroupBlocks(),
            new NetworkAclOrRouteBlocks(),
            new CrossVpcUnreachable(),
            new AzLocalFault(),
            new TlsMisconfigured(),
            new Ipv6AliasUnreachable(),
            new PortNameMismatch(),
            new EndpointNotAdvertised(),
            new AppProtocolMissing(),
            new AppProtocolMismatch(),
            new RequestTimeoutTooShort(),
            new StreamCutByRequestTimeout(),
            new IdleTimeoutCutsConnection(),
            new IngressPortMismatch(),
            new NoRunningTasks(),
            new CrashLoop(),
            new OutOfMemory(),
            new TasksFailToStart(),
            new BadDeployment(),
            new ApplicationErrors(),
            new BadReplica(),
            new CalleeSaturated(),
            new KeepAliveRace(),
            new NotListening(),
            new TrafficBeforeReady(),
            new UngracefulShutdown(),
            new HealthCheckFailing(),
            new NoProxyLogs(),
            new NoAccessLogs(),
            new LogLoss(),
            new MetricsAbsent(),
            new MetricNameCollision());

    private Rules() {}

    /** Every rule once. */
    public static List<Rule> all() {
        return ALL;
    }
}
