package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservationsTest {
    @Test
    void teachesTheSameMergedInAnyOrderAsInOne() {
        List<LabRecording.Line> lines = LabRecording.read("envoy-1.40-t5.jsonl.gz");
        Observations whole = new Observations();
        List<Observations> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parts.add(new Observations());
        }
        for (int i = 0; i < lines.size(); i++) {
            AccessLogEntry line = lines.get(i).shown();
            whole.observe(line);
            parts.get(i * 4 / lines.size()).observe(line);
        }
        Observations merged = new Observations();
        for (int i : new int[] {2, 0, 3, 1}) {
            merged.merge(parts.get(i));
        }

        assertThat(answers(merged, lines)).isEqualTo(answers(whole, lines));
    }

    private static List<Attribution> answers(Observations learned, List<LabRecording.Line> lines) {
        ConditionInference inference = new ConditionInference(learned);
        return lines.stream().map(line -> inference.attribute(line.shown())).toList();
    }

    @Test
    void tellsTheWayOfALine() {
        Observations learned = new Observations();
        assertThat(learned.isInbound(Lines.caller().host("[::1]:8080").line())).isTrue();
        assertThat(learned.isInbound(Lines.caller().host("127.0.0.1:8080").line()))
                .isTrue();
        assertThat(learned.isInbound(Lines.caller().host("10.0.0.1:8080").line()))
                .isFalse();
        assertThat(learned.isInbound(Lines.caller().host(null).line())).isFalse();
        assertThat(learned.isInbound(Lines.callee().host(null).line())).isTrue();

        learned.observe(
                Lines.callee().authority("ledger:80").host("10.0.4.4:80").line());

        assertThat(learned.isInbound(
                        Lines.callee().authority("ledger:80").host(null).line()))
                .isFalse();
    }

    @Test
    void takesAForeignHostOnTheCalleesSideForBridgeModeUntilLoopbackIsSeen() {
        Observations learned = new Observations();
        AccessLogEntry bridge = Lines.callee().host("172.17.0.3:8080").line();
        learned.observe(bridge);
        assertThat(learned.isInbound(bridge)).isTrue();

        learned.observe(Lines.callee().line());

        assertThat(learned.isInbound(bridge)).isFalse();
    }

    @Test
    void forgetsStreamsAndAuthoritiesBeyondItsCapacityButCountsThem() {
        Observations learned = new Observations();
        for (int i = 0; i < 10_000; i++) {
            learned.observe(Lines.caller().stream("stream" + i)
                    .authority("host" + i)
                    .reply(504, 24, 5_000)
                    .line());
        }

        assertThat(learned.timersByAuthority()).hasSize(256);
        assertThat(learned.timers().timeouts.total()).isEqualTo(10_000);
    }

    @Test
    void survivesTimesFarApart() {
        Observations learned = new Observations();
        AccessLogEntry refused =
                Lines.caller().grpcReply("Unavailable", 0).received(0).start(0).line();
        learned.observe(refused);
        learned.observe(Lines.caller()
                .grpcReply("Unavailable", 0)
                .received(0)
                .start(Long.MAX_VALUE)
                .line());

        assertThat(learned.overflowedNearby(refused)).isTrue();
        assertThat(learned.overflowedNearby(Lines.caller().start(Long.MAX_VALUE).line()))
                .isFalse();
    }

    @Test
    void countsDurationsExactlyWhileTheyAreFewAndWithinTheirBucketsAfterwards() {
        DurationCounts few = new DurationCounts();
        few.add(5);
        few.add(5);
        few.add(15_001);
        assertThat(few.values())
                .containsEntry(5L, 2L)
                .containsEntry(15_001L, 1L)
                .hasSize(2);
        assertThat(few.medianBetween(0, 20_000)).isEqualTo(5);
        assertThat(few.medianBetween(6, 7)).isEqualTo(-1);

        DurationCounts many = new DurationCounts();
        for (int i = 0; i < 10_000; i++) {
            many.add(i);
        }
        // 10 000 values in buckets of 4 ms are 2500 entries; in buckets of 2 ms they would be 5000, over the 4096
        // allowed.
        assertThat(many.values()).hasSize(2_500);
        assertThat(many.total()).isEqualTo(10_000);
    }

    @Test
    void thinsToEverySecondThenEveryFourth() {
        Thinned<Integer> thinned = new Thinned<>(4);
        for (int i = 0; i < 5; i++) {
            thinned.add(i);
        }
        assertThat(thinned.items()).containsExactly(0, 2, 4);
        assertThat(thinned.step()).isEqualTo(2);
        for (int i = 5; i < 9; i++) {
            thinned.add(i);
        }
        assertThat(thinned.items()).containsExactly(0, 4, 8);
        assertThat(thinned.seen()).isEqualTo(9);
    }
}
