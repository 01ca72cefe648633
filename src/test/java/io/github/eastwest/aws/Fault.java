package io.github.eastwest.aws;

import java.time.Duration;

/**
 * What an endpoint does in place of answering an operation.
 *
 * @param times how often; after that it answers again
 * @param delay how long it waits before
 */
record Fault(Kind kind, int times, Duration delay) {
    private static final int ALWAYS = Integer.MAX_VALUE;

    /** Kinds of faults. */
    enum Kind {
        /** The IAM action is missing. */
        DENIED,
        /** The credentials have expired. */
        EXPIRED,
        THROTTLED,
        /** HTTP status 500. */
        INTERNAL,
        /** HTTP status 200 with a body that is no answer. */
        GARBAGE,
        /** The connection ends within the answer. */
        CUT,
        /** The connection ends before an answer. */
        DROPPED,
        /** No answer ever. */
        HANG,
        /** A right answer, late. */
        NONE
    }

    static Fault denied() {
        return new Fault(Kind.DENIED, ALWAYS, Duration.ZERO);
    }

    static Fault expired() {
        return new Fault(Kind.EXPIRED, ALWAYS, Duration.ZERO);
    }

    static Fault throttled() {
        return new Fault(Kind.THROTTLED, ALWAYS, Duration.ZERO);
    }

    static Fault internalError() {
        return new Fault(Kind.INTERNAL, ALWAYS, Duration.ZERO);
    }

    static Fault garbage() {
        return new Fault(Kind.GARBAGE, ALWAYS, Duration.ZERO);
    }

    static Fault cut() {
        return new Fault(Kind.CUT, ALWAYS, Duration.ZERO);
    }

    static Fault dropped() {
        return new Fault(Kind.DROPPED, ALWAYS, Duration.ZERO);
    }

    static Fault hang() {
        return new Fault(Kind.HANG, ALWAYS, Duration.ZERO);
    }

    static Fault late(Duration delay) {
        return new Fault(Kind.NONE, ALWAYS, delay);
    }

    /** The same fault so often only. */
    Fault times(int times) {
        return new Fault(kind, times, delay);
    }
}
