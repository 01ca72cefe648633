package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.log.StreamSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Adds up partial summaries, those of one source in the order of their lines. Its tables are bounded: what does not fit is counted under
 * "other", so that every breakdown still adds up.
 */
final class SummaryBuilder {
    /** Hosts kept apart. */
    private static final int MOST_HOSTS = 4096;
    /** Hosts listed in the result. */
    private static final int LISTED_HOSTS = 100;
    /** Minutes kept apart: two weeks. */
    private static final int MOST_MINUTES = 14 * 24 * 60;

    private static final int[] WIDTHS = {1, 60, 24 * 60};
    private static final int MOST_NAMES = 1000;
    private static final int MOST_PROXY_EXAMPLES = 5;
    private static final long MOST_MILLIS = 365L * 24 * 60 * 60 * 1000;
    private static final int CONDITIONS = Condition.values().length;
    private static final int STATUSES = 1001;
    private static final long MILLIS_PER_MINUTE = 60_000;

    private final List<LogSource> sources;
    private long[] sourceLines;
    private StreamSummary.LineCounts counts = new StreamSummary.LineCounts(0, 0, 0, 0, 0);
    private final Map<String, Long> formats = new HashMap<>();
    private StreamSummary.@Nullable Unparsed firstUnparsed;
    private int firstUnparsedSource;

    private final long[] byCondition = new long[CONDITIONS];
    private final long[] basis = new long[CONDITIONS * PartialSummary.BASES];
    private final long[] hops = new long[CONDITIONS * PartialSummary.HOPS];
    private final Map<Condition, List<PartialSummary.LineAt>> examples = new EnumMap<>(Condition.class);
    /** Examples that stand in where there are not enough of the others. */
    private final Map<Condition, List<PartialSummary.LineAt>> furtherExamples = new EnumMap<>(Condition.class);

    private final long[] byStatus = new long[STATUSES];
    private final Map<String, FailureCounts> hosts = new HashMap<>();
    private final FailureCounts noHost = new FailureCounts();
    private final FailureCounts otherHosts = new FailureCounts();
    private TreeMap<Long, FailureCounts> minutes = new TreeMap<>();
    private int width;
    private final FailureCounts withoutMinute = new FailureCounts();
    private final LineFilter filter;
    private long leftOut;
    private final List<TopTable> tops;
    private final long[] shortMillis = new long[PartialSummary.SHORT_MILLIS];
    private final Histogram latency = new Histogram(1, MOST_MILLIS, 3);
    private long firstStart = Long.MAX_VALUE;
    private long lastStart = Long.MIN_VALUE;
    private long joined;
    private final Map<String, Long> ejections = new HashMap<>();
    private final Map<String, Long> proxyLevels = new HashMap<>();
    private final List<PartialSummary.LineAt> proxyExamples = new ArrayList<>();

    SummaryBuilder(List<LogSource> sources, Choice choice) {
        this.sources = sources;
        this.filter = choice.filter();
        this.tops = choice.tops().stream()
                .map(top -> new TopTable(top.by(), top.listed()))
                .toList();
        this.sourceLines = new long[sources.size()];
    }

    /** Makes room for a source that was added to the list. */
    void addSource() {
        sourceLines = Arrays.copyOf(sourceLines, sources.size());
    }

    /** Lines of that source so far. */
    long linesOf(int source) {
        return sourceLines[source];
    }

    /** Adds a chunk of lines, after all earlier ones of its source. */
    void addLines(PartialSummary part) {
        long before = sourceLines[part.source];
        sourceLines[part.source] += part.lines();
        counts = counts.plus(
                new StreamSummary.LineCounts(part.access, part.outlier, part.proxy, part.unparsed, part.blank));
        part.formats.forEach((format, count) -> formats.merge(format, count, Long::sum));
        PartialSummary.UnparsedAt unparsed = part.firstUnparsed;
        if (unparsed != null && (firstUnparsed == null || part.source < firstUnparsedSource)) {
            firstUnparsed = new StreamSummary.Unparsed(
                    before + unparsed.line(), unparsed.column(), unparsed.reason(), unparsed.excerpt());
            firstUnparsedSource = part.source;
        }
        addBounded(part.ejections, ejections);
        addBounded(part.proxyLevels, proxyLevels);
        keepFirst(part.proxyExamples, before, MOST_PROXY_EXAMPLES, proxyExamples);
        addCounts(part, before);
    }

    private static void addAll(long[] more, long[] sums) {
        for (int i = 0; i < more.length; i++) {
            sums[i] += more[i];
        }
    }

    private static void addAll(int[] more, long[] sums) {
        for (int i = 0; i < more.length; i++) {
            sums[i] += more[i];
        }
    }

    /** Adds what lines say that {@link #addLines} has counted as lines only. */
    void addConditions(PartialSummary part) {
        addCounts(part, 0);
    }

