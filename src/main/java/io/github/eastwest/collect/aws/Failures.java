package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;

/** Says what went wrong: the kind that decides what happens next, and one line for people. */
final class Failures {
    private static final Pattern XML_CODE = Pattern.compile("<Code>([A-Za-z.]{1,80})</Code>");
    private static final int FIRST_SERVER_FAULT = 500;

    private static final Set<String> DENIED = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "NotAuthorized",
            "Unauthorized",
            "UnauthorizedAccess",
            "UnauthorizedOperation");

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
            // SSO says so of a session that has ended
            "UnauthorizedException",
            "UnrecognizedClientException");

    /** What a wrong clock is told; the SDK's own question about that forgets the request's time. */
    private static final Set<String> CLOCK = Set.of(
            "AuthFailure",
            "InvalidSignatureException",
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch");

    /** Beyond those that the SDK knows: too many queries at once, and Cloud Map's own. */
    private static final Set<String> THROTTLED = Set.of("LimitExceededException", "RequestLimitExceeded");

    private Failures() {}

    /**
     * Why a request failed.
     *
     * @param to the exchanges it was a part of
     */
    static AwsFailure of(Operation operation, Throwable thrown, Exchanges to) {
        String action = operation.action() + ": ";
        if (first(thrown, Exchanges.TooLargeException.class).isPresent()) {
            return new AwsFailure(Kind.LIMITED, "", action + "the answer is larger than may be read", thrown);
        }
        return refusal(action, thrown)
                .map(refused -> refused.kind() == Kind.GARBAGE ? garbage(operation, to, thrown) : refused)
                .or(() -> cut(action, thrown, to))
                .orElseGet(() -> to.status() == 0
                        ? new AwsFailure(Kind.REFUSED, "", action + Message.safe(message(thrown)), thrown)
                        : garbage(operation, to, thrown));
    }

    /** What came back is no answer of the API. */
    static AwsFailure garbage(Operation operation, Exchanges from, Throwable thrown) {
        return new AwsFailure(
                Kind.GARBAGE,
                "",
                operation.action() + ": what " + from.endpoint() + " sent is no answer of that API (HTTP status "
                        + from.status() + ")",
                thrown);
    }

    private static Optional<AwsFailure> refusal(String what, Throwable thrown) {
        return first(thrown, AwsServiceException.class).map(refused -> {
            String code = detail(refused, AwsErrorDetails::errorCode)
                    .or(() -> detail(refused, AwsErrorDetails::rawResponse).flatMap(Failures::codeInXml))
                    .map(Message::code)
                    .orElse("");
            String message = detail(refused, AwsErrorDetails::errorMessage)
                    .map(Message::safe)
                    .orElse("");
            String said = (code.isEmpty() ? "HTTP status " + refused.statusCode() : code)
                    + (message.isEmpty() ? "" : ": " + message);
            return new AwsFailure(kind(code, message, refused), code, what + said, thrown);
        });
    }

    private static <T> Optional<T> detail(AwsServiceException refused, Function<AwsErrorDetails, T> detail) {
        return Optional.ofNullable(refused.awsErrorDetails()).map(detail);
    }

    /** The code of an error in the XML form where the API speaks JSON: gateways and emulators refuse so. */
    private static Optional<String> codeInXml(SdkBytes body) {
        Matcher code = XML_CODE.matcher(body.asString(StandardCharsets.ISO_8859_1));
        return code.find() ? Optional.of(code.group(1)) : Optional.empty();
    }

    private static Kind kind(String code, String message, AwsServiceException refused) {
        if (THROTTLED.contains(code) || refused.isThrottlingException()) {
            return Kind.THROTTLED;
        }
        if (DENIED.contains(code)) {
            return Kind.DENIED;
        }
        if (NOT_ACCEPTED.contains(code)) {
            return Kind.EXPIRED;
        }
        // ECS has no code of its own for an unknown task definition.
        boolean unknown = code.contains("NotFound")
                || code.equals("ClientException") && message.startsWith("Unable to describe task definition");
        if (unknown) {
            return Kind.NOT_FOUND;
        }
        // All errors of the APIs have a code; a page of a proxy has not.
        return code.isEmpty() && refused.statusCode() < FIRST_SERVER_FAULT ? Kind.GARBAGE : Kind.REFUSED;
    }

    /** Once there is a status, an I/O fault may as well be the parser's. */
    private static Optional<AwsFailure> cut(String what, Throwable thrown, Exchanges to) {
        return first(thrown, Exchanges.CutException.class)
                .<IOException>map(cut -> cut)
                .or(() -> to.status() == 0 ? first(thrown, IOException.class) : Optional.empty())
                .map(fault -> new AwsFailure(
                        Kind.UNREACHABLE,
                        "",
                        what + (to.endpoint().isEmpty() ? "" : to.endpoint() + ": ") + words(fault),
                        thrown));
    }

    private static String words(IOException fault) {
        return fault instanceof UnknownHostException
                ? "unknown host"
                : Message.safe(message(fault)).toLowerCase(Locale.ROOT);
    }

    /**
     * Why there are no credentials to make a request with.
     *
     * @param profile the profile in use; empty for the default one
     * @param sso whether that profile signs in by SSO
     */
    static AwsFailure credentials(Throwable thrown, Optional<String> profile, boolean sso, Exchanges to) {
        String message = message(thrown);
        String option = profile.map(name -> " --profile " + Message.safe(name)).orElse("");
        AwsFailure noSession =
                new AwsFailure(Kind.EXPIRED, "", "there is no valid SSO session: aws sso login" + option, thrown);
        // The SDK's messages name the sections of the configuration too; those are in lower case.
        if (message.contains("SSO") || message.contains("/sso/cache/")) {
            return noSession;
        }
        Optional<AwsFailure> why = refusal("signing in: ", thrown).or(() -> cut("signing in: ", thrown, to));
        if (why.isPresent()) {
            // No action of the operation's is missing where the credentials could not be had.
            return why.get().kind() == Kind.DENIED
                    ? new AwsFailure(Kind.NO_CREDENTIALS, why.get().code(), message(why.get()), thrown)
                    : why.get();
        }
        if (sso) {
            // Of a session that cannot be renewed the SDK says what its file lacks.
            return noSession;
        }
        if (message.contains("contained no credentials for profile")
                || message.contains("Unable to load credentials from any")) {
            return new AwsFailure(
                    Kind.NO_CREDENTIALS,
                    "",
                    "no credentials were found"
                            + profile.map(name -> " for the profile " + Message.safe(name))
                                    .orElse("")
                            + ": give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws configure",
                    thrown);
        }
        return new AwsFailure(
                message.toLowerCase(Locale.ROOT).contains("expired") ? Kind.EXPIRED : Kind.NO_CREDENTIALS,
                "",
                "no credentials: " + Message.safe(message),
                thrown);
    }

    /** The settings of a side are unusable. */
    static AwsFailure settings(String why, Throwable thrown) {
        return new AwsFailure(Kind.NO_CREDENTIALS, "", why, thrown);
    }

    /** The deadline came first. */
    static AwsFailure deadline(Operation operation) {
        return new AwsFailure(Kind.DEADLINE, "", operation.action() + ": no answer in time", new TimeoutException());
    }

    /** There is more to read than was asked for. */
    static AwsFailure more(Operation operation, int mostItems) {
        return new AwsFailure(
                Kind.LIMITED,
                "",
                operation.action() + ": there are more than " + mostItems + " items",
                new IndexOutOfBoundsException(mostItems));
    }

    /** The pages never end. */
    static AwsFailure circle(Operation operation) {
        return new AwsFailure(
                Kind.GARBAGE,
                "",
                operation.action() + ": the pages go round in a circle",
                new IllegalStateException("a token came twice"));
    }

    /** Whether the request never reached anybody. */
    static boolean neverSent(AwsFailure failure) {
        return first(failure, ConnectException.class).isPresent()
                || first(failure, UnknownHostException.class).isPresent();
    }

    /** Whether the clock may go wrong, which the SDK sets right by the answer's date. */
    static boolean clock(AwsFailure failure) {
        return CLOCK.contains(failure.code());
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }

    private static <T extends Throwable> Optional<T> first(Throwable thrown, Class<T> type) {
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
}
