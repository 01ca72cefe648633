package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.AwsSettings.Access;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Asked;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where credentials, Regions and endpoints come from. */
class SessionTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String ROLE = "arn:aws:iam::111122223333:role/reader";
    private static final Access NOTHING = new Access(Optional.empty(), Optional.empty(), Optional.empty());
    private static final List<String> PROPERTIES = List.of("aws.disableEc2Metadata", "aws.sharedCredentialsFile");

    @TempDir
    private Path folder;

    private final Stub stub = new Stub().with(SessionTest::answer);

    @BeforeEach
    void outsideOfAws() {
        // The SDK's own chain asks the machine it runs on, when nothing else is left.
        PROPERTIES.forEach(name -> System.setProperty(name, "true"));
    }

    @AfterEach
    void close() {
        PROPERTIES.forEach(System::clearProperty);
        stub.close();
    }

    private static Reply answer(Asked asked) {
        return asked.operation().equals("AssumeRole")
                ? Stub.credentials(
                        "ROLEKEY" + asked.parameter("RoleArn").orElse("").replaceAll(".*/", ""))
                : asked.headers().containsKey("X-Amz-Target")
                        ? Reply.json("{\"serviceArns\":[],\"Instances\":[]}")
                        : new Reply(200, "<R><ListMetricsResult><Metrics/></ListMetricsResult></R>");
    }

    private AwsSettings settings(Access caller, Access callee, Map<String, String> environment, String config)
            throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put(
                "AWS_CONFIG_FILE",
                Files.writeString(folder.resolve("config"), config).toString());
        all.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());
        return new AwsSettings(caller, callee, Optional.of(stub.uri()), all);
    }

    private static Access profile(String name) {
        return new Access(Optional.of(name), Optional.empty(), Optional.empty());
    }

    private static void list(AwsSettings settings, Side side) throws Exception {
        try (SdkAws aws = SdkAws.open(settings)) {
            aws.call(Call.of(Operation.LIST_SERVICES, side, Map.of()), LONG);
        }
    }

    private static AwsFailure failure(AwsSettings settings) {
        return catchThrowableOfType(AwsFailure.class, () -> list(settings, Side.CALLER));
    }

    /** Access key and Region of the last request. */
    private String signed() {
        List<Asked> asked = stub.asked();
        return asked.get(asked.size() - 1)
                .headers()
                .get("Authorization")
                .replaceAll(".*Credential=([^/]*)/[0-9]*/([^/]*)/.*", "$1 $2");
    }

    @Test
    void environment() throws Exception {
        list(settings(NOTHING, NOTHING, Stub.KEYS, ""), Side.CALLER);

        assertThat(signed()).isEqualTo("AKIAIOSFODNN7EXAMPLE eu-central-1");
    }

    @Test
    void environmentOfTemporaryCredentials() throws Exception {
        Map<String, String> environment = new HashMap<>(Stub.KEYS);
        environment.put("AWS_SESSION_TOKEN", "session");

        list(settings(NOTHING, NOTHING, environment, ""), Side.CALLER);

        assertThat(stub.asked().get(0).headers()).containsEntry("X-Amz-Security-Token", "session");
    }

    @Test
    void defaultRegionOfTheAwsCli() throws Exception {
        Map<String, String> environment = new HashMap<>(Stub.KEYS);
        environment.put("AWS_DEFAULT_REGION", environment.remove("AWS_REGION"));

        list(settings(NOTHING, NOTHING, environment, ""), Side.CALLER);

        assertThat(signed()).endsWith(" eu-central-1");
    }

    @Test
    void regionOfTheUserWins() throws Exception {
        Access access = new Access(Optional.empty(), Optional.of("us-west-2"), Optional.empty());

        list(settings(access, access, Stub.KEYS, ""), Side.CALLER);

        assertThat(signed()).endsWith(" us-west-2");
    }

    private static final String PROFILES = "[default]\naws_access_key_id=DEFAULTKEY\naws_secret_access_key=s\n"
            + "region=eu-west-1\n[profile one]\naws_access_key_id=ONEKEY\naws_secret_access_key=s\nregion=eu-west-2\n"
            + "[profile two]\naws_access_key_id=TWOKEY\naws_secret_access_key=s\nregion=eu-west-3\n";

    @Test
    void defaultProfile() throws Exception {
        list(settings(NOTHING, NOTHING, Map.of(), PROFILES), Side.CALLER);

        assertThat(signed()).isEqualTo("DEFAULTKEY eu-west-1");
    }

    @Test
    void profileOfTheEnvironment() throws Exception {
        list(settings(NOTHING, NOTHING, Map.of("AWS_PROFILE", "one"), PROFILES), Side.CALLER);

        assertThat(signed()).isEqualTo("ONEKEY eu-west-2");
    }

    @Test
    void profileOfTheUserWinsOverTheKeysOfTheEnvironment() throws Exception {
        // As with the AWS CLI the Region of the environment still wins over the profile's.
        list(settings(profile("one"), profile("one"), Stub.KEYS, PROFILES), Side.CALLER);

        assertThat(signed()).isEqualTo("ONEKEY eu-central-1");
    }

    @Test
    void eachSideHasItsOwn() throws Exception {
        AwsSettings settings = settings(profile("one"), profile("two"), Map.of(), PROFILES);

        list(settings, Side.CALLER);
        assertThat(signed()).isEqualTo("ONEKEY eu-west-2");
        list(settings, Side.CALLEE);
        assertThat(signed()).isEqualTo("TWOKEY eu-west-3");
    }

    @Test
    void roles() throws Exception {
        AwsSettings settings = settings(
                NOTHING, new Access(Optional.of("two"), Optional.empty(), Optional.of(ROLE)), Map.of(), PROFILES);

        try (SdkAws aws = SdkAws.open(settings)) {
            aws.call(Call.of(Operation.LIST_SERVICES, Side.CALLEE, Map.of()), LONG);
            aws.call(Call.of(Operation.LIST_SERVICES, Side.CALLEE, Map.of()), LONG);
        }

        assertThat(stub.asked())
                .extracting(Asked::operation)
                .containsExactly("AssumeRole", "ListServices", "ListServices");
        assertThat(stub.asked().get(0).parameter("RoleArn")).contains(ROLE);
        assertThat(stub.asked().get(0).parameter("RoleSessionName")).contains("eastwest");
        assertThat(stub.asked().get(0).headers().get("Authorization")).contains("Credential=TWOKEY/");
        assertThat(signed()).isEqualTo("ROLEKEYreader eu-west-3");
    }

    @Test
    void roleThatMayNotBeAssumed() throws Exception {
        stub.with(new Reply(
                403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"));
        Access access = new Access(Optional.empty(), Optional.empty(), Optional.of(ROLE));

        AwsFailure failure = failure(settings(access, access, Stub.KEYS, ""));

        // DENIED would say that ecs:ListServices is missing.
        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessage("signing in: AccessDenied: no");
    }

    @Test
    void roleWithExpiredCredentials() throws Exception {
        stub.with(new Reply(
                403, "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>old</Message></Error></ErrorResponse>"));
        Access access = new Access(Optional.empty(), Optional.empty(), Optional.of(ROLE));

        assertThat(failure(settings(access, access, Stub.KEYS, "")).kind()).isEqualTo(Kind.EXPIRED);
    }

    @Test
    void noRegion() throws Exception {
        AwsFailure failure =
                failure(settings(NOTHING, NOTHING, Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b"), ""));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessageContaining("--region").hasMessageContaining("AWS_REGION");
    }

    @Test
    void noRegionOfThatName() throws Exception {
        Access access = new Access(Optional.empty(), Optional.of("Frankfurt"), Optional.empty());

        AwsFailure failure = failure(settings(access, access, Stub.KEYS, ""));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessage("no Region has the name Frankfurt");
    }

    @Test
    void noCredentials() throws Exception {
        AwsFailure failure = failure(settings(NOTHING, NOTHING, Map.of("AWS_REGION", "eu-west-1"), ""));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure)
                .hasMessage("no credentials were found: give --profile, or set AWS_ACCESS_KEY_ID and"
                        + " AWS_SECRET_ACCESS_KEY, or run aws configure");
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void profileWithoutCredentials() throws Exception {
        AwsFailure failure =
                failure(settings(profile("bare"), profile("bare"), Stub.KEYS, "[profile bare]\nregion=eu-west-1\n"));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessageStartingWith("no credentials were found for the profile bare: ");
    }

    @Test
    void unknownProfile() throws Exception {
        AwsFailure failure = failure(settings(profile("three"), profile("three"), Stub.KEYS, PROFILES));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessage("there is no profile three; the AWS configuration has default, one, two");
    }

    @Test
    void brokenConfiguration() throws Exception {
        AwsFailure failure = failure(settings(NOTHING, NOTHING, Stub.KEYS, "[default]\nregion\n"));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessageContaining("line 2");
    }

    @Test
    void ssoWithoutLogin() throws Exception {
        String config = "[profile s]\nsso_session=my\nsso_account_id=111122223333\nsso_role_name=r\nregion=eu-west-1\n"
                + "[sso-session my]\nsso_region=us-east-1\nsso_start_url=https://never.logged.in.example/start\n"
                + "[profile old]\nsso_account_id=111122223333\nsso_role_name=r\nregion=eu-west-1\n"
                + "sso_region=us-east-1\nsso_start_url=https://never.logged.in.example/start\n";

        for (String name : List.of("s", "old")) {
            AwsFailure failure = failure(settings(profile(name), profile(name), Map.of(), config));

            assertThat(failure.kind()).isEqualTo(Kind.EXPIRED);
            assertThat(failure).hasMessage("there is no valid SSO session: aws sso login --profile " + name);
        }
        assertThat(failure(settings(NOTHING, NOTHING, Map.of("AWS_PROFILE", "s"), config)))
                .hasMessage("there is no valid SSO session: aws sso login --profile s");
    }

    @Test
    void credentialProcessThatFails() throws Exception {
        AwsFailure failure = failure(settings(
                profile("p"),
                profile("p"),
                Map.of("AWS_REGION", "eu-west-1"),
                "[profile p]\ncredential_process = sh -c 'echo topsecret >&2; exit 3'\n"));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure.getMessage()).startsWith("no credentials: ").doesNotContain("topsecret");
    }

    private AwsSettings at(Optional<URI> endpoint, Map<String, String> more) throws IOException {
        Map<String, String> environment =
                new HashMap<>(settings(NOTHING, NOTHING, Stub.KEYS, "").environment());
        environment.putAll(more);
        return new AwsSettings(NOTHING, NOTHING, endpoint, environment);
    }

    @Test
    void endpointOfTheEnvironment() throws Exception {
        list(at(Optional.empty(), Map.of("AWS_ENDPOINT_URL", stub.uri().toString())), Side.CALLER);

        assertThat(stub.asked()).hasSize(1);
    }

    @Test
    void endpointOfOneApi() throws Exception {
        list(
                at(
                        Optional.empty(),
                        Map.of(
                                "AWS_ENDPOINT_URL",
                                "http://127.0.0.1:9",
                                "AWS_ENDPOINT_URL_ECS",
                                stub.uri().toString())),
                Side.CALLER);

        assertThat(stub.asked()).hasSize(1);
    }

    @Test
    void endpointOfTheUserWins() throws Exception {
        list(at(Optional.of(stub.uri()), Map.of("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:9")), Side.CALLER);

        assertThat(stub.asked()).hasSize(1);
    }

    @Test
    void endpointOfTheProfile() throws Exception {
        AwsSettings settings = settings(
                profile("local"),
                profile("local"),
                Map.of(),
                "[profile local]\naws_access_key_id=a\naws_secret_access_key=b\nregion=eu-west-1\nendpoint_url="
                        + stub.uri() + "\n");

        list(
                new AwsSettings(settings.caller(), settings.callee(), Optional.empty(), settings.environment()),
                Side.CALLER);

        assertThat(stub.asked()).hasSize(1);
    }

    @Test
    void endpointThatIsNone() throws Exception {
        AwsFailure failure = failure(at(Optional.empty(), Map.of("AWS_ENDPOINT_URL", "localhost:4566")));

        assertThat(failure.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(failure).hasMessageContaining("localhost:4566 is no endpoint");
    }

    /** The proxy refuses, so that nothing is called there. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY=http://127.0.0.1:", "https_proxy=127.0.0.1:"})
    void aProxyLeadsToHttpsEndpoints(String variable) throws Exception {
        String[] pair = variable.split("=");
        try (RawServer proxy = new RawServer(socket -> RawServer.say(socket, "HTTP/1.1 403 Forbidden\r\n\r\n"))) {
            Map<String, String> environment = new HashMap<>(Stub.KEYS);
            environment.put(pair[0], pair[1] + proxy.port());
            environment.put("AWS_REGION", "eu-west-1");

            AwsFailure failure = failure(new AwsSettings(NOTHING, NOTHING, Optional.empty(), environment));

            assertThat(proxy.heads()).allMatch(head -> head.startsWith("CONNECT ecs.eu-west-1.amazonaws.com:443 "));
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure).hasMessageContaining("https://ecs.eu-west-1.amazonaws.com");
        }
    }

    @Test
    void aProxyToHttpsEndpointsIsNotAskedForOthers() throws Exception {
        try (RawServer proxy = new RawServer(socket -> {})) {
            list(at(Optional.of(stub.uri()), Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port())), Side.CALLER);

            assertThat(stub.asked()).hasSize(1);
            assertThat(proxy.heads()).isEmpty();
        }
    }

    @Test
    void instancesAreDiscoveredAtTheEndpointItself() throws Exception {
        for (Map<String, String> how : List.of(
                Map.<String, String>of(), Map.of("AWS_ENDPOINT_URL", stub.uri().toString()))) {
            try (SdkAws aws = SdkAws.open(at(how.isEmpty() ? Optional.of(stub.uri()) : Optional.empty(), how))) {
                aws.call(
                        Call.of(
                                Operation.DISCOVER_INSTANCES,
                                Side.CALLER,
                                Map.of("NamespaceName", "n", "ServiceName", "s")),
                        LONG);
            }
        }

        // With the SDK's prefix it would be the unknown host data-127.0.0.1.
        assertThat(stub.asked())
                .extracting(a -> a.headers().get("Host"))
                .containsOnly(stub.uri().getAuthority());
    }
}
