package io.github.eastwest.evaluate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps metrics and lines one story: answers that a change took, gave or made late are taken, given or late in CloudWatch's
 * counts of the caller towards the callee too.
 */
final class CloudWatch {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DATA = "cloudwatch/get-metric-data.json";

    /** Upper bounds of the histogram in which a proxy reports times: values in between are not known. */
    private static final long[] BOUNDS = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000};

    private final ObjectNode document;
    private final String dimensions;

    private CloudWatch(ObjectNode document, String dimensions) {
        this.document = document;
        this.dimensions = dimensions;
    }

    static void retell(SortedMap<String, String> files, Donor donor, List<Lines.Change> changes) {
        if (changes.isEmpty() || !files.containsKey(DATA)) {
            return;
        }
        ObjectNode document = (ObjectNode) JSON.readTree(files.get(DATA));
        String towards = "ServiceName=" + donor.caller() + ",TargetDiscoveryName=" + donor.callee();
        document.path("MetricDataResults")
                .valueStream()
                .map(result -> result.path("Label").asString(""))
                .filter(label -> label.endsWith(towards))
                .findFirst()
                .ifPresent(label -> {
                    new CloudWatch(document, label.substring(label.lastIndexOf(' ') + 1)).retell(changes);
                    files.put(DATA, JSON.writeValueAsString(document));
                });
    }

    private void retell(List<Lines.Change> changes) {
        Map<String, List<Lines.Change>> byMinute = new TreeMap<>();
        changes.forEach(change -> byMinute.computeIfAbsent(
                        Instant.parse(change.answered())
                                .truncatedTo(ChronoUnit.MINUTES)
                                .toString(),
                        minute -> new ArrayList<>())
                .add(change));
        byMinute.forEach((minute, own) -> {
            double answers = 0;
            for (int hundreds = 2; hundreds <= 5; hundreds++) {
                answers += value(codes(hundreds) + " Sum", minute);
            }
            times(minute, own, answers);
            for (Lines.Change change : own) {
                add(codes(change.statusBefore() / 100), minute, -1);
                if (change.status() > 0) {
                    add(codes(change.status() / 100), minute, 1);
                }
            }
        });
    }

    private void times(String minute, List<Lines.Change> changes, double answers) {
        double sum = value("TargetResponseTime Average", minute) * answers;
        double count = answers;
        double most = value("TargetResponseTime Maximum", minute);
        for (Lines.Change change : changes) {
            sum -= change.millisBefore();
            if (change.status() == 0) {
                count--;
            } else {
                sum += change.millis();
                most = Math.max(most, bound(change.millis()));
            }
        }
        if (count > 0) {
            set("TargetResponseTime Average", minute, Math.max(0, Math.round(10_000 * sum / count) / 10_000.0));
            set("TargetResponseTime Maximum", minute, most);
        }
    }

    private static long bound(long millis) {
        for (long bound : BOUNDS) {
            if (millis <= bound) {
                return bound;
            }
        }
        return 60_000;
    }

    private static String codes(int hundreds) {
        return String.format(Locale.ROOT, "HTTPCode_Target_%dXX_Count", hundreds);
    }

    private double value(String metric, String minute) {
        for (JsonNode result : document.path("MetricDataResults")) {
            if (result.path("Label").asString("").equals(label(metric))) {
                for (int i = 0; i < result.path("Timestamps").size(); i++) {
                    if (isAt(result, i, minute)) {
                        return result.path("Values").get(i).asDouble();
                    }
                }
            }
        }
        return 0;
    }

    private void add(String metric, String minute, int more) {
        set(metric + " Sum", minute, Math.max(0, value(metric + " Sum", minute) + more));
    }

    private void set(String metric, String minute, double value) {
        ObjectNode result = series(metric);
        ArrayNode values = (ArrayNode) result.get("Values");
        for (int i = 0; i < values.size(); i++) {
            if (isAt(result, i, minute)) {
                values.set(i, value);
                return;
            }
        }
        ((ArrayNode) result.get("Timestamps")).add(minute);
        values.add(value);
    }

    /** The series, new where nothing was counted in it before. */
    private ObjectNode series(String metric) {
        ArrayNode results = (ArrayNode) document.get("MetricDataResults");
        for (JsonNode result : results) {
            if (result.path("Label").asString("").equals(label(metric))) {
                return (ObjectNode) result;
            }
        }
        ObjectNode result = results.addObject();
        result.put("Id", "x" + results.size());
        result.put("Label", label(metric));
        result.put("StatusCode", "Complete");
        result.putArray("Timestamps");
        result.putArray("Values");
        return result;
    }

    private String label(String metric) {
        return "AWS/ECS " + metric + " 60 " + dimensions;
    }

    private static boolean isAt(JsonNode result, int index, String minute) {
        return java.time.OffsetDateTime.parse(
                        result.path("Timestamps").get(index).asString())
                .toInstant()
                .equals(Instant.parse(minute));
    }
}
