package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The edge's calls with the groupings that rules compare: by host, path, revision and time, and with the failures that
 * are mere consequences of an ejection set apart.
 */
public final class TrafficView {
    /** Ejections last 30 s and more, at most 300 s, and end at the detector's next 10 s tick. */
    private static final long LONGEST_EJECTION_MILLIS = 310_000;

    /** Consecutive failures after which Envoy ejects a host. */
    private static final int EJECTION_RUN = 5;

    private static final long EJECTION_LOOKBACK_MILLIS = 60_000;
    private static final long SHORTEST_SPAN_MILLIS = 30_000;

    private final Traffic traffic;
    private final List<Observed> failures;
    private final List<Observed> successes;
    private final BitSet ejectionConsequences;
    private final Map<String, long[]> successSpan = new HashMap<>();

    TrafficView(Traffic traffic, List<Task> calleeTasks) {
        this.traffic = traffic;
        TaskIndex tasks = new TaskIndex(calleeTasks);
        this.failures = observe(traffic.failures(), tasks);
        this.successes = observe(traffic.successes(), tasks);
        for (Observed success : successes) {
            long[] span = successSpan.computeIfAbsent(success.host(), h -> new long[] {Long.MAX_VALUE, Long.MIN_VALUE});
            span[0] = Math.min(span[0], success.start());
            span[1] = Math.max(span[1], success.end());
        }
        this.ejectionConsequences = findEjectionConsequences();
    }

    private static List<Observed> observe(List<Call> calls, TaskIndex tasks) {
        List<Observed> observed = new ArrayList<>(calls.size());
        for (Call call : calls) {
            Optional<Task> task = tasks.of(call);
            String host = Optional.ofNullable(call.calleeHost())
                    .or(() -> call.caller().isPresent()
                            ? Optional.empty()
                            : Optional.of(call.callee().get(call.callee().size() - 1).ref().stream()))
                    .orElse("");
            String method = call.line().request().method();
            String path = call.line().request().path();
            observed.add(new Observed(
                    call,
                    host,
                    task,
                    path == null ? "" : (method == null ? "" : method + " ") + PathTemplate.of(path),
                    call.line().ref().stream()));
        }
        observed.sort(Comparator.comparingLong(Observed::start));
        return List.copyOf(observed);
    }

    /** The traffic itself. */
    public Traffic traffic() {
        return traffic;
    }

    /** All calls. */
    public long requests() {
        return traffic.requests();
    }

    /** Failed calls in order of start; rules refer to them by index. */
    public List<Observed> failures() {
        return failures;
    }

    /** Whether there were calls and none failed, by their number too: failed ones may be known by that only. */
    public boolean isWell() {
        return requests() > 0 && traffic.failed() == 0 && failures.isEmpty();
    }

    /** Answered calls in order of start, possibly every n-th only. */
    public List<Observed> successes() {
        return successes;
    }

    /** Whether calls were answered, and only their number is known. */
    public boolean answersUnread() {
        return successes.isEmpty() && traffic.requests() > Math.max(traffic.failed(), failures.size());
    }

    /** Whether the calls are counted by the caller's lines. */
    public boolean callerCounts() {
        return traffic.counted() == Traffic.Counted.CALLER_LINES;
    }

    /** Indexes of the failures that fit. */
    public BitSet where(Predicate<Observed> fits) {
        BitSet found = new BitSet(failures.size());
        for (int i = 0; i < failures.size(); i++) {
            if (fits.test(failures.get(i))) {
                found.set(i);
            }
        }
        return found;
    }

    /** Indexes of the failures in one of those conditions. */
    public BitSet in(Condition... conditions) {
        Set<Condition> wanted = EnumSet.noneOf(Condition.class);
        wanted.addAll(List.of(conditions));
        return where(o -> wanted.contains(o.condition()));
    }

    /** The failures at those indexes. */
    public List<Observed> at(BitSet indexes) {
        return indexes.stream().mapToObj(failures::get).toList();
    }

    /** Failures that an earlier ejection made: no healthy host was left because the others had failed before. */
    public BitSet ejectionConsequences() {
        return (BitSet) ejectionConsequences.clone();
    }

    /** Failures that are not consequences of an ejection: only these can tell why. */
    public BitSet primary() {
        BitSet all = new BitSet(failures.size());
        all.set(0, failures.size());
        all.andNot(ejectionConsequences);
        return all;
    }

    /** The primary failures among those indexes. */
    public BitSet primaryOf(BitSet indexes) {
        BitSet result = (BitSet) indexes.clone();
        result.andNot(ejectionConsequences);
        return result;
    }

