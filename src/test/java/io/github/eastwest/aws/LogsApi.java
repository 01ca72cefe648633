package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.text;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Amazon CloudWatch Logs, as far as it reads. */
final class LogsApi {
    /** Bytes of messages in one answer of FilterLogEvents. */
    private static final int PAGE_BYTES = 1_048_576;

    private static final int PAGE_EVENTS = 10_000;
    private static final int QUERIES_AT_ONCE = 100;

    private final ServedBundle bundle;
    private final Settings settings;
    private final LogStore store;
    private final Map<String, Query> queries = new ConcurrentHashMap<>();
    /** By whether fields are discovered: they remember what they read. */
    private final Map<Boolean, InsightsInterpreter> interpreters = new ConcurrentHashMap<>();

    private final AtomicLong started = new AtomicLong();

    LogsApi(ServedBundle bundle, Settings settings, LogStore store) {
        this.bundle = bundle;
        this.settings = settings;
        this.store = store;
    }

    /** A query that was started. */
    private static final class Query {
        private final InsightsInterpreter.Result result;
        private int answers;
        private boolean cancelled;

        Query(InsightsInterpreter.Result result) {
            this.result = result;
        }

        synchronized String poll(int polls) {
            if (cancelled) {
                return "Cancelled";
            }
            int answer = answers++;
            if (answer >= polls) {
                return "Complete";
            }
            return answer == 0 ? "Scheduled" : "Running";
        }

        synchronized boolean cancel(int polls) {
            boolean going = !cancelled && answers <= polls;
            cancelled |= going;
            return going;
        }

        synchronized boolean going(int polls) {
            return !cancelled && answers <= polls;
        }
    }

    Map<String, Object> answer(ApiCall call) {
        return switch (call.operation()) {
            case "DescribeLogGroups" -> describeLogGroups(call);
            case "FilterLogEvents" -> filterLogEvents(call);
            case "StartQuery" -> startQuery(call);
            case "GetQueryResults" -> getQueryResults(call);
            case "StopQuery" -> stopQuery(call);
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        };
    }

    // ---- groups

    private Map<String, Object> describeLogGroups(ApiCall call) {
        if (call.has("logGroupNamePrefix") && call.has("logGroupNamePattern")) {
            throw call.invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }
        int size = call.number("limit").orElse(50);
        if (size < 1 || size > 50) {
            throw call.invalid("limit must be between 1 and 50");
        }
        List<Map<String, Object>> found = bundle.items("logs/describe-log-groups", "logGroups").stream()
                .filter(g -> call.text("logGroupNamePrefix")
                        .map(p -> text(g, "logGroupName").startsWith(p))
                        .orElse(true))
                .filter(g -> call.text("logGroupNamePattern")
                        .map(p -> text(g, "logGroupName").contains(p))
                        .orElse(true))
                .map(g -> settings.infrequentAccess() ? Documents.with(g, "logGroupClass", "INFREQUENT_ACCESS") : g)
                .filter(g -> call.text("logGroupClass")
                        .map(c -> c.equals(g.get("logGroupClass")))
                        .orElse(true))
                .toList();
        Pages.Page<Map<String, Object>> page =
                Pages.page(found, Math.min(size, settings.pageSize()), call, "nextToken", t -> invalidToken(call));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("logGroups", page.items());
        page.nextToken().ifPresent(token -> answer.put("nextToken", token));
        return answer;
    }

    private boolean infrequentAccess(String group) {
        return settings.infrequentAccess()
                || bundle.items("logs/describe-log-groups", "logGroups").stream()
                        .anyMatch(g -> group.equals(g.get("logGroupName"))
                                && "INFREQUENT_ACCESS".equals(g.get("logGroupClass")));
    }

    private List<LogStore.Event> events(String group) {
        boolean listed = bundle.items("logs/describe-log-groups", "logGroups").stream()
                .anyMatch(g -> group.equals(g.get("logGroupName")));
        Optional<List<LogStore.Event>> events =
                Optional.ofNullable(store.groups().get(group));
        if (!listed && events.isEmpty()) {
            throw ApiError.of("ResourceNotFoundException", "The specified log group does not exist.");
        }
        return events.orElse(List.of());
    }

