package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Diagnosis.Causes;
import io.github.eastwest.model.report.Diagnosis.RuledOut;
import io.github.eastwest.model.report.Diagnosis.Undetermined;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the rules over a snapshot and makes one answer of theirs.
 *
 * <p>A rule whose required inputs were not read is not asked: its cause is undetermined. A rule that crashes is named in the
 * answer; the others go on. Findings are ordered by confidence times the share of the primary failures they explain,
 * after which a cause is moved before the consequences it explains.
 */
public final class Classifier {
    /** A cause that explains no failing call still counts this much: configuration can be wrong before anyone calls. */
    private static final double BASE_SCORE = 0.3;

    private static final int MOST_NAMED = 3;

    /** A sample of failures shows a cause of one in a hundred of them by ten or so. */
    private static final int ENOUGH_FAILURES = 1_000;

    private final List<Rule> rules;
    private final Thresholds thresholds;

    /** A classifier of those rules. */
    public Classifier(List<Rule> rules, Thresholds thresholds) {
        this.rules = List.copyOf(rules);
        this.thresholds = thresholds;
    }

    /** The answer for that snapshot. */
    public Diagnosis diagnose(Snapshot snapshot) {
        return diagnose(snapshot, Optional.empty());
    }

    /**
     * The answer for that snapshot, its findings' confirm steps answered.
     *
     * @param reread the same edge with what was read again for the confirm steps; the snapshot itself where nothing was
     */
    public Diagnosis confirm(Snapshot snapshot, Snapshot reread) {
        return diagnose(snapshot, Optional.of(new Confirmation(Facts.of(reread, thresholds))));
    }

    private Diagnosis diagnose(Snapshot snapshot, Optional<Confirmation> confirmation) {
        Facts facts = Facts.of(snapshot, thresholds);
        List<Draft> drafts = new ArrayList<>();
        List<RuledOut> ruledOut = new ArrayList<>();
        List<Undetermined> undetermined = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        List<RootCause> suspected = new ArrayList<>();
        boolean unseen = hasUnseenFailures(facts);
        for (Answer answer : answers(facts)) {
            RootCause cause = answer.rule().cause();
            answer.fault().ifPresent(fault -> faults.add(cause.code() + " " + cause.slug() + ": " + fault));
            answer.examination()
                    .ifPresent(examination -> examination.match(
                            found -> drafts.add(found.draft()),
                            excluded -> {
                                List<Input> unread = unread(answer.rule(), facts, unseen);
                                if (!unread.isEmpty()) {
                                    suspected.add(cause);
                                }
                                return unread.isEmpty()
                                        ? ruledOut.add(new RuledOut(cause, excluded.because()))
                                        : undetermined.add(new Undetermined(cause, ids(unread)));
                            },
                            unknown -> {
                                if (unknown.suspected()) {
                                    suspected.add(cause);
                                }
                                return undetermined.add(new Undetermined(cause, ids(unknown.missing())));
                            }));
            if (answer.examination().isEmpty()) {
                undetermined.add(new Undetermined(cause, answer.missing()));
            }
        }
        drafts.forEach(draft -> doubt(draft, suspected, facts));
        if (confirmation.isPresent()) {
            confirm(drafts, confirmation.get(), ruledOut, faults);
        }
        List<Draft> ranked = rank(drafts, facts);
        Causes causes = new Causes(findings(ranked), ruledOut, undetermined, faults);
        List<ConfirmStep> transcript =
                confirmation.map(Confirmation::transcript).orElse(List.of());
        return new Reporter(snapshot, facts, causes, explained(ranked), transcript).diagnosis();
    }

    /**
     * What a rule says.
     *
     * @param missing why it says nothing
     */
    private record Answer(
            Rule rule, Optional<Examination> examination, List<String> missing, Optional<RuntimeException> fault) {}

    /** What each rule says, in order. They know nothing of each other, so all processors share them. */
    private List<Answer> answers(Facts facts) {
        return rules.parallelStream().map(rule -> answer(rule, facts)).toList();
    }

