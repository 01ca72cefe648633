package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.ListMetricsRequest;

/** CloudWatch: metrics and alarms. */
final class CloudWatchApi implements Api {
    private final CloudWatchClient cloudWatch;

    CloudWatchApi(Session session, String region) {
        cloudWatch = session.open(CloudWatchClient.builder(), "CLOUDWATCH", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case DESCRIBE_ALARMS ->
                cloudWatch.describeAlarms(Documents.into(DescribeAlarmsRequest.builder(), parameters)
                        .build());
            case GET_METRIC_DATA ->
                cloudWatch.getMetricData(Documents.into(GetMetricDataRequest.builder(), parameters)
                        .build());
            case LIST_METRICS ->
                cloudWatch.listMetrics(
                        Documents.into(ListMetricsRequest.builder(), parameters).build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        cloudWatch.close();
    }
}
