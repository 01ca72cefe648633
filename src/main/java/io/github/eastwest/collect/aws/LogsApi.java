package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetQueryResultsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.StartQueryRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.StopQueryRequest;

/** CloudWatch Logs: groups, events and Logs Insights. */
final class LogsApi implements Api {
    private final CloudWatchLogsClient logs;

    LogsApi(Session session, String region) {
        logs = session.open(CloudWatchLogsClient.builder(), "CLOUDWATCH_LOGS", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case DESCRIBE_LOG_GROUPS ->
                logs.describeLogGroups(Documents.into(DescribeLogGroupsRequest.builder(), parameters)
                        .build());
            case FILTER_LOG_EVENTS ->
                logs.filterLogEvents(Documents.into(FilterLogEventsRequest.builder(), parameters)
                        .build());
            case GET_QUERY_RESULTS ->
                logs.getQueryResults(Documents.into(GetQueryResultsRequest.builder(), parameters)
                        .build());
            case START_QUERY ->
                logs.startQuery(
                        Documents.into(StartQueryRequest.builder(), parameters).build());
            case STOP_QUERY ->
                logs.stopQuery(
                        Documents.into(StopQueryRequest.builder(), parameters).build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        logs.close();
    }
}