    private static Answer answer(Rule rule, Facts facts) {
        List<Input> missing =
                rule.requires().stream().filter(i -> !facts.has(i)).sorted().toList();
        if (!missing.isEmpty()) {
            return new Answer(rule, Optional.empty(), ids(missing), Optional.empty());
        }
        try {
            return new Answer(rule, Optional.of(rule.examine(facts.fresh())), List.of(), Optional.empty());
        } catch (RuntimeException e) {
            // One of the two places that catch everything: a broken rule must not take the answer with it.
            return new Answer(rule, Optional.empty(), List.of("its rule failed: " + e), Optional.of(e));
        }
    }

    /**
     * What looks like the consequence of a cause that could not be told apart may be that; it stays possible, since nothing
     * speaks against it.
     */
    private static void doubt(Draft draft, List<RootCause> suspected, Facts facts) {
        List<String> others = suspected.stream()
                .filter(cause -> Causality.explains(cause, draft.cause()))
                .map(RootCause::code)
                .toList();
        Optional<Weight> weight = Stream.of(Weight.STRONG, Weight.MEDIUM, Weight.WEAK)
                .filter(draft::remainsPossible)
                .findFirst();
        if (!others.isEmpty() && weight.isPresent()) {
            draft.against(
                    weight.get(),
                    facts.has(Input.CALLER_LOGS) ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                    "it may be a consequence of "
                            + others.stream().limit(MOST_NAMED).collect(Collectors.joining(" or "))
                            + (others.size() > MOST_NAMED ? " or another cause" : "")
                            + ": the lines that were read cannot tell");
        }
    }

    private static void confirm(
            List<Draft> drafts, Confirmation confirmation, List<RuledOut> ruledOut, List<String> faults) {
        for (Draft draft : List.copyOf(drafts)) {
            try {
                confirmation.refutes(draft).ifPresent(because -> {
                    drafts.remove(draft);
                    ruledOut.add(new RuledOut(draft.cause(), because));
                });
            } catch (RuntimeException e) {
                // As with the rules: a broken check must not take the answer with it.
                faults.add(draft.cause().code() + " " + draft.cause().slug() + ", confirm step: " + e);
            }
        }
        ruledOut.sort(Comparator.comparing(RuledOut::cause));
    }

    /**
     * The logs that a rule goes by, if failed calls are known by their number only, so that what was read excludes nothing:
     * they may be of any kind, or those read are too few to show a cause of some. Or the callee's, if the caller's show
     * only what came of ejections: what set them off was retried away.
     */
    private static List<Input> unread(Rule rule, Facts facts, boolean unseen) {
        boolean hidden = !facts.has(Input.CALLEE_LOGS)
                && rule.uses().contains(Input.CALLEE_LOGS)
                && Causality.explains(rule.cause(), RootCause.OUTLIER_EJECTION)
                && facts.traffic()
                        .filter(t -> !t.ejectionConsequences().isEmpty()
                                && t.primary().isEmpty())
                        .isPresent();
        if (hidden) {
            return List.of(Input.CALLEE_LOGS);
        }
        return Stream.of(Input.CALLER_LOGS, Input.CALLEE_LOGS)
                .filter(input -> unseen && rule.uses().contains(input) && facts.has(input))
                .toList();
    }

    /** Whether failed calls are known by their number only, and those that were read need not speak for them. */
    private static boolean hasUnseenFailures(Facts facts) {
        return facts.traffic()
                .filter(t -> t.traffic().failed()
                                > t.failures().stream()
                                        .filter(o -> o.call().countsAsFailed())
                                        .count()
                        && (!t.traffic().counts().fair() || t.failures().size() < ENOUGH_FAILURES))
                .isPresent();
    }

    private static List<String> ids(List<Input> inputs) {
        return inputs.stream().map(Input::id).toList();
    }

