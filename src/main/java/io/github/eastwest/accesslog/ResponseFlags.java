package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Envoy's response flags: a set, printed with commas, in short or long form. Flags of extensions are kept as printed. */
final class ResponseFlags {
    private static final Map<String, String> SHORT_BY_LONG = Map.ofEntries(
            Map.entry("NoHealthyUpstream", "UH"),
            Map.entry("UpstreamConnectionFailure", "UF"),
            Map.entry("UpstreamOverflow", "UO"),
            Map.entry("NoRouteFound", "NR"),
            Map.entry("UpstreamRetryLimitExceeded", "URX"),
            Map.entry("NoClusterFound", "NC"),
            Map.entry("DurationTimeout", "DT"),
            Map.entry("DownstreamConnectionTermination", "DC"),
            Map.entry("FailedLocalHealthCheck", "LH"),
            Map.entry("UpstreamRequestTimeout", "UT"),
            Map.entry("LocalReset", "LR"),
            Map.entry("UpstreamRemoteReset", "UR"),
            Map.entry("UpstreamConnectionTermination", "UC"),
            Map.entry("DelayInjected", "DI"),
            Map.entry("FaultInjected", "FI"),
            Map.entry("RateLimited", "RL"),
            Map.entry("UnauthorizedExternalService", "UAEX"),
            Map.entry("RateLimitServiceError", "RLSE"),
            Map.entry("InvalidEnvoyRequestHeaders", "IH"),
            Map.entry("StreamIdleTimeout", "SI"),
            Map.entry("DownstreamProtocolError", "DPE"),
            Map.entry("UpstreamProtocolError", "UPE"),
            Map.entry("UpstreamMaxStreamDurationReached", "UMSDR"),
            Map.entry("ResponseFromCacheFilter", "RFCF"),
            Map.entry("NoFilterConfigFound", "NFCF"),
            Map.entry("OverloadManagerTerminated", "OM"),
            Map.entry("DnsResolutionFailed", "DF"),
            Map.entry("DropOverload", "DO"),
            Map.entry("DownstreamRemoteReset", "DR"),
            Map.entry("UnconditionalDropOverload", "UDO"));

    /** More flags than Envoy has are not a flag list. */
    private static final int MOST = 32;

    private ResponseFlags() {}

    static List<String> list(String printed) {
        if (printed.indexOf(',') < 0) {
            return List.of(shortForm(printed));
        }
        List<String> flags = new ArrayList<>();
        for (String flag : printed.split(",", MOST)) {
            String trimmed = flag.strip();
            if (!trimmed.isEmpty() && !trimmed.equals("-")) {
                flags.add(shortForm(trimmed));
            }
        }
        return List.copyOf(flags);
    }

    private static String shortForm(String flag) {
        return SHORT_BY_LONG.getOrDefault(flag, flag);
    }
}
