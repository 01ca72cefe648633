package io.github.eastwest.classify.incident;

import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.metric.AlarmState;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Incident.Verification;
import io.github.eastwest.model.report.Incident.Verification.State;
import io.github.eastwest.model.report.TrafficReport;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Runs the checks of action items over a diagnosis made after the work: {@code cause:EWnnn}, {@code alarm:KIND}, {@code
 * edge:healthy}, {@code slo:PERCENT}. What was not read is never done.
 */
public final class Checks {
    /** Checks that a document may name. */
    public static final Pattern FORM =
            Pattern.compile("cause:EW[1-9]\\d\\d|alarm:[a-z0-9-]{1,40}|edge:healthy|slo:\\d{1,2}(?:\\.\\d{1,6})?");

    private final Diagnosis diagnosis;
    private final Optional<List<AlarmState>> alarms;
    private final AlarmPlan plan;

    /**
     * Checks against what there is now.
     *
     * @param alarms existing alarms; empty when they were not read
     * @param plan what the proposed alarms look at
     */
    public Checks(Diagnosis diagnosis, Optional<List<AlarmState>> alarms, AlarmPlan plan) {
        this.diagnosis = diagnosis;
        this.alarms = alarms;
        this.plan = plan;
    }

    /** What came of the action with that check. */
    public Verification verify(String check) {
        String argument = check.substring(check.indexOf(':') + 1);
        if (!FORM.matcher(check).matches()) {
            return new Verification(check, State.CANNOT_TELL, "no such check");
        }
        return switch (check.substring(0, check.indexOf(':'))) {
            case "cause" -> cause(check, argument);
            case "alarm" -> alarm(check, argument);
            case "edge" -> healthy(check);
            default -> objective(check, new BigDecimal(argument));
        };
    }

    private Verification cause(String check, String code) {
        Optional<RootCause> cause = RootCause.of(code);
        if (cause.isEmpty()) {
            return new Verification(check, State.CANNOT_TELL, "there is no cause " + code);
        }
        Optional<Finding> found = diagnosis.causes().findings().stream()
                .filter(finding -> finding.cause() == cause.get())
                .findFirst();
        if (found.isPresent()) {
            return new Verification(check, State.NOT_DONE, found.get().summary());
        }
        Optional<String> ruledOut = diagnosis.causes().ruledOut().stream()
                .filter(entry -> entry.cause() == cause.get())
                .map(Diagnosis.RuledOut::because)
                .findFirst();
        if (ruledOut.isPresent()) {
            return new Verification(check, State.DONE, "ruled out: " + ruledOut.get());
        }
        return diagnosis.causes().undetermined().stream()
                .filter(entry -> entry.cause() == cause.get())
                .map(entry -> new Verification(check, State.CANNOT_TELL, "needs " + String.join(", ", entry.missing())))
                .findFirst()
                .orElseGet(() -> new Verification(check, State.CANNOT_TELL, "was not examined"));
    }

    private Verification alarm(String check, String kind) {
        Optional<AlarmPlan.Alarm> proposed = plan.alarms().stream()
                .filter(alarm -> alarm.kind().id().equals(kind))
                .findFirst();
        if (proposed.isEmpty()) {
            return new Verification(check, State.CANNOT_TELL, "what it would look at is not known");
        }
        String metric = proposed.get().metric().namespace() + " "
                + proposed.get().metric().name();
        if (alarms.isEmpty()) {
            return new Verification(check, State.CANNOT_TELL, "needs cloudwatch/describe-alarms");
        }
        return alarms.get().stream()
                .filter(alarm -> Incidents.looksAt(alarm, proposed.get()))
                .findFirst()
                .map(alarm -> new Verification(check, State.DONE, alarm.name() + " looks at " + metric))
                .orElseGet(() -> new Verification(check, State.NOT_DONE, "no alarm looks at " + metric));
    }

    private Verification healthy(String check) {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> new Verification(check, State.DONE, "everything required was read, nothing was found");
            case FINDINGS ->
                new Verification(
                        check,
                        State.NOT_DONE,
                        diagnosis.causes().findings().stream()
                                .findFirst()
                                .map(Finding::summary)
                                .orElse("something was found"));
            case INCONCLUSIVE -> new Verification(check, State.CANNOT_TELL, String.join("; ", diagnosis.gaps()));
        };
    }

    private Verification objective(String check, BigDecimal percent) {
        Optional<TrafficReport> traffic = diagnosis.traffic();
        int least = Thresholds.DEFAULT.traffic().minimumRequests();
        if (traffic.isEmpty()) {
            return new Verification(check, State.CANNOT_TELL, "calls were not counted: no access line was read");
        }
        long requests = traffic.get().requests();
        if (requests < least) {
            return new Verification(
                    check,
                    State.CANNOT_TELL,
                    "only " + Words.count(requests, "call") + ", at least " + least + " are needed");
        }
        // failed / requests <= (100 - percent) / 100, in whole numbers
        boolean met = BigDecimal.valueOf(traffic.get().failed())
                        .movePointRight(2)
                        .compareTo(BigDecimal.valueOf(100).subtract(percent).multiply(BigDecimal.valueOf(requests)))
                <= 0;
        return new Verification(
                check,
                met ? State.DONE : State.NOT_DONE,
                Words.of(traffic.get().failed(), requests, "call") + " failed");
    }
}
