package io.github.eastwest.bundle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A JSON document's bytes; reading fails beyond the limits. */
final class DocumentInput extends FilterInputStream {
    private final Limits limits;
    private final AtomicLong bytesInAll;
    private final AtomicLong valuesInAll;
    private long read;

    /**
     * A document's bytes.
     *
     * @param bytesInAll bytes of all documents of the bundle so far
     * @param valuesInAll values of all documents of the bundle so far
     */
    DocumentInput(InputStream in, Limits limits, AtomicLong bytesInAll, AtomicLong valuesInAll) {
        super(in);
        this.limits = limits;
        this.bytesInAll = bytesInAll;
        this.valuesInAll = valuesInAll;
    }

    /** Counts a value that is about to be kept; false if there are too many. */
    boolean takeValue() {
        return valuesInAll.incrementAndGet() <= limits.values();
    }

    Limits limits() {
        return limits;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        count(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        count(Math.max(0, n));
        return n;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(int bytes) throws IOException {
        read += bytes;
        if (read > limits.documentBytes()) {
            throw new IOException("larger than " + limits.documentBytes() + " bytes");
        }
        if (bytesInAll.addAndGet(bytes) > limits.documentBytesInAll()) {
            throw new IOException("the bundle's documents are larger than " + limits.documentBytesInAll() + " bytes");
        }
    }
}
