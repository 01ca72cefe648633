package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What each side's proxy lets us see, by its configuration and by the lines read. */
final class Blindness {
    private Blindness() {}

    /** What a side shows. */
    enum Sight {
        /** Access lines were read, or are configured. */
        SEEN,
        /** The proxy's log goes nowhere. */
        NO_PROXY_LOG,
        /** The proxy's log is kept, without a line per call. */
        NO_ACCESS_LOG
    }

    static Map<Side, Sight> of(Facts facts) {
        Map<Side, Sight> sight = new EnumMap<>(Side.class);
        facts.caller().ifPresent(s -> sight.put(Side.CALLER, of(facts, Side.CALLER, s)));
        facts.callee().ifPresent(s -> sight.put(Side.CALLEE, of(facts, Side.CALLEE, s)));
        return sight;
    }

    private static Sight of(Facts facts, Side side, Service service) {
        boolean read = facts.logs().streams().stream()
                .anyMatch(s -> s.side() == side && s.counts().access() > 0);
        Optional<ServiceConnect> config = service.serviceConnect().filter(ServiceConnect::enabled);
        if (read || config.isEmpty()) {
            return Sight.SEEN;
        }
        if (!config.get().logConfigured()) {
            return Sight.NO_PROXY_LOG;
        }
        return config.get().accessLogFormat().isEmpty() ? Sight.NO_ACCESS_LOG : Sight.SEEN;
    }

    static Draft draft(RootCause cause, Facts facts, List<Side> blind) {
        boolean both = blind.size() == 2;
        String who = both ? "neither proxy of the edge" : "the " + blind.get(0).id() + "'s proxy";
        boolean noLog = cause == RootCause.NO_PROXY_LOGS;
        String what = noLog ? "logConfiguration" : "accessLogConfiguration";
        String arguments = blind.get(0) == Side.CALLER ? facts.callerArguments() : facts.calleeArguments();
        Draft draft = Draft.of(cause)
                .at(blind.get(0) == Side.CALLER ? Hop.CALLER_PROXY : Hop.CALLEE_PROXY)
                .summary(facts.edge().label() + ": "
                        + (both ? who + " has " + what : who + " has no " + what)
                        + (noLog ? ", so its log goes nowhere" : ", so there is no line per call")
                        + (both ? ": what fails on this edge cannot be seen call by call" : ""))
                .evidence(
                        Weight.DECISIVE,
                        Input.SERVICES,
                        "the PRIMARY deployment of "
                                + (both ? "both services" : blind.get(0).id()) + " has no " + what,
                        "none",
                        what);
        if (facts.traffic().isEmpty()) {
            draft.evidence(Weight.MEDIUM, Input.CALLER_LOGS, "no access line of either side was read");
        }
        return draft.confirm(
                        "aws ecs describe-services " + arguments
                                + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.{log:logConfiguration,access:accessLogConfiguration}'",
                        (noLog ? "log" : "access") + " is null",
                        "it is set; then the lines were lost or not collected",
                        Checks.notLogged(blind.get(0), noLog))
                .fix(
                        noLog
                                ? "Add logConfiguration (awslogs) and accessLogConfiguration (format JSON) to the service's serviceConnectConfiguration."
                                : "Add accessLogConfiguration (format JSON) to the service's serviceConnectConfiguration; it needs logConfiguration too.",
                        "Starts a new deployment: all tasks are replaced, and the evidence of the current incident cannot be brought back. Log ingestion costs money.");
    }
}
