package io.github.eastwest.model.report;

import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * A root cause that the evidence speaks for.
 *
 * @param cause which
 * @param assessment how sure, how bad, where
 * @param summary claim, place, number with unit and sample size: one sentence
 * @param evidence for and against
 * @param confirm read-only commands that settle it
 * @param fix what to do
 * @param causedBy the cause that explains this one; empty for a first cause
 * @param explained failed calls it explains
 */
public record Finding(
        RootCause cause,
        Assessment assessment,
        String summary,
        List<Evidence> evidence,
        List<Confirm> confirm,
        List<Fix> fix,
        Optional<RootCause> causedBy,
        long explained) {
    public Finding {
        evidence = List.copyOf(evidence);
        confirm = List.copyOf(confirm);
        fix = List.copyOf(fix);
    }

    /**
     * How sure, how bad, where.
     *
     * @param verdict confirmed, likely or possible
     * @param confidence 0 to 1, from the evidence alone
     * @param severity of the cause and its impact here
     * @param hop the failing hop
     */
    public record Assessment(Verdict verdict, double confidence, Severity severity, Hop hop) {}

    /**
     * A read-only command with the answer that confirms and the one that refutes.
     *
     * @param command ready to paste
     * @param confirmedIf what the answer must show
     * @param refutedIf what would refute it
     */
    public record Confirm(String command, String confirmedIf, String refutedIf) {}

    /**
     * A step that helps.
     *
     * @param step what to do; where a command does it, the command stands at the end: {@code Admit the caller: aws ec2 …}
     * @param risk what it can break
     * @param rollback what takes the step back, a command or a sentence; empty when none is known
     */
    public record Fix(String step, String risk, Optional<String> rollback) {
        private static final String COMMAND = ": aws ";

        /** A step of which no way back is known. */
        public Fix(String step, String risk) {
            this(step, risk, Optional.empty());
        }

        /** What to do, without the command. */
        public String does() {
            int colon = step.indexOf(COMMAND);
            return colon < 0 ? step : step.substring(0, colon) + ".";
        }

        /** The command that does it, if one does. */
        public Optional<String> command() {
            int colon = step.indexOf(COMMAND);
            return colon < 0 ? Optional.empty() : Optional.of(step.substring(colon + 2));
        }
    }
}
