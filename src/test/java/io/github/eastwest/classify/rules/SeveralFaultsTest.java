package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Finding;
import org.junit.jupiter.api.Test;

/** Two faults at once: neither hides the other, and each explains its own calls. */
class SeveralFaultsTest {
    /** Three tasks of one revision, {@code 10.0.0.1} to {@code 10.0.0.3}, in zones a, b and b. */
    private static Scene three() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.1.1")
                .task("api", "a1", "a", "subnet-a", "10.0.0.1")
                .task("api", "a2", "b", "subnet-b", "10.0.0.2")
                .task("api", "a3", "b", "subnet-b", "10.0.0.3");
    }

    private static Scene answered(Scene scene) {
        for (int task = 1; task <= 3; task++) {
            scene.answered("w1", "10.0.0." + task, 100, 0);
        }
        return scene;
    }

    private static Scene errors(Scene scene, String path, int ofFirst, int ofOthers) {
        scene.path(path).failed("w1", "10.0.0.1", ofFirst, 100, Condition.APPLICATION_5XX);
        for (int task = 2; task <= 3; task++) {
            scene.failed("w1", "10.0.0." + task, ofOthers, 100, Condition.APPLICATION_5XX);
        }
        return scene;
    }

    private static long explained(Scene scene, Rule rule) {
        return scene.ask(rule).finding().map(Finding::explained).orElse(0L);
    }

    @Test
    void aBadTaskShowsBesideAPathThatFailsEverywhere() {
        // /pay fails on all three alike; /x on the first task only, 20 of 120.
        Scene both = errors(errors(answered(three()), "/pay", 20, 20), "/x", 20, 0);
        assertThat(explained(both, new BadReplica())).isEqualTo(40);
        // Without the second fault no task is worse than the others.
        assertThat(errors(answered(three()), "/pay", 20, 20)
                        .ask(new BadReplica())
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void aZonesTimeoutsShowBesideErrorsOfAllTasks() {
        Scene both = errors(answered(three()), "/x", 5, 5)
                .silent("w1", "10.0.0.2", 12, 200)
                .silent("w1", "10.0.0.3", 12, 200);
        // Two thirds of the calls go to zone b: all 24 timeouts there are no chance.
        assertThat(explained(both, new AzLocalFault())).isEqualTo(24);
        assertThat(errors(answered(three()), "/x", 5, 5)
                        .silent("w1", "10.0.0.1", 12, 200)
                        .silent("w1", "10.0.0.2", 12, 200)
                        .ask(new AzLocalFault())
                        .finding())
                .isEmpty();
    }

    /** Revision 1 on one task, revision 2 on two that came in the window. */
    private static Scene deployed() {
        Scene scene = new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.1.1")
                .task("api", "a1", "a", "subnet-a", "10.0.0.1")
                .created("a2", "10.0.0.2", 2, 10)
                .created("a3", "10.0.0.3", 2, 10);
        return scene.answered("w1", "10.0.0.1", 100, 0)
                .answered("w1", "10.0.0.2", 100, 20)
                .answered("w1", "10.0.0.3", 100, 20);
    }

    @Test
    void errorsOfBothTasksOfARevisionAreItsAndThoseOfOneAreNot() {
        Scene revision = deployed()
                .failed("w1", "10.0.0.2", 20, 130, Condition.APPLICATION_5XX)
                .failed("w1", "10.0.0.3", 20, 130, Condition.APPLICATION_5XX);
        assertThat(revision.ask(new BadDeployment()).verdict()).isEqualTo(Verdict.CONFIRMED);
        // Revision 1 ran before revision 2: back is to 1, and what takes that back leads to 2.
        Finding.Fix back =
                revision.ask(new BadDeployment()).finding().orElseThrow().fix().get(0);
        assertThat(back.command().orElseThrow()).endsWith(" --service api --task-definition api:1");
        assertThat(back.rollback().orElseThrow()).endsWith(" --service api --task-definition api:2");
        Scene task = deployed().failed("w1", "10.0.0.2", 40, 130, Condition.APPLICATION_5XX);
        assertThat(task.ask(new BadDeployment()).verdict()).isEqualTo(Verdict.RULED_OUT);
        assertThat(explained(task, new BadReplica())).isEqualTo(40);
    }

    @Test
    void aRevisionsErrorsShowBesideCallsThatTheirClientGivesUpEverywhere() {
        Scene both = deployed()
                .failed("w1", "10.0.0.2", 20, 130, Condition.APPLICATION_5XX)
                .failed("w1", "10.0.0.3", 20, 130, Condition.APPLICATION_5XX);
        for (int task = 1; task <= 3; task++) {
            both.gaveUp("w1", "10.0.0." + task, 20, 160, 2_000);
        }
        assertThat(explained(both, new BadDeployment())).isEqualTo(40);
    }

    @Test
    void errorsOutsideOfABadTaskAreTheApplicationsIfTheyAreMoreThanOnAnyDay() {
        // 300 calls answered by the others: 0.3 % are fewer than the three that no sample is free of.
        Scene more = errors(answered(answered(three())), "/x", 60, 2);
        assertThat(explained(more, new ApplicationErrors())).isEqualTo(4);
        assertThat(errors(answered(answered(three())), "/x", 60, 1)
                        .ask(new ApplicationErrors())
                        .finding())
                .isEmpty();
    }

    private static Scene slowStart(Condition later) {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.1.1")
                .created("a1", "10.0.0.1", 1, 0)
                .failed("w1", "10.0.0.1", 10, 5, Condition.UPSTREAM_CONNECTION_FAILURE)
                .answered("w1", "10.0.0.1", 100, 20)
                .failed("w1", "10.0.0.1", 30, 130, later);
    }

    @Test
    void aTaskThatWasNotReadyMayFailInAnotherWayLater() {
        assertThat(explained(slowStart(Condition.APPLICATION_5XX), new TrafficBeforeReady()))
                .isEqualTo(10);
        assertThat(slowStart(Condition.UPSTREAM_CONNECTION_FAILURE)
                        .ask(new TrafficBeforeReady())
                        .finding())
                .isEmpty();
    }

    private static int atStops(Scene scene) {
        return new Phases(scene.facts().traffic().orElseThrow(), Thresholds.DEFAULT)
                .stopping()
                .cardinality();
    }

    @Test
    void aStopIsNotBlamedForErrorsOfAPathThatFailsAnywayNorForTimersThatRanBefore() {
        Scene scene = three().stopped("a4", "10.0.0.4", 300)
                .failed("w1", "10.0.0.1", 3, 100, Condition.APPLICATION_5XX)
                .failed("w1", "10.0.0.4", 5, 300, Condition.APPLICATION_5XX)
                .timedOut("w1", "10.0.0.4", 5, 290)
                .gaveUp("w1", "10.0.0.4", 5, 290, 15_000);
        assertThat(atStops(scene)).isZero();
        scene.path("/y")
                .failed("w1", "10.0.0.1", 2, 100, Condition.APPLICATION_5XX)
                .failed("w1", "10.0.0.4", 5, 300, Condition.APPLICATION_5XX)
                .timedOut("w1", "10.0.0.4", 5, 300);
        assertThat(atStops(scene)).isEqualTo(10);
    }

    private static Scene noHost(int inARow) {
        Scene scene = three().answered("w1", "10.0.0.1", 50, 0);
        for (int i = 0; i < 10; i++) {
            scene.failed("w1", "10.0.0.1", 1, 60 + 2 * i, Condition.APPLICATION_5XX);
            if (i % inARow == inARow - 1) {
                scene.answered("w1", "10.0.0.1", 1, 61 + 2 * i);
            }
        }
        return scene.path("/y").failed("w1", "", 25, 90, Condition.NO_HEALTHY_UPSTREAM);
    }

    @Test
    void fiveErrorsInARowEjectAndFourDoNot() {
        assertThat(explained(noHost(5), new OutlierEjection())).isEqualTo(25);
        assertThat(noHost(4).ask(new OutlierEjection()).verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    private static Scene blackout(int strays) {
        Scene scene = three().answered("w1", "10.0.0.1", 50, 0);
        for (int i = 0; i < strays; i++) {
            scene.failed("w1", "10.0.0.2", 1, 5 + i, Condition.APPLICATION_5XX).answered("w1", "10.0.0.2", 1, 6 + i);
        }
        scene.path("/export").failed("w1", "10.0.0.1", 10, 60, Condition.APPLICATION_5XX);
        return scene.path("/x").failed("w1", "", 45, 75, Condition.NO_HEALTHY_UPSTREAM);
    }

    private static boolean isTheHarm(Scene scene) {
        return scene.ask(new OutlierEjection()).finding().orElseThrow().evidence().stream()
                .anyMatch(e -> e.statement().contains("/export"));
    }

    @Test
    void aStrayErrorElsewhereDoesNotHideThatOnePathTookTheServiceAway() {
        assertThat(isTheHarm(blackout(1))).isTrue();
        // 10 of 12 are less than nine tenths: that path was not alone.
        assertThat(isTheHarm(blackout(2))).isFalse();
    }

    @Test
    void clientsThatLeaveEjectNobody() {
        assertThat(isTheHarm(blackout(0).gaveUp("w1", "10.0.0.2", 20, 10, 2_000)))
                .isTrue();
    }
}