    private void addCounts(PartialSummary part, long linesBefore) {
        leftOut += part.leftOut;
        addAll(part.shortMillis, shortMillis);
        part.longMillis.forEach((millis, count) -> latency.recordValueWithCount(Math.min(millis, MOST_MILLIS), count));
        firstStart = Math.min(firstStart, part.firstStart);
        lastStart = Math.max(lastStart, part.lastStart);
        for (int i = 0; i < tops.size(); i++) {
            TopTable table = tops.get(i);
            part.tops.get(i).forEach(table::add);
            table.bound();
        }
        List<String> names = part.hosts.texts();
        part.cells.forEach((key, count) -> {
            Condition condition = PartialSummary.Cells.condition(key);
            byCondition[condition.ordinal()] += count;
            byStatus[PartialSummary.Cells.status(key) + 1] += count;
            host(PartialSummary.Cells.host(key), names).add(condition, count);
            minute(PartialSummary.Cells.minute(key)).add(condition, count);
        });
        addAll(part.basis, basis);
        addAll(part.hops, hops);
        keepFirst(part.examples, linesBefore, examples);
        keepFirst(part.furtherExamples, linesBefore, furtherExamples);
        joined += part.joined;
    }

    private static void keepFirst(
            Map<Condition, List<PartialSummary.LineAt>> lines,
            long linesBefore,
            Map<Condition, List<PartialSummary.LineAt>> kept) {
        lines.forEach((condition, more) -> keepFirst(
                more,
                linesBefore,
                PartialSummary.MOST_EXAMPLES,
                kept.computeIfAbsent(condition, c -> new ArrayList<>())));
    }

    /** Keeps the first lines in the order of the sources and their lines, whatever order they come in. */
    private static void keepFirst(
            List<PartialSummary.LineAt> lines, long linesBefore, int most, List<PartialSummary.LineAt> kept) {
        for (PartialSummary.LineAt line : lines) {
            kept.add(new PartialSummary.LineAt(line.source(), linesBefore + line.line(), line.text()));
        }
        kept.sort(
                Comparator.comparingInt(PartialSummary.LineAt::source).thenComparingLong(PartialSummary.LineAt::line));
        if (kept.size() > most) {
            kept.subList(most, kept.size()).clear();
        }
    }

    private List<AccessLogSummary.Example> named(List<PartialSummary.LineAt> lines) {
        return lines.stream()
                .map(line ->
                        new AccessLogSummary.Example(sources.get(line.source()).name(), line.line(), line.text()))
                .toList();
    }

    private static void addBounded(Map<String, Long> from, Map<String, Long> to) {
        new TreeMap<>(from).forEach((name, count) -> {
            boolean room = to.containsKey(name) || to.size() < MOST_NAMES;
            to.merge(room ? name : "other", count, Long::sum);
        });
    }

    private FailureCounts host(int number, List<String> names) {
        if (number == PartialSummary.NO_HOST) {
            return noHost;
        }
        if (number == PartialSummary.OTHER_HOST) {
            return otherHosts;
        }
        String printed = names.get(number - PartialSummary.FIRST_HOST);
        String name = printed.startsWith("tcp://") ? printed.substring("tcp://".length()) : printed;
        FailureCounts known = hosts.get(name);
        if (known != null) {
            return known;
        }
        if (hosts.size() >= MOST_HOSTS) {
            return otherHosts;
        }
        FailureCounts made = new FailureCounts();
        hosts.put(name, made);
        return made;
    }

    private FailureCounts minute(long minute) {
        if (minute < 0) {
            return withoutMinute;
        }
        FailureCounts known = minutes.get(minute / WIDTHS[width]);
        if (known != null) {
            return known;
        }
        while (minutes.size() >= MOST_MINUTES) {
            if (width + 1 == WIDTHS.length) {
                return withoutMinute;
            }
            widen();
        }
        return minutes.computeIfAbsent(minute / WIDTHS[width], m -> new FailureCounts());
    }

    private void widen() {
        int factor = WIDTHS[width + 1] / WIDTHS[width];
        TreeMap<Long, FailureCounts> wider = new TreeMap<>();
        minutes.forEach((bucket, cell) ->
                wider.computeIfAbsent(bucket / factor, b -> new FailureCounts()).add(cell));
        minutes = wider;
        width++;
    }

