package io.github.eastwest.sample;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.bundle.RemarkableRequest;
import io.github.eastwest.collect.Queries;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bundle whose log lines are taken out and asked for again, as a collector would by Logs Insights. */
final class InsightsBundle {
    private static final int MOST_ROWS = 10_000;
    /** Request ids per look-up. */
    private static final int IDS = 150;

    private static final Pattern STARTED =
            Pattern.compile("\"start_time\":\"([^\"]+)\"|^\\[(\\S+Z)\\] |\"timestamp\":\"([^\"]+)\"");
    private static final Pattern LASTED = Pattern.compile(
            "\"duration(?:_ms)?\":(\\d+)|^\\[\\S+Z\\] \"[^\"]*\" \\d+ (?:[A-Za-z-]+ )?\\d+ \\d+ (\\d+) ");

    private final SortedMap<String, byte[]> files;
    private final Map<Side, List<NaiveInsights.Event>> events = new EnumMap<>(Side.class);
    private final TimeWindow window;
    private final NaiveInsights insights = new NaiveInsights();

    InsightsBundle(Path bundle) throws IOException {
        files = Files.isDirectory(bundle) ? directory(bundle) : zip(bundle);
        JsonNode manifest = JsonMapper.shared().readTree(files.get("manifest.json"));
        window = new TimeWindow(
                Instant.parse(manifest.get("window").get("from").asString()),
                Instant.parse(manifest.get("window").get("to").asString()));
        for (Side side : List.of(Side.CALLER, Side.CALLEE)) {
            String folder = "logs/lines/" + side.id() + "/";
            List<String> paths = files.keySet().stream()
                    .filter(path -> path.startsWith(folder))
                    .toList();
            List<NaiveInsights.Event> lines = new ArrayList<>();
            for (String path : paths) {
                lines.addAll(events(
                        path.substring(folder.length()).replaceAll("\\.log(\\.gz)?$", ""), text(files.get(path))));
            }
            if (!paths.isEmpty()) {
                events.put(side, lines);
            }
            paths.forEach(files::remove);
        }
    }

