package io.github.eastwest.cli;

import io.github.eastwest.accesslog.AccessLogSummary;
import io.github.eastwest.accesslog.FollowedLogs;
import io.github.eastwest.accesslog.LogAnalysis;
import io.github.eastwest.accesslog.LogSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs {@code eastwest logs --follow}. It ends when standard input does, with exit code 0, or by Ctrl-C, with 130; either way with the
 * summaries.
 */
final class Following implements AutoCloseable {
    private static final int POLL_MILLIS = 200;
    /** Folders are walked this often. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration REPAINT = Duration.ofSeconds(1);
    private static final int STOPPING_SECONDS = 10;
    /** To the upper left, and erase all. */
    private static final String CLEAR = "\u001B[H\u001B[2J";

    private final Console console;
    private final Outputs targets;
    private final Summaries summaries;
    /** Outputs of lines, which are open all the time. */
    private final Map<Outputs.Target, OutputStream> live = new LinkedHashMap<>();

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean stopped;
    private Instant painted = Instant.MIN;
    private Instant looked = Instant.MIN;

    /** Writes a summary. */
    interface Summaries {
        void write(AccessLogSummary summary, Outputs.Target target, OutputStream out) throws IOException;
    }

    Following(Console console, Outputs targets, Summaries summaries) {
        this.console = console;
        this.targets = targets;
        this.summaries = summaries;
        // On Ctrl-C the platform runs this beside the work, and ends the process when it is done.
        this.hook = new Thread(this::stop, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        stopped = true;
        try {
            if (!ended.await(STOPPING_SECONDS, TimeUnit.SECONDS)) {
                // Whoever reads the output may have stopped reading.
                return;
            }
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Follows until the end. Returns the exit code.
     *
     * @param files those to follow, as they are now
     */
    int run(FollowedLogs logs, Supplier<List<LogSource>> files) throws IOException {
        LogAnalysis first = logs.start();
        for (Outputs.Target target : targets.targets()) {
            if (target.format().equals("jsonl") || target.format().equals("csv")) {
                OutputStream out = new BufferedOutputStream(
                        target.standardOutput() ? console.out() : Files.newOutputStream(Path.of(target.file())));
                live.put(target, out);
                if (target.format().equals("csv")) {
                    first.rows(out);
                } else {
                    first.lines(out);
                }
                out.flush();
            }
        }
        boolean interrupted = goOn(logs, files);
        finish(logs);
        return stopped || interrupted ? ExitCode.INTERRUPTED : ExitCode.OK;
    }

    /** Takes lines until there can be no more, or until Ctrl-C. Returns whether this thread was interrupted instead. */
    private boolean goOn(FollowedLogs logs, Supplier<List<LogSource>> files) throws IOException {
        try {
            boolean changed = true;
            while (!stopped && !logs.isAtEnd()) {
                look(logs, files);
                changed |= more(logs);
                changed &= !painted(logs, changed);
                Thread.sleep(POLL_MILLIS);
            }
            // What came before the end, or before Ctrl-C, belongs to the summary.
            more(logs);
            return false;
        } catch (InterruptedException | ClosedByInterruptException interrupted) {
            // Whoever is interrupted can write no file, and the summaries are still to come.
            Thread.interrupted();
            return true;
        }
    }

    private void look(FollowedLogs logs, Supplier<List<LogSource>> files) throws IOException {
        Instant now = console.world().clock().instant();
        if (!now.isBefore(looked.plus(LOOK))) {
            looked = now;
            // What this run writes is no log to follow.
            List<Path> own = targets.targets().stream()
                    .filter(target -> !target.standardOutput())
                    .map(target -> Path.of(target.file()).toAbsolutePath().normalize())
                    .toList();
            logs.look(files.get().stream()
                    .filter(source -> source.file()
                            .filter(file -> own.contains(file.toAbsolutePath().normalize()))
                            .isEmpty())
                    .toList());
        }
    }

    private boolean more(FollowedLogs logs) throws IOException {
        if (!logs.poll()) {
            return false;
        }
        for (Map.Entry<Outputs.Target, OutputStream> entry : live.entrySet()) {
            if (entry.getKey().format().equals("csv")) {
                logs.rows(entry.getValue());
            } else {
                logs.lines(entry.getValue());
            }
            entry.getValue().flush();
        }
        return true;
    }

    /** Shows the summary anew on a terminal, now and then. Returns whether it did. */
    private boolean painted(FollowedLogs logs, boolean changed) throws IOException {
        Instant now = console.world().clock().instant();
        List<Outputs.Target> shown = targets.targets().stream()
                .filter(target -> target.standardOutput() && target.format().equals("text"))
                .toList();
        if (!changed || shown.isEmpty() || !console.terminal().out() || now.isBefore(painted.plus(REPAINT))) {
            return false;
        }
        painted = now;
        OutputStream out = new BufferedOutputStream(console.out());
        out.write(CLEAR.getBytes(StandardCharsets.US_ASCII));
        summaries.write(logs.summary(), shown.get(0), out);
        out.flush();
        return true;
    }

    private void finish(FollowedLogs logs) throws IOException {
        AccessLogSummary summary = logs.summary();
        List<Outputs.Target> others = targets.targets().stream()
                .filter(target -> !live.containsKey(target))
                .toList();
        if (!painted.equals(Instant.MIN)) {
            console.out().write(CLEAR.getBytes(StandardCharsets.US_ASCII));
        }
        new Outputs(others).write(console, (target, out) -> summaries.write(summary, target, out));
        console.out().flush();
    }

    @Override
    public void close() throws IOException {
        try {
            for (Map.Entry<Outputs.Target, OutputStream> entry : live.entrySet()) {
                if (entry.getKey().standardOutput()) {
                    entry.getValue().flush();
                } else {
                    entry.getValue().close();
                }
            }
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // The hook is what runs.
                stopped = true;
            }
        }
    }
}
