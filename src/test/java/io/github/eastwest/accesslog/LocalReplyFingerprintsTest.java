package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalReplyFingerprintsTest {
    private final LocalReplyFingerprints known = LocalReplyFingerprints.known();

    /** Lengths measured on real proxies or seen in public logs; each with its retried form where there is one. */
    @ParameterizedTest
    @CsvSource({
        "503, 19, no_healthy_upstream",
        "504, 24, upstream_response_timeout",
        "504, 14, stream_idle_timeout",
        "408, 14, stream_idle_timeout",
        "503, 81, upstream_overflow",
        "503, 104, upstream_overflow",
        "503, 85, upstream_reset",
        "503, 108, upstream_reset",
        "503, 100, upstream_reset",
        "502, 87, upstream_protocol_error",
        "502, 110, upstream_protocol_error",
        "503, 91, upstream_connection_timeout",
        "503, 114, upstream_connection_timeout",
        "503, 95, upstream_connection_termination",
        "503, 118, upstream_connection_termination",
        "503, 98, upstream_connection_failure",
        "503, 121, upstream_connection_failure",
        "503, 167, upstream_connection_failure",
        "503, 190, upstream_connection_failure",
        "503, 160, upstream_connection_failure",
        "503, 145, upstream_connection_failure",
        "503, 159, tls_failure",
        "503, 211, tls_failure",
        "503, 234, tls_failure",
        "503, 216, tls_failure",
        "503, 239, tls_failure",
        "503, 57, upstream_connection_termination",
        "400, 11, downstream_protocol_error",
        "426, 16, downstream_protocol_error",
        "431, 31, downstream_protocol_error",
        "403, 19, rbac_denied"
    })
    void namesTheConditionOfMeasuredLengths(int status, long bytes, String condition) {
        assertThat(known.lookup(status, bytes, null))
                .first()
                .extracting(match -> match.condition().id())
                .isEqualTo(condition);
    }

    @ParameterizedTest
    @CsvSource({"503, 17", "503, 20", "503, 94", "503, 96", "504, 19", "503, 24", "502, 95", "500, 95", "503, 0"})
    void knowsNoTextOfOtherLengthsOrStatuses(int status, long bytes) {
        assertThat(known.lookup(status, bytes, null)).isEmpty();
    }

    @Test
    void addsTheHostsLengthToImmediateConnectErrors() {
        // 183 bytes and the 13 of "10.0.8.8:9080".
        assertThat(known.lookup(503, 196, "10.0.8.8:9080"))
                .first()
                .extracting(LocalReplyFingerprints.Match::condition)
                .isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);
        assertThat(known.lookup(503, 196, "10.0.8.81:9080")).noneMatch(match -> !match.retried());
        assertThat(known.lookup(503, 183 + 23 + 14, "10.0.8.81:9080"))
                .first()
                .matches(LocalReplyFingerprints.Match::retried);
    }

    @Test
    void takesLongUnknownReasonsForTls() {
        assertThat(known.ofUnknownReason(211)).startsWith(Condition.UPSTREAM_CONNECTION_FAILURE);
        assertThat(known.ofUnknownReason(212)).startsWith(Condition.TLS_FAILURE);
        // 57 + 16 + 18 + 28 + 26: the old reset name and the shortest reason, an error number.
        assertThat(known.ofUnknownReason(144)).isEmpty();
        assertThat(known.ofUnknownReason(145)).isNotEmpty();
    }

    @Test
    void survivesHostileLengths() {
        assertThat(known.lookup(503, Long.MAX_VALUE, "x")).isEmpty();
        assertThat(known.lookup(503, -1, null)).isEqualTo(List.of());
    }
}
