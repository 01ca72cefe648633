package io.github.eastwest.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A bundle's log lines, JSON access lines parsed, so that calls can be changed on both sides alike. */
final class Lines {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern VALUE = Pattern.compile("/[^/]*\\d[^/]*");

    /** A line; {@code json} is null where it is not a JSON access line of a request. */
    private static final class Line {
        private final String text;
        private final @Nullable ObjectNode json;

        Line(String text, @Nullable ObjectNode json) {
            this.text = text;
            this.json = json;
        }

        String id() {
            return json == null ? "" : json.path("request_id").asString("");
        }
    }

    private final SortedMap<String, List<Line>> files = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();

    /**
     * What became of a call.
     *
     * @param answered when its answer came first, ISO-8601
     * @param statusBefore its application's status before
     * @param status and after; 0 where a proxy answered, or nobody
     * @param millisBefore its service time before
     * @param millis and after
     */
    record Change(String answered, int statusBefore, int status, long millisBefore, long millis) {}

    /** What became of calls, for those who counted them. */
    List<Change> changes() {
        return changes;
    }

    Lines(SortedMap<String, String> bundle) {
        bundle.forEach((path, content) -> {
            if (path.startsWith("logs/lines/") && path.endsWith(".log")) {
                files.put(path, new ArrayList<>(content.lines().map(Lines::line).toList()));
            }
        });
    }

    private static Line line(String text) {
        if (!text.startsWith("{\"authority\"")) {
            return new Line(text, null);
        }
        ObjectNode json = (ObjectNode) JSON.readTree(text);
        return new Line(text, json.has("response_code") && json.has("request_id") ? json : null);
    }

    void store(SortedMap<String, String> bundle) {
        files.forEach((path, lines) -> bundle.put(
                path,
                lines.stream()
                        .map(l -> l.json == null ? l.text : JSON.writeValueAsString(l.json))
                        .collect(Collectors.joining("\n", "", lines.isEmpty() ? "" : "\n"))));
    }

    /** A call answered 200 that both proxies have one line of. */
    record Call(ObjectNode caller, ObjectNode callee, List<Change> changes) {
        private void change(int status, long millis) {
            int before = caller.path("response_code").asInt(0);
            long took = caller.path("duration").asLong(0);
            String at = java.time.Instant.parse(caller.path("start_time").asString(""))
                    .plusMillis(took)
                    .toString();
            changes.add(new Change(at, before, status, took, millis));
        }

        String path() {
            return caller.path("method").asString("") + " "
                    + VALUE.matcher(caller.path("path").asString("")).replaceAll("/*");
        }

        String host() {
            return caller.path("upstream_host").asString("");
        }

        /** The application's answer. */
        void answerBoth(int status, int bytes) {
            change(status, caller.path("duration").asLong(0));
            for (ObjectNode line : List.of(caller, callee)) {
                line.put("response_code", status);
                line.put("bytes_sent", bytes);
            }
        }

        /** The same answer, but only after so many milliseconds. */
        void slow(long millis) {
            change(caller.path("response_code").asInt(0), millis);
            for (ObjectNode line : List.of(caller, callee)) {
                line.put("duration", millis);
                line.put("upstream_service_time", Long.toString(millis));
            }
        }

        /** The client left after so many milliseconds. */
        void giveUp(long millis) {
            change(0, millis);
            for (ObjectNode line : List.of(caller, callee)) {
                line.put("response_code", 0);
                line.put("bytes_sent", 0);
                line.putNull("upstream_service_time");
            }
            caller.put("duration", millis);
            callee.put("duration", Math.max(0, millis - 1));
        }

        /** The caller's proxy's request timeout fired. */
        void timeOut(long millis) {
            change(0, millis);
            caller.put("response_code", 504);
            caller.put("bytes_sent", 24);
            caller.putNull("upstream_service_time");
            caller.put("duration", millis);
            callee.put("response_code", 0);
            callee.put("bytes_sent", 0);
            callee.putNull("upstream_service_time");
            callee.put("duration", millis - 2);
        }
    }

