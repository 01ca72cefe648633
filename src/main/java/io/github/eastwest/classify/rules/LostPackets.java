package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Pairs of tasks between which packets should vanish, and the calls between them. */
final class LostPackets {
    /** Caller's task ids by callee's address; the empty id stands for every caller. */
    private final Map<String, Set<String>> callersByAddress = new HashMap<>();

    /** Packets between that task of the caller (empty: all of them) and that address should vanish. */
    void add(String callerTask, String address) {
        callersByAddress.computeIfAbsent(address, a -> new HashSet<>()).add(callerTask);
    }

    boolean isEmpty() {
        return callersByAddress.isEmpty();
    }

    /** The callee's addresses, in order. */
    Set<String> addresses() {
        return new TreeSet<>(callersByAddress.keySet());
    }

    /** Whether the call was sent from one task of a pair to the other; where only the callee logs: whether it may have been. */
    boolean between(Observed o) {
        if (o.call().caller().isEmpty()) {
            return o.task()
                    .flatMap(t -> t.placement().address())
                    .filter(callersByAddress::containsKey)
                    .isPresent();
        }
        Set<String> callers = callersByAddress.get(address(o.host()));
        if (callers == null) {
            return false;
        }
        return callers.contains("") || taskId(o.stream()).map(callers::contains).orElse(true);
    }

    /** The calls between pairs that got no answer because packets vanished. */
    BitSet lost(TrafficView traffic) {
        return traffic.where(o -> (unanswered(o) || answerLost(o)) && between(o));
    }

    /** No answer to the connection attempt, or a timeout of a call that the callee's proxy never saw. */
    static boolean unanswered(Observed o) {
        return o.call().callee().isEmpty()
                && !o.call().line().hasServiceTime()
                && !o.host().isEmpty()
                && (o.condition() == Condition.UPSTREAM_CONNECTION_TIMEOUT
                        || o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT && o.hop() == Hop.NETWORK
                        || o.condition() == Condition.NO_HEALTHY_UPSTREAM && o.duration() >= 500);
    }

    /** The callee's proxy has an answer that never reached the caller's: what is lost is the way back. */
    private static boolean answerLost(Observed o) {
        return o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT
                && o.call().caller().isPresent()
                && !o.call().line().hasServiceTime()
                && o.calleeLine() != null
                && o.calleeLine().hasServiceTime()
                && o.calleeLine().response().status() < 500;
    }

    /** Whether the task was there at some time of the window. */
    static boolean aliveInWindow(Facts facts, Task task) {
        return Phases.stop(task)
                .filter(at -> at.isBefore(facts.window().from()))
                .isEmpty();
    }

    /** Calls between pairs that were answered. */
    List<Observed> answered(TrafficView traffic) {
        return traffic.successes().stream().filter(this::between).toList();
    }

    /** What the lost calls say: none arrived, and none between the same pairs was answered afterwards. */
    void judgeLost(Facts facts, TrafficView traffic, Draft draft, BitSet lost) {
        draft.explains(lost)
                .evidence(
                        Weight.STRONG,
                        Input.CALLER_LOGS,
                        facts.ofCalls(lost.cardinality())
                                + " towards those tasks got no answer to the connection attempt",
                        Words.count(lost.cardinality(), "call"),
                        "");
        boolean seen =
                traffic.at(lost).stream().anyMatch(o -> !o.call().callee().isEmpty());
        long lookedFor =
                traffic.at(lost).stream().filter(o -> o.call().calleeRead()).count();
        if (!seen && lookedFor > 0 && facts.has(Input.CALLEE_LOGS)) {
            String which = lookedFor == lost.cardinality()
                    ? "none of them"
                    : "none of the " + Words.number(lookedFor) + " that were looked for";
            draft.evidence(
                    Weight.MEDIUM, Input.CALLEE_LOGS, "the callee's proxies logged " + which + ": no request arrived");
        }
        long last = traffic.last(lost).orElse(0);
        long after = answered(traffic).stream().filter(o -> o.start() > last).count();
        if (after > 0) {
            draft.against(
                    Weight.MEDIUM, Input.CALLER_LOGS, Words.count(after, "call") + " to them were answered afterwards");
        }
    }

    /** {@code 10.0.1.23} of {@code 10.0.1.23:8080}. */
    static String address(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    /** The id of the task whose stream that is, as far as its name tells. */
    static Optional<String> taskId(String stream) {
        int last = Math.max(stream.lastIndexOf('_'), stream.lastIndexOf('/'));
        return last < 0 ? Optional.empty() : Optional.of(stream.substring(last + 1));
    }
}