    static SortedMap<String, byte[]> directory(Path root) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static SortedMap<String, byte[]> zip(Path file) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        }
        return files;
    }

    private static String text(byte[] stored) throws IOException {
        boolean zipped = stored.length > 1 && stored[0] == 0x1f;
        try (InputStream in =
                zipped ? new GZIPInputStream(new ByteArrayInputStream(stored)) : new ByteArrayInputStream(stored)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Lines with the time at which the proxy printed them: a request's line when the request ended. */
    private List<NaiveInsights.Event> events(String stream, String text) {
        List<NaiveInsights.Event> lines = new ArrayList<>();
        long last = window.from().toEpochMilli();
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                String time = started.group(1) != null
                        ? started.group(1)
                        : started.group(2) != null ? started.group(2) : started.group(3);
                Matcher lasted = LASTED.matcher(line);
                String millis = !lasted.find() ? "0" : lasted.group(1) != null ? lasted.group(1) : lasted.group(2);
                last = Instant.parse(time).toEpochMilli() + Long.parseLong(millis);
            }
            lines.add(new NaiveInsights.Event(stream, last, line));
        }
        return lines;
    }

    Set<Side> sides() {
        return events.keySet();
    }

    /** The bundle without any log. */
    SortedMap<String, byte[]> withoutLogs() {
        return new TreeMap<>(files);
    }

    /** The end of every request id. */
    static final String ALL = "[0-9A-Za-z]";

    /** Numbers, lines of a sample, and on both sides what was written about remarkable requests outside of it. */
    Map<NaiveInsights.Query, Map<String, Object>> ask(String sample) {
        Map<NaiveInsights.Query, Map<String, Object>> answers = numbersAndLines(sample, ALL, MOST_ROWS);
        Pattern sampled = Pattern.compile(sample + "[^0-9A-Za-z]*$");
        List<String> ids = new ArrayList<>();
        answers.forEach((query, answer) -> {
            if (query.name().equals("lines")) {
                messages(answer).stream()
                        .flatMap(line -> RemarkableRequest.of(line).stream())
                        .map(RemarkableRequest::id)
                        .filter(id -> !sampled.matcher(id).find())
                        .forEach(ids::add);
            }
        });
        if (ids.isEmpty()) {
            return answers;
        }
        for (Side side : sides()) {
            List<String> all = ids.stream().distinct().sorted().toList();
            for (int from = 0; from < all.size(); from += IDS) {
                String some = String.join("\n", all.subList(from, Math.min(all.size(), from + IDS)));
                String slice = from / IDS + 1 + "of" + (all.size() + IDS - 1) / IDS;
                NaiveInsights.Query query = query("partners", side, slice, Map.of("ids", some));
                answers.put(query, insights.answer(query, events.get(side), MOST_ROWS));
            }
        }
        return answers;
    }

    /** Numbers, and lines as far as answers of that size hold them; nobody asks again. */
    Map<NaiveInsights.Query, Map<String, Object>> askOnce(String sample, String failures, int mostRows) {
        return numbersAndLines(sample, failures, mostRows);
    }

    /** Rows of an answer that is cut where all lines are asked for at once, and in slices of a second is not. */
    int mostRowsOfSlices() {
        long most = events.values().stream()
                .flatMap(lines -> lines.stream()
                        .collect(Collectors.groupingBy(event -> event.millis() / 1000, Collectors.counting()))
                        .values()
                        .stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(1);
        // Both ends of a slice are part of it.
        return (int) (2 * most + 1);
    }

    /** Numbers, and lines in slices that are halved until answers of that size hold them, or are a second long. */
    Map<NaiveInsights.Query, Map<String, Object>> askInSlices(String sample, String failures, int mostRows) {
        Map<NaiveInsights.Query, Map<String, Object>> answers = numbersAndLines(sample, failures, mostRows);
        answers.keySet().removeIf(query -> query.name().equals("lines"));
        for (Side side : sides()) {
            List<NaiveInsights.Query> slices = new ArrayList<>();
            slice(query("lines", side, "", Map.of("sample", sample, "failures", failures)), mostRows, slices);
            for (int i = 0; i < slices.size(); i++) {
                NaiveInsights.Query part = slices.get(i);
                NaiveInsights.Query named = new NaiveInsights.Query(
                        part.name(), side, i + 1 + "of" + slices.size(), part.text(), part.from(), part.to());
                answers.put(named, insights.answer(named, events.get(side), mostRows));
            }
        }
        return answers;
    }

    /** Neighbours share a second, as StartQuery's times are both inclusive. */
    private void slice(NaiveInsights.Query query, int mostRows, List<NaiveInsights.Query> slices) {
        Map<String, Object> answer = insights.answer(query, events.get(query.side()), mostRows);
        long seconds = query.to().getEpochSecond() - query.from().getEpochSecond();
        double matched = (double) ((Map<?, ?>) answer.get("statistics")).get("recordsMatched");
        if (matched <= messages(answer).size() || seconds < 2) {
            slices.add(query);
            return;
        }
        Instant middle = query.from().plusSeconds(seconds / 2);
        slice(new NaiveInsights.Query("lines", query.side(), "", query.text(), query.from(), middle), mostRows, slices);
        slice(new NaiveInsights.Query("lines", query.side(), "", query.text(), middle, query.to()), mostRows, slices);
    }

    private Map<NaiveInsights.Query, Map<String, Object>> numbersAndLines(
            String sample, String failures, int mostRows) {
        Map<NaiveInsights.Query, Map<String, Object>> answers = new LinkedHashMap<>();
        for (Side side : sides()) {
            for (NaiveInsights.Query query : List.of(
                    query("counts", side, "", Map.of("digits", "16")),
                    query("errors", side, "", Map.of("digits", "16")),
                    query("lines", side, "", Map.of("sample", sample, "failures", failures)))) {
                answers.put(query, insights.answer(query, events.get(side), mostRows));
            }
        }
        return answers;
    }

    private NaiveInsights.Query query(String name, Side side, String slice, Map<String, String> parameters) {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put("streams", "ecs-service-connect-");
        all.put("from", window.from().toString().replace("Z", ".000Z"));
        all.put("to", window.to().toString().replace("Z", ".000Z"));
        return new NaiveInsights.Query(
                name,
                side,
                slice,
                Queries.fill(name, all),
                window.from(),
                window.to().plusSeconds(60));
    }

    private static List<String> messages(Map<String, Object> answer) {
        List<String> messages = new ArrayList<>();
        for (Object row : (List<?>) answer.get("results")) {
            for (Object cell : (List<?>) row) {
                Map<?, ?> pair = (Map<?, ?>) cell;
                if (pair.get("field").equals("@message")) {
                    messages.add((String) pair.get("value"));
                }
            }
        }
        return messages;
    }

    /** The bundle with those answers in place of its lines. */
    SortedMap<String, byte[]> with(Map<NaiveInsights.Query, Map<String, Object>> answers) {
        BundleDraft draft = new BundleDraft();
        answers.forEach((query, answer) ->
                draft.insights(query.name(), query.side().id(), query.slice(), query.text(), answer));
        SortedMap<String, byte[]> all = withoutLogs();
        all.putAll(draft.files());
        return all;
    }
}
