package io.github.eastwest.collect;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.bundle.RemarkableRequest;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * The logs of sides that are too large to be read line by line, by Logs Insights: exact numbers of all requests first
 * ({@code counts}, {@code errors}), then what is remarkable and a sample of calls that the numbers allow ({@code lines}),
 * then what the other side wrote about failed calls outside the sample ({@code partners}).
 */
final class Insights {
    /** Scans of a side's log groups: counts, errors and lines; the slices of lines share one. */
    private static final int SCANS = 3;

    /** Unremarkable lines brought back of a side. */
    private static final long MOST_SAMPLED = 20_000;

    /** Remarkable lines brought back of a side. */
    private static final long MOST_REMARKABLE = 24_000;

    /** Rows planned for a slice: an answer holds 10,000, and lines that are no requests come on top. */
    private static final double ROWS_PER_SLICE = 6_000;

    private static final int MOST_SLICES = 12;

    /** Queries for partners per side: in order of time, so that together they scan hardly more than one does. */
    private static final int MOST_LOOKUPS = 6;

    /** A sample goes by four characters of a request id at most: redaction keeps so many. */
    private static final int MOST_STEPS = 16;

    /** Sample when nothing tells how many lines there are: one call in 256. */
    private static final int STEPS_UNKNOWN = 8;

    private static final String ALL = RemarkableRequest.EVERY_ID;
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** Clocks of two tasks differ, and whole seconds are asked for. */
    private static final Duration EARLY = Duration.ofSeconds(2);

    /** A line is printed when its request ends, and up to 10 s later. */
    private static final Duration LATE = Duration.ofSeconds(60);

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final QueryRuns runs;
    private final Budget budget;
    private final TimeWindow window;
    private final Instant end;

    /**
     * Queries about a window.
     *
     * @param window when the requests began
     * @param end when the last of their lines were written
     */
    Insights(QueryRuns runs, Budget budget, TimeWindow window, Instant end) {
        this.runs = runs;
        this.budget = budget;
        this.window = window;
        this.end = end;
    }

    /**
     * One side's streams.
     *
     * @param side which side's
     * @param as whose credentials to use
     * @param region Region of the groups; empty for the side's own
     * @param groups log groups
     * @param streams parts of the names of the streams
     * @param bytes what the groups hold in the window, if known
     */
    record Streams(Side side, Side as, String region, List<String> groups, List<String> streams, OptionalLong bytes) {}

    /**
     * What a side's queries brought.
     *
     * @param ended the queries
     * @param shortfalls what is missing besides
     * @param refused whether something was not asked because of the cost
     */
    record Found(List<QueryRuns.Ended> ended, List<String> shortfalls, boolean refused) {
        static final Found NOTHING = new Found(List.of(), List.of(), false);

        /** Whether lines came back, or at least their numbers. */
        boolean anything() {
            return ended.stream().anyMatch(run -> run.last().isPresent());
        }

        List<Reply> failed() {
            return ended.stream().flatMap(run -> run.failed().stream()).toList();
        }

        List<String> reasons() {
            Set<String> reasons = new LinkedHashSet<>(shortfalls);
            ended.stream()
                    .filter(run -> !run.shortfall().isEmpty())
                    .forEach(run ->
                            reasons.add("Logs Insights query " + run.query().name() + ": " + run.shortfall()));
            return List.copyOf(reasons);
        }

        void put(BundleDraft draft, Side side) {
            ended.forEach(run -> run.last()
                    .ifPresent(answer -> draft.insights(
                            run.query().name(),
                            side.id(),
                            run.query().slice(),
                            run.query().text(),
                            answer.document())));
        }

        List<String> messages() {
            return ended.stream()
                    .filter(run -> run.query().name().equals("lines"))
                    .flatMap(run -> run.rows().stream())
                    .flatMap(row -> value(row, "@message").text().stream())
                    .toList();
        }

        /** With more answers; without those that were refused for the cost, if there are reasons. */
        Found with(List<QueryRuns.Ended> more, List<String> reasons) {
            return new Found(
                    EcsSources.join(ended, more), EcsSources.join(shortfalls, reasons), refused || !reasons.isEmpty());
        }
    }

