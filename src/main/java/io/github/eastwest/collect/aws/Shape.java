package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an operation's questions are split and its answers come in pages (facts: aws.md, sections 4.1 and 5; the SDK's
 * paginators lack ListServiceDeployments).
 *
 * @param token the member that carries the next page's token in answer and request alike; empty without pages
 * @param lists members of the answer that grow from page to page, the counted items first; in the order of the model
 * @param joinedBy member by which items of several pages are one; empty when items are distinct
 * @param names member of the request with the things asked about; empty when nothing is split
 * @param mostNames how many of them one request takes
 * @param pageSize member of the request that says how many items a page holds; empty to leave that to AWS
 * @param mostOnPage the largest page
 */
record Shape(
        String token,
        List<String> lists,
        String joinedBy,
        String names,
        int mostNames,
        String pageSize,
        int mostOnPage) {

    static Shape of(Operation operation) {
        return switch (operation) {
            case DESCRIBE_SCALING_ACTIVITIES ->
                pages("NextToken", "ScalingActivities").sized("MaxResults", 50);
            case LOOKUP_EVENTS -> pages("NextToken", "Events").sized("MaxResults", 50);
            case DESCRIBE_ALARMS ->
                pages("NextToken", "MetricAlarms", "CompositeAlarms").sized("MaxRecords", 100);
            case GET_METRIC_DATA ->
                pages("NextToken", "MetricDataResults", "Messages").joined("Id").split("MetricDataQueries", 500);
            case LIST_METRICS -> pages("NextToken", "Metrics", "OwningAccounts");
            case DESCRIBE_NETWORK_ACLS -> pages("NextToken", "NetworkAcls");
            case DESCRIBE_NETWORK_INTERFACES -> pages("NextToken", "NetworkInterfaces");
            case DESCRIBE_ROUTE_TABLES -> pages("NextToken", "RouteTables");
            case DESCRIBE_SECURITY_GROUP_RULES -> pages("NextToken", "SecurityGroupRules");
            case DESCRIBE_SUBNETS -> pages("NextToken", "Subnets");
            case DESCRIBE_CLUSTERS -> whole("clusters", "failures").split("clusters", 100);
            case DESCRIBE_SERVICE_DEPLOYMENTS ->
                whole("serviceDeployments", "failures").split("serviceDeploymentArns", 20);
            case DESCRIBE_SERVICE_REVISIONS ->
                whole("serviceRevisions", "failures").split("serviceRevisionArns", 20);
            case DESCRIBE_SERVICES -> whole("services", "failures").split("services", 10);
            case DESCRIBE_TASKS -> whole("tasks", "failures").split("tasks", 100);
            case LIST_CLUSTERS -> pages("nextToken", "clusterArns").sized("maxResults", 100);
            case LIST_SERVICE_DEPLOYMENTS ->
                pages("nextToken", "serviceDeployments").sized("maxResults", 100);
            case LIST_SERVICES, LIST_SERVICES_BY_NAMESPACE ->
                pages("nextToken", "serviceArns").sized("maxResults", 100);
            case LIST_TASKS -> pages("nextToken", "taskArns").sized("maxResults", 100);
            case DESCRIBE_LOG_GROUPS -> pages("nextToken", "logGroups").sized("limit", 50);
            case FILTER_LOG_EVENTS ->
                pages("nextToken", "events", "searchedLogStreams").sized("limit", 10_000);
            case LIST_NAMESPACES -> pages("NextToken", "Namespaces").sized("MaxResults", 100);
            case DESCRIBE_TASK_DEFINITION,
                    GET_QUERY_RESULTS,
                    START_QUERY,
                    STOP_QUERY,
                    DISCOVER_INSTANCES,
                    GET_NAMESPACE,
                    GET_SERVICE,
                    GET_CALLER_IDENTITY -> whole();
        };
    }

    private static Shape whole(String... lists) {
        return pages("", lists);
    }

    private static Shape pages(String token, String... lists) {
        return new Shape(token, List.of(lists), "", "", Integer.MAX_VALUE, "", Integer.MAX_VALUE);
    }

    private Shape joined(String member) {
        return new Shape(token, lists, member, names, mostNames, pageSize, mostOnPage);
    }

    private Shape split(String member, int most) {
        return new Shape(token, lists, joinedBy, member, most, pageSize, mostOnPage);
    }

    private Shape sized(String member, int most) {
        return new Shape(token, lists, joinedBy, names, mostNames, member, most);
    }

    /** The same question in as many requests as it takes. */
    List<Map<String, Object>> split(Map<String, Object> parameters) {
        if (!(parameters.get(names) instanceof List<?> all) || all.size() <= mostNames) {
            return List.of(parameters);
        }
        List<Map<String, Object>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += mostNames) {
            Map<String, Object> part = new LinkedHashMap<>(parameters);
            part.put(names, all.subList(from, Math.min(from + mostNames, all.size())));
            parts.add(part);
        }
        return parts;
    }

    /** The request for the page of a token; asks for the largest useful page unless the caller said how large. */
    Map<String, Object> page(Map<String, Object> parameters, Optional<String> next, int mostItems) {
        Map<String, Object> page = new LinkedHashMap<>(parameters);
        if (!pageSize.isEmpty()) {
            page.putIfAbsent(pageSize, Math.max(1, Math.min(mostItems, mostOnPage)));
        }
        next.ifPresent(value -> page.put(token, value));
        return page;
    }

    /** The token of the page after this one. */
    Optional<String> next(Map<String, Object> page) {
        return page.get(token) instanceof String next && !next.isEmpty() ? Optional.of(next) : Optional.empty();
    }
}
