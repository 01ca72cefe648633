package io.github.eastwest.aws;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A query in CloudWatch Logs Insights QL, as AWS's user guide documents it ("CloudWatch Logs Insights language query syntax"
 * and the pages of its commands and functions).
 *
 * <p>Strict: a command, function, operator or form that the guide does not have is an error, so that no query works here and
 * fails at AWS. Commands that no query of this project needs ({@code pattern}, {@code diff}, {@code unnest}, …) are not
 * known either.
 *
 * @param commands in the order in which they are applied
 */
record InsightsQuery(List<Command> commands) {
    /** Characters of a query, at most. */
    static final int LONGEST = 10_000;

    /** Rows that a query may ask for, at most. */
    static final int MOST_ROWS = 100_000;

    sealed interface Command {}

    /** {@code fields} or {@code display}: what the rows show. */
    record Show(List<Column> columns, boolean only) implements Command {}

    record Filter(Expression condition) implements Command {}

    /**
     * Extracts fields.
     *
     * @param namedGroups whether the pattern's groups have the fields' names; otherwise they have their order
     */
    record Parse(Expression field, Pattern pattern, List<String> names, boolean namedGroups) implements Command {}

    record Stats(List<Aggregate> aggregates, List<Column> by) implements Command {}

    record Sort(List<Order> by) implements Command {}

    record Limit(int rows) implements Command {}

    record Dedup(List<Expression> by) implements Command {}

    /** An expression and the name of its column: its alias, or its text as it was written. */
    record Column(Expression value, String name) {}

    /**
     * An aggregation.
     *
     * @param function empty for arithmetic with aggregates before it
     * @param argument what is aggregated; empty for {@code count(*)}
     * @param percentile for {@code pct}
     */
    record Aggregate(String function, Optional<Expression> argument, Optional<BigDecimal> percentile, String name) {}

    record Order(Expression field, boolean descending) {}

    sealed interface Expression {}

    record Field(String name) implements Expression {}

    record Literal(Object value) implements Expression {}

    record Period(Duration length) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    record Not(Expression condition) implements Expression {}

    record Like(Expression value, Pattern pattern) implements Expression {}

    record In(Expression value, List<Expression> list) implements Expression {}

    record Function(String name, List<Expression> arguments) implements Expression {}

    static InsightsQuery parse(String text) {
        if (text.length() > LONGEST) {
            throw new MalformedQuery("the query has more than " + LONGEST + " characters", 0, text.length());
        }
        return new Parser(text).query();
    }

    private static final Map<String, int[]> FUNCTIONS = Map.ofEntries(
            Map.entry("abs", new int[] {1, 1}),
            Map.entry("ceil", new int[] {1, 1}),
            Map.entry("floor", new int[] {1, 1}),
            Map.entry("greatest", new int[] {1, 99}),
            Map.entry("least", new int[] {1, 99}),
            Map.entry("log", new int[] {1, 1}),
            Map.entry("sqrt", new int[] {1, 1}),
            Map.entry("bin", new int[] {1, 1}),
            Map.entry("datefloor", new int[] {2, 2}),
            Map.entry("dateceil", new int[] {2, 2}),
            Map.entry("frommillis", new int[] {1, 1}),
            Map.entry("tomillis", new int[] {1, 1}),
            Map.entry("ispresent", new int[] {1, 1}),
            Map.entry("coalesce", new int[] {1, 99}),
            Map.entry("isempty", new int[] {1, 1}),
            Map.entry("isblank", new int[] {1, 1}),
            Map.entry("concat", new int[] {1, 99}),
            Map.entry("ltrim", new int[] {1, 2}),
            Map.entry("rtrim", new int[] {1, 2}),
            Map.entry("trim", new int[] {1, 2}),
            Map.entry("strlen", new int[] {1, 1}),
            Map.entry("toupper", new int[] {1, 1}),
            Map.entry("tolower", new int[] {1, 1}),
            Map.entry("substr", new int[] {2, 3}),
            Map.entry("replace", new int[] {3, 3}),
            Map.entry("strcontains", new int[] {2, 2}));

    private static final Set<String> AGGREGATES = Set.of(
            "count",
            "count_distinct",
            "sum",
            "avg",
            "min",
            "max",
            "pct",
            "stddev",
            "earliest",
            "latest",
            "sortsfirst",
            "sortslast");

    private static final Set<String> SYSTEM_FIELDS =
            Set.of("@timestamp", "@ingestionTime", "@message", "@logStream", "@log", "@ptr");

