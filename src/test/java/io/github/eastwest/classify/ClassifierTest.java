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
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ClassifierTest {
    /** A rule that answers what the test says. */
    private record Fixed(RootCause cause, Set<Input> requires, Function<Facts, Examination> answer) implements Rule {
        @Override
        public Set<Input> uses() {
            return Set.of();
        }

        @Override
        public Examination examine(Facts facts) {
            return answer.apply(facts);
        }
    }

    private static Rule found(RootCause cause, Weight weight) {
        return new Fixed(
                cause,
                Set.of(),
                f -> new Examination.Found(
                        Draft.of(cause).summary(cause.slug()).evidence(weight, Input.TASKS, "seen")));
    }

    private static Snapshot snapshot(Coverage.Entry... coverage) {
        return new Snapshot(
                new Edge(
                        "checkout",
                        "payments",
                        Optional.of("prod"),
                        Optional.empty(),
                        Optional.empty(),
                        Edge.Method.SERVICE_CONNECT),
                new TimeWindow(Instant.parse("2026-11-21T04:15:00Z"), Instant.parse("2026-11-21T04:18:00Z")),
                new Snapshot.Account(Optional.empty(), Optional.empty()),
                new Coverage(List.of(coverage)),
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

    private static Diagnosis diagnose(Rule... rules) {
        return new Classifier(List.of(rules), Thresholds.DEFAULT).diagnose(snapshot());
    }

    private static List<RootCause> causes(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream().map(Finding::cause).toList();
    }

    @Test
    void goesOnWhenARuleCrashesAndNamesIt() {
        Diagnosis diagnosis = diagnose(
                new Fixed(RootCause.CRASH_LOOP, Set.of(), f -> {
                    throw new IllegalStateException("boom");
                }),
                found(RootCause.OUT_OF_MEMORY, Weight.DECISIVE));
        assertThat(causes(diagnosis)).containsExactly(RootCause.OUT_OF_MEMORY);
        assertThat(diagnosis.causes().faults())
                .singleElement()
                .asString()
                .contains("EW502")
                .contains("boom");
        assertThat(diagnosis.causes().undetermined())
                .extracting(Diagnosis.Undetermined::cause)
                .containsExactly(RootCause.CRASH_LOOP);
    }

    @Test
    void doesNotAskARuleWhoseInputsWereNotRead() {
        Diagnosis diagnosis = diagnose(new Fixed(RootCause.CRASH_LOOP, Set.of(Input.TASKS), f -> {
            throw new AssertionError("asked");
        }));
        assertThat(diagnosis.causes().undetermined())
                .containsExactly(new Diagnosis.Undetermined(RootCause.CRASH_LOOP, List.of("ecs/describe-tasks")));
        assertThat(diagnosis.causes().faults()).isEmpty();
    }

    @Test
    void putsACauseBeforeTheConsequenceItExplains() {
        Diagnosis diagnosis = diagnose(
                found(RootCause.OUTLIER_EJECTION, Weight.DECISIVE), found(RootCause.BAD_REPLICA, Weight.STRONG));
        assertThat(causes(diagnosis)).containsExactly(RootCause.BAD_REPLICA, RootCause.OUTLIER_EJECTION);
        assertThat(diagnosis.causes().findings().get(1).causedBy()).contains(RootCause.BAD_REPLICA);
    }

    private static Rule explaining(RootCause cause, Weight weight, int... failures) {
        BitSet explained = new BitSet();
        Arrays.stream(failures).forEach(explained::set);
        return new Fixed(
                cause,
                Set.of(),
                f -> new Examination.Found(Draft.of(cause)
                        .summary(cause.slug())
                        .explains(explained)
                        .evidence(weight, Input.TASKS, "seen")));
    }

    @Test
    void takesAWayToFailForAConsequenceOnlyOfACauseOfTheSameCalls() {
        Diagnosis together = diagnose(
                explaining(RootCause.REQUEST_TIMEOUT_TOO_SHORT, Weight.STRONG, 1, 2, 3),
                explaining(RootCause.BAD_REPLICA, Weight.STRONG, 3, 4));
        assertThat(together.causes().findings().get(1).causedBy()).contains(RootCause.BAD_REPLICA);
        Diagnosis apart = diagnose(
                explaining(RootCause.REQUEST_TIMEOUT_TOO_SHORT, Weight.STRONG, 1, 2, 3),
                explaining(RootCause.BAD_REPLICA, Weight.STRONG, 4, 5));
        assertThat(apart.causes().findings()).allMatch(f -> f.causedBy().isEmpty());
        // What an ejection loses are other calls than those that set it off.
        Diagnosis ejection = diagnose(
                explaining(RootCause.OUTLIER_EJECTION, Weight.STRONG, 1, 2, 3),
                explaining(RootCause.BAD_REPLICA, Weight.STRONG, 4, 5));
        assertThat(ejection.causes().findings().get(1).causedBy()).contains(RootCause.BAD_REPLICA);
    }

    @Test
    void putsConsequencesBehindEveryLikelyFirstCause() {
        Diagnosis diagnosis = diagnose(
                found(RootCause.BAD_REPLICA, Weight.DECISIVE),
                found(RootCause.OUTLIER_EJECTION, Weight.DECISIVE),
                found(RootCause.ALIAS_COLLISION, Weight.STRONG),
                found(RootCause.KEEP_ALIVE_RACE, Weight.MEDIUM));
        // A keep-alive race at 43 % is merely possible.
        assertThat(causes(diagnosis))
                .containsExactly(
                        RootCause.BAD_REPLICA,
                        RootCause.ALIAS_COLLISION,
                        RootCause.OUTLIER_EJECTION,
                        RootCause.KEEP_ALIVE_RACE);
    }

    @Test
    void putsAnEjectionBehindALikelyCauseOfAnotherKindAsWell() {
        // Nothing that was found explains it; proxies eject only what failed before, so something does.
        assertThat(causes(diagnose(
                        found(RootCause.OUTLIER_EJECTION, Weight.DECISIVE),
                        found(RootCause.ALIAS_COLLISION, Weight.STRONG))))
                .containsExactly(RootCause.ALIAS_COLLISION, RootCause.OUTLIER_EJECTION);
        assertThat(causes(diagnose(
                        found(RootCause.CONNECTION_POOL_OVERFLOW, Weight.DECISIVE),
                        found(RootCause.ALIAS_COLLISION, Weight.STRONG))))
                .containsExactly(RootCause.CONNECTION_POOL_OVERFLOW, RootCause.ALIAS_COLLISION);
    }

    @Test
    void isLessSureOfWhatMayBeAConsequenceOfACauseThatCouldNotBeToldApart() {
        Rule undecided =
                new Fixed(RootCause.RETRY_AMPLIFICATION, Set.of(), f -> Examination.undecided(Input.CALLER_LOGS));
        Rule unseen = new Fixed(RootCause.RETRY_AMPLIFICATION, Set.of(), f -> Examination.unknown(Input.CALLER_LOGS));
        Rule saturated = found(RootCause.CALLEE_SATURATED, Weight.DECISIVE);
        // 1/(1+e^-2.5) and 1/(1+e^-0.1)
        assertThat(confidence(diagnose(unseen, saturated))).isEqualTo(0.92);
        assertThat(confidence(diagnose(undecided, saturated))).isEqualTo(0.52);
        // 1/(1+e^0.3): the full weight would take 1/(1+e^-0.9) to 18 %, which is no finding any more.
        Diagnosis weak = diagnose(undecided, found(RootCause.CALLEE_SATURATED, Weight.STRONG));
        assertThat(confidence(weak)).isEqualTo(0.43);
        assertThat(weak.causes().findings().get(0).assessment().verdict()).isEqualTo(Verdict.POSSIBLE);
        // Retries bring about no crash.
        assertThat(confidence(diagnose(undecided, found(RootCause.CRASH_LOOP, Weight.DECISIVE))))
                .isEqualTo(0.92);
    }

    private static double confidence(Diagnosis diagnosis) {
        return diagnosis.causes().findings().get(0).assessment().confidence();
    }

    @Test
    void doesNotExplainASureFindingByAMerePossibility() {
        Diagnosis diagnosis = diagnose(
                found(RootCause.OUTLIER_EJECTION, Weight.DECISIVE), found(RootCause.BAD_REPLICA, Weight.MEDIUM));
        assertThat(causes(diagnosis)).containsExactly(RootCause.OUTLIER_EJECTION, RootCause.BAD_REPLICA);
        assertThat(diagnosis.causes().findings().get(0).causedBy()).isEmpty();
    }

    @Test
    void numbersEvidenceThroughTheWholeReport() {
        Diagnosis diagnosis =
                diagnose(found(RootCause.CRASH_LOOP, Weight.DECISIVE), found(RootCause.BAD_REPLICA, Weight.STRONG));
        assertThat(diagnosis.causes().findings())
                .flatExtracting(f -> f.evidence().stream().map(e -> e.id()).toList())
                .containsExactly("E1", "E2");
    }

    @Test
    void isInconclusiveWhenNothingWasRead() {
        Diagnosis diagnosis = diagnose();
        assertThat(diagnosis.outcome()).isEqualTo(Diagnosis.Outcome.INCONCLUSIVE);
        assertThat(diagnosis.gaps()).hasSize(Reporter.REQUIRED.size());
    }

    @Test
    void doesNotCallABlindSpotAnAnswer() {
        assertThat(diagnose(found(RootCause.NO_ACCESS_LOGS, Weight.DECISIVE)).outcome())
                .isEqualTo(Diagnosis.Outcome.INCONCLUSIVE);
    }
}
