package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import java.util.Optional;

/** What tells a caller that goes past its proxy from one that uses it, whatever it dials instead. */
final class Bypasses {
    private Bypasses() {}

    /**
     * Adds whether the caller's proxies have calls, and whether the caller fails when the callee's tasks change.
     *
     * @return requests that the caller's application failed
     */
    static long judge(Facts facts, DirectCalls calls, Draft draft) {
        Optional<TrafficView> traffic = facts.traffic().filter(TrafficView::callerCounts);
        long answered = traffic.map(t -> (long) t.successes().size()).orElse(0L);
        if (answered > 0) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(answered, "call") + " of the caller to the alias were answered: it uses that too");
        } else if (traffic.isPresent() && traffic.get().requests() == 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the caller's proxies logged no call to the alias",
                    "0 calls",
                    "");
        }
        long failed = calls.callerFailures().size();
        long afterStops = calls.failedAfterStops();
        if (afterStops >= facts.thresholds().spread().minimumFailures()) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    Words.of(afterStops, failed, "request")
                            + " that the caller failed fell into the two minutes after tasks of"
                            + " the callee had stopped",
                    Words.count(afterStops, "request"),
                    "");
        } else if (failed == 0) {
            // A way of its own that works: worth knowing before the next deployment, no alarm.
            draft.noise();
        }
        return failed;
    }
}
