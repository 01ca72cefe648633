package io.github.eastwest.aws;

import io.github.eastwest.aws.InsightsQuery.Aggregate;
import io.github.eastwest.aws.InsightsQuery.Binary;
import io.github.eastwest.aws.InsightsQuery.Column;
import io.github.eastwest.aws.InsightsQuery.Command;
import io.github.eastwest.aws.InsightsQuery.Dedup;
import io.github.eastwest.aws.InsightsQuery.Expression;
import io.github.eastwest.aws.InsightsQuery.Field;
import io.github.eastwest.aws.InsightsQuery.Filter;
import io.github.eastwest.aws.InsightsQuery.Function;
import io.github.eastwest.aws.InsightsQuery.In;
import io.github.eastwest.aws.InsightsQuery.Like;
import io.github.eastwest.aws.InsightsQuery.Limit;
import io.github.eastwest.aws.InsightsQuery.Literal;
import io.github.eastwest.aws.InsightsQuery.Not;
import io.github.eastwest.aws.InsightsQuery.Order;
import io.github.eastwest.aws.InsightsQuery.Parse;
import io.github.eastwest.aws.InsightsQuery.Period;
import io.github.eastwest.aws.InsightsQuery.Show;
import io.github.eastwest.aws.InsightsQuery.Sort;
import io.github.eastwest.aws.InsightsQuery.Stats;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Runs a Logs Insights query over log events as AWS's user guide says.
 *
 * <p>Missing fields are null; a comparison with null is not true. A value that is a number, or a text that reads as one where
 * the other side is a number, is compared as a number. Results are texts: times as {@code yyyy-MM-dd HH:mm:ss.SSS} in UTC;
 * null values are left out. Rows are ordered by time, newest first, unless the query sorts.
 */
