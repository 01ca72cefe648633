package io.github.eastwest.accesslog;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Lines as they come through a pipe, as they are: what a document or a packed stream holds is only known at its end. */
final class FollowedStream implements FollowedLogs.Tail {
    private static final int BLOCK_BYTES = 64 << 10;
    /** Blocks that may wait: whoever writes to the pipe waits then. */
    private static final int WAITING = 64;

    private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean ended;
    private volatile @Nullable IOException fault;

    FollowedStream(InputStream in) {
        Thread reader = new Thread(() -> readAll(in), "eastwest-logs-in");
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(InputStream in) {
        try {
            byte[] buffer = new byte[BLOCK_BYTES];
            int length = 0;
            int read = in.read(buffer, 0, buffer.length);
            while (read >= 0) {
                length += read;
                int end = Swar.lastIndexOf(buffer, length - read, length, '\n') + 1;
                if (end > 0) {
                    blocks.put(Arrays.copyOf(buffer, end));
                    System.arraycopy(buffer, end, buffer, 0, length - end);
                    length -= end;
                } else if (length > LineScanner.LONGEST_LINE + 1) {
                    // What is longer than a line may be needs no more bytes to be told so.
                    length = LineScanner.LONGEST_LINE + 2;
                }
                if (length == buffer.length) {
                    buffer = Arrays.copyOf(buffer, 2 * length);
                }
                read = in.read(buffer, length, buffer.length - length);
            }
            if (length > 0) {
                blocks.put(Arrays.copyOf(buffer, length));
            }
        } catch (IOException early) {
            fault = early;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }

    @Override
    public List<FollowedLogs.Part> poll() throws IOException {
        List<byte[]> came = new ArrayList<>();
        blocks.drainTo(came);
        List<FollowedLogs.Part> parts = new ArrayList<>();
        for (byte[] block : came) {
            parts.add(() -> new LineChunks(new ByteArrayInputStream(block)));
        }
        IOException why = fault;
        if (parts.isEmpty() && why != null) {
            throw why;
        }
        return parts;
    }

    @Override
    public boolean isAtEnd() {
        return ended && blocks.isEmpty();
    }

    @Override
    public void close() {
        // Standard input belongs to the process, and its reader ends with it.
    }
}