    private static List<Draft> rank(List<Draft> drafts, Facts facts) {
        // Where a consequence is the harm itself, every failure counts, not only those that can tell why.
        boolean allCount = drafts.stream().anyMatch(Draft::isStandingAlone);
        // What a cause brought about stands behind every likely cause, also behind those that explain less.
        Comparator<Draft> byScore = Comparator.comparing((Draft d) -> !isFirstCause(d, drafts))
                .thenComparingDouble(d -> -score(d, facts, allCount))
                .thenComparing(d -> d.cause().ordinal());
        List<Draft> rest = new ArrayList<>(drafts);
        rest.sort(byScore);
        List<Draft> ranked = new ArrayList<>();
        while (!rest.isEmpty()) {
            Draft next = rest.stream()
                    .filter(d -> rest.stream().noneMatch(other -> other != d && explains(other, d)))
                    .findFirst()
                    .orElse(rest.get(0));
            rest.remove(next);
            ranked.add(next);
        }
        return ranked;
    }

    private static boolean isFirstCause(Draft draft, List<Draft> all) {
        return !draft.isNoise()
                && !draft.cause().blindSpot()
                && draft.verdict().compareTo(Verdict.LIKELY) <= 0
                && (draft.isStandingAlone() || !Causality.isAlwaysConsequence(draft.cause()))
                && all.stream().noneMatch(other -> other != draft && explains(other, draft));
    }

    /** Whether the first brings about the second: possible by mechanism, and at least as sure to be there at all. */
    private static boolean explains(Draft cause, Draft effect) {
        boolean apart = Causality.isWayToFail(effect.cause())
                && !cause.explained().isEmpty()
                && !effect.explained().isEmpty()
                && !cause.explained().intersects(effect.explained());
        return !apart
                && Causality.explains(cause.cause(), effect.cause())
                && !effect.isStandingAlone()
                && !cause.isNoise()
                && cause.verdict().compareTo(Verdict.LIKELY) <= 0;
    }

    private static double score(Draft draft, Facts facts, boolean allCount) {
        if (draft.isNoise()) {
            return 0;
        }
        double share = facts.traffic()
                .map(t -> {
                    BitSet primary = t.primary();
                    BitSet explained = (BitSet) draft.explained().clone();
                    if (primary.isEmpty() || allCount) {
                        return t.failures().isEmpty()
                                ? 0.0
                                : (double) explained.cardinality()
                                        / t.failures().size();
                    }
                    explained.and(primary);
                    return (double) explained.cardinality() / primary.cardinality();
                })
                .orElse(0.0);
        double score = draft.confidence() * (BASE_SCORE + (1 - BASE_SCORE) * share);
        // What we cannot see is the answer only when nothing is seen: it stands behind every likely cause.
        return draft.cause().blindSpot() ? score * BASE_SCORE + BASE_SCORE / 2 : score;
    }

    private static List<Finding> findings(List<Draft> ranked) {
        List<Finding> findings = new ArrayList<>();
        int evidenceNumber = 1;
        for (int i = 0; i < ranked.size(); i++) {
            Draft draft = ranked.get(i);
            List<Evidence> evidence = new ArrayList<>();
            for (Draft.Fact fact : draft.facts()) {
                evidence.add(new Evidence(
                        "E" + evidenceNumber++,
                        fact.supports(),
                        fact.statement(),
                        fact.source().id(),
                        fact.observed(),
                        fact.threshold()));
            }
            Optional<RootCause> causedBy = ranked.subList(0, i).stream()
                    .filter(d -> explains(d, draft))
                    .map(Draft::cause)
                    .findFirst();
            findings.add(new Finding(
                    draft.cause(),
                    new Finding.Assessment(draft.verdict(), draft.confidence(), severity(draft), draft.hop()),
                    draft.summaryText(),
                    evidence,
                    draft.confirms(),
                    draft.fixes(),
                    causedBy,
                    draft.explained().cardinality()));
        }
        return findings;
    }

    private static Severity severity(Draft draft) {
        return draft.isNoise() ? Severity.NOTE : draft.cause().severity();
    }

    /** The failures that each finding explains, in order of rank. */
    private static Map<RootCause, BitSet> explained(List<Draft> ranked) {
        Map<RootCause, BitSet> explained = new LinkedHashMap<>();
        ranked.forEach(d -> explained.put(d.cause(), d.explained()));
        return explained;
    }
}
