package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.LineRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The callee's lines that belong to callers' lines which need thought, by request id. Lines of one stream are never partners: a proxy that
 * passes a request id on logs two different calls under it.
 *
 * <p>Bounded: ids and lines beyond the limits are left out, and their requests are judged by one side alone.
 */
final class Partners {
    static final Partners NONE = new Partners(Map.of(), true);

    private static final int MOST_IDS = 1 << 19;
    private static final int MOST_LINES = 60_000;
    private static final int MOST_LINES_PER_ID = 16;

    private final Map<String, List<AccessLogEntry>> calleeLines;
    /** Whether no limit was reached: only then a missing line tells that the callee has none. */
    private final boolean complete;

    private Partners(Map<String, List<AccessLogEntry>> calleeLines, boolean complete) {
        this.calleeLines = calleeLines;
        this.complete = complete;
    }

    /** What a line means, and whether the other side's lines helped. */
    record Judged(Attribution attribution, boolean joined) {}

    /** Names a line's condition, with the other side's lines where there are any. */
    Judged attribute(AccessLogEntry entry, ConditionInference judge, Observations learned) {
        String id = entry.request().requestId();
        if (id == null || calleeLines.isEmpty() || learned.isInbound(entry)) {
            return new Judged(judge.attribute(entry), false);
        }
        List<AccessLogEntry> callee = calleeLines.getOrDefault(id, List.of()).stream()
                .filter(line -> !line.ref().stream().equals(entry.ref().stream()))
                .filter(line -> sameAuthority(line, entry))
                .toList();
        if (callee.isEmpty() && !complete) {
            return new Judged(judge.attribute(entry), false);
        }
        return new Judged(judge.attribute(Optional.of(entry), callee), !callee.isEmpty());
    }

    /** Whether the sources can hold both sides of a request. */
    static boolean mayExist(List<LogSource> sources) {
        return sources.size() >= 2
                && sources.stream().anyMatch(source -> source.side() != Side.CALLER)
                && sources.stream().anyMatch(source -> source.side() != Side.CALLEE);
    }

    private static boolean sameAuthority(AccessLogEntry a, AccessLogEntry b) {
        String one = a.request().authority();
        String other = b.request().authority();
        return one == null || other == null || one.equalsIgnoreCase(other);
    }

    /**
     * Finds the callee's lines for the callers' lines in the spool.
     *
     * @param sizes of the sources when they were read first
     * @param spool lines set aside
     * @param learned tells which way a request went
     */
    static Partners find(
            List<LogSource> sources, SourceChunks.Sizes sizes, LineSpool spool, Observations learned, int threads)
            throws IOException {
        if (!mayExist(sources) || spool.blocks() == 0) {
            return NONE;
        }
        List<Integer> callees = IntStream.range(0, sources.size())
                .filter(i -> sources.get(i).side() != Side.CALLER)
                .boxed()
                .toList();
        Ids ids = ids(sources, spool, learned);
        if (ids.size == 0) {
            return NONE;
        }
        Map<String, List<AccessLogEntry>> found = new HashMap<>();
        int[] lines = new int[1];
        try (SourceChunks chunks = new SourceChunks(sources, callees, SourceChunks.SIDE_BY_SIDE, sizes)) {
            OrderedParallel.<SourceChunks.Piece, List<AccessLogEntry>>run(
                    threads, chunks::take, () -> new Finder(sources, ids, learned), entries -> {
                        for (AccessLogEntry entry : entries) {
                            String id = entry.request().requestId();
                            if (id != null && lines[0] < MOST_LINES) {
                                List<AccessLogEntry> ofId = found.computeIfAbsent(id, i -> new ArrayList<>(1));
                                if (ofId.size() < MOST_LINES_PER_ID) {
                                    ofId.add(entry);
                                    lines[0]++;
                                }
                            }
                        }
                    });
        }
        found.values().forEach(list -> list.sort(Comparator.comparingLong(AccessLogEntry::startMillis)));
        return new Partners(found, lines[0] < MOST_LINES && ids.size < MOST_IDS);
    }

    private static Ids ids(List<LogSource> sources, LineSpool spool, Observations learned) throws IOException {
        Ids ids = new Ids();
        LineScanner scanner = new LineScanner();
        ScannedLine line = new ScannedLine();
        StringPool pool = new StringPool();
        for (int block = 0; block < spool.blocks(); block++) {
            LogSource source = sources.get(spool.source(block));
            if (source.side() == Side.CALLEE) {
                continue;
            }
            spool.read(block, (number, b, from, to) -> {
                scanner.scan(b, from, to, line);
                long id = id(line);
                if (id != 0
                        && !learned.isInbound(line.entry(new LineRef(source.name(), number, source.side()), pool))) {
                    ids.add(id);
                }
            });
        }
        return ids;
    }

    /** A hash of the line's request id; 0 when it has none. */
    private static long id(ScannedLine line) {
        int field = line.has(Fields.REQUEST_ID) ? Fields.REQUEST_ID : Fields.STREAM_ID;
        return line.has(field) ? ByteKeys.hash(line.buffer, line.starts[field], line.ends[field]) | 1 : 0;
    }

    /** Fetches the inbound lines of wanted ids from a chunk. */
    private static final class Finder implements OrderedParallel.Worker<SourceChunks.Piece, List<AccessLogEntry>> {
        private final List<LogSource> sources;
        private final Ids ids;
        private final Observations learned;
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();

        Finder(List<LogSource> sources, Ids ids, Observations learned) {
            this.sources = sources;
            this.ids = ids;
            this.learned = learned;
        }

        @Override
        public SourceChunks.Piece holder() {
            return new SourceChunks.Piece();
        }

        @Override
        public List<AccessLogEntry> work(SourceChunks.Piece piece) throws IOException {
            LogSource source = sources.get(piece.source);
            // Line numbers do not matter here: partners are never shown.
            LineRef ref = new LineRef(source.name(), 0, source.side());
            List<AccessLogEntry> found = new ArrayList<>();
            while (piece.next()) {
                byte[] b = piece.chunk.buffer;
                int at = 0;
                while (at < piece.chunk.length) {
                    int end = scanner.scan(b, at, piece.chunk.length, line);
                    if (line.kind == ScannedLine.Kind.ACCESS && ids.contains(id(line))) {
                        AccessLogEntry entry = line.entry(ref, pool);
                        if (learned.isInbound(entry)) {
                            found.add(entry);
                        }
                    }
                    at = end + 1;
                }
            }
            return found;
        }
    }

    /** A bounded set of hashes. */
    private static final class Ids {
        private long[] slots = new long[1 << 12];
        private int size;

        void add(long id) {
            if (size >= MOST_IDS || contains(id)) {
                return;
            }
            if (size * 2 >= slots.length) {
                long[] old = slots;
                slots = new long[old.length * 2];
                for (long known : old) {
                    if (known != 0) {
                        slots[free(known)] = known;
                    }
                }
            }
            slots[free(id)] = id;
            size++;
        }

        boolean contains(long id) {
            return id != 0 && slots[free(id)] == id;
        }

        private int free(long id) {
            int mask = slots.length - 1;
            int slot = (int) (id >>> 30) & mask;
            while (slots[slot] != 0 && slots[slot] != id) {
                slot = slot + 1 & mask;
            }
            return slot;
        }
    }
}
