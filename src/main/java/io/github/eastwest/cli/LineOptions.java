package io.github.eastwest.cli;

import io.github.eastwest.accesslog.Choice;
import io.github.eastwest.accesslog.LineFilter;
import io.github.eastwest.accesslog.TopBy;
import io.github.eastwest.model.EastwestException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which lines {@code eastwest logs} counts, and by what. */
final class LineOptions {
    private static final int LISTED = 10;
    private static final int MOST_LISTED = 1000;

    @Option(
            names = {"--since", "--from"},
            paramLabel = "WHEN",
            description =
                    "Lines from then on: a time with zone, or 90s, 15m, 1h, 2d before the newest line that is read"
                            + " (with --follow: before now).")
    private @Nullable String since;

    @Option(
            names = {"--until", "--to"},
            paramLabel = "WHEN",
            description = "Lines before then, given like --since.")
    private @Nullable String until;

    @Option(
            names = "--where",
            paramLabel = "FIELD=VALUE",
            description = {
                "Access lines that have it: condition=failed or a name, status=503 or 5xx, host=, path=, method=,"
                        + " authority= with * for anything; - for none; != for what they must not have. Values after a"
                        + " comma are alternatives; several --where must all hold.",
                "  --where status=5xx,host!=10.0.1.* --where path=/orders*"
            })
    private List<String> where = new ArrayList<>();

    @Option(
            names = "--top",
            paramLabel = "BY[=N]",
            description =
                    "Count also by host, path (ids in it become *) or caller (X-Forwarded-For, else address, else user"
                            + " agent); the N (10) with the most failures. Repeat for several.")
    private List<String> tops = new ArrayList<>();

    /** A point in time that an option tells: itself, or how long before another one. */
    private record When(Optional<Instant> time, Optional<Duration> before) {
        static When of(String option, @Nullable String text) {
            if (text == null) {
                return new When(Optional.empty(), Optional.empty());
            }
            String upper = text.strip().toUpperCase(Locale.ROOT);
            boolean length =
                    upper.startsWith("P") || !upper.isEmpty() && "SMHDW".indexOf(upper.charAt(upper.length() - 1)) >= 0;
            return length
                    ? new When(Optional.empty(), Optional.of(WindowOptions.duration(option, text)))
                    : new When(WindowOptions.time(option, text), Optional.empty());
        }

        long millis(Instant newest, long none) {
            return before.map(newest::minus)
                    .or(() -> time)
                    .map(Instant::toEpochMilli)
                    .orElse(none);
        }
    }

    /** Whether a bound is told as a length of time: then the newest line has to be known first. */
    boolean needsNewest() {
        return When.of("--since", since).before().isPresent()
                || When.of("--until", until).before().isPresent();
    }

    /**
     * The choice.
     *
     * @param newest what lengths of time count back from
     */
    Choice choice(Instant newest) {
        long begin = When.of("--since", since).millis(newest, Long.MIN_VALUE);
        long end = When.of("--until", until).millis(newest, Long.MAX_VALUE);
        if (end <= begin) {
            throw usage("--until is not after --since", "Swap them.");
        }
        List<LineFilter.Term> terms = new ArrayList<>();
        for (String text : where) {
            try {
                terms.addAll(LineFilter.Term.parse(text));
            } catch (IllegalArgumentException fault) {
                throw usage(
                        "cannot use --where " + text + ": " + fault.getMessage(),
                        "Fields: " + LineFilter.Term.fields() + "; as in status=5xx,504 or host!=10.0.1.*");
            }
        }
        return new Choice(new LineFilter(begin, end, terms), tops());
    }

    private List<Choice.Top> tops() {
        List<Choice.Top> wanted = new ArrayList<>();
        for (String text : tops) {
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                TopBy by = TopBy.of(name)
                        .orElseThrow(() -> usage(
                                "cannot count by '" + name + "'",
                                "Use "
                                        + Arrays.stream(TopBy.values())
                                                .map(TopBy::id)
                                                .collect(Collectors.joining(", "))
                                        + ", as in --top path=20."));
                wanted.add(new Choice.Top(by, equals < 0 ? LISTED : listed(part.substring(equals + 1))));
            }
        }
        return wanted;
    }

    private static int listed(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MOST_LISTED) {
                return number;
            }
        } catch (NumberFormatException none) {
            throw usage("--top: '" + text + "' is no number", "As in --top path=20.");
        }
        throw usage("--top lists 1 to " + MOST_LISTED + ", not " + text, "");
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