    /** A group by its name or ARN. */
    private static String groupName(String identifier) {
        return identifier.startsWith("arn:") ? identifier.split(":", 7)[6].replaceFirst(":\\*$", "") : identifier;
    }

    // ---- FilterLogEvents

    private Map<String, Object> filterLogEvents(ApiCall call) {
        if (call.has("logGroupName") == call.has("logGroupIdentifier")) {
            throw call.invalid("Exactly one of logGroupName and logGroupIdentifier is required");
        }
        String group = groupName(call.text("logGroupName")
                .or(() -> call.text("logGroupIdentifier"))
                .orElseThrow());
        if (call.has("logStreamNames") && call.has("logStreamNamePrefix")) {
            throw call.invalid("logStreamNames and logStreamNamePrefix are mutually exclusive");
        }
        if (call.text("filterPattern").filter(p -> !p.isEmpty()).isPresent()) {
            throw call.invalid("Invalid filter pattern: this endpoint knows none");
        }
        int size = call.number("limit").orElse(PAGE_EVENTS);
        if (size < 1 || size > PAGE_EVENTS) {
            throw call.invalid("limit must be between 1 and " + PAGE_EVENTS);
        }
        Set<String> streams = Set.copyOf(call.texts("logStreamNames"));
        if (streams.size() > 100) {
            throw call.invalid("logStreamNames cannot have more than 100 elements");
        }
        List<LogStore.Event> events = events(group);
        if (infrequentAccess(group)) {
            throw ApiError.of(
                    "InvalidOperationException",
                    "The log group " + group
                            + " is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported"
                            + " for this log class.");
        }
        long from = call.longNumber("startTime").orElse(Long.MIN_VALUE);
        long to = call.longNumber("endTime").orElse(Long.MAX_VALUE);
        List<LogStore.Event> found = events.stream()
                .filter(e -> e.at().toEpochMilli() >= from && e.at().toEpochMilli() <= to)
                .filter(e -> streams.isEmpty() || streams.contains(e.stream()))
                .filter(e -> call.text("logStreamNamePrefix")
                        .map(e.stream()::startsWith)
                        .orElse(true))
                .toList();
        // Positions count empty pages too: each page of events is preceded by so many empty ones.
        int position = Pages.start(call, "nextToken", t -> invalidToken(call));
        int blanks = settings.emptyLogPages();
        int first = position / (blanks + 1);
        boolean blank = position % (blanks + 1) < blanks && first < found.size();
        int end = first;
        if (!blank) {
            long bytes = 0;
            int most = Math.min(size, settings.pageSize());
            while (end < found.size()
                    && end - first < most
                    && bytes + found.get(end).bytes() <= PAGE_BYTES) {
                bytes += found.get(end++).bytes();
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "events",
                found.subList(first, end).stream().map(LogsApi::document).toList());
        answer.put("searchedLogStreams", List.of());
        if (blank) {
            answer.put("nextToken", Pages.token(call, "nextToken", position + 1));
        } else if (end < found.size()) {
            answer.put("nextToken", Pages.token(call, "nextToken", end * (blanks + 1)));
        }
        return answer;
    }

    private static Map<String, Object> document(LogStore.Event event) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("logStreamName", event.stream());
        document.put("timestamp", event.at().toEpochMilli());
        document.put("message", event.message());
        document.put("ingestionTime", event.at().toEpochMilli() + 1_000);
        document.put("eventId", event.id());
        return document;
    }

    // ---- Insights

