package io.github.eastwest.classify;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Breakdown.Attributed;
import io.github.eastwest.model.report.Breakdown.Group;
import io.github.eastwest.model.report.Breakdown.Groups;
import io.github.eastwest.model.report.Breakdown.Heat;
import io.github.eastwest.model.report.Breakdown.Part;
import io.github.eastwest.model.report.Breakdown.Reason;
import io.github.eastwest.model.report.Breakdown.Rows;
import io.github.eastwest.model.report.Breakdown.Seen;
import io.github.eastwest.model.report.Breakdown.SideView;
import io.github.eastwest.model.report.Breakdown.Status;
import io.github.eastwest.model.report.Breakdown.Touched;
import io.github.eastwest.model.report.TrafficReport.Example;
import io.github.eastwest.model.report.TrafficReport.Latency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes the calls of an edge apart, see {@link Breakdown}. */
final class Breakdowns {
    /** Bounds that are about as far apart as a reader can tell on a logarithmic scale. */
    static final List<Long> UPPER_MILLIS = List.of(
            1L,
            2L,
            5L,
            10L,
            20L,
            50L,
            100L,
            200L,
            500L,
            1_000L,
            2_000L,
            5_000L,
            10_000L,
            20_000L,
            60_000L,
            Long.MAX_VALUE);

    private static final int GROUPS = 20;
    private static final int ROWS = 5;
    private static final int STATUSES = 12;

    private final TrafficView view;
    private final Buckets buckets;

    /** The buckets of the series: start of the first and length, in milliseconds, and how many. */
    record Buckets(long from, long millis, int count) {
        int of(long at) {
            return (int) Math.max(0, Math.min(count - 1, (at - from) / millis));
        }
    }

    Breakdowns(TrafficView view, Buckets buckets) {
        this.view = view;
        this.buckets = buckets;
    }

    /**
     * The calls taken apart.
     *
     * @param explained failures that each finding explains, in order of rank
     * @param unattributed calls that failed by their answer and are in none of them
     * @param calleeRead whether access lines of the callee were read
     */
    Breakdown breakdown(Map<RootCause, BitSet> explained, long unattributed, boolean calleeRead) {
        return new Breakdown(
                sides(calleeRead),
                heat(),
                statuses(),
                reasons(),
                paths(),
                revisions(),
                touched(),
                attribution(explained, unattributed),
                rows(explained));
    }

    private Stream<Weighed> calls() {
        return Stream.concat(
                view.failures().stream().map(o -> new Weighed(o, view.traffic().failureStep())),
                view.successes().stream().map(o -> new Weighed(o, view.traffic().successStep())));
    }

    /** A call and how many it stands for. */
    private record Weighed(Observed call, long weight) {}

    private List<SideView> sides(boolean calleeRead) {
        List<SideView> sides = new ArrayList<>();
        if (view.callerCounts()) {
            SideTally tally = new SideTally(buckets.count());
            calls().forEach(c -> c.call().call().caller().ifPresent(line -> tally.add(buckets, line, c)));
            sides.add(tally.view(Side.CALLER));
        }
        if (calleeRead) {
            SideTally tally = new SideTally(buckets.count());
            calls().forEach(c -> c.call().call().callee().forEach(line -> tally.add(buckets, line, c)));
            sides.add(tally.view(Side.CALLEE));
        }
        return sides;
    }

    /** Counts one side's lines per bucket. */
    private static final class SideTally {
        private final long[] requests;
        private final long[] failed;
        private final List<List<long[]>> durations = new ArrayList<>();

        SideTally(int buckets) {
            requests = new long[buckets];
            failed = new long[buckets];
            for (int i = 0; i < buckets; i++) {
                durations.add(new ArrayList<>());
            }
        }

        void add(Buckets buckets, AccessLogEntry line, Weighed call) {
            int i = buckets.of(line.startMillis());
            requests[i] += call.weight();
            failed[i] += failed(line, call.call().call()) ? call.weight() : 0;
            if (line.timing().durationMillis() >= 0) {
                durations.get(i).add(new long[] {line.timing().durationMillis(), call.weight()});
            }
        }

        /** A TCP line shows no answer: it failed as its call did. */
        private static boolean failed(AccessLogEntry line, Call call) {
            if (line.isTcp()) {
                return call.failed();
            }
            String grpc = line.response().grpcStatus();
            int status = line.response().status();
            return status == 0 || status >= 500 || grpc != null && !grpc.equals("OK");
        }

