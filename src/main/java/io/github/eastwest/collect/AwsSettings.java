package io.github.eastwest.collect;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach AWS. What is empty is found as the SDK and the AWS CLI find it: {@code AWS_*} variables, the shared
 * configuration files, SSO, the container's or the instance's role.
 *
 * @param caller the caller's side
 * @param callee the callee's side; equal to {@code caller} unless the user said otherwise
 * @param endpoint endpoint for all services; empty to use AWS's own, or the one of {@code AWS_ENDPOINT_URL*}
 * @param environment environment variables
 */
public record AwsSettings(Access caller, Access callee, Optional<URI> endpoint, Map<String, String> environment) {
    public AwsSettings {
        environment = Map.copyOf(environment);
    }

    /**
     * One side's account and Region.
     *
     * @param profile profile of the shared configuration files
     * @param region Region
     * @param roleArn role to assume with the profile's or default credentials
     */
    public record Access(Optional<String> profile, Optional<String> region, Optional<String> roleArn) {}
}
