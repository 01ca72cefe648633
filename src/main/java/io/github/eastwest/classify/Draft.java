package io.github.eastwest.classify;

import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Evidence.Supports;
import io.github.eastwest.model.report.Finding.Confirm;
import io.github.eastwest.model.report.Finding.Fix;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A finding in the making: a rule adds evidence, and the confidence follows from it.
 *
 * <p>Confidence is the logistic of a prior of −1.5 (18 %) plus the weights of the evidence for, minus those against. Each
 * call of {@link #evidence} or {@link #against} is one kind of evidence and counts once, however many lines are behind it,
 * so more of the same never lifts a cause to certainty; the result stays within 1 % and 99 %.
 */
public final class Draft {
    private static final double PRIOR_LOG_ODDS = -1.5;
    private static final double MAX_CONFIDENCE = 0.99;
    private static final double CONFIRMED = 0.9;
    private static final double LIKELY = 0.6;
    private static final double POSSIBLE = 0.3;

    private final RootCause cause;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Fix> fix = new ArrayList<>();
    private final BitSet explained = new BitSet();
    private double logOdds = PRIOR_LOG_ODDS;
    private boolean decisive;
    private boolean noise;
    private boolean standsAlone;
    private String summary = "";
    private @Nullable Hop hop;

    private Draft(RootCause cause) {
        this.cause = cause;
    }

    /** A piece of evidence without its id. */
    record Fact(
            Supports supports, String statement, Input source, Optional<String> observed, Optional<String> threshold) {}

    /** A confirm step; without a check it is for people. */
    record Step(Confirm confirm, Optional<Check> check) {}

    /** An empty draft. */
    public static Draft of(RootCause cause) {
        return new Draft(cause);
    }

    /** The claim in one sentence: what, where, how many of how many. */
    public Draft summary(String sentence) {
        summary = sentence;
        return this;
    }

    /** The failing hop where it is not the cause's own. */
    public Draft at(Hop failing) {
        hop = failing;
        return this;
    }

    /** Evidence for the cause. */
    public Draft evidence(Weight weight, Input source, String statement) {
        return evidence(weight, source, statement, "", "");
    }

    /** Evidence for the cause, with the value observed and what it was compared with (empty when nothing). */
    public Draft evidence(Weight weight, Input source, String statement, String observed, String threshold) {
        logOdds += weight.logOdds();
        decisive |= weight == Weight.DECISIVE;
        facts.add(new Fact(Supports.FOR, statement, source, text(observed), text(threshold)));
        return this;
    }

    /** Evidence against the cause. */
    public Draft against(Weight weight, Input source, String statement) {
        logOdds -= weight.logOdds();
        facts.add(new Fact(Supports.AGAINST, statement, source, Optional.empty(), Optional.empty()));
        return this;
    }

    /** The failed calls that the cause explains, by their index in {@link TrafficView#failures()}. */
    public Draft explains(BitSet failures) {
        explained.or(failures);
        return this;
    }

    /** It stays below the noise floor: worth a note, not an alarm. */
    public Draft noise() {
        noise = true;
        return this;
    }

    /** It is the harm itself, not merely the consequence of what set it off. */
    public Draft standsAlone() {
        standsAlone = true;
        return this;
    }

    /** A read-only command with the answer that confirms and the one that refutes. */
    public Draft confirm(String command, String confirmedIf, String refutedIf) {
        steps.add(new Step(new Confirm(command, confirmedIf, refutedIf), Optional.empty()));
        return this;
    }

    /** The same, with the question that documents answer as the command's output would. */
    public Draft confirm(String command, String confirmedIf, String refutedIf, Check check) {
        steps.add(new Step(new Confirm(command, confirmedIf, refutedIf), Optional.of(check)));
        return this;
    }

    /** A step that helps, with its risk. */
    public Draft fix(String step, String risk) {
        fix.add(new Fix(step, risk));
        return this;
    }

    /** The same with what takes the step back: every step that is a command has it. */
    public Draft fix(String step, String risk, String rollback) {
        fix.add(new Fix(step, risk, Optional.of(rollback)));
        return this;
    }

    RootCause cause() {
        return cause;
    }

    Hop hop() {
        return hop == null ? cause.hop() : hop;
    }

    List<Fact> facts() {
        return facts;
    }

    List<Confirm> confirms() {
        return steps.stream().map(Step::confirm).toList();
    }

    List<Step> steps() {
        return steps;
    }

    List<Fix> fixes() {
        return fix;
    }

    String summaryText() {
        return summary;
    }

    BitSet explained() {
        return explained;
    }

    boolean isNoise() {
        return noise;
    }

    boolean isStandingAlone() {
        return standsAlone;
    }

    double confidence() {
        return confidence(logOdds);
    }

    private static double confidence(double logOdds) {
        double p = 1 / (1 + Math.exp(-logOdds));
        return Math.round(Math.min(MAX_CONFIDENCE, Math.max(1 - MAX_CONFIDENCE, p)) * 100) / 100.0;
    }

    Verdict verdict() {
        double p = confidence();
        if (p >= CONFIRMED && decisive) {
            return Verdict.CONFIRMED;
        }
        if (p >= LIKELY) {
            return Verdict.LIKELY;
        }
        return p >= POSSIBLE ? Verdict.POSSIBLE : Verdict.RULED_OUT;
    }

    boolean possible() {
        return confidence() >= POSSIBLE;
    }

    /** Whether it is still possible with evidence of that weight against it. */
    boolean remainsPossible(Weight against) {
        return confidence(logOdds - against.logOdds()) >= POSSIBLE;
    }

    private static Optional<String> text(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
