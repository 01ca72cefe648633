package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * EW404: the proxies speak what {@code appProtocol} says, the application something else: the callee's proxy answers 502
 * with 87 bytes (upstream protocol error), the other direction is 400 with 11 bytes and neither method nor path. It fails
 * every call of the port from the first one; single paths are the application's malformed answers (EW506).
 */
final class AppProtocolMismatch implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.APP_PROTOCOL_MISMATCH;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASK_DEFINITIONS, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Optional<String> protocol = facts.endpoints().stream()
                .findFirst()
                .flatMap(facts::portMapping)
                .flatMap(TaskDefinition.PortMapping::appProtocol);
        boolean healthy = facts.calleeTasks().stream()
                .anyMatch(t -> t.running() && t.state().health().equals("HEALTHY"));
        BitSet broken = view.where(o -> o.condition() == Condition.UPSTREAM_PROTOCOL_ERROR
                || healthy
                        && o.mayBe(Condition.UPSTREAM_PROTOCOL_ERROR)
                        && o.hop() != Hop.NETWORK
                        && !o.call().line().isGrpc()
                || o.condition() == Condition.DOWNSTREAM_PROTOCOL_ERROR);
        long garbled = garbled(view.traffic().surroundings().calleeInboundOther())
                + garbled(view.traffic().surroundings().callerOther());
        int minimum = facts.thresholds().spread().minimumFailures();
        if (broken.cardinality() < minimum && garbled < minimum) {
            return Examination.excluded(
                    broken.isEmpty()
                            ? "no proxy met a protocol error"
                            : "only " + Words.count(broken.cardinality(), "protocol error"));
        }
        Map<String, Tally> hosts = view.byHost(broken);
        Tally affected = hosts.values().stream()
                .filter(t -> t.failed() > 0)
                .reduce(new Tally(0, 0), (a, b) -> new Tally(a.failed() + b.failed(), a.answered() + b.answered()));
        boolean total = affected.total() > 0 && affected.share() >= 0.9
                || view.successes().isEmpty() && !view.answersUnread();
        String speaks = protocol.map(p -> "appProtocol " + p).orElse("the configured protocol");
        Draft draft = Draft.of(cause())
                .explains(broken)
                .summary(facts.edge().label() + ": the callee's application does not speak " + speaks + "; "
                        + (broken.isEmpty() ? Words.count(garbled, "request") : facts.ofCalls(broken.cardinality()))
                        + " ended in a protocol error")
                .evidence(
                        Weight.STRONG,
                        facts.has(Input.CALLEE_LOGS) ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                        broken.isEmpty()
                                ? Words.count(garbled, "request")
                                        + " could not be parsed by a proxy (400 with 11 bytes, neither method nor path)"
                                : facts.ofCalls(broken.cardinality()) + " met an answer that is not " + speaks,
                        Words.count(Math.max(broken.cardinality(), garbled), "call"),
                        "");
        if (total) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    affected.answered() == 0
                            ? "no call to those tasks was ever answered"
                            : Words.percent(affected.failed(), affected.total())
                                    + " of the calls to those tasks failed so",
                    Words.percent(affected.failed(), Math.max(1, affected.total())),
                    "90\u00a0%");
        } else {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(affected.answered(), "call")
                            + " to the same tasks were answered: only some answers are malformed");
        }
        protocol.ifPresent(p -> draft.evidence(Weight.WEAK, Input.TASK_DEFINITIONS, "the port's appProtocol is " + p));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(facts.calleePrimary()
                                                .map(Deployment::taskDefinition)
                                                .orElse("FAMILY"))
                                        + " --query 'taskDefinition.containerDefinitions[].portMappings[].{name:name,port:containerPort,appProtocol:appProtocol}'",
                                "appProtocol is not what the application speaks on that port (its log shows 'PRI * HTTP/2.0' or malformed requests)",
                                "it is what the application speaks")
                        .fix(
                                "Let the application speak " + protocol.orElse("the configured protocol")
                                        + " on that port again: roll back the change.",
                                "A deployment of the callee.")
                        .fix(
                                "Or correct appProtocol: it cannot be changed in a service that uses Service Connect, so re-create the ECS service with a corrected task definition.",
                                "Re-creating interrupts the service unless a second one takes over first; callers need a new deployment."),
                "the protocol errors are those of single answers");
    }

    private static long garbled(List<AccessLogEntry> lines) {
        return lines.stream()
                .filter(l -> l.response().status() == 400
                        && l.response().bytesSent() == 11
                        && l.request().method() == null)
                .count();
    }
}