    private BitSet findEjectionConsequences() {
        Map<String, List<OutlierEvent>> events = new HashMap<>();
        for (OutlierEvent event : traffic.outlierEvents()) {
            if (event.atMillis() >= 0 && (event.enforced() || !event.eject())) {
                events.computeIfAbsent(event.ref().stream(), s -> new ArrayList<>())
                        .add(event);
            }
        }
        BitSet found = new BitSet(failures.size());
        Map<String, List<Observed>> sentBefore = new HashMap<>();
        Map<String, long[]> answers = answersByStreamAndHost();
        for (int i = 0; i < failures.size(); i++) {
            Observed failure = failures.get(i);
            if (failure.condition() == Condition.NO_HEALTHY_UPSTREAM) {
                List<OutlierEvent> known = events.getOrDefault(failure.stream(), List.of());
                boolean ejected = known.stream().anyMatch(event -> wasEjected(event, failure));
                // Streams whose events were lost: the run of failures that ejects a host is itself visible.
                boolean run = known.isEmpty()
                        && isRun(
                                sentBefore.getOrDefault(failure.stream(), List.of()).stream()
                                        .filter(o -> failure.end() - o.end() <= EJECTION_LOOKBACK_MILLIS)
                                        .toList(),
                                answers);
                if (ejected || run) {
                    found.set(i);
                }
            } else if (!failure.host().isEmpty()) {
                sentBefore
                        .computeIfAbsent(failure.stream(), s -> new ArrayList<>())
                        .add(failure);
            }
        }
        return found;
    }

    /** When each caller task had answers of each host, ascending. */
    private Map<String, long[]> answersByStreamAndHost() {
        Map<String, List<Long>> ends = new HashMap<>();
        successes.forEach(o ->
                ends.computeIfAbsent(streamAndHost(o), key -> new ArrayList<>()).add(o.end()));
        Map<String, long[]> sorted = new HashMap<>();
        ends.forEach((key, times) -> sorted.put(
                key, times.stream().mapToLong(Long::longValue).sorted().toArray()));
        return sorted;
    }

    private static String streamAndHost(Observed o) {
        return o.stream() + " " + o.host();
    }

    /** Whether some host failed as often in a row as ejects it: an answer in between begins the count anew. */
    private static boolean isRun(List<Observed> failed, Map<String, long[]> answers) {
        Map<String, Integer> inARow = new HashMap<>();
        Map<String, Integer> answeredBefore = new HashMap<>();
        for (Observed o :
                failed.stream().sorted(Comparator.comparingLong(Observed::end)).toList()) {
            String key = streamAndHost(o);
            int at = Arrays.binarySearch(answers.getOrDefault(key, new long[0]), o.end());
            int answered = at < 0 ? -at - 1 : at;
            boolean unbroken = Integer.valueOf(answered).equals(answeredBefore.put(key, answered));
            int run = unbroken ? inARow.getOrDefault(key, 0) + 1 : 1;
            inARow.put(key, run);
            if (run >= EJECTION_RUN) {
                return true;
            }
        }
        return false;
    }

    /** Between an ejection and its end; the window may have begun in between, then only the end is in the data. */
    private static boolean wasEjected(OutlierEvent event, Observed failure) {
        long since = failure.end() - event.atMillis();
        return event.eject()
                ? since >= 0 && since <= LONGEST_EJECTION_MILLIS
                : since <= 0 && -since <= LONGEST_EJECTION_MILLIS;
    }

    /** Enforced ejections. */
    public List<OutlierEvent> ejections() {
        return traffic.outlierEvents().stream()
                .filter(e -> e.eject() && e.enforced())
                .toList();
    }

    /**
     * Failed and answered calls of one group.
     *
     * @param failed failed calls, those that others stand for included
     * @param answered answered calls, those that others stand for included
     * @param seen failed calls that were read: what chance can do depends on these
     */
    public record Tally(long failed, long answered, long seen) {
        /** Of calls that were all read. */
        public Tally(long failed, long answered) {
            this(failed, answered, failed);
        }

        /** All calls. */
        public long total() {
            return failed + answered;
        }

        /** Failing share, 0 to 1; 0 without calls. */
        public double share() {
            return total() == 0 ? 0 : (double) failed / total();
        }

        Tally plus(Tally other) {
            return new Tally(failed + other.failed, answered + other.answered, seen + other.seen);
        }
    }

    /** Those failures and all answered calls by group, in order of name; calls without group are left out. */
    public Map<String, Tally> by(Function<Observed, String> group, BitSet failing) {
        Map<String, int[]> counts = new TreeMap<>();
        for (int i = failing.nextSetBit(0); i >= 0; i = failing.nextSetBit(i + 1)) {
            counts.computeIfAbsent(group.apply(failures.get(i)), name -> new int[2])[0]++;
        }
        for (Observed success : successes) {
            counts.computeIfAbsent(group.apply(success), name -> new int[2])[1]++;
        }
        counts.remove("");
        Map<String, Tally> tallies = new TreeMap<>();
        counts.forEach((name, count) -> tallies.put(
                name,
                new Tally((long) count[0] * traffic.failureStep(), (long) count[1] * traffic.successStep(), count[0])));
        return tallies;
    }

    /** Those failures and all answered calls by callee task. */
    public Map<String, Tally> byHost(BitSet failing) {
        return by(Observed::host, failing);
    }

    /** Those failures and all answered calls by path. */
    public Map<String, Tally> byPath(BitSet failing) {
        return by(Observed::path, failing);
    }

    /** Those failures and all answered calls by task definition revision of the callee's task. */
    public Map<String, Tally> byRevision(BitSet failing) {
        return by(o -> o.revision().orElse(""), failing);
    }

