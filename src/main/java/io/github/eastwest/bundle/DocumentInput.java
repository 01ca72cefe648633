package io.github.eastwest.bundle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A JSON document's bytes; reading fails beyond the limits. */
final class DocumentInput extends FilterInputStream {
    private final Limits limits;
    private final AtomicLong readInAll;
    private long read;

    /** @param readInAll bytes of all documents of the bundle so far */
    DocumentInput(InputStream in, Limits limits, AtomicLong readInAll) {
        super(in);
        this.limits = limits;
        this.readInAll = readInAll;
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
        if (readInAll.addAndGet(bytes) > limits.documentBytesInAll()) {
            throw new IOException("the bundle's documents are larger than " + limits.documentBytesInAll() + " bytes");
        }
    }
}
