package io.github.eastwest.aws;

/** An error as an AWS API answers it. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final int status;
    private final String code;

    /** Errors that have another code in each protocol; {@link #OF_THE_SERVICE} ones bring their own. */
    enum Kind {
        OF_THE_SERVICE,
        DENIED,
        EXPIRED,
        UNKNOWN_KEY,
        BAD_SIGNATURE,
        MISSING_SIGNATURE,
        THROTTLED,
        INTERNAL,
        UNKNOWN_OPERATION,
        UNKNOWN_MEMBER,
        MALFORMED
    }

    private ApiError(Kind kind, int status, String code, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.status = status;
        this.code = code;
    }

    /** An error of the service's model: HTTP status 400. */
    static ApiError of(String code, String message) {
        return new ApiError(Kind.OF_THE_SERVICE, 400, code, message);
    }

    static ApiError of(Kind kind, String message) {
        return new ApiError(kind, 0, "", message);
    }

    Kind kind() {
        return kind;
    }

    /** HTTP status; 0 where the protocol decides. */
    int status() {
        return status;
    }

    /** AWS's code; empty where the protocol decides. */
    String code() {
        return code;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
