package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLinesTest {
    private static final Instant FROM = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-21T12:10:00Z");
    private static final Call STREAMS = Call.of(
            Operation.FILTER_LOG_EVENTS, Side.CALLER, OrderedMap.of("logGroupName", "g", "logStreamNamePrefix", "p"));

    /** A stream with that many events at those times, of which a call brings as many as it asks for. */
    private static final class Stream implements Aws {
        private final List<Map<String, Object>> events = new ArrayList<>();
        private final AtomicInteger calls = new AtomicInteger();

        Stream(int number, IntFunction<Instant> at) {
            for (int i = 0; i < number; i++) {
                Map<String, Object> event = OrderedMap.of("logStreamName", "p/a/" + i % 2, "message", "line " + i);
                event.put("timestamp", at.apply(i).toEpochMilli());
                event.put("eventId", "e" + i);
                events.add(event);
            }
        }

        @Override
        public Answer call(Call call, Duration within) {
            calls.incrementAndGet();
            long from = ((Number) call.parameters().get("startTime")).longValue();
            long to = ((Number) call.parameters().get("endTime")).longValue();
            List<Map<String, Object>> found = events.stream()
                    .filter(event -> (Long) event.get("timestamp") >= from && (Long) event.get("timestamp") <= to)
                    .toList();
            boolean more = found.size() > call.mostItems();
            return new Answer(
                    OrderedMap.of("events", more ? found.subList(0, call.mostItems()) : found),
                    more ? Optional.of(BundleAws.failure(AwsFailure.Kind.LIMITED, "")) : Optional.empty(),
                    1);
        }

        @Override
        public void close() {}
    }

    private static LogLines.Read read(Aws aws, OptionalLong volume) {
        try (Calls calls = new Calls(aws, call -> true, Duration.ofSeconds(60))) {
            Reader reader = new Reader(calls, Progress.NONE, 0, Duration.ofSeconds(60));
            return new LogLines(reader, "logs/lines/caller")
                    .read(STREAMS, FROM, TO, volume)
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(LogLines.Read read, String stream) {
        return Arrays.asList(read.lines().get(stream).toString().split("\n"));
    }

    /** A slice per MiB, 1 at least and 8 at most; 4 when nobody knows. */
    @ParameterizedTest
    @CsvSource({"0, 1", "1048576, 1", "1048577, 2", "8388609, 8", "-1, 4"})
    void slicesTheWindowByItsVolume(long bytes, int slices) {
        Stream stream = new Stream(100, i -> FROM.plusSeconds(i * 6L));

        LogLines.Read read = read(stream, bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes));

        assertThat(stream.calls.get()).isEqualTo(slices);
        assertThat(read.complete()).isTrue();
        // Every second event, in order, each once.
        assertThat(lines(read, "p/a/0"))
                .hasSize(50)
                .startsWith("line 0", "line 2")
                .endsWith("line 98");
    }

    @Test
    void bringsEventsOnTheBoundsOfSlicesOnce() {
        // One event per millisecond around each quarter of ten minutes.
        Stream stream =
                new Stream(40, i -> FROM.plusSeconds(150L * (1 + i / 10 % 3)).plusMillis(i % 10 - 5));

        LogLines.Read read = read(stream, OptionalLong.empty());

        assertThat(read.lines().values())
                .allSatisfy(text -> assertThat(text.toString().split("\n")).doesNotHaveDuplicates());
        assertThat(lines(read, "p/a/0").size() + lines(read, "p/a/1").size()).isEqualTo(40);
    }

    @Test
    void goesOnWhereACallsAnswerWasFull() {
        // 10,000 events fit into an answer; three of each time.
        Stream stream = new Stream(25_000, i -> FROM.plusMillis(i / 3 * 10L));

        LogLines.Read read = read(stream, OptionalLong.of(1));

        assertThat(read.complete()).isTrue();
        assertThat(lines(read, "p/a/0")).hasSize(12_500).doesNotHaveDuplicates();
        assertThat(lines(read, "p/a/1")).hasSize(12_500).doesNotHaveDuplicates();
        assertThat(stream.calls.get()).isEqualTo(3);
    }

    @Test
    void stopsAtTheBoundOfEvents() {
        Stream stream = new Stream((int) LogLines.MOST_EVENTS + 20_000, i -> FROM.plusMillis(i));

        LogLines.Read read = read(stream, OptionalLong.of(1));

        assertThat(read.crossed()).isTrue();
        assertThat(read.complete()).isFalse();
        assertThat(lines(read, "p/a/0").size()).isLessThanOrEqualTo((int) LogLines.MOST_EVENTS / 2 + 10_000);
    }

    @Test
    void readsExactlyAsManyEventsAsTheBound() {
        Stream stream = new Stream((int) LogLines.MOST_EVENTS, i -> FROM.plusMillis(i));

        assertThat(read(stream, OptionalLong.of(1)).complete()).isTrue();
    }

    @Test
    void givesUpWhereOneMillisecondHasMoreThanAnAnswerHolds() {
        Stream stream = new Stream(10_001, i -> FROM);

        assertThat(read(stream, OptionalLong.of(1)).crossed()).isTrue();
    }

    @Test
    void isLargeAboveEitherBound() {
        assertThat(LogLines.isLarge(OptionalLong.of(64L << 20), OptionalLong.of(200_000)))
                .isFalse();
        assertThat(LogLines.isLarge(OptionalLong.of((64L << 20) + 1), OptionalLong.of(1)))
                .isTrue();
        assertThat(LogLines.isLarge(OptionalLong.of(1), OptionalLong.of(200_001)))
                .isTrue();
        assertThat(LogLines.isLarge(OptionalLong.empty(), OptionalLong.empty())).isFalse();
    }

    @Test
    void keepsOneLinePerEventWhetherOrNotItEndsInALineBreak() {
        Aws aws = new Aws() {
            @Override
            public Answer call(Call call, Duration within) {
                return new Answer(
                        OrderedMap.of(
                                "events",
                                List.of(
                                        OrderedMap.of("logStreamName", "s", "message", "a"),
                                        OrderedMap.of("logStreamName", "s", "message", "b\n"),
                                        OrderedMap.of("logStreamName", "s"),
                                        OrderedMap.of("logStreamName", "s", "message", ""))),
                        Optional.empty(),
                        1);
            }

            @Override
            public void close() {}
        };

        assertThat(read(aws, OptionalLong.of(1)).lines().get("s")).hasToString("a\nb\n\n");
    }
}
