package io.github.eastwest.classify;

import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.ConfirmStep.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers the confirm steps of drafts: a draft that a step confirms gets its answer as decisive evidence; one that a step
 * refutes, and none confirms, is ruled out. Steps that no document answers stay for people.
 */
final class Confirmation {
    private final Facts facts;
    private final List<ConfirmStep> transcript = new ArrayList<>();

    Confirmation(Facts facts) {
        this.facts = facts;
    }

    /** All steps answered so far. */
    List<ConfirmStep> transcript() {
        return transcript;
    }

    /** Answers the draft's steps; the reason why it is ruled out, if it is. */
    Optional<String> refutes(Draft draft) {
        List<Check.Seen> answers = new ArrayList<>();
        for (Draft.Step step : draft.steps()) {
            Optional<Check.Seen> seen = step.check().map(this::ask);
            transcript.add(new ConfirmStep(
                    draft.cause(),
                    step.confirm().command(),
                    seen.map(Check.Seen::answer).orElse(Answer.BY_HAND),
                    seen.map(Check.Seen::words).orElse("run it by hand: no document that was read answers it"),
                    seen.map(s -> s.source().id())));
            seen.ifPresent(answers::add);
        }
        Optional<Check.Seen> confirming = first(answers, Answer.CONFIRMS);
        Optional<Check.Seen> refuting = first(answers, Answer.REFUTES);
        if (confirming.isEmpty() && refuting.isPresent()) {
            return Optional.of("its confirm step refutes it: " + refuting.get().words());
        }
        confirming.ifPresent(seen ->
                draft.evidence(Weight.DECISIVE, seen.source(), "its confirm step confirms it: " + seen.words()));
        if (confirming.isPresent()) {
            refuting.ifPresent(seen ->
                    draft.against(Weight.STRONG, seen.source(), "another confirm step refutes it: " + seen.words()));
        }
        return Optional.empty();
    }

    private static Optional<Check.Seen> first(List<Check.Seen> answers, Answer wanted) {
        return answers.stream().filter(s -> s.answer() == wanted).findFirst();
    }

    private Check.Seen ask(Check check) {
        return check.on(facts);
    }
}
