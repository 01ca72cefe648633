package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Observations that several rules cite. */
final class Symptoms {
    private Symptoms() {}

    /** An edge without calls whose caller fails towards its own callers: the name is not even resolved. */
    static void noCalls(Facts facts, Draft draft) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isPresent() && traffic.get().requests() == 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the caller's proxies logged no call to the callee's alias in the window",
                    "0 calls",
                    "");
        }
        Tally inbound = facts.callerInbound();
        if (traffic.isPresent() && traffic.get().requests() == 0 && inbound.failed() > 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "meanwhile the caller's own application failed "
                            + Words.of(inbound.failed(), inbound.total(), "request"),
                    Words.percent(inbound.failed(), inbound.total()),
                    "");
        }
    }

    /** The names and ports under which the callee can be reached: {@code payments:8080}. */
    static List<String> aliases(Facts facts) {
        List<String> aliases = new ArrayList<>();
        for (Endpoint endpoint : facts.endpoints()) {
            String defaultName = endpoint.discoveryName()
                    + facts.edge().namespace().map(n -> "." + n).orElse("");
            if (endpoint.aliases().isEmpty()) {
                int port =
                        facts.portMapping(endpoint).map(p -> p.containerPort()).orElse(0);
                aliases.add(defaultName + (port == 0 ? "" : ":" + port));
            }
            endpoint.aliases().forEach(a -> aliases.add(a.dnsName().orElse(defaultName) + ":" + a.port()));
        }
        return aliases;
    }
}
