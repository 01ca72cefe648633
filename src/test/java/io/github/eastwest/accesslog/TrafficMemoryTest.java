package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.Traffic;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TrafficMemoryTest {
    private static final Instant FROM = Instant.parse("2026-11-21T10:00:00Z");

    @Test
    void holdsAMillionCallsInASmallHeap() {
        System.gc();
        long before = used();
        TrafficBuilder builder = builder(4_000_000);
        long t0 = System.nanoTime();
        feed(builder, 1_000_000, 20);
        long t1 = System.nanoTime();
        System.gc();
        long stored = used() - before;
        Traffic traffic = builder.build().orElseThrow();
        long t2 = System.nanoTime();
        System.gc();
        long built = used() - before;
        System.out.printf(
                "add %d ms, build %d ms, stored %d MB, built %d MB step %d succ %d fail %d%n",
                (t1 - t0) / 1000000,
                (t2 - t1) / 1000000,
                stored >> 20,
                built >> 20,
                traffic.successStep(),
                traffic.successes().size(),
                traffic.failures().size());
        assertThat(traffic.requests()).isEqualTo(1_000_000);
        assertThat(traffic.failed()).isEqualTo(50_000);
        assertThat(builder).isNotNull();
    }

    private static long used() {
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }

    static TrafficBuilder builder(int most) {
        return new TrafficBuilder(
                new EdgeContext(
                        new TimeWindow(FROM, FROM.plusSeconds(3600)),
                        Set.of("pay:80"),
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        OptionalLong.empty()),
                most);
    }

    static void feed(TrafficBuilder b, int calls, int everyNthFails) {
        for (int side = 0; side < 3; side++) {
            java.util.Random random = new java.util.Random(5);
            for (int i = 0; i < calls; i++) {
                String id = new UUID(random.nextLong(), random.nextLong()).toString();
                long start = FROM.toEpochMilli() + (long) i * 3_500_000 / calls;
                boolean fails = i % everyNthFails == 0;
                boolean callee = side == 2;
                LineRef ref = new LineRef("s" + side + "/" + i % 10, i, callee ? Side.CALLEE : Side.CALLER);
                b.access(
                        new AccessLogEntry(
                                ref,
                                start,
                                new AccessLogEntry.Request(
                                        new String("HTTP/1.1"),
                                        new String("GET"),
                                        "/people/" + i,
                                        side == 0 ? "me.example" : "pay:80",
                                        id,
                                        "Agent/" + i % 50,
                                        side == 0 ? "1.2.3." + i % 250 : null,
                                        null),
                                new AccessLogEntry.Response(
                                        fails ? 503 : 200, null, List.of(), null, 0, fails ? 95 : 1234),
                                new AccessLogEntry.Upstream(
                                        side == 1 ? "10.0.0." + i % 10 + ":80" : "127.0.0.1:80", null, null),
                                new AccessLogEntry.Timing(12, callee && fails ? -1 : 11)),
                        "json");
            }
        }
    }
}