    /** Answered HTTP calls to the callee, in order of time. */
    List<Call> answered(String callee) {
        Map<String, List<Line>> atCallee = new HashMap<>();
        files.forEach((path, lines) -> {
            if (path.startsWith("logs/lines/callee/")) {
                lines.stream()
                        .filter(l -> l.json != null)
                        .forEach(l -> atCallee.computeIfAbsent(l.id(), id -> new ArrayList<>())
                                .add(l));
            }
        });
        List<Call> calls = new ArrayList<>();
        files.forEach((path, lines) -> {
            if (path.startsWith("logs/lines/caller/")) {
                for (Line line : lines) {
                    List<Line> other = atCallee.getOrDefault(line.id(), List.of());
                    if (line.json != null
                            && other.size() == 1
                            && line.json.path("response_code").asInt(0) == 200
                            && !line.json.has("grpc_status")
                            && !line.json.has("grpc_status_number")
                            && !line.json.path("upstream_host").isNull()
                            && line.json.path("authority").asString("").startsWith(callee)
                            && Objects.requireNonNull(other.get(0).json)
                                            .path("response_code")
                                            .asInt(0)
                                    == 200) {
                        calls.add(new Call(line.json, Objects.requireNonNull(other.get(0).json), changes));
                    }
                }
            }
        });
        calls.sort(Comparator.comparing(c -> c.caller().path("start_time").asString("")));
        return calls;
    }

    /** Leaves such a share of the calls, on both sides alike. */
    void thin(double share, int salt) {
        files.replaceAll((path, lines) -> new ArrayList<>(lines.stream()
                .filter(l -> l.json == null || Math.floorMod((l.id() + salt).hashCode(), 1000) < share * 1000)
                .toList()));
    }

    /** Loses such a share of the access lines, each by itself, as a log driver does that does not block. */
    void lose(double share, Random random) {
        files.replaceAll((path, lines) -> new ArrayList<>(lines.stream()
                .filter(l -> l.json == null || random.nextDouble() >= share)
                .toList()));
    }

    /** Has each answered call so many times more, shortly after; false where there are few. */
    boolean dilute(String callee, int times, Random random) {
        List<Call> answered = answered(callee);
        if (answered.size() < 100) {
            return false;
        }
        Map<ObjectNode, List<Line>> copies = new java.util.IdentityHashMap<>();
        for (Call call : answered) {
            for (int i = 0; i < times; i++) {
                String id = id(random);
                long later = random.nextInt(900);
                for (ObjectNode line : List.of(call.caller(), call.callee())) {
                    ObjectNode copy = line.deepCopy();
                    copy.put("request_id", id);
                    copy.put(
                            "start_time",
                            java.time.Instant.parse(line.path("start_time").asString(""))
                                    .plusMillis(later)
                                    .toString());
                    copies.computeIfAbsent(line, l -> new ArrayList<>()).add(new Line("", copy));
                }
            }
        }
        files.replaceAll((path, lines) -> {
            List<Line> all = new ArrayList<>();
            for (Line line : lines) {
                all.add(line);
                if (line.json != null) {
                    all.addAll(copies.getOrDefault(line.json, List.of()));
                }
            }
            return all;
        });
        return true;
    }

    /** Calls of one side to a third service that has no host left; false where there is nothing to copy. */
    boolean sickNeighbour(String callee, String side, Random random) {
        List<Call> answered = answered(callee);
        if (answered.size() < 100) {
            return false;
        }
        String path = files.keySet().stream()
                .filter(p -> p.startsWith("logs/lines/" + side + "/"))
                .findFirst()
                .orElseThrow();
        List<Line> lines = Objects.requireNonNull(files.get(path));
        for (Call call : answered) {
            if (random.nextInt(5) == 0) {
                ObjectNode copy = call.caller().deepCopy();
                boolean failed = random.nextInt(3) > 0;
                copy.put("authority", "neighbour:9090");
                copy.put("request_id", id(random));
                if (failed) {
                    copy.put("response_code", 503);
                    copy.put("bytes_sent", 19);
                    copy.put("duration", 0);
                    copy.putNull("upstream_host");
                    copy.putNull("upstream_service_time");
                } else {
                    copy.put("upstream_host", "10.9.9.9:9090");
                }
                lines.add(new Line("", copy));
            }
        }
        return true;
    }

    private static String id(Random random) {
        return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
    }
}
