package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.Operation;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Says what went wrong: the kind that decides what happens next, and one line for people. */
final class Failures {
    private static final int LONGEST_MESSAGE = 600;
    private static final int FIRST_SERVER_FAULT = 500;

    private static final Set<String> DENIED = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "NotAuthorized",
            "Unauthorized",
            "UnauthorizedAccess",
            "UnauthorizedException",
            "UnauthorizedOperation",
            "UnauthorizedOperationException");

    private static final Set<String> NOT_ACCEPTED = Set.of(
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "UnrecognizedClientException");

    /** Beyond those that the SDK knows: quotas on what runs at once, which pass. */
    private static final Set<String> THROTTLED = Set.of("LimitExceededException", "RequestLimitExceeded");

    private Failures() {}

    /** Why a request failed. */
    static AwsFailure of(Operation operation, Throwable thrown, Exchanges exchanges) {
        if (has(thrown, Exchanges.TooLargeException.class).isPresent()) {
            return new AwsFailure(Kind.LIMITED, "", operation.action() + ": the answer is larger than is read", thrown);
        }
        Optional<AwsServiceException> refused = has(thrown, AwsServiceException.class);
        if (refused.isPresent()) {
            return refused(operation, refused.get());
        }
        Optional<String> cut = unreachable(thrown);
        if (cut.isPresent()) {
            return new AwsFailure(
                    Kind.UNREACHABLE, "", operation.action() + ": " + exchanges.endpoint() + ": " + cut.get(), thrown);
        }
        if (exchanges.status() != 0) {
            return new AwsFailure(
                    Kind.GARBAGE,
                    "",
                    operation.action() + ": what " + exchanges.endpoint() + " answered is no answer of that API",
                    thrown);
        }
        return new AwsFailure(Kind.REFUSED, "", operation.action() + ": " + Text.safe(message(thrown)), thrown);
    }

    private static AwsFailure refused(Operation operation, AwsServiceException thrown) {
        Optional<AwsErrorDetails> details = Optional.ofNullable(thrown.awsErrorDetails());
        String code = details.map(AwsErrorDetails::errorCode).map(Text::code).orElse("");
        String message =
                details.map(AwsErrorDetails::errorMessage).map(Text::safe).orElse("");
        String said = operation.action() + ": "
                + (code.isEmpty() ? "HTTP status " + thrown.statusCode() : code)
                + (message.isEmpty() ? "" : ": " + message);
        return new AwsFailure(kind(code, message, thrown), code, said, thrown);
    }

    private static Kind kind(String code, String message, AwsServiceException thrown) {
        if (THROTTLED.contains(code) || thrown.isThrottlingException()) {
            return Kind.THROTTLED;
        }
        if (DENIED.contains(code)) {
            return Kind.DENIED;
        }
        if (NOT_ACCEPTED.contains(code)) {
            return Kind.EXPIRED;
        }
        if (code.contains("NotFound")
                || code.equals("ClientException") && message.startsWith("Unable to describe task definition")) {
            return Kind.NOT_FOUND;
        }
        return code.isEmpty() && thrown.statusCode() < FIRST_SERVER_FAULT ? Kind.GARBAGE : Kind.REFUSED;
    }

    /** Why there are no credentials to make a request with. */
    static AwsFailure credentials(Throwable thrown) {
        String message = Text.safe(message(thrown));
        boolean expired = message.toLowerCase(Locale.ROOT).contains("expired")
                || has(thrown, AwsServiceException.class)
                        .flatMap(e -> Optional.ofNullable(e.awsErrorDetails()))
                        .map(AwsErrorDetails::errorCode)
                        .filter(NOT_ACCEPTED::contains)
                        .isPresent();
        return new AwsFailure(
                expired ? Kind.EXPIRED : Kind.NO_CREDENTIALS,
                "",
                (expired ? "the credentials have expired: " : "no credentials: ") + message,
                thrown);
    }

    /** There is no usable Region. */
    static AwsFailure noRegion(String name) {
        return new AwsFailure(
                Kind.NO_CREDENTIALS,
                "",
                "\"" + Text.safe(name) + "\" is not the name of a Region",
                new IllegalArgumentException(Text.safe(name)));
    }

    /** No Region was found anywhere. */
    static AwsFailure noRegion(Throwable thrown) {
        return new AwsFailure(
                Kind.NO_CREDENTIALS,
                "",
                "no Region: give --region, set AWS_REGION, or put region = … into the profile",
                thrown);
    }

    /** The deadline came first. */
    static AwsFailure deadline(Operation operation) {
        return new AwsFailure(
                Kind.DEADLINE,
                "",
                operation.action() + ": no answer in time",
                new java.util.concurrent.TimeoutException());
    }

    /** There is more to read than was asked for. */
    static AwsFailure more(Operation operation, int mostItems) {
        return new AwsFailure(
                Kind.LIMITED,
                "",
                operation.action() + ": there are more than the " + mostItems + " items asked for",
                new IndexOutOfBoundsException(mostItems));
    }

    /** The pages never end. */
    static AwsFailure circle(Operation operation) {
        return new AwsFailure(
                Kind.GARBAGE,
                "",
                operation.action() + ": its pages go round in a circle",
                new IllegalStateException("token repeated"));
    }

    /** Whether the request never reached anybody. */
    static boolean neverSent(Throwable thrown) {
        return has(thrown, ConnectException.class).isPresent()
                || has(thrown, UnknownHostException.class).isPresent();
    }

    private static Optional<String> unreachable(Throwable thrown) {
        if (has(thrown, UnknownHostException.class).isPresent()) {
            return Optional.of("unknown host");
        }
        if (has(thrown, ConnectException.class).isPresent()) {
            return Optional.of("connection refused");
        }
        if (has(thrown, NoRouteToHostException.class).isPresent()) {
            return Optional.of("no route to host");
        }
        if (has(thrown, SocketTimeoutException.class).isPresent()) {
            return Optional.of("timeout");
        }
        if (has(thrown, SSLException.class).isPresent()) {
            return Optional.of("TLS fails: "
                    + has(thrown, SSLException.class)
                            .map(Failures::message)
                            .map(Text::safe)
                            .orElse(""));
        }
        if (has(thrown, SocketException.class).isPresent()) {
            return Optional.of("connection cut");
        }
        return Optional.empty();
    }

    private static String message(Throwable thrown) {
        return Optional.ofNullable(thrown.getMessage()).orElse(thrown.getClass().getSimpleName());
    }

    private static <T extends Throwable> Optional<T> has(Throwable thrown, Class<T> type) {
        // A chain of causes is short; the bound ends one that was made to go in a circle.
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** Foreign text that may be shown. */
    static final class Text {
        private Text() {}

        static String code(String code) {
            // A JSON error may come with its name space: com.amazonaws.ecs#ClientException
            String name = code.substring(code.indexOf('#') + 1);
            return name.matches("[A-Za-z0-9._:-]{1,100}") ? name : "";
        }

        static String safe(String text) {
            String line = text.replaceAll("\\s+", " ")
                    .replaceAll("[^\\p{Print}]", "?")
                    .replaceAll("(?i)Encoded authorization failure message:.*", "")
                    .replaceAll(
                            "(?i)(The Canonical String|Credential=|Signature=|Authorization[=:]|x-amz-security-token).*",
                            "…")
                    .replaceAll("\\b(AKIA|ASIA)[A-Z0-9]{12,}\\b", "…")
                    .replaceAll("\\b[0-9a-f]{64}\\b", "…")
                    .replaceAll("(?<![A-Za-z0-9/+=])[A-Za-z0-9/+=]{100,}", "…")
                    .strip();
            return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
        }
    }
}
