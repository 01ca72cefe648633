package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.AwsSettings;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

    private static final String ENDPOINT = "https?://[A-Za-z0-9._~\\[\\]:-]+(/[A-Za-z0-9._~/-]*)?";

    /** The APIs in {@code AWS_ENDPOINT_URL_…}. */
    private static final List<String> SERVICES = List.of(
            "APPLICATION_AUTO_SCALING",
            "CLOUDTRAIL",
            "CLOUDWATCH",
            "CLOUDWATCH_LOGS",
            "EC2",
            "ECS",
            "SERVICEDISCOVERY",
            "STS");

    /** The profile that need not exist. */
    private static final String DEFAULT_PROFILE = "default";

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
     * @param other the Region where it is another than the side's own; empty for that one
     */
    String region(String other) throws AwsFailure {
        check();
        String name = other.isEmpty() ? region.get() : other;
        if (name.isEmpty()) {
            throw Failures.settings(
                    "no Region: give --region, set AWS_REGION, or put region = … into the profile",
                    new IllegalStateException("no Region"));
        }
        if (name.length() > LONGEST_REGION_NAME || !name.matches(REGION_NAME)) {
            String why = "no Region has the name " + Message.safe(name);
            IllegalStateException cause = new IllegalStateException(REGION_NAME);
            throw other.isEmpty() ? Failures.settings(why, cause) : new AwsFailure(Kind.REFUSED, "", why, cause);
        }
        return name;
    }

    private void check() throws AwsFailure {
        for (String service : SERVICES) {
            Optional<String> given = given(service);
            if (given.isPresent() && !given.get().matches(ENDPOINT)) {
                throw Failures.settings(
                        Message.safe(given.get()) + " is no endpoint: it begins with http:// or https:// and a host",
                        new IllegalStateException(service));
            }
        }
        try {
            ProfileFile known = profiles.get();
            if (profile.isPresent()
                    && !profile.get().equals(DEFAULT_PROFILE)
                    && known.profile(profile.get()).isEmpty()) {
                Set<String> names = new TreeSet<>(known.profiles().keySet());
                throw Failures.settings(
                        "there is no profile " + Message.safe(profile.get()) + "; the AWS configuration has "
                                + (names.isEmpty() ? "none" : Message.safe(String.join(", ", names))),
                        new IllegalStateException(Message.safe(profile.get())));
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw Failures.settings(
                    "the AWS configuration files cannot be read: " + Message.safe(String.valueOf(e.getMessage())), e);
        }
    }

    /**
     * Finds credentials, or renews them; may ask STS, SSO, or the machine.
     *
     * @param exchanges those that asking is a part of
     */
    void signIn(Exchanges exchanges) throws AwsFailure {
        if (access.roleArn().isPresent()) {
            region("");
        }
        try {
            credentials.get().resolveCredentials();
        } catch (RuntimeException e) {
            throw Failures.credentials(e, profile, sso(), exchanges);
        }
    }

    private boolean sso() {
        return profiles.get()
                .profile(profile.orElse(DEFAULT_PROFILE))
                .filter(known -> known.property("sso_session").isPresent()
                        || known.property("sso_start_url").isPresent())
                .isPresent();
    }

    /**
     * Opens a client.
     *
     * @param service the API's name in {@code AWS_ENDPOINT_URL_…}
     */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder, String service, String regionName) {
        return open(builder, service, regionName, ClientOverrideConfiguration.builder());
    }

    /** Opens a client with more to configure. */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder, String service, String regionName, ClientOverrideConfiguration.Builder options) {
        // Reading repeats requests itself: it knows the deadline, and what must not be sent twice.
        return open(
                builder, service, regionName, credentials.get(), options.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C open(
            B builder,
            String service,
            String regionName,
            AwsCredentialsProvider with,
            ClientOverrideConfiguration.Builder options) {
        options.defaultProfileFileSupplier(profiles::get);
        profile.ifPresent(options::defaultProfileName);
        builder.httpClient(http)
                .region(Region.of(regionName))
                .credentialsProvider(with)
                .overrideConfiguration(options.build());
        given(service).map(URI::create).ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** The endpoint that the user gave; the SDK itself looks into the profile. */
    private Optional<String> given(String service) {
        if (endpoint.isPresent() || "true".equalsIgnoreCase(environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
            return endpoint.map(URI::toString);
        }
        return variable("AWS_ENDPOINT_URL_" + service).or(() -> variable("AWS_ENDPOINT_URL"));
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
                    try {
                        return chain.build().getRegion().id();
                    } catch (SdkException e) {
                        return "";
                    }
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