        SideView view(Side side) {
            List<Seen> seen = new ArrayList<>();
            List<long[]> all = new ArrayList<>();
            for (int i = 0; i < requests.length; i++) {
                seen.add(new Seen(requests[i], failed[i], latency(durations.get(i))));
                all.addAll(durations.get(i));
            }
            return new SideView(
                    side,
                    new Seen(
                            Arrays.stream(requests).sum(), Arrays.stream(failed).sum(), latency(all)),
                    seen);
        }
    }

    /** Percentiles (nearest rank) of durations, each with the number of calls it stands for. */
    static Latency latency(List<long[]> weighed) {
        if (weighed.isEmpty()) {
            return Latency.NONE;
        }
        List<long[]> sorted = new ArrayList<>(weighed);
        sorted.sort(Comparator.comparingLong(d -> d[0]));
        long whole = sorted.stream().mapToLong(d -> d[1]).sum();
        return new Latency(
                OptionalLong.of(at(sorted, whole, 0.5)),
                OptionalLong.of(at(sorted, whole, 0.9)),
                OptionalLong.of(at(sorted, whole, 0.99)),
                OptionalLong.of(sorted.get(sorted.size() - 1)[0]));
    }

    private static long at(List<long[]> sorted, long whole, double quantile) {
        long rank = (long) Math.ceil(quantile * whole);
        long below = 0;
        for (long[] duration : sorted) {
            below += duration[1];
            if (below >= rank) {
                return duration[0];
            }
        }
        return sorted.get(sorted.size() - 1)[0];
    }

    private Heat heat() {
        long[][] counts = new long[buckets.count()][UPPER_MILLIS.size()];
        calls().filter(c -> c.call().call().durationMillis() >= 0).forEach(c -> {
            int band = 0;
            while (c.call().duration() > UPPER_MILLIS.get(band)) {
                band++;
            }
            counts[buckets.of(c.call().start())][band] += c.weight();
        });
        return new Heat(
                UPPER_MILLIS,
                Arrays.stream(counts)
                        .map(bands -> Arrays.stream(bands).boxed().toList())
                        .toList());
    }

    /** The rare ones beyond {@value #STATUSES} are one: a log may hold any text as gRPC status. */
    private List<Status> statuses() {
        Map<String, long[]> counts = new TreeMap<>();
        for (Observed failure : view.failures()) {
            counts.computeIfAbsent(status(failure.call().line()), any -> new long[buckets.count()])[
                            buckets.of(failure.start())] +=
                    view.traffic().failureStep();
        }
        List<Status> statuses = new ArrayList<>(counts.entrySet().stream()
                .map(e -> new Status(
                        e.getKey(), Arrays.stream(e.getValue()).boxed().toList()))
                .sorted(Comparator.comparingLong((Status s) -> -s.count()))
                .toList());
        if (statuses.size() > STATUSES) {
            List<Status> rare = statuses.subList(STATUSES, statuses.size());
            long[] other = new long[buckets.count()];
            rare.forEach(status ->
                    Arrays.setAll(other, i -> other[i] + status.buckets().get(i)));
            rare.clear();
            statuses.add(new Status("other", Arrays.stream(other).boxed().toList()));
        }
        return statuses;
    }

    private static String status(AccessLogEntry line) {
        String grpc = line.response().grpcStatus();
        return line.isTcp()
                ? "tcp"
                : grpc != null && !grpc.equals("OK")
                        ? "grpc " + grpc
                        : Integer.toString(line.response().status());
    }

    private List<Reason> reasons() {
        record Key(Condition condition, Hop hop, Basis basis) {}
        Map<Key, Long> counts = new TreeMap<>(
                Comparator.comparing(Key::condition).thenComparing(Key::hop).thenComparing(Key::basis));
        for (Observed failure : view.failures()) {
            counts.merge(
                    new Key(
                            failure.condition(),
                            failure.hop(),
                            failure.call().attribution().basis()),
                    (long) view.traffic().failureStep(),
                    Long::sum);
        }
        return counts.entrySet().stream()
                .map(e -> new Reason(
                        e.getKey().condition(), e.getKey().hop(), e.getKey().basis(), e.getValue()))
                .sorted(Comparator.comparingLong((Reason r) -> -r.count()))
                .toList();
    }

    private Groups paths() {
        return groups(
                by(Observed::path),
                Comparator.comparingLong((Group g) -> -g.failed())
                        .thenComparing(g -> -g.requests())
                        .thenComparing(Group::name));
    }

    private Groups revisions() {
        return groups(by(o -> o.revision().orElse("")), Comparator.comparing(Group::name));
    }

    private Collection<Group> by(Function<Observed, String> name) {
        Map<String, Map<Condition, Long>> counts = new TreeMap<>();
        calls().filter(c -> !name.apply(c.call()).isEmpty())
                .forEach(c -> counts.computeIfAbsent(name.apply(c.call()), n -> new EnumMap<>(Condition.class))
                        .merge(c.call().condition(), c.weight(), Long::sum));
        return counts.entrySet().stream()
                .map(e -> new Group(e.getKey(), e.getValue()))
                .toList();
    }

