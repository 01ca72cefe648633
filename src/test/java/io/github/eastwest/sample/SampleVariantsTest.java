package io.github.eastwest.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Evidence.Supports;
import io.github.eastwest.model.report.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings with one thing changed: what decides for a cause, and what does not. */
class SampleVariantsTest {
    @TempDir
    Path temporary;

    // --- EW201 ------------------------------------------------------------------------------------------------------

    @Test
    void aStarvedProxyIsBelievedLessWhenItsServiceHasProcessorTimeToSpare() throws IOException {
        Finding starved = finding(diagnose("media-captions"), RootCause.SIDECAR_STARVED);
        // All utilisation values become 12 %.
        Finding idle = finding(
                diagnose(
                        "media-captions", change("cloudwatch/get-metric-data.json", SampleVariantsTest::idleProcessor)),
                RootCause.SIDECAR_STARVED);

        assertThat(starved.evidence()).noneMatch(e -> e.supports() == Supports.AGAINST);
        assertThat(idle.evidence())
                .filteredOn(e -> e.supports() == Supports.AGAINST)
                .extracting(Evidence::source)
                .containsExactly(Input.METRICS.id());
        assertThat(idle.assessment().confidence())
                .isLessThan(starved.assessment().confidence());
    }

    @Test
    void aTaskThatLeavesTheAdvisedShareIsNoEvidence() throws IOException {
        Finding small = finding(diagnose("media-captions"), RootCause.SIDECAR_STARVED);
        // 512 units, of which the container reserves 256: 256 are left, as advised.
        Finding large = finding(
                diagnose(
                        "media-captions",
                        change(
                                "ecs/describe-task-definition/",
                                s -> s.replace("\"cpu\": \"256\"", "\"cpu\": \"512\""))),
                RootCause.SIDECAR_STARVED);
        // 511 units leave 255.
        Finding nearly = finding(
                diagnose(
                        "media-captions",
                        change(
                                "ecs/describe-task-definition/",
                                s -> s.replace("\"cpu\": \"256\"", "\"cpu\": \"511\""))),
                RootCause.SIDECAR_STARVED);

        assertThat(sources(small)).contains(Input.TASK_DEFINITIONS.id());
        assertThat(sources(large)).doesNotContain(Input.TASK_DEFINITIONS.id());
        assertThat(sources(nearly)).contains(Input.TASK_DEFINITIONS.id());
    }

    @Test
    void withoutTheCalleesLinesLateTimersStillTell() throws IOException {
        Diagnosis diagnosis = diagnose("media-captions", remove("logs/lines/callee"));

        assertThat(find(diagnosis, RootCause.SIDECAR_STARVED)).isPresent();
    }

    // --- EW202 ------------------------------------------------------------------------------------------------------

    @Test
    void aProxyThatWasToldToEndDidNotCrash() throws IOException {
        Diagnosis told = diagnose(
                "marina-berths",
                change(
                        "logs/lines/",
                        s -> s.replace("[segmentation fault]", "[terminated]")
                                .replaceAll("Caught Segmentation fault, suspect faulting address", "Caught nothing")
                                .replaceAll("(?m)^.*starting main dispatch loop.*\\R", "")));

        assertThat(find(told, RootCause.SIDECAR_UNHEALTHY)).isEmpty();
    }

    @Test
    void aProxyThatEndsWithCodeZeroDidNotCrash() throws IOException {
        UnaryOperator<String> quiet = s -> s.replaceAll("(?m)^.*(segmentation fault|Segmentation fault).*\\R", "")
                .replaceAll("(?m)^.*starting main dispatch loop.*\\R", "");
        Diagnosis zero = diagnose(
                "marina-berths", change("logs/lines/", s -> quiet.apply(s).replace("code [-1]", "code [0]")));
        Diagnosis three = diagnose(
                "marina-berths", change("logs/lines/", s -> quiet.apply(s).replace("code [-1]", "code [3]")));

        assertThat(find(zero, RootCause.SIDECAR_UNHEALTHY)).isEmpty();
        assertThat(finding(three, RootCause.SIDECAR_UNHEALTHY).evidence().get(0).statement())
                .contains("exit code 3");
    }

