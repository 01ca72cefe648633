package io.github.eastwest.sample;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.collect.InsightsPlan;
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
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bundle whose log lines are taken out and asked for again, as a collector would by Logs Insights. */
final class InsightsBundle {
    private static final Pattern STARTED =
            Pattern.compile("\"start_time\":\"([^\"]+)\"|^\\[(\\S+Z)\\] |\"timestamp\":\"([^\"]+)\"");
    private static final Pattern LASTED = Pattern.compile(
            "\"duration(?:_ms)?\":(\\d+)|^\\[\\S+Z\\] \"[^\"]*\" \\d+ (?:[A-Za-z-]+ )?\\d+ \\d+ (\\d+) ");

    private final SortedMap<String, byte[]> files;
    private final Map<Side, List<NaiveInsights.Event>> events = new EnumMap<>(Side.class);
    private final TimeWindow window;

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

    private static SortedMap<String, byte[]> directory(Path root) throws IOException {
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

    /**
     * All queries of a plan, and their answers.
     *
     * @param halvings how often the plan halves its sample, because it is told of that many lines
     * @param mostRows rows that an answer can hold
     */
    Map<InsightsPlan.Query, Map<String, Object>> ask(int halvings, int mostRows) {
        // A plan aims at answers that sampled lines fill to two fifths.
        long lines = (long) (0.4 * mostRows) << halvings;
        List<InsightsPlan.Scope> scopes = sides().stream()
                .map(side -> new InsightsPlan.Scope(side, List.of("ecs-service-connect-"), lines))
                .toList();
        InsightsPlan plan = new InsightsPlan(window, Set.of(), scopes, mostRows);
        NaiveInsights insights = new NaiveInsights(mostRows);
        Map<InsightsPlan.Query, Map<String, Object>> answers = new LinkedHashMap<>();
        for (List<InsightsPlan.Query> queries = plan.next(answers); !queries.isEmpty(); queries = plan.next(answers)) {
            queries.forEach(query -> answers.put(query, insights.answer(query, events.get(query.side()))));
        }
        return answers;
    }

    /** The bundle with those answers in place of its lines. */
    SortedMap<String, byte[]> with(Map<InsightsPlan.Query, Map<String, Object>> answers) {
        BundleDraft draft = new BundleDraft();
        answers.forEach((query, answer) ->
                draft.insights(query.name(), query.side().id(), query.slice(), query.text(), answer));
        SortedMap<String, byte[]> all = withoutLogs();
        all.putAll(draft.files());
        return all;
    }
}