    private static Groups groups(Collection<Group> all, Comparator<Group> order) {
        List<Group> sorted = all.stream().sorted(order).toList();
        List<Group> rest = sorted.subList(Math.min(GROUPS, sorted.size()), sorted.size());
        return new Groups(
                sorted.subList(0, sorted.size() - rest.size()),
                rest.size(),
                rest.stream().mapToLong(Group::requests).sum(),
                rest.stream().mapToLong(Group::failed).sum());
    }

    private Touched touched() {
        return new Touched(
                view.callerCounts() ? part(Observed::stream) : new Part(0, 0),
                part(Observed::host),
                part(Observed::path));
    }

    private Part part(Function<Observed, String> name) {
        Set<String> failing = new HashSet<>();
        view.failures().forEach(o -> failing.add(name.apply(o)));
        failing.remove("");
        Set<String> all = new HashSet<>(failing);
        view.successes().forEach(o -> all.add(name.apply(o)));
        all.remove("");
        return new Part(failing.size(), all.size());
    }

    private List<Attributed> attribution(Map<RootCause, BitSet> explained, long unattributed) {
        BitSet taken = view.where(o -> !o.call().countsAsFailed());
        List<Attributed> attribution = new ArrayList<>();
        int largest = -1;
        long rest = view.traffic().failed() - unattributed;
        for (Map.Entry<RootCause, BitSet> entry : explained.entrySet()) {
            BitSet own = (BitSet) entry.getValue().clone();
            own.andNot(taken);
            taken.or(own);
            long failed = (long) own.cardinality() * view.traffic().failureStep();
            rest -= failed;
            attribution.add(new Attributed(entry.getKey(), failed));
            if (largest < 0 || failed > attribution.get(largest).failed()) {
                largest = attribution.size() - 1;
            }
        }
        if (rest != 0 && largest >= 0) {
            // A sample's counts are multiples of its step: the largest takes up the difference to the exact total.
            Attributed most = attribution.get(largest);
            attribution.set(largest, new Attributed(most.cause(), Math.max(0, most.failed() + rest)));
        }
        return attribution.stream().filter(a -> a.failed() > 0).toList();
    }

    private List<Rows> rows(Map<RootCause, BitSet> explained) {
        List<Rows> rows = new ArrayList<>();
        explained.forEach((cause, failures) -> rows(cause.code(), failures, rows));
        EnumMap<Condition, BitSet> byCondition = new EnumMap<>(Condition.class);
        for (int i = 0; i < view.failures().size(); i++) {
            byCondition
                    .computeIfAbsent(view.failures().get(i).condition(), c -> new BitSet())
                    .set(i);
        }
        byCondition.forEach((condition, failures) -> rows(condition.id(), failures, rows));
        return rows;
    }

    private void rows(String subject, BitSet failures, List<Rows> rows) {
        if (failures.isEmpty()) {
            return;
        }
        List<Example> lines = new ArrayList<>();
        failures.stream().limit(ROWS).mapToObj(view.failures()::get).forEach(o -> {
            o.call().caller().ifPresent(line -> lines.add(example(o.condition(), line)));
            o.call().callee().forEach(line -> lines.add(example(o.condition(), line)));
        });
        rows.add(
                new Rows(subject, (long) failures.cardinality() * view.traffic().failureStep(), lines));
    }

    private static Example example(Condition condition, AccessLogEntry line) {
        return new Example(
                condition,
                line.ref().stream(),
                line.ref().line(),
                line.ref().side().id() + " " + text(line, ""));
    }

    /** A line in words; the remark goes before its request id. */
    static String text(AccessLogEntry line, String remark) {
        return Words.time(line.startMillis()) + " "
                + or(line.request().method(), "-") + " " + or(line.request().path(), "-") + " \u2192 "
                + (line.isTcp() ? "tcp" : Integer.toString(line.response().status()))
                + (line.response().grpcStatus() == null
                        ? ""
                        : " grpc " + line.response().grpcStatus())
                + ", " + line.response().bytesSent() + " bytes, "
                + Words.duration(Math.max(0, line.timing().durationMillis())) + ", host "
                + or(line.upstream().host(), "none")
                + (line.hasServiceTime() ? ", service time " + line.timing().serviceTimeMillis() + "\u00a0ms" : "")
                + remark
                + (line.request().requestId() == null
                        ? ""
                        : ", id " + line.request().requestId());
    }

    private static String or(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}