    @Test
    void aSecondStartInOneStreamIsARestartEvenWithoutTheCrashsOwnLines() throws IOException {
        Diagnosis restarted = diagnose(
                "marina-berths",
                change(
                        "logs/lines/",
                        s -> s.replaceAll("(?m)^.*(segmentation fault|Segmentation fault|Exited with code).*\\R", "")));

        assertThat(find(restarted, RootCause.SIDECAR_UNHEALTHY)).isPresent();
    }

    @Test
    void anUnhealthyProxyWithAWaitingApplicationIsFoundInEcsAlone() throws IOException {
        Diagnosis diagnosis = diagnose(
                "bistro-allergens", change("ecs/describe-tasks.json", s -> unhealthyProxy(s)), remove("logs/lines"));
        Finding finding = finding(diagnosis, RootCause.SIDECAR_UNHEALTHY);

        assertThat(finding.assessment().verdict()).isEqualTo(Verdict.CONFIRMED);
        assertThat(finding.evidence().get(0).source()).isEqualTo(Input.TASKS.id());
    }

    // --- EW204 ------------------------------------------------------------------------------------------------------

    @Test
    void retriesAreNotBlamedWhereTheDemandItselfGrew() throws IOException {
        Diagnosis diagnosis = diagnose("box-waitlist");

        assertThat(find(diagnosis, RootCause.RETRY_AMPLIFICATION)).isEmpty();
        assertThat(diagnosis.causes().findings().get(0).cause()).isEqualTo(RootCause.CALLEE_SATURATED);
    }

    @Test
    void aCalleeThatIsOverloadedByRetriesIsTheirConsequence() throws IOException {
        Diagnosis diagnosis = diagnose("box-office");

        assertThat(diagnosis.causes().findings())
                .filteredOn(
                        f -> f.cause() == RootCause.CALLEE_SATURATED || f.cause() == RootCause.CALLER_GIVES_UP_FIRST)
                .isNotEmpty()
                .allMatch(f -> f.causedBy().equals(Optional.of(RootCause.RETRY_AMPLIFICATION)));
    }

    // --- EW407 ------------------------------------------------------------------------------------------------------

    @Test
    void theCallsThatItCutTellTheIdleTimeoutWhereItsConfigurationWasNotRead() throws IOException {
        Finding with = finding(diagnose("notary-seals"), RootCause.IDLE_TIMEOUT_CUTS_CONNECTION);
        Finding without = finding(
                diagnose("notary-seals", remove("ecs/describe-services.json")), RootCause.IDLE_TIMEOUT_CUTS_CONNECTION);

        assertThat(with.summary()).contains("silent for 4.0\u00a0s");
        assertThat(without.summary()).contains("silent for 4.0\u00a0s");
        assertThat(without.assessment().confidence())
                .isLessThan(with.assessment().confidence());
    }

    // --- EW408 ------------------------------------------------------------------------------------------------------

    @Test
    void aMovedPortThatTheGroupAdmitsIsNoFault() throws IOException {
        Diagnosis admitted = diagnose(
                "museum-exhibits",
                change(
                        "ec2/describe-security-group-rules.json",
                        s -> s.replace("\"FromPort\": 8080", "\"FromPort\": 18080")
                                .replace("\"ToPort\": 8080", "\"ToPort\": 18080")));

        assertThat(find(admitted, RootCause.INGRESS_PORT_MISMATCH)).isEmpty();
    }

    @Test
    void withoutAnOverrideTheMissingRuleIsTheSecurityGroups() throws IOException {
        Diagnosis plain = diagnose(
                "museum-exhibits", change("ecs/", s -> s.replaceAll("(?s),\\s*\"ingressPortOverride\": 18080", "")));

        assertThat(find(plain, RootCause.INGRESS_PORT_MISMATCH)).isEmpty();
    }

    @Test
    void theOverrideAndSilenceMakeItPossibleWhereNoRuleWasRead() throws IOException {
        Diagnosis diagnosis = diagnose("museum-exhibits", remove("ec2"));
        Finding finding = finding(diagnosis, RootCause.INGRESS_PORT_MISMATCH);

        assertThat(finding.assessment().verdict()).isIn(Verdict.POSSIBLE, Verdict.LIKELY);
    }

    // --- EW504, EW513 -----------------------------------------------------------------------------------------------

    @Test
    void aTaskThatWasStoppedOnPurposeDidNotFailToStart() throws IOException {
        Diagnosis stopped = diagnose(
                "bakery-recipes",
                change(
                        "ecs/",
                        s -> s.replace("TaskFailedToStart", "UserInitiated")
                                .replace("is unable to consistently start tasks successfully", "has begun draining")));

        assertThat(find(stopped, RootCause.TASKS_FAIL_TO_START)).isEmpty();
    }

