package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW406: the request timeout covers the whole response, so server-sent events, long polls, downloads and gRPC streams end
 * at it: status 200 (gRPC: Unknown), and a duration equal to the timeout on both sides.
 */
final class StreamCutByRequestTimeout implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.STREAM_CUT_BY_REQUEST_TIMEOUT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Timeouts timeouts = Timeouts.of(facts, view);
        BitSet cut = timeouts.cutStreams();
        if (cut.isEmpty()) {
            return Examination.excluded("no answered call ended at the request timeout");
        }
        List<String> paths =
                view.at(cut).stream().map(Observed::path).distinct().sorted().toList();
        long longer = view.successes().stream()
                .filter(o -> paths.contains(o.path()) && o.duration() > timeouts.millis() + 1000)
                .count();
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": " + facts.ofCalls(cut.cardinality()) + " on " + Timeouts.names(paths)
                        + " had begun to stream and were cut at the request timeout of "
                        + Words.duration(timeouts.millis()))
                .explains(cut)
                .evidence(
                        cut.cardinality() >= facts.thresholds().spread().minimumFailures()
                                ? Weight.STRONG
                                : Weight.MEDIUM,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        facts.ofCalls(cut.cardinality()) + " have status 200 and last exactly "
                                + Words.duration(timeouts.millis()) + ", the request timeout",
                        Words.duration(timeouts.millis()),
                        Words.duration(timeouts.millis()));
        boolean both = view.at(cut).stream()
                .anyMatch(o -> o.calleeLine() != null
                        && Math.abs(o.calleeLine().timing().durationMillis() - o.duration()) <= 100);
        if (both) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    "the callee's lines of the same calls last equally long: the stream was alive at both ends");
        }
        if (longer == 0) {
            draft.evidence(Weight.MEDIUM, Input.CALLER_LOGS, "no call of those paths lasted longer");
        } else {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(longer, "call") + " of those paths lasted longer than the timeout");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].timeout'",
                                "perRequestTimeoutSeconds is " + timeouts.millis() / 1000
                                        + " or absent (the default is 15)",
                                "it is 0 (off) or longer than the streams lasted",
                                Checks.streamTimeoutIs(
                                        timeouts.millis(),
                                        facts.thresholds().timing().timerMillis()))
                        .fix(
                                "Set perRequestTimeoutSeconds to 0 (off) or above the longest stream on the callee's endpoint and deploy the callee; the idle timeout still ends dead streams.",
                                "Without a request timeout a hanging call waits for the idle timeout (5 minutes)."),
                "the calls at the timeout have other explanations");
    }
}
