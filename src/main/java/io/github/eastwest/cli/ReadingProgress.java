package io.github.eastwest.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows on standard error, if that is a terminal, how far reading is: one line that is written over and over and goes away at the end.
 */
final class ReadingProgress implements AutoCloseable {
    /** Short runs show nothing. */
    private static final int FIRST_MILLIS = 500;

    private static final int REPAINT_MILLIS = 200;
    private static final int BAR = 24;
    private static final long MEGA = 1_000_000;

    private final PrintWriter err;
    private final Clock clock;
    private final Instant began;
    private final Optional<Long> total;
    private final LongSupplier read;
    private final boolean terminal;
    private Optional<ScheduledExecutorService> painter = Optional.empty();
    private int painted;

    /**
     * A progress that is not shown yet.
     *
     * @param total bytes to read in all; empty when nobody knows
     * @param read bytes read so far
     */
    ReadingProgress(Console console, Optional<Long> total, LongSupplier read) {
        this.err = console.err();
        this.clock = console.world().clock();
        this.began = clock.instant();
        this.total = total;
        this.read = read;
        this.terminal =
                console.terminal().err() && !"dumb".equals(console.environment().get("TERM"));
    }

    /** Shows it until it is closed. */
    void show() {
        if (!terminal) {
            return;
        }
        ScheduledExecutorService made = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        made.scheduleAtFixedRate(this::paint, FIRST_MILLIS, REPAINT_MILLIS, TimeUnit.MILLISECONDS);
        painter = Optional.of(made);
    }

    private synchronized void paint() {
        String text = line(
                read.getAsLong(),
                total,
                Duration.between(began, clock.instant()).toMillis());
        err.print("\r" + text + " ".repeat(Math.max(0, painted - text.length())));
        err.flush();
        painted = text.length();
    }

    /**
     * The line.
     *
     * @param elapsed milliseconds
     */
    static String line(long read, Optional<Long> total, long elapsed) {
        double rate = elapsed <= 0 ? 0 : 1000.0 * read / elapsed;
        String speed = String.format(Locale.ROOT, "%.0f MB/s", rate / MEGA);
        if (total.isEmpty()) {
            return "eastwest: " + size(read) + " read, " + speed;
        }
        long whole = Math.max(1, total.get());
        double share = Math.min(1.0, (double) read / whole);
        int filled = (int) (share * BAR);
        String left = read >= whole
                ? "finishing"
                : rate == 0 ? "" : String.format(Locale.ROOT, "%d s left", (long) Math.ceil((whole - read) / rate));
        return String.format(
                Locale.ROOT,
                "eastwest: [%s%s] %3.0f %%  %s of %s  %s  %s",
                "#".repeat(filled),
                "-".repeat(BAR - filled),
                Math.floor(100 * share),
                size(Math.min(read, whole)),
                size(whole),
                speed,
                left);
    }

    private static String size(long bytes) {
        return bytes < 1000 * MEGA
                ? String.format(Locale.ROOT, "%.0f MB", (double) bytes / MEGA)
                : String.format(Locale.ROOT, "%.1f GB", bytes / (1000.0 * MEGA));
    }

    @Override
    public void close() {
        painter.ifPresent(ScheduledExecutorService::shutdownNow);
        synchronized (this) {
            if (painted > 0) {
                err.print("\r" + " ".repeat(painted) + "\r");
                err.flush();
            }
        }
    }
}
