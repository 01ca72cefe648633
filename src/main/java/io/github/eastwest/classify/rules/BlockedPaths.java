package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.NetworkPaths.End;
import io.github.eastwest.classify.rules.NetworkPaths.Obstacle;
import io.github.eastwest.classify.rules.NetworkPaths.Way;
import io.github.eastwest.model.Input;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the documents say of the ways between all pairs of tasks, held against the calls. */
final class BlockedPaths {
    private static final int SHOWN = 3;

    private final LostPackets closed = new LostPackets();
    private final Map<String, Obstacle> obstacles = new TreeMap<>();
    private final Set<String> calleeSubnets = new TreeSet<>();
    private int pairs;
    private int blocked;
    private int open;

    /** Adds a pair and the way between its tasks. */
    void add(End caller, End callee, Way way) {
        pairs++;
        if (way.open()) {
            open++;
        }
        if (!way.obstacles().isEmpty()) {
            blocked++;
            closed.add(caller.taskId(), callee.address());
            calleeSubnets.add(callee.subnet());
            way.obstacles().forEach(o -> obstacles.putIfAbsent(o.resource() + o.what(), o));
        }
    }

    int pairs() {
        return pairs;
    }

    int open() {
        return open;
    }

    boolean any() {
        return blocked > 0;
    }

    Set<String> calleeSubnets() {
        return calleeSubnets;
    }

    /** The obstacles, each once, however many pairs it stops. */
    List<Obstacle> obstacles() {
        return List.copyOf(obstacles.values());
    }

    /** ACLs and route tables in question. */
    Set<String> resources() {
        Set<String> resources = new TreeSet<>();
        obstacles.values().forEach(o -> resources.add(o.resource()));
        return resources;
    }

    /** {@code acl-1 of subnet-2 does not admit …, and 1 more; 2 of 6 pairs of tasks cannot connect}. */
    String words(int shown) {
        List<Obstacle> all = obstacles();
        StringBuilder text = new StringBuilder();
        all.stream()
                .limit(shown)
                .forEach(o -> text.append(text.length() == 0 ? "" : "; ").append(o.statement()));
        if (all.size() > shown) {
            text.append(", and ").append(all.size() - shown).append(" more of the kind");
        }
        return text + "; " + Words.number(blocked) + " of " + Words.number(pairs) + " pairs of tasks cannot "
                + (all.stream().allMatch(o -> o.share() < 1) ? "always " : "") + "connect";
    }

    /** The calls lost between blocked pairs. */
    BitSet lost(Optional<TrafficView> traffic) {
        return traffic.map(closed::lost).orElseGet(BitSet::new);
    }

    /** Adds what the documents say, and what the calls between blocked and other pairs say to it. */
    void judge(Facts facts, Optional<TrafficView> traffic, Draft draft) {
        BitSet lost = lost(traffic);
        boolean sure = obstacles.values().stream().anyMatch(o -> o.share() >= 1);
        draft.evidence(
                !sure ? Weight.MEDIUM : lost.isEmpty() ? Weight.STRONG : Weight.DECISIVE,
                obstacles().get(0).source(),
                words(SHOWN));
        traffic.ifPresent(view -> judge(facts, view, draft, lost, sure));
    }

    private void judge(Facts facts, TrafficView view, Draft draft, BitSet lost, boolean sure) {
        List<Observed> answered = closed.answered(view);
        if (!lost.isEmpty()) {
            closed.judgeLost(facts, view, draft, lost);
            long failedElsewhere = view.where(o -> LostPackets.unanswered(o) && !closed.between(o))
                    .cardinality();
            long well =
                    view.successes().stream().filter(o -> !closed.between(o)).count();
            if (blocked < pairs
                    && well > 0
                    && failedElsewhere <= facts.thresholds().spread().well() * well) {
                draft.evidence(Weight.MEDIUM, Input.CALLER_LOGS, "between the other pairs of tasks calls are answered");
            }
        } else if (!answered.isEmpty() && !sure) {
            // What stops a part of the connections lets the others through, and retries hide those it stops.
            draft.noise()
                    .against(
                            Weight.WEAK,
                            view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                            Words.count(answered.size(), "call") + " to those tasks were answered, and none failed");
        } else if (!answered.isEmpty() && !view.callerCounts()) {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    Words.count(answered.size(), "call")
                            + " of some caller reached those tasks, which this one may have lost");
        } else if (!answered.isEmpty()) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(answered.size(), "call")
                            + " to those tasks were answered, and none was lost in silence");
        } else if (!view.callerCounts() && view.requests() > 0) {
            draft.evidence(Weight.MEDIUM, Input.CALLEE_LOGS, "no call reached those tasks, while others were answered");
        } else if (view.isWell()) {
            draft.against(Weight.STRONG, Input.CALLER_LOGS, "every call of the window was answered");
        }
    }
}
