package io.github.eastwest.cli;

import io.github.eastwest.collect.PlannedCall;
import io.github.eastwest.collect.Progress;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows on standard error how a collection goes on: on a terminal one line that is written over and over and goes away at the
 * end, with {@code -v} a line per source besides, and nothing at all where neither is the case.
 */
final class ProgressLines implements Progress, AutoCloseable {
    private static final int COLUMNS = 79;
    private static final int REPAINT_MILLIS = 200;
    private static final int BAR = 10;
    private static final String ERASE = "\u001b[K";

    private final PrintWriter err;
    private final Console console;
    private final boolean updating;
    private final boolean escapes;
    private final boolean verbose;
    private final Instant began;
    private final Map<String, Instant> waiting = new LinkedHashMap<>();
    private final Map<String, String> queries = new LinkedHashMap<>();
    private final List<String> troubles = new ArrayList<>();
    private final ScheduledExecutorService painter;
    private int read;
    private int painted;
    private boolean closed;

    /**
     * Shows progress from now on.
     *
     * @param color when escape sequences may be used
     */
    ProgressLines(Console console, ColorMode color, boolean verbose) {
        this.console = console;
        this.err = console.err();
        this.verbose = verbose;
        this.updating =
                console.terminal().err() && !"dumb".equals(console.environment().get("TERM"));
        this.escapes = updating && color.on(true, console.environment());
        this.began = console.world().clock().instant();
        this.painter = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        if (updating) {
            painter.scheduleAtFixedRate(this::paint, 0, REPAINT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void started(String source) {
        waiting.putIfAbsent(source, console.world().clock().instant());
    }

    @Override
    public synchronized void finished(String source, Coverage.State state, Duration took) {
        waiting.remove(source);
        queries.keySet().removeIf(query -> query.startsWith(source));
        read++;
        if (state != Coverage.State.COMPLETE && state != Coverage.State.NOT_CONFIGURED) {
            troubles.add(source);
        }
        if (verbose) {
            line("  " + seconds(took) + "  " + source + " " + state.id());
        }
    }

    @Override
    public synchronized void polled(String source, String status, long bytesScanned) {
        queries.put(
                source,
                status.toLowerCase(Locale.ROOT)
                        + (bytesScanned > 0 ? ", " + Units.bytes(bytesScanned) + " scanned" : ""));
    }

    @Override
    public synchronized void counted(String source, int answered, int all) {
        int full = all <= 0 ? 0 : (int) Math.min(BAR, (long) BAR * answered / all);
        queries.put(
                source,
                "[" + "#".repeat(full) + "-".repeat(BAR - full) + "] " + Units.count(answered) + "/"
                        + Units.count(all));
    }

    @Override
    public synchronized void priced(int metrics, int calls, double usd) {
        if (updating || verbose) {
            line("eastwest: asking for " + Units.count(metrics, "metric") + " in " + Units.count(calls, "call") + ": "
                    + CallList.usd(usd));
        }
    }

    /** One line per call, when all are made. */
    synchronized void calls(List<PlannedCall> calls) {
        if (verbose) {
            calls.forEach(call ->
                    line("  step " + call.step() + "  " + call.side().id() + "  " + CallList.oneLine(call.command())
                            + "  (" + call.requests() + (call.requests() == 1 ? " request)" : " requests)")));
        }
    }

    private void line(String text) {
        erase();
        err.println(printable(text));
        err.flush();
    }

    synchronized void paint() {
        if (closed) {
            return;
        }
        Duration elapsed = Duration.between(began, console.world().clock().instant());
        StringBuilder text = new StringBuilder("eastwest: ")
                .append(seconds(elapsed).strip())
                .append(", ")
                .append(read)
                .append(" read");
        if (!troubles.isEmpty()) {
            text.append(" (").append(troubles.size()).append(" not whole)");
        }
        if (!queries.isEmpty()) {
            Map.Entry<String, String> query = queries.entrySet().iterator().next();
            text.append(", ").append(query.getKey()).append(' ').append(query.getValue());
        } else if (!waiting.isEmpty()) {
            text.append(", waiting for ").append(String.join(", ", waiting.keySet()));
        }
        String shown = printable(text.length() > COLUMNS ? text.substring(0, COLUMNS - 1) + "\u2026" : text.toString());
        int width = shown.length();
        err.print("\r" + shown + (escapes ? ERASE : " ".repeat(Math.max(0, painted - width))));
        err.flush();
        painted = width;
    }

    private void erase() {
        if (painted > 0) {
            err.print("\r" + (escapes ? ERASE : " ".repeat(painted) + "\r"));
            painted = 0;
        }
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%5.1f s", took.toMillis() / 1000.0);
    }

    /** Names of queries and commands hold what AWS or the user said. */
    private static String printable(String text) {
        return Foreign.clean(text).replace('\n', ' ');
    }

    @Override
    public synchronized void close() {
        closed = true;
        painter.shutdownNow();
        erase();
        err.flush();
    }
}
