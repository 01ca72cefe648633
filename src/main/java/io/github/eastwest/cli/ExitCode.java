package io.github.eastwest.cli;

/** Exit codes, the same in every output format. When several hold: 1, 2, 5, 3, 6, 4 in this order. */
public final class ExitCode {
    /** Everything required was read, and nothing is at or above {@code --fail-on}. */
    public static final int OK = 0;

    /** A fault of ours. */
    public static final int INTERNAL = 1;

    /** A bad flag, or an unknown service, cluster or file. */
    public static final int USAGE = 2;

    /** Findings at or above {@code --fail-on}. */
    public static final int FINDINGS = 3;

    /** A required source is missing, or there is too little traffic. */
    public static final int INCONCLUSIVE = 4;

    /** No credentials, or every source denied. */
    public static final int NO_ACCESS = 5;

    /** Interrupted by the user. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
