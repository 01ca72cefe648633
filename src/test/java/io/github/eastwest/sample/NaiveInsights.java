package io.github.eastwest.sample;

import io.github.eastwest.model.Side;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers the four queries that the collector runs, line by line, without haste: the {@code parse} commands are taken from
 * the query's own text, filters and aggregation are written down a second time from what the query files say they do.
 */
final class NaiveInsights {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern PARSE = Pattern.compile("(?m)^\\| parse (\\S+) /(.*)/$");
    private static final Pattern GROUP = Pattern.compile("\\(\\?<([A-Za-z]+)>");

    private static final int MOST_GROUPS = 10_000;

    /** The parse commands of queries, by all of them together: other parts of a query change with its parameters. */
    private static final Map<List<String>, List<Parse>> COMMANDS = new ConcurrentHashMap<>();

    /** What commands made of a message. */
    private final Map<List<Parse>, Map<String, Map<String, String>>> known = new HashMap<>();

    /** A parse command: the field that it reads, and the fields that its expression makes. */
    private record Parse(String source, Pattern expression, List<String> fields) {
        static Parse of(String source, String expression) {
            List<String> fields = GROUP.matcher(expression)
                    .results()
                    .map(name -> name.group(1))
                    .toList();
            return new Parse(source, Pattern.compile(expression), fields);
        }
    }

    /**
     * A query that was run.
     *
     * @param name its name in {@code queries/}
     * @param slice {@code 2of5}, or empty
     * @param text the query
     * @param from first second of the events
     * @param to last second of the events
     */
    record Query(String name, Side side, String slice, String text, Instant from, Instant to) {}

    /** A log event. */
    record Event(String stream, long millis, String message) {}

