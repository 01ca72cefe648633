package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
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
        DirectCalls.AfterStops stops = calls.afterStops();
        boolean withStops = stops.after().failed()
                        >= facts.thresholds().spread().minimumFailures()
                && stops.otherwise().answered() >= facts.thresholds().spread().minimumFailures()
                && stops.after().share()
                        >= facts.thresholds().spread().ratio()
                                * stops.otherwise().share();
        if (withStops) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the caller's application failed "
                            + Words.of(stops.after().failed(), stops.after().total(), "request")
                            + " in the two minutes after tasks of the callee had stopped, and "
                            + Words.of(
                                    stops.otherwise().failed(),
                                    stops.otherwise().total(),
                                    "request") + " otherwise",
                    Words.percent(stops.after().failed(), stops.after().total()),
                    Words.percent(stops.otherwise().failed(), stops.otherwise().total()));
        } else if (failed == 0 && stops.otherwise().total() + stops.after().total() > 0) {
            // A way of its own that works: worth knowing before the next deployment, no alarm.
            draft.noise();
        }
        return failed;
    }

    /** A way of its own shows in the callee's lines alone; that the caller's hold no call to the alias looks like it. */
    static Examination unseen(Facts facts, String because) {
        boolean noCall = facts.traffic()
                .filter(t -> t.callerCounts() && t.requests() == 0)
                .isPresent();
        return noCall && !facts.has(Input.CALLEE_LOGS)
                ? Examination.undecided(Input.CALLEE_LOGS)
                : Examination.unseen(facts, because, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }
}
