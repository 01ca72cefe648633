package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW510: nothing listens on the container port: the callee's proxy gets a refusal from its own task on every call, from the
 * first one on. Wrong port, bound to another address only, or the application did not start its listener. A refusal proves
 * that host and network are there.
 */
final class NotListening implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.NOT_LISTENING;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.SERVICES, Input.TASK_DEFINITIONS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final long LASTING_MILLIS = 20_000;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Phases phases = new Phases(view, facts.thresholds());
        BitSet refused = view.where(o -> o.condition() == Condition.UPSTREAM_CONNECTION_FAILURE
                && o.hop() == Hop.CALLEE_APP
                && view.firstSuccess(o.host()).isEmpty()
                && !o.host().isEmpty());
        refused.andNot(phases.stopping());
        Set<String> exited = new TreeSet<>();
        TaskExits.of(facts).forEach(e -> exited.add(e.task().id()));
        refused.andNot(
                view.where(o -> o.task().filter(t -> exited.contains(t.id())).isPresent()));
        if (refused.cardinality() < facts.thresholds().spread().minimumFailures()) {
            return Examination.excluded(
                    refused.isEmpty()
                            ? "no task refused every call"
                            : "only " + Words.count(refused.cardinality(), "call") + " met a task that never answered");
        }
        if (view.answersUnread()) {
            // Nobody knows who answered.
            return Examination.undecided(view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS);
        }
        Set<String> hosts = new TreeSet<>();
        view.at(refused).forEach(o -> hosts.add(o.host()));
        Set<String> revisions = new TreeSet<>();
        view.at(refused).forEach(o -> o.revision().ifPresent(revisions::add));
        Map<String, Tally> all = view.byHost(refused);
        long well = all.entrySet().stream()
                .filter(e -> !hosts.contains(e.getKey()) && e.getValue().answered() > 0)
                .count();
        long span = view.last(refused).orElse(0) - view.first(refused).orElse(0);
        boolean young = view.at(refused).stream()
                .flatMap(o -> o.task().stream())
                .allMatch(t -> t.lifecycle()
                        .startedAt()
                        .filter(at -> facts.window().to().toEpochMilli() - at.toEpochMilli()
                                < facts.thresholds().timing().startSeconds() * 1000L)
                        .isPresent());
        String port = facts.endpoints().stream()
                .findFirst()
                .flatMap(facts::portMapping)
                .map(p -> Integer.toString(p.containerPort()))
                .orElse("the container port");
        Draft draft = Draft.of(cause())
                .explains(refused)
                .summary(facts.edge().label() + ": nothing listens on " + port + " in "
                        + Words.count(hosts.size(), "task") + " of the callee"
                        + (revisions.isEmpty() ? "" : " (" + String.join(", ", revisions) + ")") + ": "
                        + facts.ofCalls(refused.cardinality()) + " were refused there and none was ever answered")
                .evidence(
                        Weight.STRONG,
                        facts.has(Input.CALLEE_LOGS) ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                        facts.ofCalls(refused.cardinality())
                                + " were refused by the application's own address within the task: the network is innocent",
                        Words.count(refused.cardinality(), "refusal"),
                        "");
        boolean allTasks = well == 0;
        if (hosts.size() >= 2 || allTasks) {
            draft.evidence(
                    span >= LASTING_MILLIS ? Weight.DECISIVE : Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(hosts.size(), "task") + " never answered a call in " + Words.duration(span)
                            + (well > 0 ? "; " + Words.count(well, "other task") + " do" : "; there is no other"),
                    "0 answers",
                    "");
        } else {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "it is one task of several: " + Words.count(well, "other task") + " answer");
        }
        if (young) {
            draft.against(
                    Weight.STRONG,
                    Input.TASKS,
                    "those tasks started within the last minute of the window and may still be starting");
        }
        boolean healthy = view.at(refused).stream()
                .anyMatch(o -> o.task()
                        .filter(t -> t.running() && t.state().health().equals("HEALTHY"))
                        .isPresent());
        boolean ambiguous = view.at(refused).stream()
                .allMatch(o -> o.mayBe(Condition.UPSTREAM_PROTOCOL_ERROR)
                        && !o.call().line().isGrpc());
        if (healthy && ambiguous) {
            draft.against(
                    Weight.MEDIUM,
                    Input.TASKS,
                    "the tasks are HEALTHY, and these lines cannot tell a refusal from an answer in another protocol");
        }
        boolean running = view.at(refused).stream()
                .anyMatch(o -> o.task().filter(Task::running).isPresent());
        if (running) {
            draft.evidence(Weight.WEAK, Input.TASKS, "ECS has those tasks RUNNING");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(
                                                revisions.isEmpty()
                                                        ? "FAMILY"
                                                        : revisions.iterator().next())
                                        + " --query 'taskDefinition.containerDefinitions[].portMappings[]'",
                                "containerPort is not the port that the application's log says it listens on (or it listens on another address only)",
                                "the application's log says that it listens on that port and on all addresses")
                        .fix(
                                "Make containerPort and the application's port the same, listen on 0.0.0.0 (IPv6-only tasks: on ::), and deploy.",
                                "A deployment of the callee.")
                        .fix(
                                "A container health check through the same port would have stopped this deployment.",
                                "None."),
                "the tasks that refused calls answered others");
    }
}
