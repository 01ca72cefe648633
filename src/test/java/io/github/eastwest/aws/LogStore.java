package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bundle's raw lines as events of log streams.
 *
 * <p>A line becomes an event at the moment at which the proxy wrote it, which for an access line is the end of the call: its
 * start plus its duration. Times never go back within a stream, so that the order of the lines is kept.
 */
final class LogStore {
    /** CloudWatch Logs counts that much more per event. */
    private static final int BYTES_BESIDE_THE_MESSAGE = 26;

    /** {@code <prefix>/<container>/<task>} after {@code /} became {@code _}. */
    private static final Pattern STREAM_FILE =
            Pattern.compile("(?<prefix>.+)_(?<container>ecs-service-connect-[A-Za-z0-9]+)_(?<task>[0-9a-f]+)");

    private static final Pattern TIME =
            Pattern.compile("(?<date>\\d{4}-\\d\\d-\\d\\d)[T ](?<time>\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)Z?");
    private static final Pattern JSON_DURATION = Pattern.compile("\"duration(?:_ms)?\": ?(\\d+)");
    private static final Pattern TEXT_DURATION =
            Pattern.compile("^\\[[^]]+] \"[^\"]*\" \\d+ (?:[A-Za-z-]+ )?\\d+ \\d+ (\\d+) ");

    private final ServedBundle bundle;
    private final EcsApi ecs;
    private @Nullable SortedMap<String, List<Event>> groups;
    private @Nullable Map<String, SortedMap<Instant, Volume>> volume;

    LogStore(ServedBundle bundle, EcsApi ecs) {
        this.bundle = bundle;
        this.ecs = ecs;
    }

    /**
     * A log event.
     *
     * @param id unique in the account; ordered as the events were written
     * @param length of the message in bytes
     */
    record Event(String id, String group, String stream, Instant at, String message, int length) {
        Event(String id, String group, String stream, Instant at, String message) {
            this(id, group, stream, at, message, message.getBytes(StandardCharsets.UTF_8).length);
        }

        long bytes() {
            return length + (long) BYTES_BESIDE_THE_MESSAGE;
        }
    }

    /** What came into a log group within a minute. */
    record Volume(long events, long bytes) {}

    /** The events of each group, oldest first. */
    synchronized SortedMap<String, List<Event>> groups() {
        if (groups == null) {
            SortedMap<String, List<Event>> read = new TreeMap<>();
            int[] number = {0};
            bundle.lines().forEach((path, content) -> read(path, content, read, number));
            read.values()
                    .forEach(events ->
                            events.sort(Comparator.comparing(Event::at).thenComparing(Event::id)));
            groups = read;
        }
        return groups;
    }

    /** What came in, by group and minute. */
    synchronized Map<String, SortedMap<Instant, Volume>> volume() {
        if (volume == null) {
            volume = measure();
        }
        return volume;
    }

    private Map<String, SortedMap<Instant, Volume>> measure() {
        Map<String, SortedMap<Instant, Volume>> volume = new LinkedHashMap<>();
        groups().forEach((group, events) -> {
            SortedMap<Instant, Volume> minutes = new TreeMap<>();
            events.forEach(e -> minutes.merge(
                    e.at().truncatedTo(ChronoUnit.MINUTES),
                    new Volume(1, e.bytes()),
                    (a, b) -> new Volume(a.events() + b.events(), a.bytes() + b.bytes())));
            volume.put(group, minutes);
        });
        return volume;
    }

    private void read(String path, String content, SortedMap<String, List<Event>> read, int[] number) {
        String file = path.substring(path.indexOf('/') + 1).replaceFirst("\\.(log|json|txt)$", "");
        Matcher parts = STREAM_FILE.matcher(file);
        String stream = file;
        String group = "/lines/" + path.substring(0, path.indexOf('/'));
        if (parts.matches()) {
            Optional<Map<String, Object>> options = ecs.serviceConnectConfigurations().stream()
                    .map(c -> c.get("logConfiguration"))
                    .filter(java.util.Objects::nonNull)
                    .map(c -> Documents.structure(Documents.structure(c).getOrDefault("options", Map.of())))
                    .filter(o -> fileName(text(o, "awslogs-stream-prefix", "")).equals(parts.group("prefix")))
                    .findFirst();
            String prefix = options.map(o -> text(o, "awslogs-stream-prefix")).orElseGet(() -> parts.group("prefix"));
            stream = prefix + "/" + parts.group("container") + "/" + parts.group("task");
            group = options.map(o -> text(o, "awslogs-group")).orElse(group);
        }
        List<Event> events = read.computeIfAbsent(group, g -> new ArrayList<>());
        Instant last = bundle.from();
        for (Line line : path.endsWith(".json") ? fromEvents(content) : fromLines(content)) {
            Instant at = line.at().orElseGet(() -> written(line.text()).orElse(Instant.MIN));
            last = at.isAfter(last) ? at : last;
            // What the bundle has was there when it was collected.
            last = last.isBefore(bundle.collectedAt())
                    ? last
                    : bundle.collectedAt().minusMillis(1);
            events.add(new Event(
                    String.format("%056d", number[0]++), group, line.stream().orElse(stream), last, line.text()));
        }
    }

    private record Line(String text, Optional<Instant> at, Optional<String> stream) {}

    private static List<Line> fromLines(String content) {
        return content.lines()
                .map(line -> new Line(line, Optional.empty(), Optional.empty()))
                .toList();
    }

    /** The answer of FilterLogEvents, which a bundle may hold in place of lines. */
    private static List<Line> fromEvents(String content) {
        return structures(Documents.read(content.getBytes(StandardCharsets.UTF_8)), "events").stream()
                .map(e -> new Line(
                        text(e, "message"),
                        Optional.of(Instant.ofEpochMilli(((Number) e.get("timestamp")).longValue())),
                        Optional.ofNullable((String) e.get("logStreamName"))))
                .toList();
    }

    /** When a line was written. */
    private static Optional<Instant> written(String line) {
        Matcher time = TIME.matcher(line);
        if (!time.find()) {
            return Optional.empty();
        }
        Instant at = OffsetDateTime.of(
                        java.time.LocalDateTime.parse(time.group("date") + "T" + time.group("time")), ZoneOffset.UTC)
                .toInstant();
        Matcher duration = (line.startsWith("{") ? JSON_DURATION : TEXT_DURATION).matcher(line);
        return Optional.of(duration.find() ? at.plusMillis(Long.parseLong(duration.group(1))) : at);
    }

    private static String fileName(String stream) {
        return stream.replace('/', '_');
    }
}
