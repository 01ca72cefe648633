package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which changes are asked for, and what is said of them. */
class HistorySourcesTest {
    private static final String TRAIL = "cloudtrail/lookup-events";
    private static final String SCALING = "application-autoscaling/describe-scaling-activities";
    private static final Path CUSTOMS = Path.of("samples/parcel-customs");
    private static final BundleAws ACCOUNT = new BundleAws(CUSTOMS);

    private static ScriptedAws customs() {
        return new ScriptedAws(ACCOUNT);
    }

    private static String attribute(Call call) {
        Field attribute =
                Field.of(call.parameters()).at("LookupAttributes").items().get(0);
        return attribute.at("AttributeKey").textOrEmpty() + "="
                + attribute.at("AttributeValue").textOrEmpty();
    }

    private static List<String> lookups(ScriptedAws aws) {
        return aws.calls(Operation.LOOKUP_EVENTS).stream()
                .map(HistorySourcesTest::attribute)
                .toList();
    }

    private static Diagnosis diagnose(Collected collected) throws IOException {
        try (Bundle bundle = Bundle.of(collected.bundle().files())) {
            return new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(bundle, Request.none()));
        }
    }

    private static List<Change> suspected(Diagnosis diagnosis) {
        return diagnosis.background().changes().stream()
                .filter(c -> c.rank().isPresent())
                .toList();
    }

    @Test
    void looksUpTheEdgesOwnResourcesOnceEach() throws InterruptedException {
        ScriptedAws aws = customs();
        Requests.of(CUSTOMS).collect(aws);

        Set<String> groups = new TreeSet<>();
        aws.calls(Operation.DESCRIBE_SECURITY_GROUP_RULES)
                .forEach(call -> Field.of(call.parameters())
                        .at("Filters")
                        .items()
                        .forEach(
                                filter -> filter.at("Values").texts().forEach(id -> groups.add("ResourceName=" + id))));
        List<String> network = lookups(aws).stream()
                .filter(lookup -> lookup.matches("ResourceName=(acl|rtb)-.*"))
                .toList();

        // A group for each service; all subnets share a network ACL and route tables.
        assertThat(groups).hasSize(2);
        assertThat(network).isNotEmpty();
        assertThat(lookups(aws))
                .doesNotHaveDuplicates()
                .containsAll(groups)
                .contains("EventName=ModifySecurityGroupRules", "EventName=UpdateService")
                .hasSize(groups.size() + network.size() + 2);
    }

    @Test
    void looksFromAnHourBeforeTheWindowToItsEnd() throws InterruptedException {
        ScriptedAws aws = customs();
        Requests requests = Requests.of(CUSTOMS);
        requests.collect(aws);

        assertThat(aws.calls(Operation.LOOKUP_EVENTS))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.parameters())
                        .containsEntry(
                                "StartTime", requests.request().window().from().minus(Duration.ofHours(1)))
                        .containsEntry("EndTime", requests.request().window().to()));
    }

    @Test
    void looksForCertificatesOfEncryptedEndpointsDaysBefore() throws InterruptedException {
        Path encrypted = Path.of("samples/pharmacy-stock");
        ScriptedAws aws = new ScriptedAws(new BundleAws(encrypted));
        Requests requests = Requests.of(encrypted);
        requests.collect(aws);
        Instant eightDays = requests.request().window().from().minus(Duration.ofDays(8));

        List<Call> ofCertificates = aws.calls(Operation.LOOKUP_EVENTS).stream()
                .filter(call -> attribute(call).matches("EventName=RotationFailed|ResourceName=arn:aws:acm-pca:.*"))
                .toList();
        assertThat(ofCertificates)
                .hasSize(2)
                .allSatisfy(call -> assertThat(call.parameters()).containsEntry("StartTime", eightDays));

        ScriptedAws plain = customs();
        Requests.of(CUSTOMS).collect(plain);
        assertThat(lookups(plain)).noneMatch(lookup -> lookup.contains("Rotation") || lookup.contains("acm-pca"));
    }

    @Test
    void whatWasCollectedTellsTheChange() throws InterruptedException, IOException {
        assertThat(suspected(diagnose(Requests.of(CUSTOMS).collect(customs()))))
                .extracting(Change::kind)
                .containsExactly(Change.Kind.SECURITY_GROUP);
    }

    @ParameterizedTest
    @EnumSource(
            value = AwsFailure.Kind.class,
            names = {"DENIED", "THROTTLED", "DEADLINE", "GARBAGE"})
    void withoutThemTheDiagnosisIsTheSameWithFewerChanges(AwsFailure.Kind kind)
            throws InterruptedException, IOException {
        ScriptedAws aws = customs()
                .fail(call -> call.operation() == Operation.LOOKUP_EVENTS, kind, "SomeCode")
                .fail(call -> call.operation() == Operation.DESCRIBE_SCALING_ACTIVITIES, kind, "SomeCode");

        Collected collected = Requests.of(CUSTOMS).collect(aws);
        Diagnosis without = diagnose(collected);
        Diagnosis with = diagnose(Requests.of(CUSTOMS).collect(customs()));

        assertThat(Statements.states(collected).get(TRAIL))
                .isEqualTo(kind == AwsFailure.Kind.DENIED ? "denied" : "failed");
        if (kind == AwsFailure.Kind.DENIED) {
            assertThat(Statements.detail(collected, TRAIL))
                    .contains("{\"Effect\":\"Allow\",\"Action\":\"cloudtrail:LookupEvents\",\"Resource\":\"*\"}");
        }
        assertThat(without.outcome()).isEqualTo(with.outcome());
        assertThat(without.gaps()).isEqualTo(with.gaps());
        assertThat(without.causes().findings())
                .extracting(Finding::cause, f -> f.assessment().confidence())
                .isEqualTo(with.causes().findings().stream()
                        .map(f -> org.assertj.core.groups.Tuple.tuple(
                                f.cause(), f.assessment().confidence()))
                        .toList());
        assertThat(suspected(without)).isEmpty();
        assertThat(without.background().changesRead()).doesNotContain(TRAIL, SCALING);
    }

    @Test
    void aLookupThatFailsLeavesTheOthers() throws InterruptedException, IOException {
        ScriptedAws aws = customs()
                .fail(
                        call -> call.operation() == Operation.LOOKUP_EVENTS
                                && attribute(call).equals("EventName=UpdateService"),
                        AwsFailure.Kind.THROTTLED,
                        "ThrottlingException");

        Collected collected = Requests.of(CUSTOMS).collect(aws);

        assertThat(Statements.states(collected)).containsEntry(TRAIL, "partial");
        assertThat(suspected(diagnose(collected))).hasSize(1);
    }

    @Test
    void saysThatTheLatestEventsMayBeMissing() throws InterruptedException {
        Requests recent = Requests.of(CUSTOMS);
        Instant from = recent.request().window().from();
        Instant to = recent.request().window().to();

        // An event may be shown 15 minutes late.
        Collected young = recent.window(
                        from, to, to.plus(Duration.ofMinutes(15)).minusSeconds(1))
                .collect(customs());
        Collected old = recent.window(from, to, to.plus(Duration.ofMinutes(15))).collect(customs());

        assertThat(Statements.states(young)).containsEntry(TRAIL, "partial");
        assertThat(Statements.detail(young, TRAIL))
                .contains("15 minutes late")
                .contains(to.minusSeconds(1).toString());
        assertThat(Statements.states(old)).containsEntry(TRAIL, "complete");
    }

    @Test
    void asksNothingOfWhatCloudTrailNoLongerKeeps() throws InterruptedException {
        Requests recent = Requests.of(CUSTOMS);
        Instant from = recent.request().window().from();
        Instant to = recent.request().window().to();
        ScriptedAws gone = customs();
        ScriptedAws kept = customs();

        Collected collected = recent.window(
                        from, to, to.plus(Duration.ofDays(90)).plusSeconds(1))
                .collect(gone);
        recent.window(from, to, to.plus(Duration.ofDays(90))).collect(kept);

        assertThat(lookups(gone)).isEmpty();
        assertThat(Statements.states(collected)).containsEntry(TRAIL, "not_collected");
        assertThat(Statements.detail(collected, TRAIL)).contains("reaches back to");
        assertThat(kept.calls(Operation.LOOKUP_EVENTS))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.parameters()).containsEntry("StartTime", to));
    }

    /** An answer of a hundred activities and more, each a minute before the one before it. */
    private static Answer activities(Instant newest) {
        List<Object> activities = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            activities.add(OrderedMap.of(
                    "ActivityId",
                    "a-" + i,
                    "StartTime",
                    newest.minus(Duration.ofMinutes(i)).toString()));
        }
        return new Answer(
                OrderedMap.of("ScalingActivities", activities),
                Optional.of(BundleAws.failure(AwsFailure.Kind.LIMITED, "")),
                2);
    }

    @Test
    void olderActivitiesThanAreLookedForNeedNotBeRead() throws InterruptedException {
        Requests requests = Requests.of(CUSTOMS);
        Instant from = requests.request().window().from();
        // The oldest of them is 99 minutes before the newest; changes are looked for from an hour before the window on.
        ScriptedAws enough = customs()
                .when(
                        call -> call.operation() == Operation.DESCRIBE_SCALING_ACTIVITIES,
                        (call, within) -> activities(from.plus(Duration.ofMinutes(38))));
        ScriptedAws tooFew = customs()
                .when(
                        call -> call.operation() == Operation.DESCRIBE_SCALING_ACTIVITIES,
                        (call, within) -> activities(from.plus(Duration.ofMinutes(40))));

        assertThat(Statements.states(requests.collect(enough))).containsEntry(SCALING, "complete");
        assertThat(Statements.states(requests.collect(tooFew))).containsEntry(SCALING, "partial");
    }

    @Test
    void saysHowManyResourcesWereNotLookedUp() throws InterruptedException {
        ScriptedAws aws = customs()
                .when(call -> call.operation() == Operation.DESCRIBE_NETWORK_ACLS, (call, within) -> {
                    List<Object> acls = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        acls.add(OrderedMap.of("NetworkAclId", "acl-" + i));
                    }
                    return new Answer(OrderedMap.of("NetworkAcls", acls), Optional.empty(), 1);
                });
        aws.when(
                call -> call.operation() == Operation.DESCRIBE_ROUTE_TABLES,
                (call, within) -> new Answer(OrderedMap.of("RouteTables", List.of()), Optional.empty(), 1));
        Requests requests = Requests.of(CUSTOMS);
        Instant to = requests.request().window().to();

        Collected collected = requests.window(requests.request().window().from(), to, to.plus(Duration.ofHours(1)))
                .collect(aws);

        // 20 network ACLs at once, of which 12 are.
        assertThat(lookups(aws)).filteredOn(l -> l.contains("=acl-")).hasSize(12);
        assertThat(Statements.states(collected)).containsEntry(TRAIL, "partial");
        assertThat(Statements.detail(collected, TRAIL)).startsWith("8 resources were not looked up");
    }

    @Test
    void aDryRunShowsTheLookups() throws InterruptedException {
        ScriptedAws aws = customs();
        Collected collected = Requests.of(CUSTOMS).dryRun().collect(aws);

        assertThat(aws.calls(Operation.LOOKUP_EVENTS)).isEmpty();
        assertThat(collected.calls())
                .filteredOn(call -> call.operation() == Operation.LOOKUP_EVENTS)
                .extracting(PlannedCall::command)
                .anyMatch(command -> command.contains("UpdateService"))
                .anyMatch(command -> command.contains("NETWORK_ACL_ID"))
                .allMatch(command -> command.startsWith("aws cloudtrail lookup-events --lookup-attributes '[{"));
        assertThat(collected.calls()).allMatch(call -> call.step() <= 4);
        assertThat(Map.copyOf(collected.bundle().files())).isEmpty();
    }
}
