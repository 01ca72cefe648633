package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say becomes a kind of failure and a line that may be shown. */
class FailuresTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What is throttled is repeated until then; for clients whose classes are loaded. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    @BeforeAll
    static void loadClasses() {
        List.of(Operation.DESCRIBE_SERVICES, Operation.DESCRIBE_NETWORK_INTERFACES, Operation.LIST_METRICS)
                .forEach(operation -> failure(operation, Reply.json("")));
    }

    private static AwsFailure failure(Operation operation, Reply reply) {
        return failure(operation, reply, LONG);
    }

    private static AwsFailure failure(Operation operation, Reply reply, Duration within) {
        try (Stub stub = new Stub().with(reply);
                SdkAws aws = SdkAws.open(stub.settings())) {
            return catchThrowableOfType(
                    AwsFailure.class, () -> aws.call(Call.of(operation, Side.CALLER, Map.of()), within));
        }
    }

    private static Duration patience(Kind kind) {
        return kind == Kind.THROTTLED ? SHORT : LONG;
    }

    private static AwsFailure json(String code, String message) {
        return failure(Operation.DESCRIBE_SERVICES, Reply.refused(code, message));
    }

    /** What the SDK says when the file of an expired session lacks what a renewal needs. */
    @Test
    void anSsoSessionThatCannotBeRenewedIsRenewedBySigningIn() {
        RuntimeException thrown = new NullPointerException("clientId is null");

        AwsFailure sso = Failures.credentials(thrown, Optional.of("s"), true, new Exchanges(new AtomicLong()));
        AwsFailure other = Failures.credentials(thrown, Optional.of("s"), false, new Exchanges(new AtomicLong()));
        AwsFailure unreachable = Failures.credentials(
                new IllegalStateException(new ConnectException("Connection refused")),
                Optional.of("s"),
                true,
                new Exchanges(new AtomicLong()));

        assertThat(sso.kind()).isEqualTo(Kind.EXPIRED);
        assertThat(sso).hasMessage("there is no valid SSO session: aws sso login --profile s");
        assertThat(other.kind()).isEqualTo(Kind.NO_CREDENTIALS);
        assertThat(unreachable.kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDeniedException, DENIED",
        "com.amazonaws.ecs#AccessDeniedException, DENIED",
        "ExpiredTokenException, EXPIRED",
        "UnrecognizedClientException, EXPIRED",
        "InvalidSignatureException, EXPIRED",
        "ClusterNotFoundException, NOT_FOUND",
        "ResourceNotFoundException, NOT_FOUND",
        "NamespaceNotFound, NOT_FOUND",
        "ThrottlingException, THROTTLED",
        "RequestLimitExceeded, THROTTLED",
        "ClientException, REFUSED",
        "InvalidParameterException, REFUSED",
        "ServerException, REFUSED"
    })
    void codesOfJsonApis(String code, Kind kind) {
        AwsFailure failure = failure(Operation.DESCRIBE_SERVICES, Reply.refused(code, "why"), patience(kind));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.code()).isEqualTo(code.substring(code.indexOf('#') + 1));
        assertThat(failure).hasMessage("ecs:DescribeServices: " + failure.code() + ": why");
    }

    @ParameterizedTest
    @CsvSource({
        "UnauthorizedOperation, DENIED",
        "AuthFailure, EXPIRED",
        "RequestExpired, EXPIRED",
        "InvalidNetworkInterfaceID.NotFound, NOT_FOUND",
        "RequestLimitExceeded, THROTTLED",
        "InvalidParameterValue, REFUSED"
    })
    void codesOfEc2(String code, Kind kind) {
        AwsFailure failure = failure(
                Operation.DESCRIBE_NETWORK_INTERFACES,
                new Reply(
                        403,
                        "<Response><Errors><Error><Code>" + code
                                + "</Code><Message>why</Message></Error></Errors></Response>"),
                patience(kind));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage("ec2:DescribeNetworkInterfaces: " + code + ": why");
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDenied, DENIED",
        "InvalidClientTokenId, EXPIRED",
        "ExpiredToken, EXPIRED",
        "Throttling, THROTTLED"
    })
    void codesOfTheQueryApis(String code, Kind kind) {
        AwsFailure failure = failure(
                Operation.LIST_METRICS,
                new Reply(
                        403,
                        "<ErrorResponse><Error><Code>" + code
                                + "</Code><Message>why</Message></Error></ErrorResponse>"),
                patience(kind));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage("cloudwatch:ListMetrics: " + code + ": why");
    }

    @Test
    void anUnknownTaskDefinitionIsNotFound() {
        assertThat(json("ClientException", "Unable to describe task definition.")
                        .kind())
                .isEqualTo(Kind.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{}",
                "[]",
                "null",
                "\"x\"",
                "<html><body>Log in</body></html>",
                "{\"services\":[{\"serviceName\":\"a\"",
                "{\"services\":\"x\"}",
                "{\"services\":[1]}",
                "{\"services\":[{\"desiredCount\":\"abc\"}]}",
                "{\"services\":[{\"desiredCount\":99999999999999}]}"
            })
    void whatIsNoAnswerInJson(String body) {
        AwsFailure failure = failure(Operation.DESCRIBE_SERVICES, Reply.json(body));

        assertThat(failure.kind()).isEqualTo(Kind.GARBAGE);
        assertThat(failure).hasMessageMatching("ecs:DescribeServices: what http://.* is no answer of that API .*200.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{}",
                "<html><body>Log in</body></html>",
                "<!DOCTYPE html><html><body><p>Log in<br></body></html>",
                "<R><requestId>a</requestId></R>",
                "<R><subnetSet><item>",
                "<R><subnetSet><item><availableIpAddressCount>abc</availableIpAddressCount></item></subnetSet></R>",
                "<!DOCTYPE R [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
                        + "<R><subnetSet><item><subnetId>&x;</subnetId></item></subnetSet></R>"
            })
    void whatIsNoAnswerInXml(String body) {
        assertThat(failure(Operation.DESCRIBE_SUBNETS, new Reply(200, body)).kind())
                .isEqualTo(Kind.GARBAGE);
    }

    @Test
    void answersDeeperThanAnyAreNoAnswers() {
        String deep = "<a>".repeat(200_000);

        assertThat(failure(Operation.DESCRIBE_SUBNETS, new Reply(200, deep)).kind())
                .isEqualTo(Kind.GARBAGE);
        assertThat(failure(Operation.DESCRIBE_SERVICES, Reply.json("{\"x\":" + "[".repeat(200_000)))
                        .kind())
                .isEqualTo(Kind.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 403, 407})
    void pagesOfAProxyAreNoAnswers(int status) {
        AwsFailure failure = failure(Operation.DESCRIBE_SERVICES, new Reply(status, "<html>no</html>"));

        assertThat(failure.kind()).isEqualTo(Kind.GARBAGE);
        assertThat(failure).hasMessageContaining("HTTP status " + status);
    }

    @Test
    void aRefusalInXmlIsOneWhereTheApiSpeaksJson() {
        AwsFailure failure = failure(
                Operation.DESCRIBE_SERVICES,
                new Reply(
                        403,
                        "<?xml version=\"1.0\"?><ErrorResponse><Errors><Error><Code>AccessDenied</Code>"
                                + "<Message>no</Message></Error></Errors></ErrorResponse>"));

        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure.code()).isEqualTo("AccessDenied");
    }

    @Test
    void withoutACodeTheStatusIsSaid() {
        assertThat(failure(Operation.DESCRIBE_SERVICES, new Reply(503, "<html>no</html>")))
                .hasMessage("ecs:DescribeServices: HTTP status 503")
                .extracting(AwsFailure::kind)
                .isEqualTo(Kind.REFUSED);
    }

    @Test
    void otherThanHttpIsUnreachable() throws Exception {
        try (RawServer server = new RawServer(socket -> RawServer.say(socket, "SSH-2.0-OpenSSH_9.2\r\n"));
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(catchThrowableOfType(
                                    AwsFailure.class,
                                    () -> aws.call(Call.of(Operation.LIST_CLUSTERS, Side.CALLER, Map.of()), LONG))
                            .kind())
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void messagesAreOnePrintableLine() {
        assertThat(json("ClientException", "a\\n\\tb\\u001b[31m\\u202e"))
                .hasMessage("ecs:DescribeServices: ClientException: a b?[31m?");
    }

    @Test
    void messagesAreShort() {
        // 300 characters and the sign that it was cut
        assertThat(json("ClientException", "no ".repeat(100_000)).getMessage())
                .hasSize("ecs:DescribeServices: ClientException: ".length() + 301)
                .endsWith("…");
    }

    @Test
    void codesThatAreNoneAreNotRepeated() {
        assertThat(json("<b>x</b>", "why").code()).isEmpty();
    }

    /** What a server was sent it can send back. */
    @ParameterizedTest
    @CsvSource({
        "the key AKIAIOSFODNN7EXAMPLE is unknown, the key … is unknown",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1 is wrong, … is wrong",
        "it is not 3b8f1a2c3b8f1a2c3b8f1a2c3b8f1a2c3b8f1a2c3b8f1a2c3b8f1a2c3b8f1a2c, it is not …",
        "bad AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120, bad",
        "Signature=abc is wrong, ''",
        "no. Encoded authorization failure message: Tm90aGluZw, no.",
        "wrong. The Canonical String for this request should have been 'POST /', wrong.",
        "Signature expired: 20261120T100000Z, Signature expired: 20261120T100000Z",
        "service/production-cluster/payments-service-2 is unknown, service/production-cluster/payments-service-2 is unknown",
        "'User: arn:aws:sts::111122223333:assumed-role/Reader/eastwest is not authorized to perform: ecs:DescribeServices',"
                + "'User: arn:aws:sts::111122223333:assumed-role/Reader/eastwest is not authorized to perform: ecs:DescribeServices'"
    })
    void messagesKeepSecrets(String said, String shown) {
        assertThat(Message.safe(said)).isEqualTo(shown);
    }

    @Test
    void messagesKeepSessionTokens() {
        String token = "FwoGZXIvYXdzE".repeat(20);

        assertThat(Message.safe("got " + token + "== and " + token.replace("Z", "%2F")))
                .isEqualTo("got … and …");
    }
}