    /**
     * Asks about sides.
     *
     * @param sides whom to ask about
     * @param others messages of sides that were read line by line
     */
    CompletableFuture<Map<Side, Found>> read(Map<Side, Streams> sides, Map<Side, List<String>> others) {
        Map<Side, Found> refused = new LinkedHashMap<>();
        Map<Side, Streams> asked = new LinkedHashMap<>();
        sides.forEach((side, streams) -> {
            OptionalLong scans = streams.bytes().isPresent()
                    ? OptionalLong.of(streams.bytes().getAsLong() * SCANS)
                    : streams.bytes();
            if (budget.scan(scans)) {
                asked.put(side, streams);
            } else {
                refused.put(side, new Found(List.of(), List.of(budget.refusal(scans.orElse(0))), true));
            }
        });
        return numbers(asked)
                .thenCompose(numbers -> lines(asked, numbers))
                .thenCompose(found -> partners(asked, found, others))
                .thenApply(found -> {
                    Map<Side, Found> all = new LinkedHashMap<>(refused);
                    all.putAll(found);
                    return all;
                });
    }

    // --- numbers ----------------------------------------------------------------------------------------------------

    private CompletableFuture<Map<Side, Found>> numbers(Map<Side, Streams> asked) {
        Map<Side, List<QueryRuns.Query>> queries = new LinkedHashMap<>();
        asked.forEach((side, streams) -> {
            Map<String, String> parameters = parameters(streams);
            parameters.put("digits", digits());
            queries.put(
                    side,
                    List.of(
                            query(streams, "counts", "", parameters, window.from(), end),
                            query(streams, "errors", "", parameters, window.from(), end)));
        });
        return run(queries);
    }

    private CompletableFuture<Map<Side, Found>> run(Map<Side, List<QueryRuns.Query>> queries) {
        List<Side> sides = List.copyOf(queries.keySet());
        List<CompletableFuture<List<QueryRuns.Ended>>> all = sides.stream()
                .map(side -> Calls.all(queries.getOrDefault(side, List.of()).stream()
                        .map(runs::run)
                        .toList()))
                .toList();
        return Calls.all(all).thenApply(ended -> {
            Map<Side, Found> found = new LinkedHashMap<>();
            for (int i = 0; i < sides.size(); i++) {
                found.put(sides.get(i), new Found(ended.get(i), List.of(), false));
            }
            return found;
        });
    }

    private Map<String, String> parameters(Streams streams) {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("streams", String.join("\n", streams.streams()));
        parameters.put("from", MILLIS.format(window.from()));
        parameters.put("to", MILLIS.format(window.to()));
        return parameters;
    }

    private static QueryRuns.Query query(
            Streams streams, String name, String slice, Map<String, String> parameters, Instant from, Instant to) {
        return new QueryRuns.Query(
                streams.side(),
                streams.as(),
                streams.region(),
                streams.groups(),
                name,
                slice,
                Queries.fill(name, parameters),
                from,
                to.plusMillis(999));
    }

    /** Characters of a start time that make at most about 120 steps of the window. */
    private String digits() {
        return switch (stepSeconds()) {
            case 1 -> "19";
            case 10 -> "18";
            case 60 -> "16";
            case 600 -> "15";
            default -> "13";
        };
    }

    private int stepSeconds() {
        long minutes = window.length().toMinutes();
        if (minutes < 120) {
            return minutes < 2 ? 1 : minutes < 20 ? 10 : 60;
        }
        return minutes < 1200 ? 600 : 3600;
    }

    // --- lines ------------------------------------------------------------------------------------------------------

    private CompletableFuture<Map<Side, Found>> lines(Map<Side, Streams> asked, Map<Side, Found> numbers) {
        // The same choice of request ids on both sides: the side with more lines decides.
        int failures = numbers.values().stream()
                .mapToInt(found -> steps(found, "errors", MOST_REMARKABLE))
                .max()
                .orElse(0);
        // All lines of a sampled request come back, remarkable ones too: their sample bounds the other.
        int sample = numbers.values().stream()
                .mapToInt(found -> steps(found, "counts", MOST_SAMPLED))
                .max()
                .orElse(0);
        sample = Math.max(sample, failures);
        return lines(asked, numbers, sample, failures);
    }

