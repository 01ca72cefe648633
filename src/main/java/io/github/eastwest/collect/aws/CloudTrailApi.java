package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.cloudtrail.CloudTrailClient;
import software.amazon.awssdk.services.cloudtrail.model.LookupEventsRequest;

/** CloudTrail: who changed what, and when. */
final class CloudTrailApi implements Api {
    private final CloudTrailClient cloudTrail;

    CloudTrailApi(Session session, String region) {
        cloudTrail = session.open(CloudTrailClient.builder(), "CLOUDTRAIL", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        if (operation != Operation.LOOKUP_EVENTS) {
            throw new IllegalArgumentException(operation.action());
        }
        return cloudTrail.lookupEvents(
                Documents.into(LookupEventsRequest.builder(), parameters).build());
    }

    @Override
    public void close() {
        cloudTrail.close();
    }
}