    /** Start of the first answered call of that host, milliseconds since the epoch. */
    public OptionalLong firstSuccess(String host) {
        long[] span = successSpan.get(host);
        return span == null ? OptionalLong.empty() : OptionalLong.of(span[0]);
    }

    /** End of the last answered call of that host, milliseconds since the epoch. */
    public OptionalLong lastSuccess(String host) {
        long[] span = successSpan.get(host);
        return span == null ? OptionalLong.empty() : OptionalLong.of(span[1]);
    }

    /** Start of the earliest of those failures, milliseconds since the epoch. */
    public OptionalLong first(BitSet failing) {
        return failing.stream().mapToLong(i -> failures.get(i).start()).min();
    }

    /** End of the latest of those failures, milliseconds since the epoch. */
    public OptionalLong last(BitSet failing) {
        return failing.stream().mapToLong(i -> failures.get(i).end()).max();
    }

    /**
     * Failing share of the calls between the first and the last of those failures, half a minute at least: few failures of
     * a long window can still be most of its last moments.
     */
    public double densestShare(BitSet failing) {
        OptionalLong first = first(failing);
        if (first.isEmpty()) {
            return 0;
        }
        long from = first.getAsLong();
        long to = Math.max(
                from + SHORTEST_SPAN_MILLIS,
                failing.stream().mapToLong(i -> failures.get(i).start()).max().orElse(from));
        long answered = successes.stream()
                        .filter(o -> o.start() >= from && o.start() <= to)
                        .count()
                * traffic.successStep();
        long failed = (long) failing.cardinality() * traffic.failureStep();
        return (double) failed / (failed + answered);
    }

    /** The {@code p}-quantile (0 to 1) of the durations of the calls that fit, in milliseconds; empty without any. */
    public static OptionalLong quantile(List<Observed> calls, Predicate<Observed> fits, double p) {
        long[] sorted = calls.stream()
                .filter(fits)
                .mapToLong(Observed::duration)
                .sorted()
                .toArray();
        return quantile(sorted, p);
    }

    /** The {@code p}-quantile (nearest rank) of ascending values; empty without any. */
    public static OptionalLong quantile(long[] ascending, double p) {
        if (ascending.length == 0) {
            return OptionalLong.empty();
        }
        int rank = (int) Math.ceil(p * ascending.length);
        return OptionalLong.of(ascending[Math.max(0, Math.min(ascending.length - 1, rank - 1))]);
    }

    /** The value around which most of those durations lie, within {@code tolerance} milliseconds, and their share. */
    public static Optional<Cluster> densest(long[] values, long tolerance) {
        if (values.length == 0) {
            return Optional.empty();
        }
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        int best = 0;
        int bestFrom = 0;
        int from = 0;
        for (int to = 0; to < sorted.length; to++) {
            while (sorted[to] - sorted[from] > 2 * tolerance) {
                from++;
            }
            if (to - from + 1 > best) {
                best = to - from + 1;
                bestFrom = from;
            }
        }
        return Optional.of(new Cluster(sorted[bestFrom + best / 2], (double) best / sorted.length, best));
    }

    /**
     * A pile of durations.
     *
     * @param millis its middle
     * @param share its share of all values
     * @param count its values
     */
    public record Cluster(long millis, double share, int count) {}

    /** Finds the task behind a call; an address can belong to several tasks one after the other. */
    private static final class TaskIndex {
        private final Map<String, List<Task>> byAddress = new HashMap<>();
        private final List<Task> tasks;
        private final Map<String, Optional<Task>> byStream = new HashMap<>();

        TaskIndex(List<Task> tasks) {
            this.tasks = tasks;
            for (Task task : tasks) {
                task.placement()
                        .address()
                        .ifPresent(a -> byAddress
                                .computeIfAbsent(a, k -> new ArrayList<>())
                                .add(task));
            }
        }

        Optional<Task> of(Call call) {
            String host = call.calleeHost();
            if (host != null) {
                List<Task> candidates = byAddress.getOrDefault(address(host), List.of());
                return candidates.stream()
                        .filter(t -> aliveAt(t, call.startMillis()))
                        .findFirst()
                        .or(() -> candidates.stream().findFirst());
            }
            if (call.callee().isEmpty()) {
                return Optional.empty();
            }
            AccessLogEntry line = call.callee().get(call.callee().size() - 1);
            return byStream.computeIfAbsent(
                    line.ref().stream(),
                    stream ->
                            tasks.stream().filter(t -> stream.contains(t.id())).findFirst());
        }

        private static boolean aliveAt(Task task, long millis) {
            long from = task.lifecycle()
                    .createdAt()
                    .map(java.time.Instant::toEpochMilli)
                    .orElse(Long.MIN_VALUE);
            long to = task.lifecycle()
                    .stoppedAt()
                    .map(java.time.Instant::toEpochMilli)
                    .orElse(Long.MAX_VALUE);
            return millis >= from && millis <= to;
        }

        private static String address(String host) {
            int colon = host.lastIndexOf(':');
            return colon < 0 ? host : host.substring(0, colon);
        }
    }
}
