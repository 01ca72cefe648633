package io.github.eastwest.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A look at the end of a zip file before the platform's reader loads its whole directory into memory.
 */
final class ZipDirectory {
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int LOCATOR_SIGNATURE = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int END64_BYTES = 56;
    /** An entry of the directory: 46 bytes, a name, and a few attributes. */
    private static final long BYTES_PER_ENTRY = 1024;

    private ZipDirectory() {}

    /**
     * Fails if the file is no zip file, or if its directory is too large to be loaded.
     *
     * @param entries most entries allowed
     */
    static void check(Path path, int entries) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            long size = channel.size();
            long tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT + LOCATOR_BYTES);
            ByteBuffer tail = read(channel, size - tailBytes, (int) tailBytes);
            for (int at = (int) tailBytes - END_BYTES; at >= 0; at--) {
                if (tail.getInt(at) == END_SIGNATURE) {
                    long directoryBytes = tail.getInt(at + 12) & 0xFFFFFFFFL;
                    if (directoryBytes == 0xFFFFFFFFL && at >= LOCATOR_BYTES) {
                        directoryBytes = directoryBytes64(channel, tail, at - LOCATOR_BYTES, size);
                    }
                    if (directoryBytes > entries * BYTES_PER_ENTRY) {
                        throw new IOException("a zip file with a directory of " + directoryBytes + " bytes");
                    }
                    return;
                }
            }
            throw new IOException("neither a directory nor a zip file");
        }
    }

    private static long directoryBytes64(SeekableByteChannel channel, ByteBuffer tail, int locator, long size)
            throws IOException {
        if (tail.getInt(locator) != LOCATOR_SIGNATURE) {
            return 0xFFFFFFFFL;
        }
        long at = tail.getLong(locator + 8);
        if (at < 0 || at > size - END64_BYTES) {
            throw new IOException("a damaged zip file");
        }
        ByteBuffer end64 = read(channel, at, END64_BYTES);
        if (end64.getInt(0) != END64_SIGNATURE) {
            throw new IOException("a damaged zip file");
        }
        long bytes = end64.getLong(40);
        return bytes < 0 ? Long.MAX_VALUE : bytes;
    }

    private static ByteBuffer read(SeekableByteChannel channel, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        channel.position(at);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("a damaged zip file");
            }
        }
        return buffer;
    }
}
