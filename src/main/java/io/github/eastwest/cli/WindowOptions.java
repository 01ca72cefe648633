package io.github.eastwest.cli;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.TimeWindow;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a command looks at. */
final class WindowOptions {
    /** What {@code --around} looks at on each side. */
    private static final Duration AROUND = Duration.ofMinutes(15);

    /** How far back a live run looks unless told otherwise. */
    private static final Duration SINCE = Duration.ofHours(1);

    /** CloudWatch keeps minutes for 15 days; logs may be kept longer, but an edge is not diagnosed over months. */
    private static final Duration LONGEST = Duration.ofDays(31);

    private static final Pattern PART = Pattern.compile("(\\d{1,9})([smhdw])");
    private static final String EXAMPLE = "Write it as 2026-11-21T04:15:00Z or 2026-11-21T05:15:00+01:00.";

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "Live: how far back, as in 90s, 15m, 1h, 2d, 1h30m or PT1H (default 1h).")
    private @Nullable String since;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Begin of the window, ISO-8601 with zone (default with --bundle: the bundle's).")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "End of the window, ISO-8601 with zone (default: now; with --bundle: the bundle's).")
    private @Nullable String to;

    @Option(names = "--around", paramLabel = "TIME", description = "The 15 minutes before and after that time.")
    private @Nullable String around;

    /**
     * The bounds given, where there are any.
     *
     * @param from first instant looked at
     * @param to first instant no longer looked at
     */
    record Bounds(Optional<Instant> from, Optional<Instant> to) {}

    /** No bounds. */
    static final Bounds NONE = new Bounds(Optional.empty(), Optional.empty());

    /** The bounds given for a bundle, which has a window of its own. */
    Bounds given() {
        Optional<Instant> begin = time("--from", from);
        Optional<Instant> end = time("--to", to);
        Optional<Instant> middle = time("--around", around);
        if (middle.isPresent()) {
            if (begin.isPresent() || end.isPresent() || since != null) {
                throw usage("--around cannot be combined with --since, --from or --to", "Give one or the other.");
            }
            begin = middle.map(at -> at.minus(AROUND));
            end = middle.map(at -> at.plus(AROUND));
        }
        if (begin.isPresent() && end.isPresent() && !end.get().isAfter(begin.get())) {
            throw usage("--to is not after --from", "Swap them.");
        }
        return new Bounds(begin, end);
    }

    /**
     * The window of a live run, whole seconds.
     *
     * @param now the time of the run
     */
    TimeWindow live(Instant now) {
        Bounds given = given();
        if (given.from().isPresent() && since != null) {
            throw usage("--since and --from both say where the window begins", "Give one or the other.");
        }
        Instant end = given.to().orElse(now);
        if (end.isAfter(now)) {
            // Around something that happened a moment ago.
            end = now;
        }
        Instant begin = given.from().isPresent()
                ? given.from().get()
                : end.minus(since == null ? SINCE : duration("--since", since));
        Instant first = begin.truncatedTo(ChronoUnit.SECONDS);
        Instant last = end.truncatedTo(ChronoUnit.SECONDS);
        if (!last.isAfter(first)) {
            throw usage(
                    "the window begins at " + first + ", which is not in the past (now " + last + ")",
                    "Check --from and the zone.");
        }
        if (Duration.between(first, last).compareTo(LONGEST) > 0) {
            throw usage(
                    "the window is longer than " + LONGEST.toDays() + " days", "Look at the hours around an incident.");
        }
        return new TimeWindow(first, last);
    }

    /**
     * A length of time.
     *
     * @param option who asks, for messages
     * @throws EastwestException of kind USAGE if it is none, or not positive
     */
    static Duration duration(String option, String text) {
        String bare = text.strip();
        Optional<Duration> duration;
        try {
            duration = bare.toUpperCase(Locale.ROOT).startsWith("P") ? Optional.of(Duration.parse(bare)) : parts(bare);
        } catch (DateTimeException | ArithmeticException none) {
            duration = Optional.empty();
        }
        return duration.filter(length -> !length.isNegative() && !length.isZero())
                .orElseThrow(() -> usage(
                        option + " " + text + " is no length of time", "Write it as 90s, 15m, 1h, 2d, 1h30m or PT1H."));
    }

    private static Optional<Duration> parts(String text) {
        Matcher matcher = PART.matcher(text.toLowerCase(Locale.ROOT));
        Duration sum = Duration.ZERO;
        int at = 0;
        while (matcher.find() && matcher.start() == at) {
            long number = Long.parseLong(matcher.group(1));
            sum = sum.plus(
                    switch (matcher.group(2)) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        case "d" -> Duration.ofDays(number);
                        default -> Duration.ofDays(7 * number);
                    });
            at = matcher.end();
        }
        return at > 0 && at == text.length() ? Optional.of(sum) : Optional.empty();
    }

    /**
     * A point in time; empty for none.
     *
     * @param option who asks, for messages
     * @throws EastwestException of kind USAGE if it is no ISO-8601 time with a zone
     */
    static Optional<Instant> time(String option, @Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(value).toInstant());
        } catch (DateTimeException noOffsetTime) {
            boolean local = parses(LocalDateTime::parse, value) || parses(LocalDate::parse, value);
            throw usage(
                    option + " " + value + (local ? " has no time zone" : " is no ISO-8601 time with a zone"), EXAMPLE);
        }
    }

    private static boolean parses(Function<String, Object> parser, String text) {
        try {
            return parser.apply(text) != null;
        } catch (DateTimeException no) {
            return false;
        }
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
