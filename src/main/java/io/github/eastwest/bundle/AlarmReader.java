package io.github.eastwest.bundle;

import io.github.eastwest.model.metric.AlarmState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads which alarms exist and when they fired: {@code cloudwatch/describe-alarms} and, where it lies there, {@code
 * cloudwatch/describe-alarm-history}. No diagnosis needs them, a write-up does.
 */
public final class AlarmReader {
    /** Input ids, for sources of facts. */
    public static final String ALARMS = "cloudwatch/describe-alarms";

    private static final String HISTORY = "cloudwatch/describe-alarm-history";
    private static final Pattern STATE_CHANGE = Pattern.compile("from [A-Za-z_]+ to ([A-Z_]+)");
    private static final int MOST = 10_000;

    private final Bundle bundle;
    private final Map<String, List<AlarmState.Transition>> history = new TreeMap<>();
    private final Map<String, AlarmState> alarms = new LinkedHashMap<>();

    private AlarmReader(Bundle bundle) {
        this.bundle = bundle;
    }

    /** The alarms in order of name; empty when the bundle does not hold them, which is not the same as none. */
    public static Optional<List<AlarmState>> read(Bundle bundle) {
        AlarmReader reader = new AlarmReader(bundle);
        reader.elements(HISTORY, "AlarmHistoryItems", reader::item);
        if (!reader.elements(ALARMS, "MetricAlarms", reader::alarm)) {
            return Optional.empty();
        }
        return Optional.of(reader.alarms.values().stream()
                .sorted(Comparator.comparing(AlarmState::name))
                .toList());
    }

    /** Whether an answer was there and could be read. */
    private boolean elements(String operation, String member, Consumer<Json> consumer) {
        boolean found = false;
        for (String path : bundle.paths()) {
            if (!path.equals(operation + ".json") && !(path.startsWith(operation + "/") && path.endsWith(".json"))) {
                continue;
            }
            try (DocumentInput in = bundle.openDocument(path)) {
                found |= JsonDocument.elements(in, path, member, new Faults(), consumer);
            } catch (JsonDocument.Broken | IOException unreadable) {
                // What stands before the broken place counts; an answer without any does not.
                found |= !alarms.isEmpty();
            }
        }
        return found;
    }

    private void item(Json json) {
        Optional<String> name = json.at("AlarmName").text();
        Optional<Instant> at = json.at("Timestamp").time();
        Matcher change = STATE_CHANGE.matcher(json.at("HistorySummary").textOrEmpty());
        boolean ofState =
                json.at("HistoryItemType").text().filter("StateUpdate"::equals).isPresent();
        if (ofState && name.isPresent() && at.isPresent() && change.find()) {
            List<AlarmState.Transition> transitions = history.computeIfAbsent(name.get(), any -> new ArrayList<>());
            if (transitions.size() < MOST) {
                transitions.add(new AlarmState.Transition(at.get(), change.group(1)));
            }
        }
    }

    private void alarm(Json json) {
        Optional<String> name = json.at("AlarmName").text();
        if (name.isEmpty() || alarms.size() >= MOST) {
            return;
        }
        String state = json.at("StateValue").textOrEmpty();
        List<AlarmState.Transition> transitions = new ArrayList<>(history.getOrDefault(name.get(), List.of()));
        Json since = json.at("StateTransitionedTimestamp");
        (since.isAbsent() ? json.at("StateUpdatedTimestamp") : since)
                .time()
                .map(at -> new AlarmState.Transition(at, state))
                .filter(last -> !transitions.contains(last))
                .ifPresent(transitions::add);
        transitions.sort(Comparator.comparing(AlarmState.Transition::at));
        Json metric = json;
        if (json.at("MetricName").isAbsent()) {
            metric = json.at("Metrics").items().stream()
                    .map(query -> query.at("MetricStat").at("Metric"))
                    .filter(one -> !one.isAbsent())
                    .findFirst()
                    .orElse(json);
        }
        Map<String, String> dimensions = new TreeMap<>();
        for (Json dimension : metric.at("Dimensions").items()) {
            dimension
                    .at("Name")
                    .text()
                    .ifPresent(key -> dimensions.put(key, dimension.at("Value").textOrEmpty()));
        }
        alarms.put(
                name.get(),
                new AlarmState(
                        name.get(),
                        state,
                        json.at("StateReason").textOrEmpty(),
                        metric.at("Namespace").textOrEmpty(),
                        metric.at("MetricName").textOrEmpty(),
                        dimensions,
                        transitions));
    }
}
