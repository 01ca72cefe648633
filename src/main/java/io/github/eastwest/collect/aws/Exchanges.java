package io.github.eastwest.collect.aws;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.http.Abortable;

/** The HTTP exchanges of one thread, one after the other, for one call. Thread-safe. */
final class Exchanges {
    private final AtomicLong allowance;
    private volatile int requests;
    private volatile int status;
    private volatile String endpoint = "";
    private Optional<Abortable> open = Optional.empty();
    private boolean givenUp;

    /**
     * No exchange yet.
     *
     * @param allowance how many bytes of answers may still be read; shared by all exchanges of a call
     */
    Exchanges(AtomicLong allowance) {
        this.allowance = allowance;
    }

    /** Begins an exchange. */
    synchronized void begin(String to, Abortable exchange) throws IOException {
        if (givenUp) {
            throw new IOException("given up");
        }
        requests++;
        endpoint = to;
        status = 0;
        open = Optional.of(exchange);
    }

    /** Ends the exchange. */
    synchronized void end() {
        open = Optional.empty();
    }

    /** Notes the status of an answer. */
    void answered(int code) {
        status = code;
    }

    /** Takes bytes off what may still be read. */
    void read(int bytes) throws IOException {
        if (givenUp()) {
            throw new IOException("given up");
        }
        if (allowance.addAndGet(-bytes) < 0) {
            throw new TooLargeException();
        }
    }

    /** Ends everything; what must be aborted, which may block until the other side says something. */
    synchronized Optional<Abortable> giveUp() {
        givenUp = true;
        return open;
    }

    private synchronized boolean givenUp() {
        return givenUp;
    }

    /** How many requests were sent. */
    int requests() {
        return requests;
    }

    /** Status of the last request's answer; 0 without one. */
    int status() {
        return status;
    }

    /** Where the last request went, {@code https://ecs.us-east-1.amazonaws.com}; empty before the first. */
    String endpoint() {
        return endpoint;
    }

    /** The answers of one call are larger than memory allows. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** An answer's end never came. */
    static final class CutException extends IOException {
        private static final long serialVersionUID = 1L;

        CutException(Throwable cause) {
            super("the connection was cut within the answer", cause);
        }
    }
}
