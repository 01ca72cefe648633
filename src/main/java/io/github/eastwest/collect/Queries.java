package io.github.eastwest.collect;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The Logs Insights queries of the folder {@code queries/}, each a text that can also be run by hand. Where a text says
 * <code>{{name}}</code>, {@link #fill} puts a value; nothing that could end a string or a regular expression gets in.
 */
public final class Queries {
    /** How long a query may be, characters (limit of StartQuery's {@code queryString}). */
    public static final int LONGEST = 10_000;

    /** The queries that the collector runs first, then those for people. */
    private static final List<String> NAMES = List.of(
            "counts",
            "errors",
            "lines",
            "partners",
            "ejections",
            "failing-share-by-task",
            "failures-by-minute",
            "one-request",
            "slowest-paths");

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");
    /** What stands in request ids and in names of log streams; no quote, no backslash, no line break, no comment. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9 ._:/+=@~,;-]{1,256}");

    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    private static final Pattern DIGITS = Pattern.compile("13|15|16|18|19");
    private static final Pattern CLASSES = Pattern.compile("(\\[[0-9A-Za-z-]+])+");

    /** How a value of each parameter is checked and made part of a query. */
    private static final Map<String, UnaryOperator<String>> PARAMETERS = Map.of(
            "streams", value -> each(value, " or ", part -> "@logStream like \"" + part + "\""),
            "ids", value -> each(value, ", ", part -> "\"" + part + "\""),
            "id", value -> fitting(WORD, value),
            "from", value -> fitting(INSTANT, value),
            "to", value -> fitting(INSTANT, value),
            "digits", value -> fitting(DIGITS, value),
            "sample", value -> fitting(CLASSES, value),
            "failures", value -> fitting(CLASSES, value));

    private Queries() {}

    /** The names of all queries. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * A query as it lies in {@code queries/}: what it answers, its parameters and cost as comments, then the query.
     *
     * @throws EastwestException of kind USAGE if there is no such query
     */
    public static String text(String name) {
        if (!NAMES.contains(name)) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "no such query: " + name,
                    "The queries are " + String.join(", ", NAMES) + ".");
        }
        try (InputStream in =
                Objects.requireNonNull(Queries.class.getResourceAsStream("/queries/" + name + ".cwl"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The names of a query's parameters. */
    public static Set<String> parameters(String name) {
        return PLACE.matcher(bare(name))
                .results()
                .map(place -> place.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * A query ready to run: of its comments only the first line stays, in which the collector's queries tell their
     * parameters to whoever reads the answer.
     *
     * @param parameters a value for each of its parameters and no other; {@code streams} and {@code ids} take several
     *     values, one per line
     * @throws IllegalArgumentException if a parameter is missing or unknown, if a value could be anything but itself in
     *     the query, or if the query becomes longer than {@link #LONGEST}
     */
    public static String fill(String name, Map<String, String> parameters) {
        Set<String> known = parameters(name);
        if (!known.equals(parameters.keySet())) {
            throw new IllegalArgumentException(
                    "query " + name + " takes " + known + ", not " + new TreeSet<>(parameters.keySet()));
        }
        Map<String, String> values = new TreeMap<>();
        parameters.forEach((parameter, value) -> values.put(
                parameter,
                Objects.requireNonNull(PARAMETERS.get(parameter), parameter).apply(value)));
        String query =
                PLACE.matcher(bare(name)).replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
        if (query.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "query " + name + " has " + query.length() + " characters, and " + LONGEST + " are allowed");
        }
        return query;
    }

    /** Whether a request id can be put into a query. */
    public static boolean takesId(String id) {
        return WORD.matcher(id).matches();
    }

    /** The query with the first of its comments. */
    private static String bare(String name) {
        String text = text(name);
        String first = text.substring(0, text.indexOf('\n') + 1);
        return first
                + text.substring(first.length())
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String each(String values, String between, UnaryOperator<String> quoting) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a query needs at least one value");
        }
        return values.lines().map(value -> quoting.apply(fitting(WORD, value))).collect(Collectors.joining(between));
    }

    private static String fitting(Pattern form, String value) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException("no value for a query: " + value);
        }
        return value;
    }
}
