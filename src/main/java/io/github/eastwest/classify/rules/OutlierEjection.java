package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.OutlierEvent;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * EW205: the caller's proxy took the callee's tasks out of its rotation after five failures in a row and answers 503 with
 * 19 bytes while none is left. An ejection is always provoked: what the calls before it failed of is the cause, and this is
 * the consequence. It is the first answer only when few errors of a few paths blacked out all others.
 */
final class OutlierEjection implements Rule {
    /** From this many calls lost to the ejection per error that set it off, the ejection itself is the harm. */
    private static final double AMPLIFIED = 4;

    /** Share of the failures before it from which the errors of one path set it off. */
    private static final double ALONE = 0.9;

    @Override
    public RootCause cause() {
        return RootCause.OUTLIER_EJECTION;
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
        BitSet lost = view.ejectionConsequences();
        List<OutlierEvent> ejections = view.ejections();
        if (lost.isEmpty() && ejections.isEmpty()) {
            return Examination.unseen(facts, "no task was ejected", Input.CALLER_LOGS);
        }
        Set<String> hosts = new TreeSet<>();
        ejections.forEach(e -> hosts.add(e.host()));
        BitSet before = view.primary();
        // These are no failures of a host: they eject nobody.
        before.andNot(view.in(Condition.DOWNSTREAM_DISCONNECT, Condition.UPSTREAM_OVERFLOW, Condition.NO_ROUTE));
        Draft draft = Draft.of(cause())
                .explains(lost)
                .summary(facts.edge().label() + ": the caller's proxies ejected "
                        + (hosts.isEmpty()
                                ? "the callee's tasks"
                                : Words.count(hosts.size(), "task") + " of the callee")
                        + (ejections.isEmpty() ? "" : " (" + Words.count(ejections.size(), "event") + ")")
                        + (lost.isEmpty()
                                ? "; other tasks took over"
                                : "; " + facts.ofCalls(lost.cardinality()) + " then found no healthy host"));
        if (!ejections.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.CALLER_LOGS,
                    "the proxies logged " + Words.count(ejections.size(), "enforced ejection") + ", the first at "
                            + Words.time(ejections.get(0).atMillis()) + " ("
                            + ejections.get(0).type() + ")",
                    Words.count(ejections.size(), "ejection"),
                    "5 failures in a row");
        } else {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "runs of five and more failures precede the calls that found no healthy host");
        }
        if (lost.isEmpty()) {
            draft.noise();
        } else {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    facts.ofCalls(lost.cardinality()) + " were answered 503 with 19 bytes after it");
        }
        Set<Condition> kinds = new TreeSet<>();
        view.at(before).forEach(o -> kinds.add(o.condition()));
        if (kinds.isEmpty() && !lost.isEmpty()) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "an ejection is a consequence, and no line shows what made those tasks fail");
        }
        if (!kinds.isEmpty()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLER_LOGS,
                    "what failed before: "
                            + kinds.stream()
                                    .map(Condition::id)
                                    .reduce((a, b) -> a + ", " + b)
                                    .orElse("") + " (" + Words.count(before.cardinality(), "call") + ")");
        }
        blackout(view, lost, before)
                .ifPresent(path -> draft.standsAlone()
                        .evidence(
                                Weight.STRONG,
                                Input.CALLER_LOGS,
                                "errors of the application on " + path
                                        + " alone set it off, and the other paths, well until then, failed with it",
                                Words.count(lost.cardinality(), "call") + " lost",
                                Words.count(before.cardinality(), "failure") + " before"));
        return Examination.of(
                draft.confirm(
                                LogCommands.filter(
                                        facts, Side.CALLER, "{ $.action = \"EJECT\" && $.enforced IS TRUE }"),
                                "events with enforced true name the ejected hosts",
                                "there are none (Standard log class only)",
                                Checks.ejections())
                        .fix(
                                "Remove what provoked it: read the failures that precede the first ejection, not the majority.",
                                "None; ejection itself is not configurable in Service Connect and ends by itself after 30 to 300 seconds."),
                "no call was lost to an ejection");
    }

    /** The path whose few errors took the whole service away, if that is what happened. */
    private static Optional<String> blackout(TrafficView view, BitSet lost, BitSet before) {
        BitSet errors = view.in(Condition.APPLICATION_5XX, Condition.GRPC_ERROR);
        errors.and(before);
        Map<String, Long> byPath = new TreeMap<>();
        view.at(errors).forEach(o -> byPath.merge(o.path(), 1L, Long::sum));
        Optional<Map.Entry<String, Long>> most = byPath.entrySet().stream().max(Map.Entry.comparingByValue());
        // A stray failure of another kind or path, as every edge has them, ejects nobody.
        boolean alone = most.filter(path -> path.getValue() >= ALONE * before.cardinality())
                .isPresent();
        boolean amplified = lost.cardinality() >= AMPLIFIED * before.cardinality();
        if (!alone || !amplified) {
            return Optional.empty();
        }
        String path = most.get().getKey();
        long onIt = view.successes().stream().filter(o -> o.path().equals(path)).count();
        // Errors on most of the traffic are the application's failure; on a side path they are a trigger.
        return onIt < view.successes().size() / 2 ? Optional.of(path) : Optional.empty();
    }
}
