package io.github.eastwest.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A log's bytes. What is damaged or too large ends early instead of failing, so that the lines before it count;
 * {@link #fault()} tells.
 */
final class LogInput extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final long storedBytes;
    private final Budget budget;
    private long read;
    private @Nullable String fault;

    /**
     * How much may be read.
     *
     * @param bytes of this log
     * @param bytesInAll of all logs of the bundle
     * @param expansion how many times larger than stored
     * @param readInAll bytes of all logs of the bundle so far
     */
    record Budget(long bytes, long bytesInAll, int expansion, AtomicLong readInAll) {}

    private LogInput(InputStream in, long storedBytes, Budget budget, @Nullable String fault) {
        this.in = in;
        this.storedBytes = storedBytes;
        this.budget = budget;
        this.fault = fault;
    }

    /**
     * Opens stored bytes; whether they are gzip is told by their first two bytes.
     *
     * @param zipped whether the file's name promises gzip
     */
    static LogInput open(InputStream stored, long storedBytes, boolean zipped, Budget budget) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stored, BUFFER);
        try {
            buffered.mark(2);
            int first = buffered.read();
            int second = buffered.read();
            buffered.reset();
            if (first == 0x1f && second == 0x8b) {
                return new LogInput(new GZIPInputStream(buffered, BUFFER), storedBytes, budget, null);
            }
            String fault = zipped && first < 0 ? "an empty file, not a gzip file" : null;
            return new LogInput(buffered, storedBytes, budget, fault);
        } catch (IOException damaged) {
            buffered.close();
            throw damaged;
        }
    }

    /** Opens stored bytes and leaves them as they are, gzip or not. */
    static LogInput stored(InputStream stored, long storedBytes, Budget budget) {
        return new LogInput(stored, storedBytes, budget, null);
    }

    /** A log that could not be opened. */
    static LogInput unreadable(String fault) {
        return new LogInput(InputStream.nullInputStream(), 0, new Budget(0, 0, 1, new AtomicLong()), fault);
    }

    /** Why reading ended before the log did; empty while all is well. */
    Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (fault != null) {
            return -1;
        }
        int n;
        try {
            n = in.read(buffer, offset, length);
        } catch (IOException damaged) {
            fault = "damaged after " + read + " bytes: " + Text.of(damaged);
            return -1;
        }
        if (n > 0) {
            read += n;
            if (read > budget.bytes()) {
                fault = "longer than " + budget.bytes() + " bytes: the rest was not read";
            } else if (budget.readInAll().addAndGet(n) > budget.bytesInAll()) {
                fault = "the bundle's logs are longer than " + budget.bytesInAll() + " bytes: the rest was not read";
            } else if (read > Limits.EXPANSION_FREE_BYTES && read / budget.expansion() > storedBytes) {
                fault = "expands more than " + budget.expansion() + "-fold, as no log does: the rest was not read";
            }
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return fault == null ? in.available() : 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