    private static final Set<String> WORDS = Set.of("and", "or", "not", "in", "like", "as", "by", "asc", "desc");

    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private static final Map<String, String> UNIT_WORDS = Map.ofEntries(
            Map.entry("millisecond", "ms"),
            Map.entry("msec", "ms"),
            Map.entry("second", "s"),
            Map.entry("sec", "s"),
            Map.entry("minute", "m"),
            Map.entry("min", "m"),
            Map.entry("hour", "h"),
            Map.entry("hr", "h"),
            Map.entry("day", "d"),
            Map.entry("week", "w"));

    private static final class Parser {
        private static final Pattern SPACE = Pattern.compile("(?:\\s++|#[^\\n]*+)*+");
        private static final Pattern NAME = Pattern.compile("[A-Za-z_@][A-Za-z0-9_@]*(?:\\.[A-Za-z0-9_@]+)*");
        private static final Pattern QUOTED_NAME = Pattern.compile("`([^`]+)`");
        private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");
        private static final Pattern PERIOD = Pattern.compile("(\\d+)([A-Za-z]+)");
        private static final Pattern STRING =
                Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|'(?:[^'\\\\]++|\\\\.)*+'", Pattern.DOTALL);
        private static final Pattern REGEX = Pattern.compile("/(?:[^/\\\\]++|\\\\.)++/", Pattern.DOTALL);
        private static final Pattern COMPARISON = Pattern.compile("=~|!=|<=|>=|=|<|>");
        private static final Pattern GROUP_NAME = Pattern.compile("\\(\\?<([A-Za-z0-9_]*)>");

        private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);
        /** Look-around, flags other than {@code (?i)}, possessive quantifiers. */
        private static final Pattern NOT_PORTABLE = Pattern.compile("\\(\\?(?!<[A-Za-z0-9_]|:|i\\))|[*+?}]\\+");

        private final String text;
        private final List<Command> commands = new ArrayList<>();
        /** Names that the query made: aliases, extracted fields, columns of stats. */
        private final Set<String> made = new HashSet<>();
        /** Fields that a fields command shows. */
        private final Set<String> shown = new HashSet<>();

        private boolean aggregated;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        InsightsQuery query() {
            do {
                if (!commands.isEmpty()
                        && commands.stream().anyMatch(Dedup.class::isInstance)
                        && !peekWord().equals("limit")) {
                    throw error("only limit may follow dedup");
                }
                commands.add(command());
            } while (take("|"));
            skip();
            if (at < text.length()) {
                throw error("unexpected symbol found " + text.charAt(at));
            }
            if (commands.stream().anyMatch(Parse.class::isInstance)
                    && commands.stream().noneMatch(c -> c instanceof Show || c instanceof Stats)) {
                throw error("what a query with parse and without fields, display or stats shows is not documented");
            }
            return new InsightsQuery(List.copyOf(commands));
        }

        private Command command() {
            int start = skip();
            String word = word();
            return switch (word) {
                case "fields" -> show(false);
                case "display" -> show(true);
                case "filter" -> new Filter(expression());
                case "parse" -> parseCommand();
                case "stats" -> stats();
                case "sort" -> new Sort(list(this::order));
                case "limit" -> limit();
                case "dedup" -> new Dedup(list(this::field));
                default -> throw new MalformedQuery("unknown command " + word, start, at);
            };
        }

        private Show show(boolean only) {
            List<Column> columns = list(() -> column(true));
            for (Column column : columns) {
                if (!only && !shown.add(column.name())) {
                    throw error("field is shown twice: " + column.name());
                }
            }
            return new Show(columns, only);
        }

        /** An expression with an optional alias. */
        private Column column(boolean ownName) {
            int start = skip();
            Expression value = expression();
            String written = text.substring(start, at).strip();
            if (takeWord("as")) {
                String alias = name();
                if (mentions(value, alias)) {
                    throw error("an alias that its own expression uses: " + alias);
                }
                define(alias);
                return new Column(value, alias);
            }
            if (ownName && !(value instanceof Field)) {
                define(written);
            }
            return new Column(value, value instanceof Field field ? field.name() : written);
        }

        private void define(String name) {
            if (SYSTEM_FIELDS.contains(name)) {
                throw error("a system field cannot be defined: " + name);
            }
            if (shown.contains(name) || !made.add(name)) {
                throw error("ephemeral field is already defined: " + name);
            }
        }

        private static boolean mentions(Expression expression, String name) {
            if (expression instanceof Field field) {
                return field.name().equals(name);
            }
            if (expression instanceof Binary binary) {
                return mentions(binary.left(), name) || mentions(binary.right(), name);
            }
            if (expression instanceof Not not) {
                return mentions(not.condition(), name);
            }
            if (expression instanceof Like like) {
                return mentions(like.value(), name);
            }
            if (expression instanceof In in) {
                return mentions(in.value(), name);
            }
            return expression instanceof Function function
                    && function.arguments().stream().anyMatch(a -> mentions(a, name));
        }

        private Parse parseCommand() {
            skip();
            Expression field = peek('"') || peek('\'') || peek('/') ? new Field("@message") : field();
            skip();
            if (peek('/')) {
                Pattern pattern = regex();
                List<String> names = new ArrayList<>();
                Matcher groups = GROUP_NAME.matcher(pattern.pattern());
                while (groups.find()) {
                    names.add(groups.group(1));
                }
                if (names.isEmpty()) {
                    throw error("a regular expression of parse needs named groups");
                }
                names.forEach(this::define);
                return new Parse(field, pattern, names, true);
            }
            String glob = string();
            expectWord("as");
            List<String> names = list(this::name);
            if (glob.chars().filter(c -> c == '*').count() != names.size()) {
                throw error("parse has as many names as its pattern has wildcards");
            }
            names.forEach(this::define);
            return new Parse(field, glob(glob), names, false);
        }

        /** A wildcard stands for as few characters as possible, the last one of a pattern that ends with it for the rest. */
        private static Pattern glob(String glob) {
            String[] parts = glob.split("\\*", -1);
            StringBuilder regex = new StringBuilder(parts[0].isEmpty() ? "^" : "");
            for (int i = 0; i < parts.length; i++) {
                if (i > 0) {
                    boolean rest = i == parts.length - 1 && parts[i].isEmpty();
                    regex.append(rest ? "(.*)" : "(.*?)");
                }
                regex.append(parts[i].isEmpty() ? "" : Pattern.quote(parts[i]));
            }
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        }

        private Stats stats() {
            Set<String> before = new HashSet<>(made);
            List<Aggregate> aggregates = new ArrayList<>();
            do {
                aggregates.add(
                        aggregate(aggregates.stream().map(Aggregate::name).toList()));
            } while (take(","));
            List<Column> by = takeWord("by") ? list(() -> column(false)) : List.of();
            Set<String> after = aggregates.stream().map(Aggregate::name).collect(Collectors.toCollection(HashSet::new));
            for (Column column : by) {
                if (!after.add(column.name())) {
                    throw error("column is defined twice: " + column.name());
                }
            }
            before.retainAll(aggregates.stream().map(Aggregate::name).collect(Collectors.toSet()));
            if (!before.isEmpty()) {
                throw error("ephemeral field is already defined: " + before);
            }
            made.clear();
            made.addAll(after);
            shown.clear();
            aggregated = true;
            return new Stats(aggregates, by);
        }

        private Aggregate aggregate(List<String> before) {
            int start = skip();
            String function = peekWord();
            if (!AGGREGATES.contains(function)) {
                return computed(before, start);
            }
            word();
            expect("(");
            Optional<Expression> argument = Optional.empty();
            Optional<BigDecimal> percentile = Optional.empty();
            if (function.equals("count") && (take("*") || peekIs(")"))) {
                expect(")");
            } else {
                argument = Optional.of(expression());
                if (function.equals("pct")) {
                    expect(",");
                    percentile = Optional.of(number());
                }
                expect(")");
            }
            String name = text.substring(start, at).strip();
            if (takeWord("as")) {
                name = name();
            }
            return new Aggregate(function, argument, percentile, name);
        }

        /** Arithmetic with aggregates named before, as the guide's sample of overprovisioned memory has it. */
        private Aggregate computed(List<String> before, int start) {
            Set<String> outside = new HashSet<>(made);
            boolean outsideAggregated = aggregated;
            made.clear();
            made.addAll(before);
            aggregated = true;
            Expression value = expression();
            made.clear();
            made.addAll(outside);
            aggregated = outsideAggregated;
            if (!(value instanceof Binary)) {
                throw new MalformedQuery("an aggregation is expected", start, at);
            }
            expectWord("as");
            return new Aggregate("", Optional.of(value), Optional.empty(), name());
        }

        private Order order() {
            Expression field = field();
            if (takeWord("desc")) {
                return new Order(field, true);
            }
            takeWord("asc");
            return new Order(field, false);
        }

        private Limit limit() {
            int start = skip();
            int rows = number().intValueExact();
            if (rows < 1 || rows > MOST_ROWS) {
                throw new MalformedQuery("limit must be between 1 and " + MOST_ROWS, start, at);
            }
            return new Limit(rows);
        }

        // ---- expressions: or, and, not, comparison, sum, product, power, sign

        private Expression expression() {
            Expression left = conjunction();
            while (takeWord("or")) {
                left = new Binary("or", left, conjunction());
            }
            return left;
        }

        private Expression conjunction() {
            Expression left = negation();
            while (takeWord("and")) {
                left = new Binary("and", left, negation());
            }
            return left;
        }

        private Expression negation() {
            return takeWord("not") ? new Not(negation()) : comparison();
        }

        private Expression comparison() {
            Expression left = sum();
            boolean negated = takeWord("not");
            if (takeWord("like")) {
                Expression like = new Like(left, patternOrSubstring());
                return negated ? new Not(like) : like;
            }
            if (takeWord("in")) {
                expect("[");
                List<Expression> values = list(this::literal);
                expect("]");
                Expression in = new In(left, values);
                return negated ? new Not(in) : in;
            }
            if (negated) {
                throw error("like or in expected after not");
            }
            Optional<String> operator = match(COMPARISON);
            if (operator.isEmpty()) {
                return left;
            }
            if (operator.get().equals("=~")) {
                return new Like(left, patternOrSubstring());
            }
            return new Binary(operator.get(), left, sum());
        }

        private Pattern patternOrSubstring() {
            skip();
            return peek('/') ? regex() : Pattern.compile(Pattern.quote(string()));
        }

        private Expression sum() {
            Expression left = product();
            for (Optional<String> sign = oneOf("+", "-"); sign.isPresent(); sign = oneOf("+", "-")) {
                left = new Binary(sign.get(), left, product());
            }
            return left;
        }

        private Expression product() {
            Expression left = power();
            for (Optional<String> sign = oneOf("*", "/", "%"); sign.isPresent(); sign = oneOf("*", "/", "%")) {
                left = new Binary(sign.get(), left, power());
            }
            return left;
        }

        private Expression power() {
            Expression left = primary();
            return take("^") ? new Binary("^", left, primary()) : left;
        }

        private Expression primary() {
            skip();
            if (take("(")) {
                Expression inner = expression();
                expect(")");
                return inner;
            }
            if (peek('"') || peek('\'') || peek('-') || at < text.length() && Character.isDigit(text.charAt(at))) {
                return literal();
            }
            int start = at;
            Optional<String> quoted = match(QUOTED_NAME);
            if (quoted.isPresent()) {
                return known(quoted.get().substring(1, quoted.get().length() - 1), start);
            }
            String name = match(NAME).orElseThrow(() -> error("expression expected"));
            if (!peekIs("(")) {
                if (WORDS.contains(name.toLowerCase(Locale.ROOT))) {
                    throw new MalformedQuery("unexpected word " + name, start, at);
                }
                return known(name, start);
            }
            return function(name.toLowerCase(Locale.ROOT), start);
        }

        private Function function(String name, int start) {
            int[] arguments = FUNCTIONS.get(name);
            if (arguments == null) {
                throw new MalformedQuery("unknown function " + name, start, at);
            }
            expect("(");
            List<Expression> values = list(() -> {
                skip();
                Matcher period = PERIOD.matcher(text).region(at, text.length());
                if (period.lookingAt()) {
                    at = period.end();
                    return new Period(period(period));
                }
                return expression();
            });
            expect(")");
            if (values.size() < arguments[0] || values.size() > arguments[1]) {
                throw new MalformedQuery("wrong number of arguments of " + name, start, at);
            }
            int wherePeriod = switch (name) {
                case "bin" -> 0;
                case "datefloor", "dateceil" -> 1;
                default -> -1;
            };
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) instanceof Period != (i == wherePeriod)) {
                    throw new MalformedQuery("period expected or unexpected in " + name, start, at);
                }
            }
            if (name.equals("ispresent") && !(values.get(0) instanceof Field)) {
                throw new MalformedQuery("ispresent takes a field", start, at);
            }
            if (name.equals("bin") && aggregated) {
                throw new MalformedQuery("Unknown symbols found in or after stats: @timestamp", start, at);
            }
            return new Function(name, values);
        }

        private static Duration period(Matcher period) {
            String unit = period.group(2).toLowerCase(Locale.ROOT);
            String singular = unit.length() > 2 && unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
            Duration length = UNITS.get(UNIT_WORDS.getOrDefault(singular, singular));
            if (length == null) {
                throw new MalformedQuery("unknown unit " + unit, period.start(), period.end());
            }
            return length.multipliedBy(Long.parseLong(period.group(1)));
        }

        /** After stats only its columns exist. */
        private Field known(String name, int start) {
            if (aggregated && !made.contains(name)) {
                throw new MalformedQuery("Unknown symbols found in or after stats: " + name, start, at);
            }
            return new Field(name);
        }

        private Expression field() {
            int start = skip();
            return known(name(), start);
        }

        private String name() {
            skip();
            Optional<String> quoted = match(QUOTED_NAME);
            if (quoted.isPresent()) {
                return quoted.get().substring(1, quoted.get().length() - 1);
            }
            String name = match(NAME).orElseThrow(() -> error("name expected"));
            if (WORDS.contains(name.toLowerCase(Locale.ROOT))) {
                throw error("unexpected word " + name);
            }
            return name;
        }

        private Expression literal() {
            skip();
            if (peek('"') || peek('\'')) {
                return new Literal(string());
            }
            boolean negative = take("-");
            BigDecimal number = number();
            return new Literal(negative ? number.negate() : number);
        }

        private BigDecimal number() {
            BigDecimal number = new BigDecimal(match(NUMBER).orElseThrow(() -> error("number expected")));
            if (at < text.length() && Character.isLetter(text.charAt(at))) {
                throw error("unexpected symbol found " + text.charAt(at));
            }
            return number;
        }

        private String string() {
            String quoted = match(STRING).orElseThrow(() -> error("string expected"));
            String body = quoted.substring(1, quoted.length() - 1);
            return body.replaceAll("(?s)\\\\(.)", "$1");
        }

        private Pattern regex() {
            int start = at;
            String quoted = match(REGEX).orElseThrow(() -> error("regular expression expected"));
            String regex = quoted.substring(1, quoted.length() - 1).replace("\\/", "/");
            // What differs between regular-expression engines, and groups whose names only some of them accept.
            String unescaped = ESCAPE.matcher(regex).replaceAll("x");
            if (ESCAPE.matcher(regex).results().anyMatch(e -> e.group(1).matches("[1-9kGQEZzA]"))
                    || NOT_PORTABLE.matcher(unescaped).find()) {
                throw new MalformedQuery("this regular expression is not portable", start, at);
            }
            Matcher names = GROUP_NAME.matcher(regex);
            while (names.find()) {
                if (!names.group(1).matches("[A-Za-z][A-Za-z0-9]*")) {
                    throw new MalformedQuery("a group's name has letters and digits only", start, at);
                }
            }
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new MalformedQuery("no regular expression: " + e.getDescription(), start, at);
            }
        }

        // ---- characters

        private <T> List<T> list(java.util.function.Supplier<? extends T> element) {
            List<T> all = new ArrayList<>();
            do {
                all.add(element.get());
            } while (take(","));
            return all;
        }

        private int skip() {
            Matcher space = SPACE.matcher(text).region(at, text.length());
            if (space.lookingAt()) {
                at = space.end();
            }
            return at;
        }

        private boolean peek(char c) {
            return at < text.length() && text.charAt(at) == c;
        }

        private boolean peekIs(String symbol) {
            skip();
            return text.startsWith(symbol, at);
        }

        private boolean take(String symbol) {
            skip();
            boolean there = text.startsWith(symbol, at);
            if (there) {
                at += symbol.length();
            }
            return there;
        }

        private Optional<String> oneOf(String... symbols) {
            for (String symbol : symbols) {
                if (take(symbol)) {
                    return Optional.of(symbol);
                }
            }
            return Optional.empty();
        }

        private void expect(String symbol) {
            if (!take(symbol)) {
                throw error(symbol + " expected");
            }
        }

        private Optional<String> match(Pattern pattern) {
            skip();
            Matcher matcher = pattern.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) {
                return Optional.empty();
            }
            at = matcher.end();
            return Optional.of(matcher.group());
        }

        private String peekWord() {
            int start = at;
            String word = match(NAME).orElse("").toLowerCase(Locale.ROOT);
            at = start;
            return word;
        }

        private String word() {
            return match(NAME).orElseThrow(() -> error("word expected")).toLowerCase(Locale.ROOT);
        }

        private boolean takeWord(String word) {
            if (!peekWord().equals(word)) {
                return false;
            }
            word();
            return true;
        }

        private void expectWord(String word) {
            if (!takeWord(word)) {
                throw error(word + " expected");
            }
        }

        private MalformedQuery error(String message) {
            return new MalformedQuery(message, at, Math.min(text.length(), at + 1));
        }
    }
}
