package io.github.eastwest.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * A source that a bundle may hold and a rule may need; the id is its path in the bundle without extension, as in
 * {@code coverage[].input}.
 */
public enum Input {
    SERVICES("ecs/describe-services"),
    CLUSTERS("ecs/describe-clusters"),
    TASK_DEFINITIONS("ecs/describe-task-definition"),
    TASKS("ecs/describe-tasks"),
    SERVICE_DEPLOYMENTS("ecs/describe-service-deployments"),
    SERVICE_REVISIONS("ecs/describe-service-revisions"),
    SERVICES_BY_NAMESPACE("ecs/list-services-by-namespace"),
    NAMESPACES("servicediscovery/get-namespace"),
    CLOUD_MAP_SERVICES("servicediscovery/get-service"),
    INSTANCES("servicediscovery/discover-instances"),
    LIST_METRICS("cloudwatch/list-metrics"),
    METRICS("cloudwatch/get-metric-data"),
    LOG_GROUPS("logs/describe-log-groups"),
    CALLER_LOGS("logs/lines/caller"),
    CALLEE_LOGS("logs/lines/callee"),
    NETWORK_INTERFACES("ec2/describe-network-interfaces"),
    SECURITY_GROUP_RULES("ec2/describe-security-group-rules"),
    SUBNETS("ec2/describe-subnets"),
    NETWORK_ACLS("ec2/describe-network-acls"),
    ROUTE_TABLES("ec2/describe-route-tables"),
    SCALING_ACTIVITIES("application-autoscaling/describe-scaling-activities"),
    TRAIL("cloudtrail/lookup-events");

    /** Lists that decide by what is not in them: part of one looks like a rule, a route or a host that does not exist. */
    private static final Set<Input> WHOLE_ONLY = EnumSet.of(
            SERVICES_BY_NAMESPACE,
            CLOUD_MAP_SERVICES,
            INSTANCES,
            SECURITY_GROUP_RULES,
            SUBNETS,
            NETWORK_ACLS,
            ROUTE_TABLES);

    private final String id;

    Input(String id) {
        this.id = id;
    }

    /** The path in the bundle, without extension. */
    public String id() {
        return id;
    }

    /** Whether a part of it tells nothing, since causes are found by what is not in it. */
    public boolean wholeOnly() {
        return WHOLE_ONLY.contains(this);
    }

    /** Whether it tells who or what changed something, and nothing that a cause is found by. */
    public boolean optional() {
        return this == SCALING_ACTIVITIES || this == TRAIL;
    }

    /** Whether that is the id of an {@link #optional()} input. */
    public static boolean isOptional(String id) {
        return Arrays.stream(values()).anyMatch(input -> input.optional() && input.id.equals(id));
    }
}
