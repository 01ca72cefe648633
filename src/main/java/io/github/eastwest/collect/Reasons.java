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
                .map(failure -> failure.kind() == AwsFailure.Kind.DENIED
                        ? reply.call().operation().action() + " is denied"
                        : Text.of(failure))
                .orElse("");
    }

    /** What to do about it; empty when there is nothing to say. */
    static String remedy(Reply reply) {
        return reply.failure()
                .map(failure -> switch (failure.kind()) {
                    case DENIED ->
                        "Allow it: " + IamPolicy.statement(List.of(reply.call().operation()));
                    case EXPIRED -> RENEW;
                    case THROTTLED -> "Try again later.";
                    case UNREACHABLE, DEADLINE -> "Check the network, --region and --endpoint-url.";
                    // Without credentials the failure itself says how to give some.
                    case NO_CREDENTIALS, NOT_FOUND, GARBAGE, LIMITED, REFUSED -> "";
                })
                .orElse("");
    }

    /** What to do about credentials that no call was answered with. */
    static String renew(AwsFailure failure) {
        return failure.kind() == AwsFailure.Kind.EXPIRED ? RENEW : "";
    }
}