    @Test
    void failedStartsBesideTasksThatServeAreANote() throws IOException {
        Finding finding = finding(diagnose("tailor-fittings"), RootCause.TASKS_FAIL_TO_START);

        assertThat(finding.assessment().severity()).isEqualTo(Severity.NOTE);
        assertThat(finding(diagnose("bakery-recipes"), RootCause.TASKS_FAIL_TO_START)
                        .assessment()
                        .severity())
                .isEqualTo(Severity.ERROR);
    }

    @Test
    void tasksThatScalingStoppedFailedNoHealthCheck() throws IOException {
        Diagnosis scaled = diagnose(
                "pharmacy-labels",
                change(
                        "ecs/describe-tasks.json",
                        s -> s.replace(
                                "Task failed container health checks",
                                "Scaling activity initiated by (deployment ecs-svc/1)")));

        assertThat(find(scaled, RootCause.HEALTH_CHECK_FAILING)).isEmpty();
    }

    @Test
    void saysWhetherTheTasksAnsweredBeforeTheyWereStopped() throws IOException {
        Finding finding = finding(diagnose("pharmacy-labels"), RootCause.HEALTH_CHECK_FAILING);

        assertThat(finding.evidence())
                .anyMatch(e -> e.supports() == Supports.FOR && e.statement().contains("the check says otherwise"));
    }

    // --- EW502 within the task --------------------------------------------------------------------------------------

    @Test
    void aRestartPolicyIsEvidenceForRestartsWithinTheTask() throws IOException {
        Finding with = finding(diagnose("lighthouse-lamps"), RootCause.CRASH_LOOP);
        Finding without = finding(
                diagnose(
                        "lighthouse-lamps",
                        change(
                                "ecs/describe-task-definition/",
                                s -> s.replace("\"enabled\": true", "\"enabled\": false"))),
                RootCause.CRASH_LOOP);

        assertThat(sources(with)).contains(Input.TASK_DEFINITIONS.id());
        assertThat(sources(without)).doesNotContain(Input.TASK_DEFINITIONS.id());
    }

    // --- EW603, EW604, EW605 ----------------------------------------------------------------------------------------

    @Test
    void anEdgeWhoseLinesWereLostIsNotHealthy() throws IOException {
        Diagnosis diagnosis = diagnose("vineyard-barrels");

        assertThat(diagnosis.outcome()).isEqualTo(Diagnosis.Outcome.INCONCLUSIVE);
        assertThat(diagnosis.gaps()).anyMatch(g -> g.startsWith("EW603"));
    }

    @Test
    void linesOfOtherCallersAreNotLostLinesOfThisOne() throws IOException {
        assertThat(find(diagnose("vineyard-grapes"), RootCause.LOG_LOSS)).isEmpty();
    }

    @Test
    void metricsAreNotMissedWhereNobodyCalled() throws IOException {
        assertThat(find(diagnose("chapel-organ"), RootCause.METRICS_ABSENT)).isEmpty();
        assertThat(find(diagnose("chapel-hymns"), RootCause.METRICS_ABSENT)).isPresent();
    }

    @Test
    void aSeriesThatNobodyAskedForIsNotAbsent() throws IOException {
        // ListMetrics was not read either: then nothing tells whether CloudWatch has the series.
        Diagnosis diagnosis = diagnose("chapel-hymns", remove("cloudwatch/list-metrics.json"));

        assertThat(find(diagnosis, RootCause.METRICS_ABSENT)).isEmpty();
        assertThat(diagnosis.causes().undetermined())
                .anyMatch(u ->
                        u.cause() == RootCause.METRICS_ABSENT && u.missing().equals(List.of(Input.LIST_METRICS.id())));
    }

