package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Diagnosis.Outcome;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BriefingTest {
    private static final List<Finding.Confirm> CONFIRM = List.of(new Finding.Confirm("aws x", "yes", "no"));
    private static final List<Finding.Fix> FIX = List.of(new Finding.Fix("do", "none"));

    private static Finding finding(
            RootCause cause, Verdict verdict, Severity severity, List<Finding.Confirm> confirm, List<Finding.Fix> fix) {
        return new Finding(
                cause,
                new Finding.Assessment(verdict, 0.9, severity, cause.hop()),
                "",
                List.of(),
                confirm,
                fix,
                Optional.empty(),
                0);
    }

    private static Finding finding(RootCause cause, Severity severity) {
        return finding(cause, Verdict.LIKELY, severity, CONFIRM, FIX);
    }

    private static Briefing briefing(Outcome outcome, List<Finding> findings, Diagnosis like) {
        return Briefing.of(new Diagnosis(
                outcome,
                like.edge(),
                like.window(),
                like.traffic(),
                new Diagnosis.Causes(findings, List.of(), like.causes().undetermined(), List.of()),
                like.coverage(),
                List.of(),
                List.of()));
    }

    private static Briefing findings(Finding... findings) {
        return briefing(Outcome.FINDINGS, List.of(findings), SampleDiagnoses.healthy());
    }

    private static Briefing missing(Input input, Coverage.State state) {
        Diagnosis like = SampleDiagnoses.nothingRead();
        return Briefing.of(new Diagnosis(
                Outcome.INCONCLUSIVE,
                like.edge(),
                like.window(),
                Optional.empty(),
                new Diagnosis.Causes(
                        List.of(),
                        List.of(),
                        List.of(new Diagnosis.Undetermined(RootCause.CRASH_LOOP, List.of(input.id()))),
                        List.of()),
                new Coverage(List.of(new Coverage.Entry(input.id(), state, ""))),
                List.of(),
                List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "CONFIRMED,CONFIRMED CAUSE at network",
        "LIKELY,LIKELY CAUSE at network",
        "POSSIBLE,POSSIBLE CAUSE at network"
    })
    void theVerdictSaysHowSure(Verdict verdict, String words) {
        assertThat(findings(finding(RootCause.SECURITY_GROUP_BLOCKS, verdict, Severity.ERROR, CONFIRM, FIX))
                        .verdict())
                .isEqualTo(words);
    }

    @Test
    void aBlindSpotIsNoCauseAndNoFault() {
        Briefing briefing = findings(finding(RootCause.NO_ACCESS_LOGS, Severity.NOTE));

        assertThat(briefing.verdict()).isEqualTo("BLIND SPOT at caller-proxy");
        assertThat(briefing.path()).noneMatch(Briefing.HopLoad::fault);
    }

    @Test
    void theWorstSeveritySetsTheTone() {
        assertThat(findings(
                                finding(RootCause.KEEP_ALIVE_RACE, Severity.WARNING),
                                finding(RootCause.NO_ACCESS_LOGS, Severity.NOTE))
                        .tone())
                .isEqualTo(Briefing.Tone.WARNING);
        assertThat(findings(
                                finding(RootCause.NO_ACCESS_LOGS, Severity.NOTE),
                                finding(RootCause.CRASH_LOOP, Severity.ERROR))
                        .tone())
                .isEqualTo(Briefing.Tone.FAULT);
        assertThat(briefing(
                                Outcome.INCONCLUSIVE,
                                List.of(finding(RootCause.CRASH_LOOP, Severity.ERROR)),
                                SampleDiagnoses.healthy())
                        .tone())
                .isEqualTo(Briefing.Tone.INCONCLUSIVE);
    }

    @Test
    void everyFailedCallIsOnThePathOrNamedAsNowhere() {
        for (Diagnosis diagnosis : List.of(SampleDiagnoses.securityGroup(), SampleDiagnoses.unexplained())) {
            Briefing briefing = Briefing.of(diagnosis);

            assertThat(briefing.path().stream()
                                    .mapToLong(Briefing.HopLoad::failed)
                                    .sum()
                            + briefing.failedNowhere())
                    .isEqualTo(diagnosis.traffic().orElseThrow().failed());
        }
    }

    @Test
    void putsTheFaultWhereTheCauseLiesNotWhereCallsFailed() {
        assertThat(Briefing.of(SampleDiagnoses.securityGroup()).path())
                .contains(
                        new Briefing.HopLoad(Hop.CALLER_PROXY, 994, false),
                        new Briefing.HopLoad(Hop.NETWORK, 145, true));
    }

    @Test
    void countsWhatFollowsFromACause() {
        Diagnosis diagnosis = SampleDiagnoses.securityGroup();
        Briefing briefing = Briefing.of(diagnosis);

        assertThat(briefing.explains(diagnosis.causes().findings().get(0)).replace('\u202F', ' '))
                .isEqualTo("explains 145 failed calls, 994 more through EW205");
        assertThat(briefing.explains(diagnosis.causes().findings().get(1)).replace('\u202F', ' '))
                .isEqualTo("explains 994 failed calls");
    }

    @Test
    void theNextStepOfAFindingIsToConfirmUnlessThatIsDone() {
        RootCause cause = RootCause.CRASH_LOOP;

        assertThat(findings(finding(cause, Verdict.LIKELY, Severity.ERROR, CONFIRM, FIX))
                        .next())
                .isEqualTo("run the confirm command of EW502 above, then apply its fix");
        assertThat(findings(finding(cause, Verdict.CONFIRMED, Severity.ERROR, CONFIRM, FIX))
                        .next())
                .isEqualTo("apply the fix of EW502 above");
        assertThat(findings(finding(cause, Verdict.CONFIRMED, Severity.ERROR, CONFIRM, List.of()))
                        .next())
                .isEqualTo("run the confirm command of EW502 above");
        assertThat(findings(finding(cause, Verdict.LIKELY, Severity.ERROR, List.of(), FIX))
                        .next())
                .isEqualTo("apply the fix of EW502 above");
        assertThat(findings(finding(cause, Verdict.LIKELY, Severity.ERROR, List.of(), List.of()))
                        .next())
                .isEqualTo("read the evidence of EW502 above");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CALLER_LOGS|DENIED|allow reading logs/lines/caller, then run again",
                "CALLER_LOGS|FAILED|run again: reading logs/lines/caller failed",
                "CALLER_LOGS|NOT_COLLECTED|collect logs/lines/caller, then run again",
                "CALLER_LOGS|NOT_CONFIGURED|enable the proxies' access logs, then run again",
                "METRICS|NOT_CONFIGURED|set up cloudwatch/get-metric-data, then run again",
                "CALLER_LOGS|PARTIAL|look at a longer window, or at one with more calls",
            })
    void theNextStepOfAnInconclusiveReportRemovesWhatIsMissing(Input input, Coverage.State state, String next) {
        assertThat(missing(input, state).next()).isEqualTo(next);
    }

    @Test
    void theNextStepClosesABlindSpotFirst() {
        assertThat(briefing(
                                Outcome.INCONCLUSIVE,
                                List.of(finding(RootCause.NO_ACCESS_LOGS, Severity.NOTE)),
                                SampleDiagnoses.nothingRead())
                        .next())
                .isEqualTo("apply the fix of EW602 above, then run again");
    }

    @Test
    void aWindowWithoutCallsHasNoShare() {
        TrafficReport empty = new TrafficReport(
                0,
                0,
                0,
                List.of(),
                TrafficReport.Latency.NONE,
                new TrafficReport.Series(60, List.of()),
                List.of(),
                List.of());
        Diagnosis like = SampleDiagnoses.healthy();
        Briefing briefing = Briefing.of(new Diagnosis(
                Outcome.INCONCLUSIVE,
                like.edge(),
                like.window(),
                Optional.of(empty),
                new Diagnosis.Causes(List.of(), List.of(), List.of(), List.of()),
                like.coverage(),
                List.of(),
                List.of()));

        assertThat(briefing.calls()).isEqualTo("no call in the window");
        assertThat(briefing.claim()).isEqualTo("no call was seen, so nothing tells whether calls fail");
        assertThat(briefing.noLatency()).isEqualTo("no call was answered");
    }

    @ParameterizedTest
    @EnumSource
    void everyFormWritesADiagnosisWithNothingInIt(Format format) {
        Diagnosis like = SampleDiagnoses.healthy();
        for (Outcome outcome : Outcome.values()) {
            Diagnosis bare = new Diagnosis(
                    outcome,
                    like.edge(),
                    like.window(),
                    Optional.empty(),
                    new Diagnosis.Causes(List.of(), List.of(), List.of(), List.of()),
                    new Coverage(List.of()),
                    List.of(),
                    List.of());

            assertThat(Golden.text(format, bare)).isNotBlank();
        }
    }
}
