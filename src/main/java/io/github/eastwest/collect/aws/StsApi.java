package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;

/** AWS STS: whose credentials these are. */
final class StsApi implements Api {
    private final StsClient sts;

    StsApi(Session session, String region) {
        sts = session.open(StsClient.builder(), "STS", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case GET_CALLER_IDENTITY ->
                sts.getCallerIdentity(Documents.into(GetCallerIdentityRequest.builder(), parameters)
                        .build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        sts.close();
    }
}
