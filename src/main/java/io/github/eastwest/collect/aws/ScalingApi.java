package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalingActivitiesRequest;

/** Application Auto Scaling: what it did to the services' desired counts. */
final class ScalingApi implements Api {
    private final ApplicationAutoScalingClient scaling;

    ScalingApi(Session session, String region) {
        scaling = session.open(ApplicationAutoScalingClient.builder(), "APPLICATION_AUTO_SCALING", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        if (operation != Operation.DESCRIBE_SCALING_ACTIVITIES) {
            throw new IllegalArgumentException(operation.action());
        }
        return scaling.describeScalingActivities(Documents.into(DescribeScalingActivitiesRequest.builder(), parameters)
                .build());
    }

    @Override
    public void close() {
        scaling.close();
    }
}
