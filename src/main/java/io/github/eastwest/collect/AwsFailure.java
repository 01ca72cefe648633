package io.github.eastwest.collect;

/** A call that AWS did not answer, or refused; the message is safe to print: no credentials, no signature, one line. */
public final class AwsFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String code;

    /** What went wrong, as far as it decides what happens next. */
    public enum Kind {
        /** No permission: the IAM action of the operation is missing. */
        DENIED,
        /** There are credentials, but they have expired or are not accepted. */
        EXPIRED,
        /** No credentials were found, or the profile does not exist. */
        NO_CREDENTIALS,
        /** Still throttled after all retries. */
        THROTTLED,
        /** The cluster, service, log group … does not exist. */
        NOT_FOUND,
        /** The deadline came first. */
        DEADLINE,
        /** No connection: name, network, TLS, or an endpoint that cuts connections. */
        UNREACHABLE,
        /** The answer was no answer of that API. */
        GARBAGE,
        /** There was more than the call asked for, or than an answer may hold. */
        LIMITED,
        /** AWS refused the request for another reason, or failed (5xx). */
        REFUSED
    }

    /**
     * A failure.
     *
     * @param code AWS's error code; empty when there is none
     * @param message one line for people
     */
    public AwsFailure(Kind kind, String code, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.code = code;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** AWS's error code, {@code AccessDeniedException}; empty when there is none. */
    public String code() {
        return code;
    }
}
