package io.github.eastwest.collect;

import io.github.eastwest.bundle.InsightsRows;
import io.github.eastwest.bundle.InsightsRows.Remarkable;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which Logs Insights queries to run for an edge, and with which parameters. The collector runs what {@link #next} names,
 * all at once, hands the answers in, and asks again until nothing is named: at most three times.
 *
 * <ol>
 *   <li>Per side: {@code counts} and {@code errors} (exact numbers) and {@code lines} (remarkable lines and a sample).
 *   <li>Where more lines matched than an answer holds: {@code lines} again, in slices of the time, with the sample that the
 *       exact numbers ask for. Slices scan no more than the whole does.
 *   <li>{@code partners}: what the proxies of both sides wrote about remarkable calls that are not in the sample.
 * </ol>
 *
 * <p>Every answer goes into the bundle, {@link io.github.eastwest.bundle.BundleDraft#insights}.
 */
public final class InsightsPlan {
    /** Rows that an answer can hold: GetQueryResults pages through 10,000 at most. */
    public static final int MOST_ROWS = 10_000;

    /** A line is printed when its request ends, and up to 10 s later. */
    private static final Duration LATE = Duration.ofSeconds(60);
    /** Clocks of two tasks differ, and whole seconds are asked for. */
    private static final Duration EARLY = Duration.ofSeconds(2);
    /** Sampled lines that a plan aims at, as a share of an answer: leaves room for those that come back in any case. */
    private static final double SAMPLED = 0.4;
    /** An answer is meant to be filled up to here: within a time step lines may come in bursts. */
    private static final double FILLED = 0.5;
    /** Answers full of remarkable lines that a plan brings back before it samples them too. */
    private static final int REMARKABLE_ANSWERS = 8;

    private static final int MOST_SLICES = 24;
    private static final int MOST_LOOK_UPS = 6;
    private static final int MOST_HALVINGS = 16;

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final TimeWindow window;
    private final Set<String> authorities;
    private final List<Scope> scopes;
    private final int mostRows;
    private final Map<Side, Share> shares = new EnumMap<>(Side.class);
    private Stage stage = Stage.FIRST;

    private enum Stage {
        FIRST,
        SLICES,
        PARTNERS,
        DONE
    }

    /** How often lines are halved: remarkable ones, and others. */
    private record Share(int remarkable, int others) {}

    /**
     * One side's logs.
     *
     * @param side caller or callee
     * @param streams parts of the names of its proxies' log streams, {@code payments/ecs-service-connect-}; a stream counts
     *     if it has one of them. They must not fit the other side's streams: where both sides write to one group with one
     *     prefix, name their tasks
     * @param lines how many lines the log group received in the window; an estimate
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
     * @param authorities names under which the caller calls the callee, lower case, with and without port; empty when they
     *     are not known. They decide which calls are looked up first, and nothing else
     * @throws IllegalArgumentException if a stream's name cannot be put into a query
     */
    public InsightsPlan(TimeWindow window, Set<String> authorities, List<Scope> scopes) {
        this(window, authorities, scopes, MOST_ROWS);
    }

    /**
     * A plan for answers of another size.
     *
     * @param mostRows rows that an answer can hold
     */
    public InsightsPlan(TimeWindow window, Set<String> authorities, List<Scope> scopes, int mostRows) {
        this.mostRows = mostRows;
        this.window = window;
        this.authorities = Set.copyOf(authorities);
        this.scopes = List.copyOf(scopes);
        long most = scopes.stream().mapToLong(Scope::lines).max().orElse(0);
        Share share = new Share(0, halvings(most, (long) (SAMPLED * mostRows)));
        scopes.forEach(scope -> shares.put(scope.side(), share));
    }

    /**
     * The queries to run next.
     *
     * @param answers the {@code get-query-results} documents so far, of every query named before that has one; what could
     *     not be run is left out
     * @return nothing when all is read
     */
    public List<Query> next(Map<Query, Map<String, Object>> answers) {
        List<Query> queries = new ArrayList<>();
        if (stage == Stage.FIRST) {
            stage = Stage.SLICES;
            scopes.forEach(scope -> queries.addAll(first(scope)));
        } else if (stage == Stage.SLICES) {
            stage = Stage.PARTNERS;
            scopes.forEach(scope -> queries.addAll(slices(scope, answers)));
        }
        if (queries.isEmpty() && stage == Stage.PARTNERS) {
            stage = Stage.DONE;
            queries.addAll(partners(answers));
        }
        return queries;
    }

    // --- numbers and lines ------------------------------------------------------------------------------------------

    private List<Query> first(Scope scope) {
        Map<String, String> digits = Map.of("digits", digits());
        return List.of(
                query("counts", scope, "", digits, window.from(), end()),
                query("errors", scope, "", digits, window.from(), end()),
                lines(scope, "", window.from(), end()));
    }

    private Query lines(Scope scope, String slice, Instant from, Instant to) {
        Share share = share(scope);
        return query(
                "lines",
                scope,
                slice,
                Map.of("sample", classes(share.others()), "failures", classes(share.remarkable())),
                from,
                to);
    }

    private Share share(Scope scope) {
        return shares.getOrDefault(scope.side(), new Share(0, 0));
    }

    private List<Query> slices(Scope scope, Map<Query, Map<String, Object>> answers) {
        Optional<InsightsRows> lines = answer("lines", scope, answers);
        if (lines.isEmpty() || !isCut(lines.get())) {
            return List.of();
        }
        long matched = lines.get().matched().orElse(2L * mostRows);
        NavigableMap<Instant, Long> remarkable = byTime("errors", scope, answers);
        NavigableMap<Instant, Long> others = byTime("counts", scope, answers);
        Share before = share(scope);
        long failures = remarkable.isEmpty() ? matched : sum(remarkable);
        int forFailures = halvings(failures, (long) REMARKABLE_ANSWERS * mostRows);
        int forOthers = Math.max(
                forFailures, others.isEmpty() ? before.others() : halvings(sum(others), (long) (SAMPLED * mostRows)));
        Share share = new Share(forFailures, forOthers);
        shares.put(scope.side(), share);
        // What is neither, the proxies' own log, comes back in any case.
        long own = Math.max(0, matched - failures - (sum(others) >> before.others()));
        long expected = (failures >> share.remarkable()) + (sum(others) >> share.others()) + own;
        int slices = (int) Math.max(2, Math.min(MOST_SLICES, Math.ceil(expected / (FILLED * mostRows))));
        List<Instant> bounds = bounds(remarkable, others, share, slices);
        List<Query> queries = new ArrayList<>();
        for (int i = 1; i < bounds.size(); i++) {
            queries.add(lines(scope, i + "of" + (bounds.size() - 1), bounds.get(i - 1), bounds.get(i)));
        }
        return queries;
    }

    private boolean isCut(InsightsRows answer) {
        int rows = answer.rows().size();
        return answer.matched().isPresent() ? answer.matched().getAsLong() > rows : rows >= mostRows;
    }

    /** Times that cut the window into parts with about as many lines each. */
    private List<Instant> bounds(
            NavigableMap<Instant, Long> remarkable, NavigableMap<Instant, Long> others, Share share, int slices) {
        NavigableMap<Instant, Double> weights = new TreeMap<>();
        // Lines that are in no number are taken to be spread evenly.
        long step = Math.max(1, window.length().toSeconds() / 120);
        for (Instant at = window.from(); at.isBefore(end()); at = at.plusSeconds(step)) {
            weights.put(at, 1.0);
        }
        remarkable.forEach(
                (at, lines) -> weights.merge(within(at), (double) (lines >> share.remarkable()), Double::sum));
        others.forEach((at, lines) -> weights.merge(within(at), (double) (lines >> share.others()), Double::sum));
        double total =
                weights.values().stream().mapToDouble(Double::doubleValue).sum();
        List<Instant> bounds = new ArrayList<>(List.of(window.from()));
        double sum = 0;
        for (Map.Entry<Instant, Double> entry : weights.entrySet()) {
            Instant next =
                    Optional.ofNullable(weights.higherKey(entry.getKey())).orElse(end());
            double weight = entry.getValue();
            while (bounds.size() < slices && sum + weight >= total * bounds.size() / slices) {
                double part = (total * bounds.size() / slices - sum) / weight;
                long millis = Duration.between(entry.getKey(), next).toMillis();
                Instant bound =
                        entry.getKey().plusMillis((long) (part * millis)).truncatedTo(ChronoUnit.SECONDS);
                Instant last = bounds.get(bounds.size() - 1);
                bounds.add(bound.isAfter(last) ? bound : last.plusSeconds(1));
            }
            sum += weight;
        }
        bounds.removeIf(bound -> !bound.isBefore(end()));
        bounds.add(end());
        return bounds;
    }

    private Instant within(Instant at) {
        return at.isBefore(window.from()) ? window.from() : at;
    }

    /** Lines by the start of their time step. */
    private NavigableMap<Instant, Long> byTime(String name, Scope scope, Map<Query, Map<String, Object>> answers) {
        NavigableMap<Instant, Long> lines = new TreeMap<>();
        answer(name, scope, answers)
                .ifPresent(answer -> answer.rows().forEach(row -> {
                    String bucket = row.getOrDefault("bucket", "");
                    String number = row.getOrDefault("lines", "");
                    String rest = "0000-00-00T00:00:00.000Z";
                    if (number.matches("\\d{1,15}") && bucket.matches("[0-9T:-]{13,19}")) {
                        time(bucket + rest.substring(bucket.length()))
                                .ifPresent(at -> lines.merge(at, Long.parseLong(number), Long::sum));
                    }
                }));
        return lines;
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (java.time.DateTimeException noTime) {
            return Optional.empty();
        }
    }

    private static long sum(Map<Instant, Long> lines) {
        return lines.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Optional<InsightsRows> answer(String name, Scope scope, Map<Query, Map<String, Object>> answers) {
        return answers.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name)
                        && entry.getKey().side() == scope.side()
                        && entry.getKey().slice().isEmpty())
                .map(entry -> new InsightsRows(entry.getValue()))
                .findFirst();
    }

    // --- partners ---------------------------------------------------------------------------------------------------

    private List<Query> partners(Map<Query, Map<String, Object>> answers) {
        Map<String, Remarkable> wanted = new LinkedHashMap<>();
        List<List<Remarkable>> tiers = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        answers.forEach((query, answer) -> {
            if (query.name().equals("lines")) {
                new InsightsRows(answer).remarkable().forEach(line -> {
                    int tier = tier(query.side(), line);
                    if (tier >= 0) {
                        tiers.get(tier).add(line);
                    }
                });
            }
        });
        // By the ids' last characters, which are random: where not all fit, those that do are spread over the time.
        tiers.forEach(tier -> tier.stream()
                .sorted(Comparator.comparing(
                        line -> new StringBuilder(line.id()).reverse().toString()))
                .forEach(line -> wanted.merge(line.id(), line, InsightsPlan::both)));
        List<Query> queries = new ArrayList<>();
        scopes.forEach(scope -> queries.addAll(partners(scope, List.copyOf(wanted.values()))));
        return queries;
    }

    /**
     * How much a line needs what the other side wrote: most of all where the caller's proxy got no answer from a task it had
     * chosen. A call that left for no task has no lines on the other side.
     */
    private int tier(Side side, Remarkable line) {
        boolean named = authorities.isEmpty() || authorities.contains(line.authority());
        if (!named || !Queries.takesId(line.id())) {
            return -1;
        }
        if (side == Side.CALLER) {
            return !line.outward() ? -1 : line.answered() ? 1 : 0;
        }
        return line.inward() ? 2 : -1;
    }

    /** The first of two lines of one request, for the time of both. */
    private static Remarkable both(Remarkable first, Remarkable second) {
        return new Remarkable(
                first.id(),
                Math.min(first.startMillis(), second.startMillis()),
                Math.max(first.endMillis(), second.endMillis()),
                first.authority(),
                first.inward(),
                first.outward(),
                first.answered());
    }

    private List<Query> partners(Scope scope, List<Remarkable> wanted) {
        String sample = classes(share(scope).others());
        Pattern sampled = Pattern.compile(sample + "[^0-9A-Za-z]*$");
        List<Remarkable> missing = wanted.stream()
                .filter(line -> !sampled.matcher(line.id()).find())
                .toList();
        int room = Queries.LONGEST
                - query("partners", scope, "", Map.of("ids", "x"), window.from(), end())
                        .text()
                        .length();
        int length = 0;
        List<Remarkable> chosen = new ArrayList<>();
        for (Remarkable line : missing) {
            length += line.id().length() + 4;
            if (length > room * (MOST_LOOK_UPS - 1)) {
                break;
            }
            chosen.add(line);
        }
        // In order of time each query scans its own part of the window only.
        chosen.sort(Comparator.comparingLong(Remarkable::startMillis).thenComparing(Remarkable::id));
        List<List<Remarkable>> parts = new ArrayList<>();
        int used = room;
        for (Remarkable line : chosen) {
            if (used + line.id().length() + 4 > room) {
                parts.add(new ArrayList<>());
                used = 0;
            }
            parts.get(parts.size() - 1).add(line);
            used += line.id().length() + 4;
        }
        List<Query> queries = new ArrayList<>();
        for (List<Remarkable> part : parts) {
            String slice = parts.size() == 1 ? "" : queries.size() + 1 + "of" + parts.size();
            String ids = String.join("\n", part.stream().map(Remarkable::id).toList());
            Instant from = Instant.ofEpochMilli(part.get(0).startMillis()).minus(EARLY);
            Instant to = Instant.ofEpochMilli(
                            part.stream().mapToLong(Remarkable::endMillis).max().orElse(0))
                    .plus(LATE);
            queries.add(query("partners", scope, slice, Map.of("ids", ids), from, to));
        }
        return queries;
    }

    // --- parameters -------------------------------------------------------------------------------------------------

    private Query query(
            String name, Scope scope, String slice, Map<String, String> parameters, Instant from, Instant to) {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put("streams", String.join("\n", scope.streams()));
        all.put("from", MILLIS.format(window.from()));
        all.put("to", MILLIS.format(window.to()));
        Instant end = to.truncatedTo(ChronoUnit.SECONDS);
        return new Query(
                name,
                scope.side(),
                slice,
                Queries.fill(name, all),
                from.truncatedTo(ChronoUnit.SECONDS),
                end.isBefore(to) ? end.plusSeconds(1) : end);
    }

    private Instant end() {
        return window.to().plus(LATE);
    }

    /** Characters of a start time that make at most about 120 steps of the window. */
    private String digits() {
        long minutes = window.length().toMinutes();
        if (minutes < 120) {
            return minutes < 2 ? "19" : minutes < 20 ? "18" : "16";
        }
        return minutes < 1200 ? "15" : "13";
    }

    private static int halvings(long lines, long most) {
        int halvings = 0;
        while (lines >> halvings > most && halvings < MOST_HALVINGS) {
            halvings++;
        }
        return halvings;
    }

    /**
     * The last characters of every 2<sup>n</sup>-th hexadecimal id. Letters beyond f count on as if digits went on, modulo
     * 16, so that ids of another alphabet are sampled alike; what share came back is counted, not assumed.
     */
    static String classes(int halvings) {
        if (halvings == 0) {
            return InsightsRows.EVERY_ID;
        }
        StringBuilder classes = new StringBuilder();
        // The last character halves four times, then stays at 0 while the one before it halves.
        for (int rest = halvings; rest > 0; rest -= 4) {
            classes.insert(0, characters(16 >> Math.min(4, rest)));
        }
        return classes.toString();
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