    private CompletableFuture<Map<Side, Found>> lines(
            Map<Side, Streams> asked, Map<Side, Found> numbers, int sample, int failures) {
        Map<Side, List<QueryRuns.Query>> queries = new LinkedHashMap<>();
        asked.forEach((side, streams) -> {
            Found found = numbers.getOrDefault(side, Found.NOTHING);
            if (!found.anything()) {
                queries.put(side, List.of());
                return;
            }
            Map<String, String> parameters = parameters(streams);
            parameters.put("sample", classes(sample));
            parameters.put("failures", classes(failures));
            Map<Instant, Double> rows = new TreeMap<>();
            rows(found, "counts", 1 << sample, rows);
            rows(found, "errors", 1 << failures, rows);
            List<Instant> bounds = bounds(rows);
            List<QueryRuns.Query> slices = new ArrayList<>();
            for (int i = 0; i + 1 < bounds.size(); i++) {
                String slice = bounds.size() > 2 ? (i + 1) + "of" + (bounds.size() - 1) : "";
                slices.add(query(streams, "lines", slice, parameters, bounds.get(i), bounds.get(i + 1)));
            }
            queries.put(side, slices);
        });
        return run(queries).thenApply(lines -> {
            Map<Side, Found> both = new LinkedHashMap<>();
            numbers.forEach((side, found) -> both.put(
                    side, found.with(lines.getOrDefault(side, Found.NOTHING).ended(), List.of())));
            return both;
        });
    }

    /** How often a number has to be halved to fit. */
    private static int steps(Found numbers, String query, long most) {
        List<QueryRuns.Ended> ended = numbers.ended().stream()
                .filter(run -> run.query().name().equals(query))
                .toList();
        if (ended.isEmpty() || !ended.stream().allMatch(QueryRuns.Ended::complete)) {
            return STEPS_UNKNOWN;
        }
        double total = 0;
        for (QueryRuns.Ended run : ended) {
            for (Field row : run.rows()) {
                total += number(row);
            }
        }
        int steps = 0;
        while (total > most && steps < MOST_STEPS) {
            total /= 2;
            steps++;
        }
        return steps;
    }

    private static double number(Field row) {
        String text = value(row, "lines").textOrEmpty();
        return text.matches("\\d{1,15}") ? Long.parseLong(text) : 0;
    }

    /**
     * The last characters of the request ids that a sample takes: each step takes half of hexadecimal ids. Letters beyond f
     * count on as if digits went on, modulo 16, so that ids of another alphabet are sampled alike; what share came back is
     * counted, not assumed.
     */
    static String classes(int steps) {
        if (steps == 0) {
            return ALL;
        }
        // The last character halves four times, then stays at 0 while the one before it halves.
        StringBuilder classes = new StringBuilder();
        for (int rest = steps; rest > 0; rest -= 4) {
            classes.insert(0, characters(16 >> Math.min(4, rest)));
        }
        return classes.toString();
    }

    /** Letters and digits whose value modulo 16 is below a bound, as a character class. */
    private static String characters(int below) {
        StringBuilder members = new StringBuilder("[");
        for (char c : ALPHABET.toCharArray()) {
            // The value of a letter is the same in both cases.
            if (Character.digit(c, Character.MAX_RADIX) % 16 < below) {
                members.append(c);
            }
        }
        return members.append(']').toString();
    }

    private static void rows(Found numbers, String query, double step, Map<Instant, Double> rows) {
        for (QueryRuns.Ended run : numbers.ended()) {
            if (run.query().name().equals(query)) {
                for (Field row : run.rows()) {
                    String bucket = value(row, "bucket").textOrEmpty();
                    start(bucket).ifPresent(at -> rows.merge(at, number(row) / step, Double::sum));
                }
            }
        }
    }

