package io.github.eastwest.collect;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which Logs Insights queries to run for an edge, and with which parameters. The collector runs what {@link #next} names,
 * all at once, hands the answers in, and asks again until nothing is named: at most three times.
 *
 * <ol>
 *   <li>Per side: {@code counts} and {@code errors} (exact numbers) and {@code lines} (remarkable lines and a sample).
 *   <li>Where more lines matched than an answer holds: {@code lines} again, in slices of the time.
 *   <li>{@code partners}: what the proxies of both sides wrote about the failed calls that are not in the sample.
 * </ol>
 */
public final class InsightsPlan {
    /** Rows that an answer can hold: GetQueryResults pages through 10,000 at most. */
    public static final int MOST_ROWS = 10_000;
    /** A line is printed when its request ends, and up to 10 s later. */
    static final Duration LATE = Duration.ofSeconds(60);

    /** Sampled lines per answer: leaves room for those that come back in any case. */
    private static final int SAMPLED_LINES = 4_000;

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final TimeWindow window;
    private final List<Scope> scopes;
    private boolean begun;

    /**
     * One side's logs.
     *
     * @param side caller or callee
     * @param streams parts of the names of its proxies' log streams, {@code payments/ecs-service-connect-}; a stream counts
     *     if it has one of them
     * @param lines how many lines the log group received in the window, at most; an estimate
     */
    public record Scope(Side side, List<String> streams, long lines) {
        public Scope {
            streams = List.copyOf(streams);
        }
    }

    /**
     * A query to run.
     *
     * @param name its name in {@code queries/}
     * @param side whose log group to ask
     * @param slice tells it from others of the same name and side; empty for the only one
     * @param text the query string
     * @param from for StartQuery's {@code startTime}, whole seconds
     * @param to for StartQuery's {@code endTime}, whole seconds
     */
    public record Query(String name, Side side, String slice, String text, Instant from, Instant to) {}

    /**
     * A plan for the sides whose logs are read by Logs Insights.
     *
     * @param window the requests that are asked for, by their start
     */
    public InsightsPlan(TimeWindow window, List<Scope> scopes) {
        this.window = window;
        this.scopes = List.copyOf(scopes);
    }

    /**
     * The queries to run next.
     *
     * @param answers the {@code get-query-results} documents so far, the last one of each query; a query that could not be
     *     run has none
     * @return nothing when all is read
     */
    public List<Query> next(Map<Query, Map<String, Object>> answers) {
        if (begun) {
            return List.of();
        }
        begun = true;
        long most = scopes.stream().mapToLong(Scope::lines).max().orElse(0);
        String sample = sample(most);
        List<Query> queries = new ArrayList<>();
        for (Scope scope : scopes) {
            queries.add(query("counts", scope, "", Map.of("digits", digits()), window.from(), end()));
            queries.add(query("errors", scope, "", Map.of("digits", digits()), window.from(), end()));
            queries.add(
                    query("lines", scope, "", Map.of("sample", sample, "failures", sample(0)), window.from(), end()));
        }
        return queries;
    }

    private Query query(
            String name, Scope scope, String slice, Map<String, String> parameters, Instant from, Instant to) {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put("streams", String.join("\n", scope.streams()));
        all.put("from", MILLIS.format(window.from()));
        all.put("to", MILLIS.format(window.to()));
        return new Query(name, scope.side(), slice, Queries.fill(name, all), from, to);
    }

    private Instant end() {
        return window.to().plus(LATE);
    }

    /** Characters of a start time that make at most about 120 buckets of the window. */
    private String digits() {
        Duration length = window.length();
        return length.compareTo(Duration.ofHours(2)) <= 0
                ? "16"
                : length.compareTo(Duration.ofHours(20)) <= 0 ? "15" : "13";
    }

    /**
     * The last characters of sampled request ids: every 2<sup>n</sup>-th of hexadecimal ids, so that about
     * {@value #SAMPLED_LINES} lines come back. Letters beyond f count on as if digits went on, modulo 16, so that ids of
     * another alphabet are sampled alike; what share came back is counted, not assumed.
     */
    static String sample(long lines) {
        int halvings = 0;
        while (lines >> halvings > SAMPLED_LINES && halvings < 16) {
            halvings++;
        }
        StringBuilder classes = new StringBuilder();
        // The last character halves four times, then stands at 0 while the one before it halves.
        for (int rest = halvings; ; rest -= 4) {
            classes.insert(0, characters(16 >> Math.min(4, rest)));
            if (rest <= 4) {
                return classes.toString();
            }
        }
    }

    /** Letters and digits whose value modulo 16 is below a bound, as a character class. */
    private static String characters(int below) {
        StringBuilder members = new StringBuilder("[");
        range(members, '0', '9', 0, below);
        range(members, 'a', 'z', 10, below);
        range(members, 'A', 'Z', 10, below);
        return members.append(']').toString();
    }

    private static void range(StringBuilder members, char first, char last, int value, int below) {
        for (char c = first; c <= last; c++) {
            if ((value + c - first) % 16 < below) {
                members.append(c);
            }
        }
    }
}
