package io.github.eastwest.accesslog;

/**
 * Scans the lines of the proxy's own log: Envoy's {@code [2026-11-21 03:24:13.242][22][info][main] [source/…] message}, the agent's
 * {@code [time][pid][level] [AppNet Agent] message}, and Istio's tab-separated {@code time level scope message}. Not thread-safe.
 */
final class ProxyLogScanner {
    private static final int LONGEST_BRACKET = 160;

    private final Timestamps timestamps;

    ProxyLogScanner(Timestamps timestamps) {
        this.timestamps = timestamps;
    }

    /**
     * Scans the line.
     *
     * @return false when it is none of them
     */
    boolean scan(byte[] b, int from, int to, ScannedLine line) {
        line.reset(b, from, to);
        boolean scanned = b[from] == '[' ? brackets(b, from, to, line) : tabs(b, from, to, line);
        if (scanned) {
            line.kind = ScannedLine.Kind.PROXY;
        }
        return scanned;
    }

    private boolean brackets(byte[] b, int from, int to, ScannedLine line) {
        int timeEnd = bracketEnd(b, from, to);
        if (timeEnd < 0) {
            return line.fail(from, "no ] after the time");
        }
        line.startMillis = timestamps.read(b, from + 1, timeEnd);
        if (line.startMillis == Timestamps.NONE) {
            return line.fail(from + 1, "no time between the brackets");
        }
        int thread = timeEnd + 1;
        int threadEnd = bracketEnd(b, thread, to);
        if (threadEnd < 0) {
            return line.fail(thread, "no thread or process number");
        }
        for (int at = thread + 1; at < threadEnd; at++) {
            if (!Ascii.isDigit(b[at])) {
                return line.fail(at, "no thread or process number");
            }
        }
        int level = threadEnd + 1;
        int levelEnd = bracketEnd(b, level, to);
        if (levelEnd < 0 || levelEnd == level + 1) {
            return line.fail(level, "no level");
        }
        for (int at = level + 1; at < levelEnd; at++) {
            if (!Ascii.isLetter(b[at])) {
                return line.fail(at, "no level");
            }
        }
        line.text(Fields.LEVEL, level + 1, levelEnd);
        int at = levelEnd + 1;
        int logger = bracketEnd(b, at, to);
        if (logger >= 0) {
            at = logger + 1;
        }
        // The source of the message, or the agent's name.
        if (at < to && b[at] == ' ') {
            int source = bracketEnd(b, at + 1, to);
            if (source >= 0) {
                at = source + 1;
            }
        }
        while (at < to && b[at] == ' ') {
            at++;
        }
        line.text(Fields.MESSAGE, at, to);
        return true;
    }

    /** Index of the bracket that closes the one at {@code from}; -1 when there is none. */
    private static int bracketEnd(byte[] b, int from, int to) {
        if (from >= to || b[from] != '[') {
            return -1;
        }
        return Swar.indexOf(b, from + 1, Math.min(to, from + LONGEST_BRACKET), ']');
    }

    private boolean tabs(byte[] b, int from, int to, ScannedLine line) {
        int timeEnd = Swar.indexOf(b, from, Math.min(to, from + 40), '\t');
        if (timeEnd < 0) {
            return line.fail(from, "no known beginning");
        }
        line.startMillis = timestamps.read(b, from, timeEnd);
        if (line.startMillis == Timestamps.NONE) {
            return line.fail(from, "no known beginning");
        }
        int levelEnd = timeEnd + 1;
        while (levelEnd < to && Ascii.isLetter(b[levelEnd])) {
            levelEnd++;
        }
        if (levelEnd == timeEnd + 1 || levelEnd >= to || b[levelEnd] != '\t') {
            return line.fail(timeEnd + 1, "no level");
        }
        line.text(Fields.LEVEL, timeEnd + 1, levelEnd);
        line.text(Fields.MESSAGE, levelEnd + 1, to);
        return true;
    }
}