    @Test
    void aNamesakeWithoutDataInTheWindowIsNotSummed() throws IOException {
        assertThat(find(diagnose("observatory-moons"), RootCause.METRIC_NAME_COLLISION))
                .isEmpty();
        Finding listed = finding(
                diagnose("observatory-moons", remove("cloudwatch/get-metric-data.json")),
                RootCause.METRIC_NAME_COLLISION);
        Finding summed = finding(diagnose("observatory-stars"), RootCause.METRIC_NAME_COLLISION);

        assertThat(listed.assessment().verdict()).isNotEqualTo(Verdict.CONFIRMED);
        assertThat(summed.assessment().verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    // --- variants ---------------------------------------------------------------------------------------------------

    /** A change of one file, or of all below a folder. */
    private record Change(String path, Optional<UnaryOperator<String>> edit) {}

    private static Change change(String path, UnaryOperator<String> edit) {
        return new Change(path, Optional.of(edit));
    }

    private static Change remove(String path) {
        return new Change(path, Optional.empty());
    }

    private Diagnosis diagnose(String name, Change... changes) throws IOException {
        Sample sample = Sample.all().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
        Path copy = Files.createTempDirectory(temporary, name);
        SamplesTest.copyWithout(sample.directory(), copy.resolve("bundle"), "no such file");
        for (Change change : changes) {
            boolean touched = false;
            try (Stream<Path> walk = Files.walk(copy.resolve("bundle"))) {
                for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                    String relative = copy.resolve("bundle").relativize(file).toString();
                    if (!relative.startsWith(change.path())) {
                        continue;
                    }
                    if (change.edit().isEmpty()) {
                        Files.delete(file);
                        touched = true;
                    } else if (Files.isRegularFile(file)) {
                        touched |= edit(file, change.edit().get());
                    }
                }
            }
            assertThat(touched).as("%s changes something", change.path()).isTrue();
        }
        return new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(copy.resolve("bundle")));
    }

    private static boolean edit(Path file, UnaryOperator<String> edit) throws IOException {
        boolean packed = file.toString().endsWith(".gz");
        byte[] bytes = Files.readAllBytes(file);
        if (packed) {
            try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(bytes))) {
                bytes = in.readAllBytes();
            }
        }
        String before = new String(bytes, StandardCharsets.UTF_8);
        String after = edit.apply(before);
        byte[] changed = after.getBytes(StandardCharsets.UTF_8);
        if (packed) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(changed);
            }
            changed = out.toByteArray();
        }
        Files.write(file, changed);
        return !after.equals(before);
    }

    private static Optional<Finding> find(Diagnosis diagnosis, RootCause cause) {
        assertThat(diagnosis.causes().faults()).isEmpty();
        return diagnosis.causes().findings().stream()
                .filter(f -> f.cause() == cause)
                .findFirst();
    }

    private static Finding finding(Diagnosis diagnosis, RootCause cause) {
        Optional<Finding> finding = find(diagnosis, cause);
        assertThat(finding).as(cause.code()).isPresent();
        return finding.orElseThrow();
    }

    private static List<String> sources(Finding finding) {
        return finding.evidence().stream().map(Evidence::source).distinct().toList();
    }

    /** Every value of a CPUUtilization series becomes 12. */
    private static String idleProcessor(String metrics) {
        StringBuilder changed = new StringBuilder();
        for (String result : metrics.split("(?=\"Id\":)", -1)) {
            changed.append(
                    result.contains("AWS/ECS CPUUtilization")
                            ? result.replaceAll("(?s)(\"Values\": \\[).*?]", "$112.0]")
                                    .replaceAll("(?s)(\"Timestamps\": \\[\\s*\"[^\"]*\").*?]", "$1]")
                            : result);
        }
        return changed.toString();
    }

    /** The proxy's container of the first task is UNHEALTHY, and the application's is PENDING. */
    private static String unhealthyProxy(String tasks) {
        int proxy = tasks.indexOf("\"name\": \"ecs-service-connect");
        int proxyContainer = tasks.indexOf("\"name\": \"ecs-service-connect", tasks.indexOf("\"containers\""));
        assertThat(proxy).isPositive();
        int health = tasks.indexOf("\"healthStatus\": \"HEALTHY\"", proxyContainer);
        String sick = tasks.substring(0, health)
                + "\"healthStatus\": \"UNHEALTHY\""
                + tasks.substring(health + "\"healthStatus\": \"HEALTHY\"".length());
        int application = sick.indexOf("\"name\": \"app\"", proxyContainer);
        int status = sick.indexOf("\"lastStatus\": \"RUNNING\"", application);
        return sick.substring(0, status)
                + "\"lastStatus\": \"PENDING\""
                + sick.substring(status + "\"lastStatus\": \"RUNNING\"".length());
    }
}
