package io.github.eastwest.bundle;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Keeps account of what was found in the bundle, and weighs it against what the manifest says. */
final class Ledger {
    private static final int NOTES = 50;

    /** What a broken operation stands beside: its answers are part of another input's. */
    private static final Map<String, String> BESIDE = Map.of("cloudwatch/metric-data-queries", Input.METRICS.id());

    /** Operations whose answers may stand in for another's. */
    private static final Map<String, String> STAND_IN = Map.of(
            Input.NAMESPACES.id(), "servicediscovery/list-namespaces",
            Input.CLOUD_MAP_SERVICES.id(), "servicediscovery/list-services");

    private final Map<String, Source> sources = new TreeMap<>();

    /** What was found of one operation. */
    static final class Source {
        private final Faults faults = new Faults();
        private int files;
        private int kept;

        Faults faults() {
            return faults;
        }

        void file() {
            files++;
        }

        void keep() {
            kept++;
        }

        /** Failed if nothing could be used, partial if something could not. */
        private Coverage.State state() {
            if (!faults.any()) {
                return Coverage.State.COMPLETE;
            }
            return kept == 0 ? Coverage.State.FAILED : Coverage.State.PARTIAL;
        }
    }

    /** The account of that operation. */
    Source source(String operation) {
        return sources.computeIfAbsent(BESIDE.getOrDefault(operation, operation), any -> new Source());
    }

    /** Whether the bundle holds an answer of that operation. */
    boolean has(String operation) {
        Source source = sources.get(operation);
        return source != null && source.files > 0;
    }

    /**
     * The coverage: an entry per input in the order of {@link Input}, what the manifest says is missing besides, then notes.
     * What the manifest calls complete but nobody reads has no entry: only what was read may be called so.
     *
     * @param logs the entries of {@link Input#CALLER_LOGS} and {@link Input#CALLEE_LOGS}
     */
    Coverage coverage(Manifest manifest, Bundle bundle, Map<Input, Coverage.Entry> logs, List<Coverage.Entry> notes) {
        List<Coverage.Entry> entries = new ArrayList<>();
        Set<String> others = new LinkedHashSet<>(manifest.coverage().keySet());
        for (Input input : Input.values()) {
            Coverage.Entry log = logs.get(input);
            entries.add(log == null ? entry(input.id(), manifest) : log);
            others.remove(input.id());
        }
        for (String auxiliary : STAND_IN.values().stream().sorted().toList()) {
            if (has(auxiliary)) {
                others.add(auxiliary);
            }
        }
        for (String other : others) {
            boolean log = other.startsWith(Layout.LOG_LINES + "/");
            boolean read = Layout.OPERATIONS.contains(other);
            Manifest.Statement said = manifest.coverage().get(other);
            if (read) {
                entries.add(entry(other, manifest));
            } else if (!log && said != null && !isRead(said.state())) {
                entries.add(new Coverage.Entry(other, said.state(), said.detail()));
            }
        }
        manifest.entry().ifPresent(entries::add);
        entries.addAll(notes);
        entries.addAll(ignored(bundle));
        return new Coverage(entries, manifest.stoppedAtCost());
    }

    private static boolean isRead(Coverage.State state) {
        return state == Coverage.State.COMPLETE || state == Coverage.State.PARTIAL;
    }

    /** The entry of one input. */
    Coverage.Entry entry(String input, Manifest manifest) {
        Optional<Manifest.Statement> said =
                Optional.ofNullable(manifest.coverage().get(input));
        Source source = sources.get(input);
        if (source == null || source.files == 0) {
            String standIn = STAND_IN.get(input);
            Source other = standIn == null ? null : sources.get(standIn);
            if (other != null && other.files > 0 && other.kept > 0) {
                String why = said.filter(s -> s.state() != Coverage.State.COMPLETE)
                        .map(s -> " (" + s.state().id() + (s.detail().isEmpty() ? "" : ": " + s.detail()) + ")")
                        .orElse("");
                return new Coverage.Entry(input, other.state(), "read from " + standIn + why);
            }
            return missing(input, said, "no such file in the bundle");
        }
        return found(input, said, source.state(), source.faults.detail());
    }

    /** The entry of an input without any file. */
    static Coverage.Entry missing(String input, Optional<Manifest.Statement> said, String what) {
        if (said.isEmpty()) {
            return new Coverage.Entry(input, Coverage.State.NOT_COLLECTED, "");
        }
        Coverage.State state = said.get().state();
        if (isRead(state)) {
            String detail = said.get().detail();
            return new Coverage.Entry(
                    input,
                    Coverage.State.NOT_COLLECTED,
                    "the manifest says " + state.id() + ", but there is " + what
                            + (detail.isEmpty() ? "" : " (" + detail + ")"));
        }
        return new Coverage.Entry(input, state, said.get().detail());
    }

    /** The entry of an input that was found in that state: what is there counts, what the manifest misses lowers it. */
    static Coverage.Entry found(String input, Optional<Manifest.Statement> said, Coverage.State state, String detail) {
        Coverage.State stated = said.map(Manifest.Statement::state).orElse(Coverage.State.COMPLETE);
        String words = said.map(Manifest.Statement::detail).orElse("");
        if (stated == Coverage.State.COMPLETE) {
            return new Coverage.Entry(input, state, join(detail, words));
        }
        Coverage.State lowered = state == Coverage.State.COMPLETE ? Coverage.State.PARTIAL : state;
        String statement = "the manifest says " + stated.id() + (words.isEmpty() ? "" : ": " + words);
        return new Coverage.Entry(input, lowered, join(detail, statement));
    }

    static String join(String first, String second) {
        return first.isEmpty() ? second : second.isEmpty() ? first : first + "; " + second;
    }

    private static List<Coverage.Entry> ignored(Bundle bundle) {
        Map<String, String> ignored = new TreeMap<>(bundle.leftOut());
        for (String path : bundle.paths()) {
            Layout.ignored(path).ifPresent(why -> ignored.put(path, why));
        }
        List<Coverage.Entry> entries = new ArrayList<>();
        int more = ignored.size() - NOTES;
        for (Map.Entry<String, String> file : ignored.entrySet()) {
            if (entries.size() == NOTES) {
                entries.add(new Coverage.Entry(
                        "other files", Coverage.State.NOT_COLLECTED, "ignored: " + more + " more files"));
                break;
            }
            entries.add(new Coverage.Entry(file.getKey(), Coverage.State.NOT_COLLECTED, "ignored: " + file.getValue()));
        }
        return entries;
    }
}
