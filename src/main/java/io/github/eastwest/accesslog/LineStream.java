package io.github.eastwest.accesslog;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Opens bytes of unknown content as lines: unpacks gzip, re-encodes UTF-16, turns documents into the lines they carry. */
public final class LineStream {
    private static final int HEAD_BYTES = 64 << 10;
    private static final int GZIP_BUFFER_BYTES = 64 << 10;

    private static final int[] GZIP = {0x1F, 0x8B};
    private static final int[] UTF_8_MARK = {0xEF, 0xBB, 0xBF};
    private static final int[] UTF_16LE_MARK = {0xFF, 0xFE};
    private static final int[] UTF_16BE_MARK = {0xFE, 0xFF};

    private LineStream() {}

    /**
     * Where the lines of a file begin whose bytes are its lines.
     *
     * @return offset of the first one; -1 if the file has to be opened with {@link #open}
     */
    static int plainFrom(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, bytes.position()) < 0) {
                break;
            }
        }
        byte[] head = Arrays.copyOf(bytes.array(), bytes.position());
        if (startsWith(head, GZIP) || startsWith(head, UTF_16LE_MARK) || startsWith(head, UTF_16BE_MARK)) {
            return -1;
        }
        int from = startsWith(head, UTF_8_MARK) ? UTF_8_MARK.length : 0;
        return Documents.isDocument(Arrays.copyOfRange(head, from, head.length)) ? -1 : from;
    }

    private static boolean startsWith(byte[] bytes, int[] mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The lines in the bytes, whatever stands around them.
     *
     * @param in plain or gzip
     * @param maxBytes most bytes after unpacking; reading fails beyond
     */
    public static InputStream open(InputStream in, long maxBytes) throws IOException {
        PushbackInputStream plainOrZipped = new PushbackInputStream(in, 2);
        byte[] magic = plainOrZipped.readNBytes(GZIP.length);
        plainOrZipped.unread(magic);
        boolean gzip = startsWith(magic, GZIP);
        InputStream unpacked =
                gzip ? new GZIPInputStream(new KnownEndStream(plainOrZipped), GZIP_BUFFER_BYTES) : plainOrZipped;
        HeadStream whole = new HeadStream(new LimitedStream(unpacked, maxBytes));
        byte[] head = whole.head();
        Charset utf16 = startsWith(head, UTF_16LE_MARK)
                ? StandardCharsets.UTF_16LE
                : startsWith(head, UTF_16BE_MARK) ? StandardCharsets.UTF_16BE : null;
        if (utf16 != null) {
            // What PowerShell writes when a command's output is redirected.
            whole.skip(UTF_16LE_MARK.length);
            whole = new HeadStream(new ReencodedStream(new InputStreamReader(whole, utf16)));
        } else if (startsWith(head, UTF_8_MARK)) {
            whole.skip(UTF_8_MARK.length);
        }
        return Documents.lines(whole.head(), whole);
    }

    /**
     * Knows whether its end is reached: {@link GZIPInputStream} asks {@code available()} whether another member follows, and a pipe's 0
     * would silently drop the rest of a concatenated file.
     */
    private static final class KnownEndStream extends FilterInputStream {
        private final PushbackInputStream pushback;

        KnownEndStream(InputStream in) {
            super(new PushbackInputStream(in, 1));
            pushback = (PushbackInputStream) super.in;
        }

        @Override
        public int available() throws IOException {
            int next = pushback.read();
            if (next < 0) {
                return 0;
            }
            pushback.unread(next);
            return Math.max(1, pushback.available());
        }
    }

    /** Fails when more bytes come than allowed. */
    private static final class LimitedStream extends FilterInputStream {
        private final long most;
        private long left;

        LimitedStream(InputStream in, long most) {
            super(in);
            this.most = most;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                if (super.in.read() < 0) {
                    return -1;
                }
                throw new IOException("more than " + most + " bytes after unpacking");
            }
            int read = super.in.read(buffer, from, (int) Math.min(length, left));
            if (read > 0) {
                left -= read;
            }
            return read;
        }
    }

    /** Reads its first bytes in advance; a fault there is kept for when they have been read. */
    private static final class HeadStream extends InputStream {
        private final InputStream rest;
        private final byte[] head;
        private @Nullable IOException fault;
        private int position;

        HeadStream(InputStream in) {
            rest = in;
            byte[] bytes = new byte[HEAD_BYTES];
            int length = 0;
            try {
                int read = 0;
                while (length < HEAD_BYTES && read >= 0) {
                    read = in.read(bytes, length, HEAD_BYTES - length);
                    length += Math.max(0, read);
                }
            } catch (IOException early) {
                fault = early;
            }
            head = Arrays.copyOf(bytes, length);
        }

        byte[] head() {
            return Arrays.copyOfRange(head, position, head.length);
        }

        void skip(int bytes) {
            position += bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            if (position < head.length) {
                int read = Math.min(length, head.length - position);
                System.arraycopy(head, position, buffer, from, read);
                position += read;
                return read;
            }
            if (fault != null) {
                throw fault;
            }
            return rest.read(buffer, from, length);
        }
    }

    /** Characters as UTF-8. */
    private static final class ReencodedStream extends InputStream {
        private final Reader reader;
        private byte[] bytes = new byte[0];
        private int position;

        ReencodedStream(Reader reader) {
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            if (position == bytes.length) {
                char[] characters = new char[8192];
                int count = reader.read(characters, 0, characters.length - 1);
                if (count < 0) {
                    return -1;
                }
                if (Character.isHighSurrogate(characters[count - 1])) {
                    int low = reader.read();
                    if (low >= 0) {
                        characters[count++] = (char) low;
                    }
                }
                bytes = new String(characters, 0, count).getBytes(StandardCharsets.UTF_8);
                position = 0;
            }
            int read = Math.min(length, bytes.length - position);
            System.arraycopy(bytes, position, buffer, from, read);
            position += read;
            return read;
        }
    }
}
