package io.github.eastwest.accesslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a file that grows. A line belongs to it when its newline is there. A file that becomes shorter begins anew; one that another
 * file takes the place of is read to its end first. Not thread-safe.
 */
final class FollowedFile implements FollowedLogs.Tail {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final long PART_BYTES = 4 << 20;

    private final Path path;
    private FileChannel channel;
    private @Nullable Object key;
    /** Where the first line begins that was not handed out. */
    private long position;
    /** Bytes that were looked through for newlines. */
    private long seen;
    /** Replaced files whose last lines may still be read. */
    private final List<FileChannel> retired = new ArrayList<>();

    private FollowedFile(Path path, boolean fromItsEnd) throws IOException {
        this.path = path;
        this.key = key(path);
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
        this.seen = fromItsEnd ? channel.size() : 0;
        this.position = endOfLastLine(0, seen);
    }

    /** Follows a plain file from behind the last line that it has now. */
    static FollowedFile fromItsEnd(Path path) throws IOException {
        return new FollowedFile(path, true);
    }

    /** Follows a plain file from its first line. */
    static FollowedFile fromItsBeginning(Path path) throws IOException {
        return new FollowedFile(path, false);
    }

    /** What tells the file from others whatever its name; null where the file system does not. */
    @Nullable
    Object key() {
        return key;
    }

    /** Where the lines end that were there in the beginning. */
    long position() {
        return position;
    }

    static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Offset behind the last newline between both offsets; {@code from} if there is none. */
    private long endOfLastLine(long from, long to) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        long end = to;
        while (end > from) {
            long begin = Math.max(from, end - block.length);
            ByteBuffer bytes = ByteBuffer.wrap(block, 0, (int) (end - begin));
            while (bytes.hasRemaining() && channel.read(bytes, begin + bytes.position()) >= 0) {
                // One read may bring less than all.
                continue;
            }
            int newline = Swar.lastIndexOf(block, 0, bytes.position(), '\n');
            if (newline >= 0) {
                return begin + newline + 1;
            }
            end = begin;
        }
        return from;
    }

    @Override
    public List<FollowedLogs.Part> poll() throws IOException {
        for (FileChannel old : retired) {
            old.close();
        }
        retired.clear();
        List<FollowedLogs.Part> parts = new ArrayList<>();
        drain(parts);
        Object now;
        try {
            now = key(path);
        } catch (NoSuchFileException rotating) {
            return parts;
        }
        if (!Objects.equals(now, key)) {
            drain(parts);
            // Its last line gets no newline any more.
            add(position, channel.size(), parts);
            retired.add(channel);
            channel = FileChannel.open(path, StandardOpenOption.READ);
            key = now;
            position = 0;
            seen = 0;
            drain(parts);
        }
        return parts;
    }

    private void drain(List<FollowedLogs.Part> parts) throws IOException {
        long size = channel.size();
        if (size < seen) {
            position = 0;
            seen = 0;
        }
        long end = endOfLastLine(Math.max(seen, position), size);
        if (end > Math.max(seen, position)) {
            add(position, end, parts);
            position = end;
        }
        seen = size;
    }

    private void add(long from, long end, List<FollowedLogs.Part> parts) {
        FileChannel file = channel;
        for (long at = from; at < end; at += PART_BYTES) {
            long begin = at;
            boolean first = begin == from;
            parts.add(() -> new LineChunks(
                    new FileRange(file, first ? begin : begin - 1, Math.min(end, begin + PART_BYTES), end),
                    BLOCK_BYTES,
                    !first));
        }
    }

    @Override
    public boolean isAtEnd() {
        return false;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel old : retired) {
            old.close();
        }
        channel.close();
    }
}