    private static Optional<Instant> start(String bucket) {
        String end = "0000-00-00T00:00:00Z";
        try {
            return Optional.of(Instant.parse(bucket + end.substring(Math.min(bucket.length(), end.length()))));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    /** Bounds of slices that hold about the same number of rows each. */
    private List<Instant> bounds(Map<Instant, Double> rows) {
        double all = rows.values().stream().mapToDouble(n -> n).sum();
        double most = Math.max(ROWS_PER_SLICE, all / MOST_SLICES);
        Duration bucket = Duration.ofSeconds(stepSeconds());
        List<Instant> bounds = new ArrayList<>(List.of(window.from()));
        double held = 0;
        for (Map.Entry<Instant, Double> entry : rows.entrySet()) {
            int parts = (int) Math.min(bucket.toSeconds(), Math.ceil(entry.getValue() * 2 / most) + 1);
            for (int part = 0; part < parts; part++) {
                double some = entry.getValue() / parts;
                Instant start = entry.getKey().plus(bucket.multipliedBy(part).dividedBy(parts));
                Instant second = Instant.ofEpochSecond(start.getEpochSecond());
                if (held + some > most
                        && second.isAfter(bounds.get(bounds.size() - 1))
                        && second.isBefore(window.to())) {
                    bounds.add(second);
                    held = 0;
                }
                held += some;
            }
        }
        bounds.add(end);
        return bounds;
    }

    // --- partners ---------------------------------------------------------------------------------------------------

    private CompletableFuture<Map<Side, Found>> partners(
            Map<Side, Streams> asked, Map<Side, Found> found, Map<Side, List<String>> others) {
        Map<Side, List<QueryRuns.Query>> queries = new LinkedHashMap<>();
        Map<Side, List<String>> refusals = new LinkedHashMap<>();
        asked.forEach((side, streams) -> {
            Side other = side == Side.CALLER ? Side.CALLEE : Side.CALLER;
            List<String> own = found.getOrDefault(side, Found.NOTHING).messages();
            List<String> messages = found.containsKey(other)
                    ? found.getOrDefault(other, Found.NOTHING).messages()
                    : others.getOrDefault(other, List.of());
            // Without the caller's lines the callee's alone tell whether a failed attempt was tried again.
            List<RemarkableRequest> wanted = messages.isEmpty() && side == Side.CALLEE
                    ? wanted(side, own)
                    : wanted(other, without(messages, own));
            List<List<RemarkableRequest>> lookups = lookups(streams, sample(found, side), wanted);
            List<QueryRuns.Query> some = new ArrayList<>();
            for (List<RemarkableRequest> lookup : lookups) {
                Instant from = Instant.ofEpochMilli(lookup.get(0).startMillis()).minus(EARLY);
                Instant to = Instant.ofEpochMilli(lookup.stream()
                                .mapToLong(RemarkableRequest::endMillis)
                                .max()
                                .orElse(0))
                        .plus(LATE);
                Instant first = from.isBefore(window.from()) ? window.from() : from;
                Instant last = to.isAfter(end) ? end : to;
                OptionalLong scan = part(streams.bytes(), first, last);
                if (!budget.scan(scan)) {
                    refusals.put(
                            side,
                            List.of("not all calls that failed on the other side were looked up: "
                                    + budget.refusal(scan.orElse(0))));
                    break;
                }
                Map<String, String> parameters = parameters(streams);
                parameters.put(
                        "ids",
                        String.join(
                                "\n", lookup.stream().map(RemarkableRequest::id).toList()));
                String slice = lookups.size() > 1 ? (some.size() + 1) + "of" + lookups.size() : "";
                some.add(query(streams, "partners", slice, parameters, first, last));
            }
            queries.put(side, some);
        });
        return run(queries).thenApply(partners -> {
            Map<Side, Found> all = new LinkedHashMap<>();
            found.forEach((side, before) -> all.put(
                    side,
                    before.with(
                            partners.getOrDefault(side, Found.NOTHING).ended(),
                            refusals.getOrDefault(side, List.of()))));
            return all;
        });
    }

    /** The bytes in a part of the time, as far as they are spread evenly. */
    private OptionalLong part(OptionalLong bytes, Instant from, Instant to) {
        double share = (double) Duration.between(from, to).toMillis()
                / Duration.between(window.from(), end).toMillis();
        return bytes.isPresent()
                ? OptionalLong.of((long) Math.ceil(bytes.getAsLong() * Math.max(0, Math.min(1, share))))
                : bytes;
    }

    /** The last characters of the ids of which this side's lines are all there. */
    private static String sample(Map<Side, Found> found, Side side) {
        return found.getOrDefault(side, Found.NOTHING).ended().stream()
                .filter(run -> run.query().name().equals("lines"))
                .map(run -> parameter(run.query().text(), "sample"))
                .findFirst()
                .orElse(ALL);
    }

    /** Messages about requests of which the other messages tell nothing. */
    private static List<String> without(List<String> messages, List<String> others) {
        Set<String> known = new HashSet<>();
        others.forEach(message -> RemarkableRequest.idOf(message).ifPresent(known::add));
        return messages.stream()
                .filter(message ->
                        RemarkableRequest.idOf(message).filter(known::contains).isEmpty())
                .toList();
    }

    /**
     * The requests of a side that need what the proxies of the other wrote, those that need it most first: where the
     * caller's proxy got no answer from a task it had chosen. A call that left for no task has no lines on the other side.
     */
    private static List<RemarkableRequest> wanted(Side side, List<String> messages) {
        Map<String, RemarkableRequest> first = new LinkedHashMap<>();
        Map<String, RemarkableRequest> then = new LinkedHashMap<>();
        for (String message : messages) {
            RemarkableRequest.of(message)
                    .filter(request -> Queries.takesId(request.id()))
                    .filter(request -> side == Side.CALLER ? request.outward() : request.inward())
                    .ifPresent(request -> (side == Side.CALLER && !request.answered() ? first : then)
                            .putIfAbsent(request.id(), request));
        }
        List<RemarkableRequest> wanted = new ArrayList<>();
        for (Map<String, RemarkableRequest> requests : List.of(first, then)) {
            // By the ids' last characters, which are random: where not all fit, those that do are spread over the time.
            requests.values().stream()
                    .filter(request -> requests == first || !first.containsKey(request.id()))
                    .sorted(Comparator.comparing(
                            request -> new StringBuilder(request.id()).reverse().toString()))
                    .forEach(wanted::add);
        }
        return wanted;
    }

    /** The requests to look up, as many as fit into the queries, in order of time so that each scans its own part. */
    private List<List<RemarkableRequest>> lookups(Streams streams, String sample, List<RemarkableRequest> wanted) {
        Pattern sampled = Pattern.compile(sample + "[^0-9A-Za-z]*$");
        List<RemarkableRequest> missing = wanted.stream()
                .filter(request -> !sampled.matcher(request.id()).find())
                .toList();
        if (missing.isEmpty()) {
            return List.of();
        }
        int room = Queries.LONGEST - 200 - emptyLength(parameters(streams));
        int longest = missing.stream()
                        .mapToInt(request -> request.id().length())
                        .max()
                        .orElse(1)
                + 4;
        int perQuery = Math.max(1, room / longest);
        List<RemarkableRequest> chosen =
                new ArrayList<>(missing.subList(0, Math.min(missing.size(), perQuery * MOST_LOOKUPS)));
        chosen.sort(Comparator.comparingLong(RemarkableRequest::startMillis).thenComparing(RemarkableRequest::id));
        return EcsSources.chunks(chosen, perQuery);
    }

    private static int emptyLength(Map<String, String> parameters) {
        Map<String, String> one = new TreeMap<>(parameters);
        one.put("ids", "x");
        return Queries.fill("partners", one).length();
    }

    private static String parameter(String text, String name) {
        String first = text.lines().findFirst().orElse("");
        int at = first.indexOf(" " + name + "=");
        return at < 0 ? ALL : first.substring(at + name.length() + 2).split(" ", 2)[0];
    }

    /** A row's value: rows are lists of fields. */
    static Field value(Field row, String name) {
        return row.items().stream()
                .filter(field -> field.at("field").textOrEmpty().equals(name))
                .map(field -> field.at("value"))
                .findFirst()
                .orElse(Field.absent());
    }
}