final class InsightsInterpreter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final int ROWS = 10_000;

    /** Fields that are discovered in a JSON event, at most. */
    private static final int FIELDS = 200;

    private final String account;
    private final boolean discovery;
    private final InsightsReading reading;
    /** What expressions found in texts: several queries read the same lines in the same way. */
    private final Map<String, Map<String, List<Optional<String>>>> extracted = new ConcurrentHashMap<>();

    /**
     * An interpreter.
     *
     * @param discovery whether fields of JSON events are discovered, which AWS does in the standard log class only
     */
    InsightsInterpreter(String account, boolean discovery, InsightsReading reading) {
        this.account = account;
        this.discovery = discovery;
        this.reading = reading;
    }

    /** What a query found; sizes are those of the events in its range. */
    record Result(List<Map<String, String>> rows, long bytesScanned, long recordsScanned, long recordsMatched) {}

    /** A row: an event, or what stats made of many. */
    private final class Row {
        private final LogStore.@Nullable Event event;
        /** Names that the query made: they hide discovered ones, also where they have no value. */
        private final Set<String> made;

        private final Map<String, Object> values = new HashMap<>();
        private @Nullable Map<String, @Nullable Object> discovered;

        Row(LogStore.@Nullable Event event, Set<String> made) {
            this.event = event;
            this.made = made;
        }

        @Nullable
        Object get(String name) {
            @Nullable Object value = values.get(name);
            LogStore.@Nullable Event e = event;
            if (value != null || e == null || made.contains(name)) {
                return value;
            }
            return switch (name) {
                case "@timestamp", "@ingestionTime" -> e.at();
                case "@message" -> e.message();
                case "@logStream" -> e.stream();
                case "@log" -> account + ":" + e.group();
                case "@ptr" -> pointer(e);
                default -> discovered(e).get(name);
            };
        }

        boolean has(String name) {
            if (get(name) != null) {
                return true;
            }
            LogStore.@Nullable Event e = event;
            return reading.jsonNullIsPresent()
                    && e != null
                    && !made.contains(name)
                    && discovered(e).containsKey(name);
        }

        void put(String name, @Nullable Object value) {
            if (value != null) {
                values.put(name, value);
            }
        }

        private Map<String, @Nullable Object> discovered(LogStore.Event e) {
            Map<String, @Nullable Object> fields = discovered;
            if (fields == null) {
                fields = new LinkedHashMap<>();
                if (discovery && e.message().startsWith("{")) {
                    try {
                        flatten("", Documents.JSON.readValue(e.message(), Object.class), fields);
                    } catch (JacksonException notJson) {
                        fields.clear();
                    }
                }
                discovered = fields;
            }
            return fields;
        }
    }

    private static void flatten(String path, @Nullable Object value, Map<String, @Nullable Object> fields) {
        if (value instanceof Map<?, ?> map) {
            map.forEach(
                    (key, inner) -> flatten(path.isEmpty() ? top(key.toString()) : path + "." + key, inner, fields));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                flatten(path + "." + i, list.get(i), fields);
            }
        } else if (fields.size() < FIELDS) {
            fields.put(path, value instanceof Number number ? new BigDecimal(number.toString()) : value);
        }
    }

    private static String top(String key) {
        return key.startsWith("@") ? "@" + key : key;
    }

    private static String pointer(LogStore.Event event) {
        return Base64.getEncoder().encodeToString((event.group() + "/" + event.id()).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Runs a query.
     *
     * @param events what lies in the query's range, of its log groups
     * @param most rows; empty for the default
     */
    Result run(InsightsQuery query, List<LogStore.Event> events, Optional<Integer> most) {
        List<Row> rows = new ArrayList<>();
        long bytes = 0;
        Set<String> made = new HashSet<>();
        for (LogStore.Event event : events) {
            bytes += event.length();
            rows.add(new Row(event, made));
        }
        rows.sort(Comparator.<Row, Instant>comparing(
                        r -> Objects.requireNonNull(r.event).at())
                .thenComparing(r -> Objects.requireNonNull(r.event).id())
                .reversed());
        long matched = -1;
        int limit = most.orElse(ROWS);
        List<String> columns = new ArrayList<>();
        boolean display = false;
        boolean aggregated = false;
        for (Command command : query.commands()) {
            if (command instanceof Filter filter) {
                rows.removeIf(row -> !Boolean.TRUE.equals(truth(filter.condition(), row)));
            } else if (command instanceof Parse parse) {
                rows.forEach(row -> extract(parse, row));
                made.addAll(parse.names());
            } else if (command instanceof Show show) {
                List<Column> computed = show.columns().stream()
                        .filter(c -> !(c.value() instanceof Field field
                                && field.name().equals(c.name())))
                        .toList();
                rows.forEach(row -> computed.forEach(c -> row.put(c.name(), value(c.value(), row))));
                computed.forEach(c -> made.add(c.name()));
                if (show.only() || !display) {
                    if (show.only()) {
                        columns.clear();
                    }
                    show.columns().forEach(c -> columns.add(c.name()));
                    display |= show.only();
                }
            } else if (command instanceof Stats stats) {
                matched = matched < 0 ? rows.size() : matched;
                rows = aggregate(stats, rows);
                aggregated = true;
                columns.clear();
                stats.by().forEach(c -> columns.add(c.name()));
                stats.aggregates().forEach(a -> columns.add(a.name()));
            } else if (command instanceof Sort sort) {
                rows.sort(order(sort.by()));
            } else if (command instanceof Limit bound) {
                limit = Math.min(limit, bound.rows());
                matched = matched < 0 ? rows.size() : matched;
                rows = new ArrayList<>(rows.subList(0, Math.min(rows.size(), bound.rows())));
            } else if (command instanceof Dedup dedup) {
                matched = matched < 0 ? rows.size() : matched;
                rows = deduplicate(dedup, rows);
            }
        }
        matched = matched < 0 ? rows.size() : matched;
        if (columns.isEmpty()) {
            columns.addAll(List.of("@timestamp", "@message"));
        }
        if (!aggregated) {
            columns.add("@ptr");
        }
        List<Map<String, String>> shown = new ArrayList<>();
        for (Row row : rows.subList(0, Math.min(rows.size(), limit))) {
            Map<String, String> texts = new LinkedHashMap<>();
            for (String column : columns) {
                @Nullable Object value = row.get(column);
                if (value != null) {
                    texts.put(column, show(value));
                }
            }
            shown.add(texts);
        }
        return new Result(shown, bytes, events.size(), matched);
    }

    private void extract(Parse parse, Row row) {
        @Nullable Object from = value(parse.field(), row);
        if (from == null) {
            return;
        }
        List<Optional<String>> found = extracted
                .computeIfAbsent(parse.pattern().pattern(), pattern -> new ConcurrentHashMap<>())
                .computeIfAbsent(show(from), text -> groups(parse, text));
        for (int i = 0; i < found.size(); i++) {
            row.put(parse.names().get(i), found.get(i).orElse(null));
        }
    }

    private static List<Optional<String>> groups(Parse parse, String text) {
        Matcher match = parse.pattern().matcher(text);
        if (!match.find()) {
            return List.of();
        }
        List<Optional<String>> groups = new ArrayList<>();
        for (int i = 0; i < parse.names().size(); i++) {
            groups.add(Optional.ofNullable(
                    parse.namedGroups() ? match.group(parse.names().get(i)) : match.group(i + 1)));
        }
        return groups;
    }

    /** Rows with a null in one of the fields are kept. */
    private List<Row> deduplicate(Dedup dedup, List<Row> rows) {
        Set<List<String>> seen = new HashSet<>();
        List<Row> kept = new ArrayList<>();
        for (Row row : rows) {
            List<String> key = new ArrayList<>();
            dedup.by().forEach(f -> Optional.ofNullable(value(f, row)).ifPresent(v -> key.add(show(v))));
            if (key.size() < dedup.by().size() || seen.add(key)) {
                kept.add(row);
            }
        }
        return kept;
    }

    // ---- stats

    private List<Row> aggregate(Stats stats, List<Row> rows) {
        Map<List<@Nullable String>, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            List<@Nullable String> key = new ArrayList<>();
            for (Column column : stats.by()) {
                @Nullable Object value = value(column.value(), row);
                key.add(value == null ? null : show(value));
            }
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
        }
        if (groups.isEmpty() && stats.by().isEmpty()) {
            groups.put(List.of(), List.of());
        }
        List<Row> results = new ArrayList<>();
        groups.forEach((key, members) -> {
            Row result = new Row(null, Set.of());
            for (Column column : stats.by()) {
                result.put(column.name(), value(column.value(), members.get(0)));
            }
            stats.aggregates()
                    .forEach(a -> result.put(
                            a.name(),
                            a.function().isEmpty()
                                    ? value(a.argument().orElseThrow(), result)
                                    : aggregate(a, members)));
            results.add(result);
        });
        return results;
    }

    private @Nullable Object aggregate(Aggregate aggregate, List<Row> rows) {
        if (aggregate.argument().isEmpty()) {
            return BigDecimal.valueOf(rows.size());
        }
        Expression argument = aggregate.argument().get();
        List<Object> values = new ArrayList<>();
        for (Row row : rows) {
            Optional.ofNullable(value(argument, row)).ifPresent(values::add);
        }
        switch (aggregate.function()) {
            case "count" -> {
                return BigDecimal.valueOf(values.size());
            }
            case "count_distinct" -> {
                return BigDecimal.valueOf(
                        values.stream().map(this::show).distinct().count());
            }
            case "earliest", "latest" -> {
                boolean first = aggregate.function().equals("earliest");
                return rows.stream()
                        .filter(r -> value(argument, r) != null)
                        .sorted(Comparator.<Row, Instant>comparing(
                                        r -> Objects.requireNonNull(r.event).at())
                                .thenComparing(
                                        r -> Objects.requireNonNull(r.event).id()))
                        .reduce((a, b) -> first ? a : b)
                        .map(r -> value(argument, r))
                        .orElse(null);
            }
            case "sortsfirst" -> {
                return values.stream().min(this::naturally).orElse(null);
            }
            case "sortslast" -> {
                return values.stream().max(this::naturally).orElse(null);
            }
            default -> {
                if (values.stream().allMatch(Instant.class::isInstance) && !values.isEmpty()) {
                    return extreme(
                            aggregate.function(),
                            values.stream().map(Instant.class::cast).toList());
                }
                List<BigDecimal> numbers = values.stream()
                        .map(this::number)
                        .flatMap(Optional::stream)
                        .sorted()
                        .toList();
                return numbers.isEmpty() ? null : aggregate(aggregate, numbers, numbers.size());
            }
        }
    }

    private static Instant extreme(String function, List<Instant> times) {
        return switch (function) {
            case "min" -> times.stream().min(Comparator.naturalOrder()).orElseThrow();
            case "max" -> times.stream().max(Comparator.naturalOrder()).orElseThrow();
            default -> throw new MalformedQuery(function + " of times", 0, 0);
        };
    }

    private static BigDecimal aggregate(Aggregate aggregate, List<BigDecimal> sorted, int n) {
        BigDecimal sum = sorted.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal mean = sum.divide(BigDecimal.valueOf(n), MathContext.DECIMAL64);
        return switch (aggregate.function()) {
            case "sum" -> sum;
            case "avg" -> mean;
            case "min" -> sorted.get(0);
            case "max" -> sorted.get(n - 1);
            case "stddev" ->
                sorted.stream()
                        .map(v -> v.subtract(mean).pow(2))
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .divide(BigDecimal.valueOf(n), MathContext.DECIMAL64)
                        .sqrt(MathContext.DECIMAL64);
            // The smallest value that is at least as large as so many percent of all.
            case "pct" ->
                sorted.get(Math.max(
                        0, (int) Math.ceil(aggregate.percentile().orElseThrow().doubleValue() / 100 * n) - 1));
            default -> throw new IllegalStateException(aggregate.function());
        };
    }

    // ---- order

    private Comparator<Row> order(List<Order> by) {
        return by.stream()
                .map(order -> {
                    Comparator<Row> ascending = (a, b) -> {
                        @Nullable Object x = value(order.field(), a);
                        @Nullable Object y = value(order.field(), b);
                        if (x == null || y == null) {
                            return Boolean.compare(x != null, y != null);
                        }
                        return naturally(x, y);
                    };
                    return order.descending() ? ascending.reversed() : ascending;
                })
                .reduce(Comparator::thenComparing)
                .orElseThrow();
    }

    /** The guide's natural order: texts before numbers; digits within texts by length, then value. */
    private int naturally(Object a, Object b) {
        if (a instanceof Instant x && b instanceof Instant y) {
            return x.compareTo(y);
        }
        Optional<BigDecimal> x = number(a);
        Optional<BigDecimal> y = number(b);
        if (x.isPresent() && y.isPresent()) {
            return x.get().compareTo(y.get());
        }
        if (x.isPresent() || y.isPresent()) {
            return x.isPresent() ? 1 : -1;
        }
        List<String> left = chunks(show(a));
        List<String> right = chunks(show(b));
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            String p = left.get(i);
            String q = right.get(i);
            boolean digits = Character.isDigit(p.charAt(0)) && Character.isDigit(q.charAt(0));
            int order = digits && p.length() != q.length() ? Integer.compare(p.length(), q.length()) : p.compareTo(q);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static List<String> chunks(String text) {
        return Arrays.stream(text.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)"))
                .filter(chunk -> !chunk.isEmpty())
                .toList();
    }

    // ---- expressions

    /** True, false, or null where a null value decides. */
    private @Nullable Boolean truth(Expression expression, Row row) {
        if (expression instanceof Not not) {
            @Nullable Boolean inner = truth(not.condition(), row);
            if (inner == null) {
                return reading.negatedNullIsTrue() ? Boolean.TRUE : null;
            }
            return !inner;
        }
        if (expression instanceof Binary binary) {
            switch (binary.operator()) {
                case "and" -> {
                    @Nullable Boolean left = truth(binary.left(), row);
                    if (Boolean.FALSE.equals(left)) {
                        return false;
                    }
                    @Nullable Boolean right = truth(binary.right(), row);
                    return Boolean.TRUE.equals(left) || Boolean.FALSE.equals(right) ? right : null;
                }
                case "or" -> {
                    @Nullable Boolean left = truth(binary.left(), row);
                    if (Boolean.TRUE.equals(left)) {
                        return true;
                    }
                    @Nullable Boolean right = truth(binary.right(), row);
                    return Boolean.FALSE.equals(left) || Boolean.TRUE.equals(right) ? right : null;
                }
                case "=", "!=", "<", "<=", ">", ">=" -> {
                    return compare(binary.operator(), value(binary.left(), row), value(binary.right(), row));
                }
                default -> throw new MalformedQuery("a condition is expected, not arithmetic", 0, 0);
            }
        }
        if (expression instanceof Like like) {
            @Nullable Object value = value(like.value(), row);
            return value == null ? null : like.pattern().matcher(show(value)).find();
        }
        if (expression instanceof In in) {
            @Nullable Object value = value(in.value(), row);
            return value == null
                    ? null
                    : in.list().stream().anyMatch(v -> Boolean.TRUE.equals(compare("=", value, value(v, row))));
        }
        @Nullable Object value = value(expression, row);
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new MalformedQuery("a condition is expected", 0, 0);
    }

    private @Nullable Boolean compare(String operator, @Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return operator.equals("!=") && reading.nullDiffers() ? Boolean.TRUE : null;
        }
        int order;
        if (a instanceof Instant x && b instanceof Instant y) {
            order = x.compareTo(y);
        } else if (a instanceof Instant || b instanceof Instant) {
            throw new MalformedQuery("a time is compared with something else", 0, 0);
        } else {
            boolean asNumbers = a instanceof BigDecimal || b instanceof BigDecimal;
            Optional<BigDecimal> x = number(a);
            Optional<BigDecimal> y = number(b);
            if (asNumbers && x.isPresent() && y.isPresent()) {
                order = x.get().compareTo(y.get());
            } else if (asNumbers
                    && operator.length() == 1 + (operator.endsWith("=") ? 1 : 0)
                    && !operator.equals("=")
                    && !operator.equals("!=")
                    && !reading.mixedAsText()) {
                return null;
            } else {
                order = show(a).compareTo(show(b));
            }
        }
        return switch (operator) {
            case "=" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalStateException(operator);
        };
    }

    private @Nullable Object value(Expression expression, Row row) {
        if (expression instanceof Field field) {
            return row.get(field.name());
        }
        if (expression instanceof Literal literal) {
            return literal.value();
        }
        if (expression instanceof Function function) {
            return call(function, row);
        }
        if (expression instanceof Binary binary && "+-*/%^".contains(binary.operator())) {
            Optional<BigDecimal> a =
                    Optional.ofNullable(value(binary.left(), row)).flatMap(this::number);
            Optional<BigDecimal> b =
                    Optional.ofNullable(value(binary.right(), row)).flatMap(this::number);
            return a.isEmpty() || b.isEmpty() ? null : arithmetic(binary.operator(), a.get(), b.get());
        }
        return truth(expression, row);
    }

    private static @Nullable BigDecimal arithmetic(String operator, BigDecimal a, BigDecimal b) {
        return switch (operator) {
            case "+" -> a.add(b);
            case "-" -> a.subtract(b);
            case "*" -> a.multiply(b);
            case "/" -> b.signum() == 0 ? null : a.divide(b, MathContext.DECIMAL64);
            case "%" -> b.signum() == 0 ? null : a.remainder(b);
            case "^" -> BigDecimal.valueOf(Math.pow(a.doubleValue(), b.doubleValue()));
            default -> throw new IllegalStateException(operator);
        };
    }

    private @Nullable Object call(Function function, Row row) {
        List<Expression> arguments = function.arguments();
        switch (function.name()) {
            case "ispresent" -> {
                return row.has(((Field) arguments.get(0)).name());
            }
            case "coalesce" -> {
                for (Expression argument : arguments) {
                    @Nullable Object value = value(argument, row);
                    if (value != null) {
                        return value;
                    }
                }
                return null;
            }
            case "isempty", "isblank" -> {
                @Nullable Object value = value(arguments.get(0), row);
                String text = value == null ? "" : show(value);
                return function.name().equals("isempty") ? text.isEmpty() : text.isBlank();
            }
            case "bin" -> {
                return floor((Instant) Objects.requireNonNull(row.get("@timestamp")), arguments.get(0));
            }
            default -> {
                List<Object> values = new ArrayList<>();
                for (Expression argument : arguments) {
                    @Nullable Object value = argument instanceof Period ? argument : value(argument, row);
                    if (value == null) {
                        return null;
                    }
                    values.add(value);
                }
                return call(function.name(), values);
            }
        }
    }

    private @Nullable Object call(String name, List<Object> values) {
        return switch (name) {
            case "datefloor" -> values.get(0) instanceof Instant at ? floor(at, (Expression) values.get(1)) : null;
            case "dateceil" -> {
                if (!(values.get(0) instanceof Instant at)) {
                    yield null;
                }
                Instant floor = floor(at, (Expression) values.get(1));
                yield floor.equals(at) ? at : floor.plus(((Period) values.get(1)).length());
            }
            case "frommillis" ->
                number(values.get(0))
                        .map(n -> Instant.ofEpochMilli(n.longValue()))
                        .orElse(null);
            case "tomillis" -> values.get(0) instanceof Instant at ? BigDecimal.valueOf(at.toEpochMilli()) : null;
            case "concat" -> values.stream().map(this::show).reduce("", String::concat);
            case "ltrim" -> show(values.get(0)).replaceFirst("^" + trimmed(values) + "+", "");
            case "rtrim" -> show(values.get(0)).replaceFirst(trimmed(values) + "+$", "");
            case "trim" ->
                show(values.get(0))
                        .replaceFirst("^" + trimmed(values) + "+", "")
                        .replaceFirst(trimmed(values) + "+$", "");
            case "strlen" -> {
                String text = show(values.get(0));
                yield BigDecimal.valueOf(text.codePointCount(0, text.length()));
            }
            case "toupper" -> show(values.get(0)).toUpperCase(Locale.ROOT);
            case "tolower" -> show(values.get(0)).toLowerCase(Locale.ROOT);
            case "substr" -> substring(values);
            case "replace" -> show(values.get(0)).replace(show(values.get(1)), show(values.get(2)));
            case "strcontains" -> show(values.get(0)).contains(show(values.get(1))) ? BigDecimal.ONE : BigDecimal.ZERO;
            default -> numeric(name, values);
        };
    }

    /** The characters to trim, as a regular expression; the guide's second argument is a set of characters. */
    private String trimmed(List<Object> values) {
        return values.size() < 2 ? "\\s" : "[" + Pattern.quote(show(values.get(1))) + "]";
    }

    private @Nullable String substring(List<Object> values) {
        String text = show(values.get(0));
        Optional<BigDecimal> from = number(values.get(1));
        Optional<BigDecimal> length =
                values.size() < 3 ? Optional.of(BigDecimal.valueOf(text.length())) : number(values.get(2));
        if (from.isEmpty() || length.isEmpty()) {
            return null;
        }
        if (from.get().signum() < 0 || length.get().signum() < 0) {
            throw new MalformedQuery("substr with a negative number is not documented", 0, 0);
        }
        int start = Math.min(text.length(), from.get().intValue());
        return text.substring(
                start, Math.min(text.length(), start + length.get().intValue()));
    }

    private @Nullable BigDecimal numeric(String name, List<Object> values) {
        List<BigDecimal> numbers =
                values.stream().map(this::number).flatMap(Optional::stream).toList();
        if (numbers.size() < values.size()) {
            return null;
        }
        BigDecimal first = numbers.get(0);
        return switch (name) {
            case "abs" -> first.abs();
            case "ceil" -> first.setScale(0, java.math.RoundingMode.CEILING);
            case "floor" -> first.setScale(0, java.math.RoundingMode.FLOOR);
            case "greatest" -> numbers.stream().max(Comparator.naturalOrder()).orElseThrow();
            case "least" -> numbers.stream().min(Comparator.naturalOrder()).orElseThrow();
            case "log" -> BigDecimal.valueOf(Math.log(first.doubleValue()));
            case "sqrt" -> BigDecimal.valueOf(Math.sqrt(first.doubleValue()));
            default -> throw new IllegalStateException(name);
        };
    }

    private static Instant floor(Instant at, Expression period) {
        Duration length = ((Period) period).length();
        return Instant.ofEpochMilli(at.toEpochMilli() / length.toMillis() * length.toMillis());
    }

    private Optional<BigDecimal> number(Object value) {
        if (value instanceof BigDecimal number) {
            return Optional.of(number);
        }
        if (value instanceof Boolean truth) {
            return Optional.of(truth ? BigDecimal.ONE : BigDecimal.ZERO);
        }
        return value instanceof String text && NUMBER.matcher(text).matches()
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    private String show(Object value) {
        if (value instanceof Instant at) {
            return TIME.format(at);
        }
        if (value instanceof BigDecimal number) {
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
        if (value instanceof Boolean truth) {
            return reading.booleansAsWords() ? truth.toString() : truth ? "1" : "0";
        }
        return value.toString();
    }
}
