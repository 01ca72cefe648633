package io.github.eastwest.collect;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The lines of some streams of a log group by FilterLogEvents: the window in slices side by side, each slice page after
 * page, until all is read or a bound is crossed.
 */
final class LogLines {
    /** What one group is read of line by line: beyond it Logs Insights is faster than so many pages. */
    static final long MOST_BYTES = 64L << 20;

    /** Events read of one group line by line. */
    static final long MOST_EVENTS = 200_000;

    /** About what one page holds. */
    private static final long SLICE_BYTES = 1L << 20;

    /** Slices read at once; the operation may be called 5 times a second in some Regions. */
    private static final int MOST_SLICES = 8;

    /** Slices when nothing tells how much there is. */
    private static final int SLICES_UNKNOWN = 4;

    /** Events of one call: they are in memory as an answer before they become lines. */
    private static final int EVENTS_PER_CALL = 10_000;

    private final Reader reader;
    private final String source;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong events = new AtomicLong();

    LogLines(Reader reader, String source) {
        this.reader = reader;
        this.source = source;
    }

    /**
     * What was read.
     *
     * @param lines lines by stream
     * @param failed calls that failed
     * @param crossed whether it was too much and reading ended early
     * @param anything whether at least one call was answered
     */
    record Read(Map<String, StringBuilder> lines, List<Reply> failed, boolean crossed, boolean anything) {
        boolean complete() {
            return failed.isEmpty() && !crossed;
        }
    }

    /** Whether so much is better read by Logs Insights. */
    static boolean isLarge(OptionalLong bytes, OptionalLong events) {
        return bytes.isPresent() && bytes.getAsLong() > MOST_BYTES
                || events.isPresent() && events.getAsLong() > MOST_EVENTS;
    }

    /**
     * Reads the streams.
     *
     * @param call the call, without times
     * @param from first instant
     * @param to first instant after the last
     * @param volume bytes of the whole group in that time, if known
     */
    CompletableFuture<Read> read(Call call, Instant from, Instant to, OptionalLong volume) {
        long slices = volume.isPresent()
                ? Math.max(1, Math.min(MOST_SLICES, (volume.getAsLong() + SLICE_BYTES - 1) / SLICE_BYTES))
                : SLICES_UNKNOWN;
        long start = from.toEpochMilli();
        long length = to.toEpochMilli() - start;
        List<CompletableFuture<Slice>> reading = new ArrayList<>();
        for (long i = 0; i < slices; i++) {
            Slice slice = new Slice(start + length * (i + 1) / slices - 1);
            reading.add(next(call, slice, start + length * i / slices));
        }
        return Calls.all(reading).thenApply(all -> {
            Map<String, StringBuilder> lines = new TreeMap<>();
            List<Reply> failed = new ArrayList<>();
            boolean crossed = false;
            boolean anything = false;
            for (Slice slice : all) {
                slice.lines.forEach((stream, text) -> lines.computeIfAbsent(stream, any -> new StringBuilder())
                        .append(text));
                failed.addAll(slice.failed);
                crossed |= slice.crossed;
                anything |= slice.answered;
            }
            return new Read(lines, failed, crossed, anything);
        });
    }

    /** A part of the window; used by one thread at a time. */
    private static final class Slice {
        private final long last;
        private final Map<String, StringBuilder> lines = new TreeMap<>();
        private final List<Reply> failed = new ArrayList<>();
        private Set<String> atStart = Set.of();
        private boolean crossed;
        private boolean answered;

        /** @param last last millisecond of the slice */
        Slice(long last) {
            this.last = last;
        }
    }

    private CompletableFuture<Slice> next(Call call, Slice slice, long start) {
        Map<String, Object> parameters = OrderedMap.of("startTime", start, "endTime", slice.last);
        parameters.putAll(call.parameters());
        Call page = new Call(call.operation(), call.side(), call.region(), parameters, EVENTS_PER_CALL);
        return reader.read(source, 3, page, reader.calls().left()).thenCompose(reply -> {
            long reached = take(reply, slice, start);
            boolean more = reached >= 0 && !slice.crossed;
            return more ? next(call, slice, reached) : CompletableFuture.completedFuture(slice);
        });
    }

    /**
     * Keeps a call's events as lines.
     *
     * @return where to go on, in milliseconds since the epoch; -1 when the slice is read
     */
    private long take(Reply reply, Slice slice, long start) {
        boolean more = reply.failedBecause(AwsFailure.Kind.LIMITED);
        if (reply.failure().isPresent() && !more) {
            slice.failed.add(reply);
        }
        slice.answered |= reply.isAnswered();
        List<Field> items = reply.at("events").items();
        long latest = start;
        Set<String> atLatest = new LinkedHashSet<>();
        for (Field event : items) {
            String id = event.at("eventId").textOrEmpty();
            long at = (long) event.at("timestamp").number().orElse(latest);
            if (at > latest) {
                latest = at;
                atLatest.clear();
            }
            if (at == latest && !id.isEmpty()) {
                atLatest.add(id);
            }
            if (at == start && slice.atStart.contains(id)) {
                continue;
            }
            Optional<Object> message = event.at("message").raw();
            if (message.isEmpty()) {
                continue;
            }
            String line = String.valueOf(message.get());
            StringBuilder lines =
                    slice.lines.computeIfAbsent(event.at("logStreamName").textOrEmpty(), any -> new StringBuilder());
            lines.append(line);
            if (!line.endsWith("\n")) {
                lines.append('\n');
            }
            slice.crossed |= bytes.addAndGet(line.length()) > MOST_BYTES | events.incrementAndGet() > MOST_EVENTS;
        }
        if (!more) {
            return -1;
        }
        if (latest == start) {
            // More events in one millisecond than a call brings, or no event in a huge answer: there is no way on.
            slice.crossed = true;
        }
        slice.atStart = Set.copyOf(atLatest);
        return latest;
    }
}