    /**
     * What GetQueryResults would answer.
     *
     * @param mostRows where an answer of lines is cut
     */
    Map<String, Object> answer(Query query, List<Event> events, int mostRows) {
        List<Map<String, String>> rows = new ArrayList<>();
        Map<List<String>, List<Map<String, String>>> groups =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        Map<String, String> parameters = parameters(query.text());
        Conditions conditions = Conditions.of(query, parameters);
        List<Parse> commands = commands(query.text());
        Map<String, Map<String, String>> read = known.computeIfAbsent(commands, all -> new HashMap<>());
        long matched = 0;
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            boolean asked = event.stream().contains("ecs-service-connect-")
                    && event.millis() >= query.from().toEpochMilli()
                    && event.millis() <= query.to().toEpochMilli();
            Map<String, String> fields =
                    !asked ? Map.of() : read.computeIfAbsent(event.message(), message -> fields(commands, message));
            if (!asked || !conditions.match(fields, event.message())) {
                continue;
            }
            matched++;
            if (query.name().equals("counts") || query.name().equals("errors")) {
                groups.computeIfAbsent(key(query.name(), parameters, fields), key -> new ArrayList<>())
                        .add(fields);
                continue;
            }
            Map<String, String> row = new TreeMap<>();
            row.put("@timestamp", TIME.format(Instant.ofEpochMilli(event.millis())));
            row.put("@logStream", event.stream());
            row.put("@message", event.message());
            row.put("@ptr", "ptr" + i);
            if (fields.containsKey("began")) {
                row.put("began", fields.get("began"));
            }
            rows.add(row);
        }
        String[] names = query.name().equals("counts")
                ? new String[] {"bucket", "name", "way", "code"}
                : new String[] {"bucket", "name", "way", "code", "grpc", "reply", "own"};
        groups.forEach((key, members) -> {
            Map<String, String> row = new TreeMap<>();
            for (int i = 0; i < names.length; i++) {
                if (!key.get(i).isEmpty()) {
                    row.put(names[i], key.get(i));
                }
            }
            row.put("lines", Integer.toString(members.size()));
            rows.add(row);
        });
        // Without a sort the latest come first, and what is too much is missing at the end.
        int most = groups.isEmpty() ? mostRows : MOST_GROUPS;
        List<Map<String, String>> kept = rows.size() <= most ? rows : rows.subList(rows.size() - most, rows.size());
        List<Object> results = new ArrayList<>();
        kept.forEach(row -> {
            List<Object> cells = new ArrayList<>();
            row.forEach((field, value) -> cells.add(Map.of("field", field, "value", value)));
            results.add(cells);
        });
        Map<String, Object> answer = new TreeMap<>();
        answer.put("results", results);
        answer.put("statistics", Map.of("recordsMatched", (double) matched, "recordsScanned", (double) events.size()));
        answer.put("status", "Complete");
        return answer;
    }

    static Map<String, String> parameters(String text) {
        Map<String, String> parameters = new HashMap<>();
        Arrays.stream(text.lines().findFirst().orElseThrow().split(" "))
                .filter(word -> word.contains("="))
                .forEach(word ->
                        parameters.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1)));
        return parameters;
    }

    private static List<Parse> commands(String text) {
        List<String> lines =
                text.lines().filter(line -> line.startsWith("| parse ")).toList();
        return COMMANDS.computeIfAbsent(
                lines,
                all -> PARSE.matcher(text)
                        .results()
                        .map(parse -> Parse.of(parse.group(1), parse.group(2)))
                        .toList());
    }

    /** The fields that the query's parse and coalesce commands make. */
    private static Map<String, String> fields(List<Parse> commands, String message) {
        Map<String, String> parsed = new HashMap<>();
        parsed.put("@message", message);
        for (Parse parse : commands) {
            String source = parsed.get(parse.source());
            Matcher found = source == null ? null : parse.expression().matcher(source);
            if (found != null && found.find()) {
                parse.fields().forEach(name -> parsed.put(name, found.group(name)));
            }
        }
        Map<String, String> fields = new HashMap<>();
        first(fields, "began", parsed, "tBegan", "cBegan", "jBegan");
        first(fields, "asked", parsed, "tRequest", "jMethod");
        first(fields, "spoken", parsed, "tRequest", "jProtocol");
        first(fields, "code", parsed, "tCode", "jCode");
        first(fields, "grpc", parsed, "tGrpc", "jFlags", "jGrpc");
        first(fields, "sent", parsed, "tSent", "cSent", "jSent");
        first(fields, "ms", parsed, "tMs", "cMs", "jMs");
        first(fields, "service", parsed, "tService", "jService");
        first(fields, "id", parsed, "tId", "jId");
        first(fields, "name", parsed, "tName", "jName", "cPeer", "jPeer");
        first(fields, "host", parsed, "tHost", "jHost");
        first(fields, "own", parsed, "tOwn", "jOwn");
        return fields;
    }

    private static void first(Map<String, String> fields, String name, Map<String, String> parsed, String... from) {
        Arrays.stream(from)
                .filter(parsed::containsKey)
                .findFirst()
                .ifPresent(field -> fields.put(name, parsed.get(field)));
    }

    /**
     * What a query's filter says, in words of its own.
     *
     * @param sample which ids {@code lines} takes
     * @param failures which ids of remarkable lines it takes
     * @param ids what {@code partners} looks up
     */
    private record Conditions(String name, String from, String to, Pattern sample, Pattern failures, Set<String> ids) {
        private static final Pattern IDS = Pattern.compile("\\bid in \\[([^\\]]*)]");

        static Conditions of(Query query, Map<String, String> parameters) {
            Matcher list = IDS.matcher(query.text());
            Set<String> ids = query.name().equals("partners") && list.find()
                    ? new HashSet<>(List.of(list.group(1).replace("\"", "").split(", ")))
                    : Set.of();
            return new Conditions(
                    query.name(),
                    parameters.get("from"),
                    parameters.get("to"),
                    Pattern.compile(parameters.getOrDefault("sample", "") + "$"),
                    Pattern.compile(parameters.getOrDefault("failures", "") + "$"),
                    ids);
        }

        boolean match(Map<String, String> fields, String message) {
            String began = fields.get("began");
            if (began == null) {
                String lower = message.toLowerCase(Locale.ROOT);
                return name.equals("lines")
                        && !lower.contains("deprecated field")
                        && !lower.contains("using deprecated");
            }
            if (began.compareTo(from) < 0 || began.compareTo(to) >= 0) {
                return false;
            }
            return switch (name) {
                case "counts" -> !remarkable(fields);
                case "errors" -> remarkable(fields);
                case "lines" -> remarkable(fields) && taken(failures, fields, began) || taken(sample, fields, began);
                case "partners" -> fields.get("id") != null && ids.contains(fields.get("id"));
                default -> throw new IllegalArgumentException(name);
            };
        }

        private static boolean taken(Pattern end, Map<String, String> fields, String began) {
            String id = fields.get("id");
            boolean named = id != null && !id.equals("-");
            String key = named ? id : began.replace("Z", "");
            int last = key.length();
            while (last > 0 && !Character.isLetterOrDigit(key.charAt(last - 1))) {
                last--;
            }
            return end.matcher(key).region(0, last).find();
        }
    }

    private static boolean remarkable(Map<String, String> fields) {
        String code = fields.get("code");
        String sent = fields.getOrDefault("sent", "?");
        if (code == null) {
            return sent.equals("0");
        }
        int status = Integer.parseInt(code);
        String grpc = fields.get("grpc");
        boolean emptyPost = status == 200
                && sent.equals("0")
                && fields.getOrDefault("asked", "").startsWith("POST")
                && fields.getOrDefault("spoken", "").matches(".*HTTP.2[^ ]*");
        return status == 0
                || status >= 500
                || status == 408
                || status == 404 && sent.equals("0")
                || isNothing(fields.get("ms"))
                || isNothing(fields.get("service"))
                || isNothing(fields.get("host"))
                || isNothing(fields.get("name"))
                || grpc != null && !List.of("OK", "0", "null").contains(grpc)
                || emptyPost
                || Long.parseLong(fields.get("ms")) - Long.parseLong(fields.get("service")) >= 100;
    }

    private static boolean isNothing(@Nullable String value) {
        return value == null || value.equals("-");
    }

    private static List<String> key(String query, Map<String, String> parameters, Map<String, String> fields) {
        String host = fields.getOrDefault("host", "");
        String bucket = fields.get("began").substring(0, Integer.parseInt(parameters.get("digits")));
        String way = host.substring(0, Math.min(4, host.length()));
        List<String> key =
                new ArrayList<>(List.of(bucket, fields.getOrDefault("name", ""), way, fields.getOrDefault("code", "")));
        if (query.equals("errors")) {
            key.add(fields.getOrDefault("grpc", ""));
            key.add(fields.containsKey("sent") ? "" + Math.min(256, Long.parseLong(fields.get("sent"))) : "");
            key.add(fields.getOrDefault("own", ""));
        }
        return key;
    }
}
