package io.github.eastwest.model;

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
    ROUTE_TABLES("ec2/describe-route-tables");

    private final String id;

    Input(String id) {
        this.id = id;
    }

    /** The path in the bundle, without extension. */
    public String id() {
        return id;
    }
}