    private Map<String, Object> startQuery(ApiCall call) {
        List<String> groups = new ArrayList<>();
        call.text("logGroupName").ifPresent(groups::add);
        call.texts("logGroupNames").forEach(groups::add);
        call.texts("logGroupIdentifiers").forEach(i -> groups.add(groupName(i)));
        long ways = java.util.stream.Stream.of("logGroupName", "logGroupNames", "logGroupIdentifiers")
                .filter(call::has)
                .count();
        if (ways != 1 || groups.isEmpty() || groups.size() > 50) {
            throw call.invalid("Exactly one way of naming 1 to 50 log groups is required");
        }
        call.text("queryLanguage").filter(l -> !l.equals("CWLI")).ifPresent(l -> {
            throw call.invalid("queryLanguage " + l);
        });
        long from = call.longNumber("startTime").orElseThrow(() -> call.invalid("startTime is required"));
        long to = call.longNumber("endTime").orElseThrow(() -> call.invalid("endTime is required"));
        if (from > to || to > Instant.parse("2200-01-01T00:00:00Z").getEpochSecond()) {
            throw call.invalid("End time should not be before start time; both are seconds since 1970");
        }
        Optional<Integer> most = call.number("limit");
        most.filter(m -> m < 1 || m > InsightsQuery.MOST_ROWS).ifPresent(m -> {
            throw call.invalid("limit must be between 1 and " + InsightsQuery.MOST_ROWS);
        });
        int polls = settings.insightsPolls();
        if (queries.values().stream().filter(q -> q.going(polls)).count() >= QUERIES_AT_ONCE) {
            throw ApiError.of("LimitExceededException", "Account maximum query concurrency limit of 100 reached.");
        }
        List<LogStore.Event> events = new ArrayList<>();
        for (String group : groups) {
            events(group).stream()
                    .filter(e -> e.at().getEpochSecond() >= from && e.at().toEpochMilli() <= to * 1_000)
                    .forEach(events::add);
        }
        boolean discovery = settings.fieldDiscovery() && groups.stream().noneMatch(this::infrequentAccess);
        String id = new UUID(0, started.incrementAndGet()).toString();
        try {
            InsightsQuery query = InsightsQuery.parse(call.required("queryString"));
            queries.put(
                    id,
                    new Query(interpreters
                            .computeIfAbsent(
                                    discovery,
                                    d -> new InsightsInterpreter(bundle.account(), d, InsightsReading.DEFAULT))
                            .run(query, events, most)));
        } catch (MalformedQuery e) {
            throw ApiError.of(
                    "MalformedQueryException", e.text() + " (characters " + e.start() + " to " + e.end() + ")");
        }
        return Map.of("queryId", id);
    }

    private Map<String, Object> getQueryResults(ApiCall call) {
        Query query = query(call);
        String status = query.poll(settings.insightsPolls());
        boolean complete = status.equals("Complete");
        List<Map<String, String>> rows = query.result.rows();
        int shown = complete ? Math.min(rows.size(), PAGE_EVENTS) : status.equals("Running") ? rows.size() / 2 : 0;
        Map<String, Object> statistics = new LinkedHashMap<>();
        statistics.put("recordsMatched", decimal(complete ? query.result.recordsMatched() : shown));
        statistics.put("recordsScanned", decimal(complete ? query.result.recordsScanned() : shown));
        statistics.put(
                "bytesScanned", decimal(complete ? query.result.bytesScanned() * settings.logBytesFactor() : shown));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("queryLanguage", "CWLI");
        answer.put(
                "results",
                rows.subList(0, shown).stream()
                        .map(row -> row.entrySet().stream()
                                .map(e -> {
                                    Map<String, Object> field = new LinkedHashMap<>();
                                    field.put("field", e.getKey());
                                    field.put("value", e.getValue());
                                    return field;
                                })
                                .collect(Collectors.toList()))
                        .toList());
        answer.put("statistics", statistics);
        answer.put("status", status);
        return answer;
    }

    private static BigDecimal decimal(long value) {
        return new BigDecimal(value).setScale(1);
    }

    private Map<String, Object> stopQuery(ApiCall call) {
        if (!query(call).cancel(settings.insightsPolls())) {
            throw call.invalid("Query is not in a running state");
        }
        return Map.of("success", true);
    }

    void forgetQueries() {
        queries.values().removeIf(query -> !query.going(settings.insightsPolls()));
    }

    private Query query(ApiCall call) {
        return Optional.ofNullable(queries.get(call.required("queryId")))
                .orElseThrow(() -> ApiError.of("ResourceNotFoundException", "Query id is not found"));
    }

    private static ApiError invalidToken(ApiCall call) {
        return call.invalid("The specified nextToken is invalid.");
    }
}
