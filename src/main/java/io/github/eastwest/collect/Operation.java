package io.github.eastwest.collect;

import java.util.Locale;

/**
 * The AWS operations that may be called: all of them only read (facts: aws.md, section 11). The list is the source of the
 * IAM policy.
 */
public enum Operation {
    DESCRIBE_SCALING_ACTIVITIES("application-autoscaling", "DescribeScalingActivities"),
    LOOKUP_EVENTS("cloudtrail", "LookupEvents"),
    DESCRIBE_ALARMS("cloudwatch", "DescribeAlarms"),
    GET_METRIC_DATA("cloudwatch", "GetMetricData"),
    LIST_METRICS("cloudwatch", "ListMetrics"),
    DESCRIBE_NETWORK_ACLS("ec2", "DescribeNetworkAcls"),
    DESCRIBE_NETWORK_INTERFACES("ec2", "DescribeNetworkInterfaces"),
    DESCRIBE_ROUTE_TABLES("ec2", "DescribeRouteTables"),
    DESCRIBE_SECURITY_GROUP_RULES("ec2", "DescribeSecurityGroupRules"),
    DESCRIBE_SUBNETS("ec2", "DescribeSubnets"),
    DESCRIBE_CLUSTERS("ecs", "DescribeClusters"),
    DESCRIBE_SERVICE_DEPLOYMENTS("ecs", "DescribeServiceDeployments"),
    DESCRIBE_SERVICE_REVISIONS("ecs", "DescribeServiceRevisions"),
    DESCRIBE_SERVICES("ecs", "DescribeServices"),
    DESCRIBE_TASK_DEFINITION("ecs", "DescribeTaskDefinition"),
    DESCRIBE_TASKS("ecs", "DescribeTasks"),
    LIST_CLUSTERS("ecs", "ListClusters"),
    LIST_SERVICE_DEPLOYMENTS("ecs", "ListServiceDeployments"),
    LIST_SERVICES("ecs", "ListServices"),
    LIST_SERVICES_BY_NAMESPACE("ecs", "ListServicesByNamespace"),
    LIST_TASKS("ecs", "ListTasks"),
    DESCRIBE_LOG_GROUPS("logs", "DescribeLogGroups"),
    FILTER_LOG_EVENTS("logs", "FilterLogEvents"),
    GET_QUERY_RESULTS("logs", "GetQueryResults"),
    START_QUERY("logs", "StartQuery"),
    STOP_QUERY("logs", "StopQuery"),
    DISCOVER_INSTANCES("servicediscovery", "DiscoverInstances"),
    GET_NAMESPACE("servicediscovery", "GetNamespace"),
    GET_SERVICE("servicediscovery", "GetService"),
    LIST_NAMESPACES("servicediscovery", "ListNamespaces"),
    GET_CALLER_IDENTITY("sts", "GetCallerIdentity");

    private final String service;
    private final String api;

    Operation(String service, String api) {
        this.service = service;
        this.api = api;
    }

    /** The AWS CLI's name of the service, which is the IAM prefix too: {@code ecs}. */
    public String service() {
        return service;
    }

    /** The operation's name in the API: {@code DescribeServices}. */
    public String api() {
        return api;
    }

    /** The IAM action: {@code ecs:DescribeServices}. */
    public String action() {
        return service + ":" + api;
    }

    /** The AWS CLI's name of the operation: {@code describe-services}. */
    public String command() {
        return api.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** The path of its answers in a bundle, without extension: {@code ecs/describe-services}. */
    public String path() {
        return service + "/" + command();
    }
}
