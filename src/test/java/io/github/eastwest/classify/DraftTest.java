package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Verdict;
import org.junit.jupiter.api.Test;

class DraftTest {
    private static Draft draft() {
        return Draft.of(RootCause.BAD_REPLICA);
    }

    @Test
    void isRuledOutWithoutEvidence() {
        // logistic(-1.5) = 0.18
        assertThat(draft().confidence()).isEqualTo(0.18);
        assertThat(draft().verdict()).isEqualTo(Verdict.RULED_OUT);
        assertThat(draft().possible()).isFalse();
    }

    @Test
    void isPossibleWithOneMediumPieceOfEvidence() {
        // logistic(-1.5 + 1.2) = 0.43
        Draft draft = draft().evidence(Weight.MEDIUM, Input.TASKS, "a");
        assertThat(draft.confidence()).isEqualTo(0.43);
        assertThat(draft.verdict()).isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void isLikelyButNotConfirmedWithoutProof() {
        // logistic(-1.5 + 2.4 + 2.4 + 1.2) = 0.99: sure, but nothing of it is proof
        Draft draft = draft().evidence(Weight.STRONG, Input.TASKS, "a")
                .evidence(Weight.STRONG, Input.TASKS, "b")
                .evidence(Weight.MEDIUM, Input.TASKS, "c");
        assertThat(draft.confidence()).isEqualTo(0.99);
        assertThat(draft.verdict()).isEqualTo(Verdict.LIKELY);
    }

    @Test
    void isConfirmedByProof() {
        // logistic(-1.5 + 4) = 0.92
        Draft draft = draft().evidence(Weight.DECISIVE, Input.TASKS, "a");
        assertThat(draft.confidence()).isEqualTo(0.92);
        assertThat(draft.verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void losesConfidenceToEvidenceAgainst() {
        // logistic(-1.5 + 4 - 2.4) = 0.52
        Draft draft = draft().evidence(Weight.DECISIVE, Input.TASKS, "a").against(Weight.STRONG, Input.TASKS, "b");
        assertThat(draft.confidence()).isEqualTo(0.52);
        assertThat(draft.verdict()).isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void neverReachesCertainty() {
        Draft draft = draft();
        for (int i = 0; i < 20; i++) {
            draft.evidence(Weight.DECISIVE, Input.TASKS, "a" + i);
        }
        assertThat(draft.confidence()).isEqualTo(0.99);
    }
}