    /** All that was added. */
    AccessLogSummary build(List<SourceChunks.Fault> faults) {
        Map<Integer, String> early = new HashMap<>();
        for (SourceChunks.Fault fault : faults) {
            early.putIfAbsent(fault.source(), fault.reason());
        }
        List<AccessLogSummary.Source> read = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            LogSource source = sources.get(i);
            read.add(new AccessLogSummary.Source(
                    source.name(), source.side(), sourceLines[i], Optional.ofNullable(early.get(i))));
        }
        long failed = 0;
        for (Condition condition : Condition.values()) {
            failed += condition.failure() ? byCondition[condition.ordinal()] : 0;
        }
        return new AccessLogSummary(
                new AccessLogSummary.Lines(
                        counts,
                        named(formats),
                        Optional.ofNullable(firstUnparsed)
                                .map(line -> new AccessLogSummary.UnparsedLine(
                                        sources.get(firstUnparsedSource).name(), line)),
                        new AccessLogSummary.Selection(filter.asked(), leftOut)),
                read,
                new AccessLogSummary.Requests(Arrays.stream(byCondition).sum(), failed, joined, span(), latency()),
                conditions(),
                statuses(),
                hosts(),
                new AccessLogSummary.Minutes(
                        WIDTHS[width],
                        minutes.entrySet().stream()
                                .map(e -> new AccessLogSummary.MinuteCount(
                                        e.getKey() * WIDTHS[width] * MILLIS_PER_MINUTE,
                                        e.getValue().view()))
                                .toList(),
                        withoutMinute.view()),
                tops.stream().map(TopTable::view).toList(),
                new AccessLogSummary.Others(named(ejections), named(proxyLevels), named(proxyExamples)));
    }

    private Optional<AccessLogSummary.Span> span() {
        return firstStart > lastStart
                ? Optional.empty()
                : Optional.of(new AccessLogSummary.Span(firstStart, lastStart));
    }

    private Optional<AccessLogSummary.Latency> latency() {
        for (int millis = 0; millis < shortMillis.length; millis++) {
            if (shortMillis[millis] > 0) {
                latency.recordValueWithCount(millis, shortMillis[millis]);
                shortMillis[millis] = 0;
            }
        }
        long count = latency.getTotalCount();
        return count == 0
                ? Optional.empty()
                : Optional.of(new AccessLogSummary.Latency(
                        count,
                        latency.getValueAtPercentile(50),
                        latency.getValueAtPercentile(90),
                        latency.getValueAtPercentile(99),
                        latency.getValueAtPercentile(99.9),
                        latency.getMaxValue()));
    }

    private List<AccessLogSummary.ConditionCount> conditions() {
        List<AccessLogSummary.ConditionCount> counted = new ArrayList<>();
        for (Condition condition : Condition.values()) {
            int c = condition.ordinal();
            if (byCondition[c] > 0) {
                Map<Hop, Long> byHop = new EnumMap<>(Hop.class);
                for (Hop hop : Hop.values()) {
                    long count = hops[c * PartialSummary.HOPS + hop.ordinal()];
                    if (count > 0) {
                        byHop.put(hop, count);
                    }
                }
                counted.add(new AccessLogSummary.ConditionCount(
                        condition, byCondition[c], basis(c), byHop, examples(condition)));
            }
        }
        counted.sort(Comparator.comparing(
                        (AccessLogSummary.ConditionCount c) -> c.condition().failure() ? 0 : 1)
                .thenComparing(c -> -c.count())
                .thenComparing(AccessLogSummary.ConditionCount::condition));
        return counted;
    }

    private List<AccessLogSummary.Example> examples(Condition condition) {
        List<PartialSummary.LineAt> lines = new ArrayList<>(examples.getOrDefault(condition, List.of()));
        lines.addAll(furtherExamples.getOrDefault(condition, List.of()));
        return named(lines.subList(0, Math.min(lines.size(), PartialSummary.MOST_EXAMPLES)));
    }

    private Basis basis(int condition) {
        Basis only = null;
        for (Basis told : Basis.values()) {
            if (basis[condition * PartialSummary.BASES + told.ordinal()] > 0) {
                if (only != null) {
                    return Basis.MIXED;
                }
                only = told;
            }
        }
        return only == null ? Basis.INFERRED : only;
    }

    private List<AccessLogSummary.StatusCount> statuses() {
        List<AccessLogSummary.StatusCount> counted = new ArrayList<>();
        for (int i = 0; i < STATUSES; i++) {
            if (byStatus[i] > 0) {
                counted.add(new AccessLogSummary.StatusCount(i - 1, byStatus[i]));
            }
        }
        return counted;
    }

    private AccessLogSummary.Hosts hosts() {
        List<Map.Entry<String, FailureCounts>> all = new ArrayList<>(hosts.entrySet());
        if (noHost.count() > 0) {
            all.add(Map.entry("", noHost));
        }
        all.sort(Comparator.comparing(
                        (Map.Entry<String, FailureCounts> e) -> -e.getValue().failed())
                .thenComparing(e -> -e.getValue().count())
                .thenComparing(Map.Entry::getKey));
        List<AccessLogSummary.HostCount> listed = new ArrayList<>();
        FailureCounts rest = new FailureCounts();
        rest.add(otherHosts);
        for (Map.Entry<String, FailureCounts> entry : all) {
            if (listed.size() < LISTED_HOSTS) {
                Optional<String> name =
                        entry.getKey().isEmpty() ? Optional.empty() : Optional.of(Ascii.printable(entry.getKey()));
                listed.add(new AccessLogSummary.HostCount(name, entry.getValue().view()));
            } else {
                rest.add(entry.getValue());
            }
        }
        return new AccessLogSummary.Hosts(listed, rest.view());
    }

    private static List<AccessLogSummary.NamedCount> named(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(e -> new AccessLogSummary.NamedCount(Ascii.printable(e.getKey()), e.getValue()))
                .toList();
    }
}
