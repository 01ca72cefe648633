package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagConditionsTest {
    private static FlagConditions.Told told(Lines line) {
        return FlagConditions.read(line.line()).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "UH, 503, no_healthy_upstream",
        "NoHealthyUpstream, 503, no_healthy_upstream",
        "UF, 503, upstream_connection_failure",
        "UC, 503, upstream_connection_termination",
        "UR, 503, upstream_reset",
        "LR, 503, upstream_reset",
        "LR, 504, upstream_response_timeout",
        "UT, 504, upstream_response_timeout",
        "UO, 503, upstream_overflow",
        "NR, 404, no_route",
        "NR, 503, cluster_not_found",
        "NC, 503, cluster_not_found",
        "DC, 0, downstream_disconnect",
        "DR, 0, downstream_disconnect",
        "DownstreamRemoteReset, 0, downstream_disconnect",
        "DPE, 400, downstream_protocol_error",
        "UPE, 502, upstream_protocol_error",
        "SI, 408, stream_idle_timeout",
        "UMSDR, 504, max_duration",
        "DT, 0, max_duration",
        "RL, 429, rate_limited",
        "RLSE, 500, rate_limited",
        "UAEX, 403, ext_authz_denied",
        "FI, 503, fault_injected",
        "OM, 503, overload",
        "UDO, 503, overload",
        "DF, 503, dns_failure",
        "URX, 503, retry_limit_exceeded"
    })
    void readsAFlagAlone(String flag, int status, String condition) {
        FlagConditions.Told told = told(Lines.caller().reply(status, 500, 3).flags(flag));

        assertThat(told.condition().id()).isEqualTo(condition);
        assertThat(told.basis()).isEqualTo(Basis.FLAG);
        assertThat(told.outcome()).isEqualTo(FlagConditions.Outcome.PROXY);
    }

    @ParameterizedTest
    @CsvSource({
        "URX, UF, upstream_connection_failure",
        "UF, URX, upstream_connection_failure",
        "UO, UF, upstream_connection_failure",
        "UC, UO, upstream_connection_termination",
        "UO, UT, upstream_response_timeout",
        "URX, UH, no_healthy_upstream",
        "DC, URX, downstream_disconnect"
    })
    void leavesOutWhatTellsOfRetriesOnly(String one, String other, String condition) {
        assertThat(told(Lines.caller().reply(503, 500, 3).flags(one, other))
                        .condition()
                        .id())
                .isEqualTo(condition);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "UF; upstream_reset_before_response_started{connection_timeout}; upstream_connection_timeout",
                "UF; upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}; upstream_connection_failure",
                "UF; upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}; upstream_connection_failure",
                "UF; upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}; tls_failure",
                "UF; upstream_reset_before_response_started{connection failure,TLS error: Secret is not supplied by SDS}; tls_failure",
                "UC; upstream_reset_before_response_started{connection termination}; upstream_connection_termination",
                "UC; upstream_reset_before_response_started{protocol error}; upstream_protocol_error",
                "UR; upstream_reset_after_response_started{remote_reset}; upstream_reset",
                "UO; upstream_reset_before_response_started{overflow}; upstream_overflow",
                "LR; upstream_reset_before_response_started{local reset}; upstream_reset",
                "UT; response_timeout; upstream_response_timeout",
                "UT; upstream_response_timeout; upstream_response_timeout",
                "UT; upstream_per_try_timeout; per_try_timeout",
                "UT; upstream_per_try_idle_timeout; per_try_timeout",
                "UO; maintenance_mode; overload",
                "NR; route_not_found; no_route",
                "DC; downstream_local_disconnect(filter_chain_is_being_removed); downstream_disconnect",
                "DR; http2.remote_reset; downstream_disconnect",
                "DPE; http1.codec_error; downstream_protocol_error",
                "-; max_duration_timeout; max_duration",
                "-; rbac_access_denied_matched_policy[none]; rbac_denied",
                "-; jwt_authn_access_denied{Jwt_is_missing}; ext_authz_denied",
                "-; cluster_not_found; cluster_not_found"
            })
    void letsDetailsRefineTheFlag(String flag, String details, String condition) {
        Lines line = Lines.caller().reply(503, 500, 3).details(details);
        FlagConditions.Told told = told(flag.equals("-") ? line : line.flags(flag));

        assertThat(told.condition().id()).isEqualTo(condition);
        assertThat(told.basis()).isEqualTo(flag.equals("-") ? Basis.DETAILS : Basis.FLAG);
    }

    @Test
    void takesViaUpstreamAsAnAnswerWhateverTheRetryFlagsSay() {
        for (String flag : List.of("URX", "UO")) {
            assertThat(told(Lines.caller().status(503).flags(flag).details("via_upstream"))
                            .outcome())
                    .isEqualTo(FlagConditions.Outcome.UPSTREAM);
        }
        assertThat(told(Lines.caller().status(503).details("via_upstream")).outcome())
                .isEqualTo(FlagConditions.Outcome.UPSTREAM);
    }

    @Test
    void keepsAFlagThatCameAfterTheAnswerBegan() {
        assertThat(told(Lines.caller().flags("DC").details("via_upstream")).condition())
                .isEqualTo(Condition.DOWNSTREAM_DISCONNECT);
    }

    @Test
    void readsTheReasonFromItsOwnFieldOrFromTheBodysLength() {
        Lines refused = Lines.caller().reply(503, 91, 3000).flags("UF");

        assertThat(told(refused).condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_TIMEOUT);
        assertThat(told(Lines.caller().reply(503, 500, 2).flags("UF").transport("TLS error: 268435703:SSL routines"))
                        .condition())
                .isEqualTo(Condition.TLS_FAILURE);
        assertThat(told(Lines.caller().reply(503, 98, 2).flags("UF")).alternatives())
                .containsExactly(Condition.TLS_FAILURE);
        assertThat(told(Lines.caller()
                                .reply(503, 167, 2)
                                .flags("UF")
                                .transport("delayed_connect_error:_Connection_refused"))
                        .alternatives())
                .isEmpty();
    }

    @Test
    void saysNothingWithoutKnownFlagsAndDetails() {
        assertThat(FlagConditions.read(Lines.caller().line())).isEmpty();
        assertThat(FlagConditions.read(Lines.caller().flags("-").details("-").line()))
                .isEmpty();
        assertThat(FlagConditions.read(Lines.caller().flags("XTENSION").line())).isEmpty();
        assertThat(FlagConditions.read(Lines.caller()
                        .reply(503, 1, 1)
                        .details("upstream_reset_before_response_started")
                        .line()))
                .isEmpty();
        assertThat(FlagConditions.read(Lines.caller()
                        .reply(503, 1, 1)
                        .details("upstream_reset_before_response_started{")
                        .line()))
                .isEmpty();
    }

    @Test
    void agreesWithEveryFlaggedLineOfTheRecordings() {
        List<String> wrong = new ArrayList<>();
        for (String name : List.of("envoy-1.36-t15.jsonl.gz", "envoy-1.40-t5.jsonl.gz")) {
            for (LabRecording.Line line : LabRecording.read(name)) {
                FlagConditions.Told told = FlagConditions.read(line.told()).orElseThrow();
                boolean answered = line.told().response().details().equals("via_upstream");
                if (answered ? told.outcome() != FlagConditions.Outcome.UPSTREAM : told.condition() != line.own()) {
                    wrong.add(line.scenario() + " " + told);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void shortensLongNames() {
        assertThat(FlagConditions.shortName("UpstreamConnectionFailure")).isEqualTo("UF");
        assertThat(FlagConditions.shortName("UF")).isEqualTo("UF");
        assertThat(FlagConditions.shortName("Custom")).isEqualTo("Custom");
    }
}
