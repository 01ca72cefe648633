package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineStoreTest {
    private final LineStore store = new LineStore(Lines.NOON);

    private int add(Lines line) {
        return store.add(line.line(), (byte) 0);
    }

    @Test
    void returnsTheLineItWasGiven() {
        AccessLogEntry full = new AccessLogEntry(
                new LineRef("prefix/proxy/task", 123_456_789_012L, Side.UNKNOWN),
                Lines.NOON - 5,
                new AccessLogEntry.Request(
                        "HTTP/2",
                        "POST",
                        "/a?b=\u00e4\ud83d\ude00",
                        "x",
                        "not a uuid",
                        "ua",
                        "1.2.3.4, 5.6.7.8",
                        "9.9.9.9:1"),
                new AccessLogEntry.Response(503, "Unavailable", List.of("UF", "URX"), "via", 0, Long.MAX_VALUE),
                new AccessLogEntry.Upstream("h:1", "c", "t"),
                new AccessLogEntry.Timing(AccessLogEntry.ABSENT, 0));
        AccessLogEntry bare = new AccessLogEntry(
                new LineRef("s", 1, Side.CALLER),
                Lines.NOON,
                new AccessLogEntry.Request(null, null, null, null, null, null, null, null),
                new AccessLogEntry.Response(-1, null, List.of(), null, AccessLogEntry.ABSENT, AccessLogEntry.ABSENT),
                new AccessLogEntry.Upstream(null, null, null),
                new AccessLogEntry.Timing(AccessLogEntry.ABSENT, AccessLogEntry.ABSENT));
        AccessLogEntry usual =
                Lines.caller().id("00000000-ffff-8a0b-9c0d-0123456789ab").line();

        store.add(full, (byte) 1);
        store.add(bare, (byte) 2);
        store.add(usual, (byte) 3);

        assertThat(store.get(0)).isEqualTo(full);
        assertThat(store.get(1)).isEqualTo(bare);
        assertThat(store.get(2)).isEqualTo(usual);
        assertThat(store.tag(1)).isEqualTo((byte) 2);
        assertThat(store.idHash(1)).isZero();
        assertThat(store.ref(0)).isEqualTo(full.ref());
    }

    @Test
    void keepsIdsThatOnlyLookLikeOnes() {
        String upperCase = "7F2E24D1-aa04-438f-b6ed-daec1674a886";
        add(Lines.caller().id(upperCase));

        assertThat(store.get(0).request().requestId()).isEqualTo(upperCase);
    }

    @Test
    void cutsTextsBeyondFiveHundredTwelveCharacters() {
        add(Lines.caller().path("x".repeat(512)));
        add(Lines.caller().path("x".repeat(513)));

        assertThat(store.get(0).request().path()).hasSize(512);
        assertThat(store.get(1).request().path()).hasSize(512);
    }

    @Test
    void holdsMoreLinesThanAChunkAndABlock() {
        for (int i = 0; i < 40_000; i++) {
            add(Lines.caller().path("/" + i).number(i).after(i));
        }

        assertThat(store.size()).isEqualTo(40_000);
        for (int i = 0; i < 40_000; i += 997) {
            assertThat(store.get(i).request().path()).isEqualTo("/" + i);
            assertThat(store.start(i)).isEqualTo(Lines.NOON + i);
        }
    }

    @Test
    void dropsUnwantedLinesAndRenumbersTheRest() {
        for (int i = 0; i < 40_000; i++) {
            add(Lines.caller().path("/" + i).id("id" + i).number(i).after(i));
        }

        store.retain(number -> store.get(number).ref().line() % 3 == 0);

        assertThat(store.size()).isEqualTo(13_334);
        assertThat(store.get(13_333).request().path()).isEqualTo("/39999");
        assertThat(store.idHash(1)).isEqualTo(LineStore.hash("id3"));
        add(Lines.caller().path("/new"));
        assertThat(store.get(13_334).request().path()).isEqualTo("/new");
    }

    @Test
    void sortsByStartThenStreamThenLine() {
        add(Lines.caller().after(5).stream("b").number(2));
        add(Lines.caller().after(5).stream("b").number(1));
        add(Lines.caller().after(5).stream("a").number(3));
        add(Lines.caller().after(4).stream("z").number(9));
        int[] numbers = {0, 1, 2, 3};

        store.sort(numbers);

        assertThat(numbers).containsExactly(3, 2, 1, 0);
    }
}
