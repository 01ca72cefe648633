package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileLocation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * One side's way into AWS: credentials, Region, endpoint. They are found as the AWS CLI finds them; in particular the
 * keys of a profile that was named win over those of the environment.
 */
final class Session implements AutoCloseable {
    /** How CloudTrail shows what an assumed role did. */
    private static final String SESSION_NAME = "eastwest";

    private static final Duration SIGN_IN = Duration.ofSeconds(10);

    /**
     * A Region becomes a part of the host that signed requests go to, and it may come from a task definition: no dots, no
     * slashes.
     */
    private static final String REGION_NAME = "[a-z0-9]+(-[a-z0-9]+)*";

    private static final int LONGEST_REGION_NAME = 32;

    private final AwsSettings.Access access;
    private final Optional<URI> endpoint;
    private final Map<String, String> environment;
    private final SdkHttpClient http;
    private final Optional<String> profile;
    private final Once<ProfileFile> profiles = new Once<>(this::readProfiles);
    private final Once<String> region = new Once<>(this::findRegion);
    private final Once<AwsCredentialsProvider> credentials = new Once<>(this::findCredentials);

    Session(AwsSettings settings, AwsSettings.Access access, SdkHttpClient http) {
        this.access = access;
        this.endpoint = settings.endpoint();
        this.environment = settings.environment();
        this.http = http;
        this.profile = access.profile().or(() -> variable("AWS_PROFILE"));
    }

    /**
     * The Region of a call.
     *
     * @param own empty for the side's own Region
     */
    String region(String own) throws AwsFailure {
        String name = own.isEmpty() ? own() : own;
        if (name.length() > LONGEST_REGION_NAME || !name.matches(REGION_NAME)) {
            throw Failures.noRegion(name);
        }
        return name;
    }

    private String own() throws AwsFailure {
        try {
            return region.get();
        } catch (SdkException e) {
            throw Failures.noRegion(e);
        }
    }

    /** Finds and renews the credentials; may ask STS, SSO, or the machine. */
    AwsCredentials credentials() {
        return credentials.get().resolveCredentials();
    }

    /**
     * Opens a client.
     *
     * @param service the API's name in {@code AWS_ENDPOINT_URL_…}
     */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder, String service, String regionName) {
        return open(builder, service, regionName, credentials.get(), ClientOverrideConfiguration.builder());
    }

    /** Opens a client with more to configure. */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder, String service, String regionName, ClientOverrideConfiguration.Builder options) {
        return open(builder, service, regionName, credentials.get(), options);
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder,
            String service,
            String regionName,
            AwsCredentialsProvider with,
            ClientOverrideConfiguration.Builder options) {
        // Reading repeats requests itself: it knows the deadline, and what must not be sent twice.
        options.retryStrategy(AwsRetryStrategy.doNotRetry()).defaultProfileFileSupplier(profiles::get);
        profile.ifPresent(options::defaultProfileName);
        builder.httpClient(http)
                .region(Region.of(regionName))
                .credentialsProvider(with)
                .overrideConfiguration(options.build());
        endpoint(service).ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private Optional<URI> endpoint(String service) {
        if (endpoint.isPresent() || "true".equalsIgnoreCase(environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
            return endpoint;
        }
        return variable("AWS_ENDPOINT_URL_" + service)
                .or(() -> variable("AWS_ENDPOINT_URL"))
                .map(URI::create);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private ProfileFile readProfiles() {
        ProfileFile.Aggregator files = ProfileFile.aggregator();
        file("AWS_CONFIG_FILE", ProfileFileLocation::configurationFileLocation)
                .ifPresent(path -> files.addFile(ProfileFile.builder()
                        .content(path)
                        .type(ProfileFile.Type.CONFIGURATION)
                        .build()));
        file("AWS_SHARED_CREDENTIALS_FILE", ProfileFileLocation::credentialsFileLocation)
                .ifPresent(path -> files.addFile(ProfileFile.builder()
                        .content(path)
                        .type(ProfileFile.Type.CREDENTIALS)
                        .build()));
        return files.build();
    }

    private Optional<Path> file(String variable, Supplier<Optional<Path>> usual) {
        return variable(variable).map(Path::of).or(usual).filter(Files::isRegularFile);
    }

    private String findRegion() {
        return access.region()
                .or(() -> variable("AWS_REGION"))
                .or(() -> variable("AWS_DEFAULT_REGION"))
                .orElseGet(() -> {
                    DefaultAwsRegionProviderChain.Builder chain =
                            DefaultAwsRegionProviderChain.builder().profileFile(profiles::get);
                    profile.ifPresent(chain::profileName);
                    return chain.build().getRegion().id();
                });
    }

    private AwsCredentialsProvider findCredentials() {
        return access.roleArn().map(this::role).orElseGet(this::ownCredentials);
    }

    private AwsCredentialsProvider ownCredentials() {
        if (access.profile().isPresent()) {
            return ProfileCredentialsProvider.builder()
                    .profileFile(profiles::get)
                    .profileName(access.profile().get())
                    .build();
        }
        Optional<String> key = variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variable("AWS_SECRET_ACCESS_KEY");
        if (key.isPresent() && secret.isPresent()) {
            return StaticCredentialsProvider.create(variable("AWS_SESSION_TOKEN")
                    .<AwsCredentials>map(token -> AwsSessionCredentials.create(key.get(), secret.get(), token))
                    .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get())));
        }
        DefaultCredentialsProvider.Builder chain =
                DefaultCredentialsProvider.builder().profileFile(profiles::get);
        profile.ifPresent(chain::profileName);
        return chain.build();
    }

    private AwsCredentialsProvider role(String arn) {
        AwsCredentialsProvider own = ownCredentials();
        StsClient sts = open(
                StsClient.builder(),
                "STS",
                region.get(),
                own,
                ClientOverrideConfiguration.builder().apiCallTimeout(SIGN_IN));
        return new Role(
                StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(request -> request.roleArn(arn).roleSessionName(SESSION_NAME))
                        .build(),
                sts,
                own);
    }

    @Override
    public void close() {
        credentials.ifPresent(Session::close);
    }

    private static void close(Object provider) {
        if (provider instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }

    /** An assumed role, with what it was assumed by. */
    private record Role(StsAssumeRoleCredentialsProvider role, StsClient sts, AwsCredentialsProvider own)
            implements AwsCredentialsProvider, SdkAutoCloseable {
        @Override
        public AwsCredentials resolveCredentials() {
            return role.resolveCredentials();
        }

        @Override
        public void close() {
            role.close();
            sts.close();
            Session.close(own);
        }
    }
}
