package io.github.eastwest.model;

/** An error that the user can act on: what was tried, what came back, what to do. */
public final class EastwestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final String hint;

    /** What kind of error it is; the command line maps it to an exit code. */
    public enum Kind {
        /** A bad flag, an unknown service, an unreadable file. */
        USAGE,
        /** No credentials, or every source denied. */
        NO_ACCESS,
        /** Our fault. */
        INTERNAL
    }

    /**
     * @param message what was tried and what came back, without full stop
     * @param hint what to do; empty when there is nothing to say
     */
    public EastwestException(Kind kind, String message, String hint) {
        super(message);
        this.kind = kind;
        this.hint = hint;
    }

    /** As {@link #EastwestException(Kind, String, String)}, with the fault behind it. */
    public EastwestException(Kind kind, String message, String hint, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
    }

    /** What kind of error it is. */
    public Kind kind() {
        return kind;
    }

    /** What to do; empty when there is nothing to say. */
    public String hint() {
        return hint;
    }
}
