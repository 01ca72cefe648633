package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are worth asking the other side about. */
class RemarkableRequestTest {
    private static final String FAILED =
            "[2026-11-21T12:00:00.250Z] \"GET /a HTTP/1.1\" 504 0 24 100 - \"-\" \"ua\" \"r-1\" \"p:80\" \"10.0.0.7:80\"";
    private static final String ANSWERED =
            "[2026-11-21T12:00:00.250Z] \"GET /a HTTP/1.1\" 200 0 5 100 99 \"-\" \"ua\" \"r-2\" \"p:80\" \"10.0.0.7:80\"";

    @Test
    void tellsWhenAndWhereAFailedRequestWent() {
        // 12:00:00.250 on 2026-11-21 is 1,795,262,400,250 ms; it took 100 ms; no service time: nobody answered.
        assertThat(RemarkableRequest.of(FAILED))
                .contains(new RemarkableRequest("r-1", 1_795_262_400_250L, 1_795_262_400_350L, false, true, false));
    }

    @Test
    void takesARequestIntoTheOwnApplicationForInward() {
        assertThat(RemarkableRequest.of(FAILED.replace("10.0.0.7", "127.0.0.1")))
                .hasValueSatisfying(request -> {
                    assertThat(request.inward()).isTrue();
                    assertThat(request.outward()).isFalse();
                });
    }

    @Test
    void readsTheJsonFormatToo() {
        String line = "{\"authority\":\"p:80\",\"bytes_sent\":24,\"duration\":100,\"method\":\"GET\",\"path\":\"/\","
                + "\"protocol\":\"HTTP/1.1\",\"request_id\":\"r-3\",\"response_code\":503,"
                + "\"start_time\":\"2026-11-21T12:00:00.250Z\",\"upstream_host\":null,\"upstream_service_time\":null}";
        assertThat(RemarkableRequest.of(line)).hasValueSatisfying(request -> {
            assertThat(request.id()).isEqualTo("r-3");
            assertThat(request.outward()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {ANSWERED, "[2026-11-21 12:00:00.000][7][info][main] starting", "plain words", "{"})
    void leavesOutWhatIsNotRemarkable(String line) {
        assertThat(RemarkableRequest.of(line)).isEmpty();
    }

    @Test
    void leavesOutRequestsWithoutId() {
        assertThat(RemarkableRequest.of(FAILED.replace("r-1", "-"))).isEmpty();
    }

    @Test
    void findsTheIdOfAnyRequest() {
        assertThat(RemarkableRequest.idOf(ANSWERED)).contains("r-2");
        assertThat(RemarkableRequest.idOf("plain words")).isEmpty();
    }
}
