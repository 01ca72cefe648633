package io.github.eastwest.collect;

import io.github.eastwest.bundle.Text;
import java.util.List;

/** Failures of calls in words. */
final class Reasons {
    private static final String RENEW =
            "Renew the credentials: aws sso login (with --profile NAME where you use one), or new keys.";

    private Reasons() {}

    /** What went wrong. */
    static String why(Reply reply) {
        return reply.failure()
                .map(failure -> why(reply.call().operation(), failure))
                .orElse("");
    }

    static String why(Operation operation, AwsFailure failure) {
        String action = operation.action();
        String said =
                Text.printable(failure.code().isEmpty() ? Text.of(failure) : failure.code() + ": " + Text.of(failure));
        return switch (failure.kind()) {
            case DENIED -> action + " is denied";
            case EXPIRED -> "the credentials have expired or are not accepted (" + said + ")";
            case NO_CREDENTIALS -> "no credentials (" + said + ")";
            case THROTTLED -> action + " is throttled";
            case NOT_FOUND -> action + " does not find it (" + said + ")";
            case DEADLINE -> action + " did not answer in time";
            case UNREACHABLE -> operation.service() + " cannot be reached (" + said + ")";
            case GARBAGE -> action + " was answered with something else (" + said + ")";
            case LIMITED -> said;
            case REFUSED -> action + " failed (" + said + ")";
        };
    }

    /** What to do about it; empty when there is nothing to say. */
    static String remedy(Reply reply) {
        return reply.failure()
                .map(failure -> switch (failure.kind()) {
                    case DENIED ->
                        "Allow it: " + IamPolicy.statement(List.of(reply.call().operation()));
                    case EXPIRED, NO_CREDENTIALS -> RENEW;
                    case THROTTLED -> "Try again later.";
                    case UNREACHABLE, DEADLINE -> "Check the network, --region and --endpoint-url.";
                    case NOT_FOUND, GARBAGE, LIMITED, REFUSED -> "";
                })
                .orElse("");
    }

    /** What to do without any usable credentials. */
    static String renew() {
        return RENEW;
    }
}
