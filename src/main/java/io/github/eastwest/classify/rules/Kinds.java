package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Failures by mechanism: where two faults meet, each has a kind of failure of its own, and neither must hide the other. */
final class Kinds {
    private static final List<Set<Condition>> KINDS = List.of(
            EnumSet.of(Condition.APPLICATION_5XX, Condition.GRPC_ERROR),
            EnumSet.of(
                    Condition.UPSTREAM_CONNECTION_TERMINATION,
                    Condition.UPSTREAM_RESET,
                    Condition.UPSTREAM_PROTOCOL_ERROR),
            EnumSet.of(Condition.UPSTREAM_CONNECTION_FAILURE),
            EnumSet.of(Condition.UPSTREAM_CONNECTION_TIMEOUT),
            EnumSet.of(Condition.UPSTREAM_RESPONSE_TIMEOUT, Condition.PER_TRY_TIMEOUT),
            EnumSet.of(
                    Condition.UPSTREAM_RESPONSE_TIMEOUT, Condition.PER_TRY_TIMEOUT, Condition.DOWNSTREAM_DISCONNECT));

    private Kinds() {}

    /** Those failures, all together first, then those of each mechanism; empty ones are left out. */
    static List<BitSet> of(TrafficView view, BitSet failures) {
        List<BitSet> kinds = new ArrayList<>();
        kinds.add(failures);
        for (Set<Condition> kind : KINDS) {
            BitSet own = view.where(o -> kind.contains(o.condition()));
            own.and(failures);
            if (!own.isEmpty()) {
                kinds.add(own);
            }
        }
        return kinds;
    }
}
