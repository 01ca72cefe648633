package io.github.eastwest.publish;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * With whose credentials, and where, AWS is written to. What is empty is found as the AWS CLI finds it.
 *
 * @param profile profile of the shared configuration files
 * @param region Region
 * @param endpoint endpoint of all services; empty for AWS's own
 * @param environment environment variables
 */
public record AwsAccess(
        Optional<String> profile, Optional<String> region, Optional<URI> endpoint, Map<String, String> environment) {
    private static final Duration CALL = Duration.ofSeconds(60);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    public AwsAccess {
        environment = Map.copyOf(environment);
    }

    /** Configures a client; it is made when it is needed, and only then. */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder, String service, String regionName) {
        ClientOverrideConfiguration.Builder options =
                ClientOverrideConfiguration.builder().apiCallTimeout(CALL);
        profile.or(() -> variable("AWS_PROFILE")).ifPresent(options::defaultProfileName);
        builder.httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(CONNECT))
                .region(Region.of(regionName))
                .credentialsProvider(credentials())
                .overrideConfiguration(options.build());
        endpoint(service).ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** The endpoint that the user gave for a service, such as {@code S3}. */
    Optional<URI> endpoint(String service) {
        return endpoint.or(() -> variable("AWS_ENDPOINT_URL_" + service)
                .or(() -> variable("AWS_ENDPOINT_URL"))
                .map(URI::create));
    }

    /** The Region: the one given, else as the AWS CLI finds it. */
    String regionName() {
        return region.or(() -> variable("AWS_REGION"))
                .or(() -> variable("AWS_DEFAULT_REGION"))
                .orElseGet(() -> {
                    DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
                    profile.or(() -> variable("AWS_PROFILE")).ifPresent(chain::profileName);
                    return chain.build().getRegion().id();
                });
    }

    private AwsCredentialsProvider credentials() {
        if (profile.isPresent()) {
            return ProfileCredentialsProvider.create(profile.get());
        }
        Optional<String> key = variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variable("AWS_SECRET_ACCESS_KEY");
        if (key.isPresent() && secret.isPresent()) {
            return StaticCredentialsProvider.create(variable("AWS_SESSION_TOKEN")
                    .<AwsCredentials>map(token -> AwsSessionCredentials.create(key.get(), secret.get(), token))
                    .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get())));
        }
        DefaultCredentialsProvider.Builder chain = DefaultCredentialsProvider.builder();
        variable("AWS_PROFILE").ifPresent(chain::profileName);
        return chain.build();
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
