package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.ConfirmStep.Answer;
import io.github.eastwest.model.report.Diagnosis;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfirmationTest {
    private static final RootCause CAUSE = RootCause.SECURITY_GROUP_BLOCKS;

    /** A rule that finds its cause likely (0.71), with a confirm step for each check; without one for null. */
    private static Rule rule(Check... checks) {
        return new Rule() {
            @Override
            public RootCause cause() {
                return CAUSE;
            }

            @Override
            public Set<Input> requires() {
                return Set.of();
            }

            @Override
            public Set<Input> uses() {
                return Set.of();
            }

            @Override
            public Examination examine(Facts facts) {
                Draft draft = Draft.of(CAUSE).summary("s").evidence(Weight.STRONG, Input.TASKS, "seen");
                for (Check check : checks) {
                    if (check == null) {
                        draft.confirm("aws by hand", "yes", "no");
                    } else {
                        draft.confirm("aws something", "yes", "no", check);
                    }
                }
                return new Examination.Found(draft);
            }
        };
    }

    private static final Check CONFIRMS = f -> Check.confirms(Input.TASKS, "it is so");
    private static final Check REFUTES = f -> Check.refutes(Input.TASKS, "it is not so");
    private static final Check OPEN = f -> Check.notRead(Input.TASKS);

    private static Diagnosis confirmed(Check... checks) {
        Snapshot snapshot = snapshot();
        return new Classifier(List.of(rule(checks)), Thresholds.DEFAULT).confirm(snapshot, snapshot);
    }

    private static Verdict verdict(Diagnosis diagnosis) {
        return diagnosis.causes().findings().get(0).assessment().verdict();
    }

    @Test
    void withoutConfirmNothingIsAsked() {
        Diagnosis diagnosis = new Classifier(List.of(rule(CONFIRMS)), Thresholds.DEFAULT).diagnose(snapshot());

        assertThat(verdict(diagnosis)).isEqualTo(Verdict.LIKELY);
        assertThat(diagnosis.transcript()).isEmpty();
    }

    @Test
    void aStepThatConfirmsMakesItConfirmed() {
        Diagnosis diagnosis = confirmed(OPEN, CONFIRMS);

        assertThat(verdict(diagnosis)).isEqualTo(Verdict.CONFIRMED);
        assertThat(diagnosis.transcript())
                .containsExactly(
                        new ConfirmStep(
                                CAUSE,
                                "aws something",
                                Answer.CANNOT_TELL,
                                "ecs/describe-tasks was not read",
                                Optional.of("ecs/describe-tasks")),
                        new ConfirmStep(
                                CAUSE,
                                "aws something",
                                Answer.CONFIRMS,
                                "it is so",
                                Optional.of("ecs/describe-tasks")));
    }

    @Test
    void aStepThatRefutesRulesItOut() {
        Diagnosis diagnosis = confirmed(REFUTES, OPEN);

        assertThat(diagnosis.causes().findings()).isEmpty();
        assertThat(diagnosis.causes().ruledOut())
                .containsExactly(new Diagnosis.RuledOut(CAUSE, "its confirm step refutes it: it is not so"));
        assertThat(diagnosis.transcript()).hasSize(2);
        // Nothing else was read: ruling a cause out makes no edge healthy.
        assertThat(diagnosis.outcome()).isEqualTo(Diagnosis.Outcome.INCONCLUSIVE);
    }

    @Test
    void aStepThatCannotTellChangesNothing() {
        assertThat(verdict(confirmed(OPEN))).isEqualTo(Verdict.LIKELY);
    }

    @Test
    void stepsThatContradictEachOtherKeepItWithWhatSpeaksAgainst() {
        Diagnosis diagnosis = confirmed(CONFIRMS, REFUTES);

        // Log odds -1.5 + 2.4 + 4.0 - 2.4 = 2.5.
        assertThat(diagnosis.causes().findings().get(0).assessment().confidence())
                .isEqualTo(0.92);
        assertThat(diagnosis.causes().findings().get(0).evidence())
                .anyMatch(e -> e.statement().equals("another confirm step refutes it: it is not so"));
    }

    @Test
    void stepsWithoutACheckAreForPeople() {
        Diagnosis diagnosis = confirmed((Check) null);

        assertThat(verdict(diagnosis)).isEqualTo(Verdict.LIKELY);
        assertThat(diagnosis.transcript())
                .singleElement()
                .satisfies(step -> assertThat(step.answer()).isEqualTo(Answer.BY_HAND))
                .satisfies(step -> assertThat(step.source()).isEmpty());
    }

    @Test
    void aCheckThatCrashesIsNamedAndTakesNothingWithIt() {
        Diagnosis diagnosis = confirmed(f -> {
            throw new IllegalStateException("boom");
        });

        assertThat(verdict(diagnosis)).isEqualTo(Verdict.LIKELY);
        assertThat(diagnosis.causes().faults())
                .singleElement()
                .asString()
                .contains("EW301 security-group-blocks, confirm step")
                .contains("boom");
    }

    private static Snapshot snapshot() {
        return new Snapshot(
                new Edge(
                        "web",
                        "api",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Edge.Method.SERVICE_CONNECT),
                new TimeWindow(Instant.parse("2026-11-21T04:15:00Z"), Instant.parse("2026-11-21T04:18:00Z")),
                new Snapshot.Account(Optional.empty(), Optional.empty()),
                new Coverage(List.of()),
                new Snapshot.Ecs(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new CloudMap(List.of(), List.of(), List.of()),
                        List.of(),
                        List.of(),
                        List.of()),
                new Network(List.of(), List.of(), List.of(), List.of(), List.of()),
                new Metrics(List.of(), List.of()),
                new LogEvidence(List.of(), Optional.empty()));
    }
}
