package io.github.eastwest.classify.rules;

import static io.github.eastwest.classify.Check.cannotTell;
import static io.github.eastwest.classify.Check.confirms;
import static io.github.eastwest.classify.Check.notRead;
import static io.github.eastwest.classify.Check.refutes;

import io.github.eastwest.classify.Check;
import io.github.eastwest.classify.Check.Seen;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.ecs.TaskDefinition.PortMapping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers of confirm steps that several rules ask, or that need no more than one document. */
final class Checks {
    /** ECS's record of a stop and the first failed call may be so far apart and still be the same moment. */
    private static final long SAME_MOMENT_MILLIS = 30_000;

    private static final double SURELY_A_TIMER = 0.8;

    private Checks() {}

    private static Check services(Function<Facts, Optional<Service>> which, Function<Service, Seen> answer) {
        return now -> !now.has(Input.SERVICES)
                ? notRead(Input.SERVICES)
                : which.apply(now)
                        .map(answer)
                        .orElseGet(() -> cannotTell(Input.SERVICES, "the service is not in the answer"));
    }

    private static Check definition(String id, Function<TaskDefinition, Seen> answer) {
        return now -> now.taskDefinition(id)
                .map(answer)
                .orElseGet(() -> cannotTell(Input.TASK_DEFINITIONS, id + " was not read"));
    }

    private static Check task(String id, Function<Task, Seen> answer) {
        return now -> now.calleeTasks().stream()
                .filter(t -> t.id().equals(id))
                .findFirst()
                .map(answer)
                .orElseGet(() -> cannotTell(
                        Input.TASKS, "task " + id + " is not in the answer (ECS forgets stopped tasks after an hour)"));
    }

    /** The caller's PRIMARY deployment has no Service Connect. */
    static Check callerNotEnabled() {
        return services(Facts::caller, service -> {
            if (service.primary().isEmpty()) {
                return cannotTell(Input.SERVICES, service.name() + " has no PRIMARY deployment");
            }
            boolean on =
                    service.serviceConnect().filter(ServiceConnect::enabled).isPresent();
            return on
                    ? refutes(Input.SERVICES, "enabled is true in the PRIMARY deployment of " + service.name())
                    : confirms(
                            Input.SERVICES, "the PRIMARY deployment of " + service.name() + " has no Service Connect");
        });
    }

    /** The caller's PRIMARY deployment is older than that. */
    static Check callerOlderThan(Instant endpoint) {
        return services(
                Facts::caller,
                service -> service.primary()
                        .flatMap(Deployment::createdAt)
                        .map(at -> at.isBefore(endpoint)
                                ? confirms(
                                        Input.SERVICES, "the PRIMARY deployment is of " + at + ", before " + endpoint)
                                : refutes(Input.SERVICES, "the PRIMARY deployment is of " + at + ", after " + endpoint))
                        .orElseGet(() -> cannotTell(Input.SERVICES, "the PRIMARY deployment has no time")));
    }

    /** Caller and callee are in different namespaces. */
    static Check namespacesDiffer() {
        return now -> {
            Optional<Service> caller = now.caller();
            Optional<Service> callee = now.callee();
            if (caller.isEmpty() || callee.isEmpty()) {
                return notRead(Input.SERVICES);
            }
            return switch (Namespaces.relation(now, caller.get(), callee.get())) {
                case SAME -> refutes(Input.SERVICES, "both are in the same namespace");
                case DIFFERENT -> confirms(Input.SERVICES, "their namespaces are two, resolved by id or name");
                case UNKNOWN -> cannotTell(Input.NAMESPACES, "the references cannot be resolved by what was read");
            };
        };
    }

    /** None of the names that the caller uses is an alias of the callee. */
    static Check noSuchAlias(Set<String> used) {
        return now -> {
            List<String> aliases = Symptoms.aliases(now);
            if (!now.has(Input.SERVICES) || aliases.isEmpty() || used.isEmpty()) {
                return cannotTell(
                        Input.SERVICES,
                        aliases.isEmpty() ? "no alias was read" : "the name that the caller uses is not known");
            }
            // The port 80 is left out of the Host header.
            List<String> among = used.stream()
                    .filter(name -> aliases.contains(name) || aliases.contains(name + ":80"))
                    .toList();
            return among.isEmpty()
                    ? confirms(
                            Input.SERVICES,
                            String.join(", ", used) + " is not among the aliases " + String.join(", ", aliases))
                    : refutes(Input.SERVICES, String.join(", ", among) + " is among the aliases");
        };
    }

    /** Another service of the answer has an alias or a discovery name of the callee. */
    static Check sameNames() {
        return now -> {
            Optional<Service> callee = now.callee();
            if (callee.isEmpty()) {
                return notRead(Input.SERVICES);
            }
            Set<String> own = names(callee.get());
            List<String> sharing = now.services().stream()
                    .filter(s -> !s.name().equals(callee.get().name())
                            || !s.cluster().equals(callee.get().cluster()))
                    .filter(s -> Namespaces.relation(now, s, callee.get()) != Namespaces.Relation.DIFFERENT)
                    .filter(s -> names(s).stream().anyMatch(own::contains))
                    .map(Service::name)
                    .toList();
            return sharing.isEmpty()
                    ? cannotTell(Input.SERVICES, "no other service among those that were described has one of them")
                    : confirms(
                            Input.SERVICES,
                            String.join(", ", sharing) + " has an alias or discovery name of the callee's");
        };
    }

    private static Set<String> names(Service service) {
        Set<String> names = new TreeSet<>();
        service.serviceConnect()
                .filter(ServiceConnect::enabled)
                .map(ServiceConnect::endpoints)
                .orElse(List.of())
                .forEach(e -> {
                    names.add("discovery name " + e.discoveryName());
                    e.aliases()
                            .forEach(a -> names.add("alias " + a.dnsName().orElse(e.discoveryName()) + ":" + a.port()));
                });
        return names;
    }

    /** None of those names is a port of that revision. */
    static Check portNamesMissing(String definitionId, List<String> wanted) {
        return definition(definitionId, definition -> {
            List<String> names = definition.portMappings().stream()
                    .flatMap(p -> p.name().stream())
                    .toList();
            List<String> missing =
                    wanted.stream().filter(w -> !names.contains(w)).toList();
            String have = names.isEmpty() ? "no named port" : String.join(", ", names);
            return missing.isEmpty()
                    ? refutes(Input.TASK_DEFINITIONS, definitionId + " has " + have)
                    : confirms(
                            Input.TASK_DEFINITIONS,
                            definitionId + " has " + have + ", not " + String.join(", ", missing));
        });
    }

    /** The callee's PRIMARY deployment offers no endpoint. */
    static Check noEndpoint() {
        return services(Facts::callee, service -> {
            Optional<ServiceConnect> connect = service.serviceConnect().filter(ServiceConnect::enabled);
            int endpoints = connect.map(c -> c.endpoints().size()).orElse(0);
            if (endpoints > 0) {
                return refutes(
                        Input.SERVICES,
                        "services has " + connect.get().endpoints().get(0).portName());
            }
            return confirms(
                    Input.SERVICES,
                    connect.isEmpty() ? "enabled is false or missing" : "enabled is true and services is empty");
        });
    }

    /** The port has an appProtocol; without one it takes a person to know what is spoken there. */
    static Check appProtocolMissing(String definitionId, int port) {
        return definition(definitionId, definition -> {
            Optional<PortMapping> mapping = definition.portMappings().stream()
                    .filter(p -> p.containerPort() == port)
                    .findFirst();
            Optional<String> protocol = mapping.flatMap(PortMapping::appProtocol);
            return protocol.map(p -> refutes(Input.TASK_DEFINITIONS, "appProtocol of port " + port + " is " + p))
                    .orElseGet(() -> cannotTell(
                            Input.TASK_DEFINITIONS,
                            "port " + port + " of " + definitionId
                                    + " has no appProtocol; what is spoken there the document does not say"));
        });
    }

    /** The endpoint's request timeout is still what the calls ended at; how long the application needs only its log tells. */
    static Check requestTimeoutIs(long millis, long toleranceMillis) {
        return services(Facts::callee, service -> {
            List<Endpoint> endpoints = endpoints(service);
            if (endpoints.isEmpty()) {
                return cannotTell(Input.SERVICES, "the answer has no endpoint");
            }
            List<Long> limits = endpoints.stream()
                    .map(e -> e.requestTimeoutSeconds().isEmpty()
                            ? Facts.DEFAULT_REQUEST_TIMEOUT_MILLIS
                            : e.requestTimeoutSeconds().getAsInt() * 1000L)
                    .toList();
            String words = "perRequestTimeoutSeconds is "
                    + endpoints.stream()
                            .map(e -> e.requestTimeoutSeconds().isEmpty()
                                    ? "absent (15 s)"
                                    : Integer.toString(e.requestTimeoutSeconds().getAsInt()))
                            .collect(Collectors.joining(", "));
            boolean fits = limits.stream().anyMatch(limit -> limit > 0 && Math.abs(limit - millis) <= toleranceMillis);
            boolean longer = limits.stream().allMatch(limit -> limit == 0 || limit > millis + toleranceMillis);
            if (fits) {
                return cannotTell(
                        Input.SERVICES,
                        words + ", as the calls' end says; whether they would have finished later the application's log"
                                + " tells");
            }
            return longer
                    ? refutes(Input.SERVICES, words + ", longer than the " + Words.duration(millis) + " of the calls")
                    : cannotTell(Input.SERVICES, words);
        });
    }

    /** The same of streams, whose length shows on their lines: the timeout being so is all there is to know. */
    static Check streamTimeoutIs(long millis, long toleranceMillis) {
        Check same = requestTimeoutIs(millis, toleranceMillis);
        return now -> {
            Seen seen = same.on(now);
            boolean fits = seen.words().contains("as the calls' end says");
            return fits
                    ? confirms(
                            seen.source(),
                            seen.words().substring(0, seen.words().indexOf(", as the")) + ", at which the streams end")
                    : seen;
        };
    }

    /** The endpoint's idle timeout is configured as the silence that the calls ended after. */
    static Check idleTimeoutIs(long millis, long toleranceMillis) {
        return services(Facts::callee, service -> {
            List<OptionalInt> idle = endpoints(service).stream()
                    .map(Endpoint::idleTimeoutSeconds)
                    .toList();
            Optional<Integer> fitting = idle.stream()
                    .filter(OptionalInt::isPresent)
                    .map(OptionalInt::getAsInt)
                    .filter(seconds -> seconds > 0 && Math.abs(seconds * 1000L - millis) <= toleranceMillis)
                    .findFirst();
            if (fitting.isPresent()) {
                return confirms(Input.SERVICES, "idleTimeoutSeconds is " + fitting.get());
            }
            boolean off = !idle.isEmpty()
                    && idle.stream()
                            .allMatch(i -> i.isPresent()
                                    && (i.getAsInt() == 0 || i.getAsInt() * 1000L > millis + toleranceMillis));
            return off
                    ? refutes(Input.SERVICES, "idleTimeoutSeconds is 0 or longer than the calls were silent")
                    : cannotTell(Input.SERVICES, "idleTimeoutSeconds is absent or another one");
        });
    }

    private static List<Endpoint> endpoints(Service service) {
        return service.serviceConnect()
                .filter(ServiceConnect::enabled)
                .map(ServiceConnect::endpoints)
                .orElse(List.of());
    }

    /** The rules of the groups admit no caller at some task of the callee. */
    static Check notAdmitted(Set<String> addresses) {
        return now -> {
            if (!now.has(Input.SECURITY_GROUP_RULES)) {
                return notRead(Input.SECURITY_GROUP_RULES);
            }
            SecurityGroups groups = new SecurityGroups(now);
            int blocked = 0;
            int admitted = 0;
            for (Task task : now.calleeTasks()) {
                if (task.placement().address().filter(addresses::contains).isEmpty()) {
                    continue;
                }
                for (SecurityGroups.Caller caller : groups.callers()) {
                    switch (groups.judge(caller, task)) {
                        case BLOCKED -> blocked++;
                        case ADMITTED -> admitted++;
                        case UNKNOWN -> {}
                    }
                }
            }
            String ports = groups.ports().stream().map(String::valueOf).collect(Collectors.joining(", "));
            if (blocked > 0) {
                return confirms(
                        Input.SECURITY_GROUP_RULES,
                        "no rule lets tcp " + ports + " of " + String.join(", ", groups.callerGroups())
                                + " through for " + Words.of(blocked, (long) blocked + admitted, "pair") + " of tasks");
            }
            return admitted > 0
                    ? refutes(
                            Input.SECURITY_GROUP_RULES,
                            "the rules let tcp " + ports + " through for all " + Words.count(admitted, "pair")
                                    + " of tasks")
                    : cannotTell(Input.SECURITY_GROUP_RULES, "the groups of those tasks are not known any more");
        };
    }

    /** ACLs and routes close the way between some caller's and some callee's task. */
    static Check pathClosed() {
        return now -> {
            NetworkPaths paths = new NetworkPaths(now);
            int closed = 0;
            int open = 0;
            for (NetworkPaths.End caller : paths.callers()) {
                for (NetworkPaths.End callee : paths.callees()) {
                    NetworkPaths.Way acls = paths.throughAcls(caller, callee);
                    NetworkPaths.Way routes = paths.byRoutes(caller, callee);
                    if (!acls.obstacles().isEmpty() || !routes.obstacles().isEmpty()) {
                        closed++;
                    } else if (acls.known() && routes.known()) {
                        open++;
                    }
                }
            }
            if (closed > 0) {
                return confirms(
                        Input.NETWORK_ACLS,
                        "ACLs or routes stand in the way of " + Words.of(closed, (long) closed + open, "pair")
                                + " of tasks");
            }
            return open > 0
                    ? refutes(
                            Input.NETWORK_ACLS,
                            "ACLs and routes let tcp through, there and back, between " + Words.count(open, "pair")
                                    + " of tasks")
                    : cannotTell(Input.NETWORK_ACLS, "the tasks' subnets, ACLs or routes were not read");
        };
    }

    /** ECS counts no running task of the callee. */
    static Check nothingRuns() {
        return services(
                Facts::callee,
                service -> service.tasks().running() == 0
                        ? confirms(
                                Input.SERVICES,
                                "running is 0, desired " + service.tasks().desired())
                        : cannotTell(
                                Input.SERVICES,
                                "running is " + service.tasks().running()
                                        + " now; of the window the tasks' own times tell"));
    }

    /** The task ended by itself, for lack of memory or not. */
    static Check ended(String taskId, boolean outOfMemory) {
        return task(taskId, task -> {
            String said = task.state().stopCode() + " " + task.state().stoppedReason()
                    + task.applicationContainers().stream()
                            .map(c -> "; " + c.name()
                                    + (c.exitCode().isPresent()
                                            ? " exit code " + c.exitCode().getAsInt()
                                            : "")
                                    + (c.reason().isEmpty() ? "" : " " + c.reason()))
                            .collect(Collectors.joining());
            boolean memory = said.contains("OutOfMemory");
            boolean failed = task.applicationContainers().stream()
                    .anyMatch(c -> c.exitCode().orElse(0) != 0);
            boolean itself = task.state().stopCode().equals("EssentialContainerExited");
            if (outOfMemory) {
                return memory ? confirms(Input.TASKS, said) : cannotTell(Input.TASKS, said);
            }
            if (memory || Phases.plannedStop(task)) {
                return refutes(Input.TASKS, said);
            }
            return itself && failed ? confirms(Input.TASKS, said) : cannotTell(Input.TASKS, said);
        });
    }

    /** The task never ran. */
    static Check neverRan(String taskId) {
        return task(taskId, task -> {
            boolean ran = task.applicationContainers().stream()
                    .anyMatch(c -> c.exitCode().isPresent());
            String said = task.state().stopCode() + " " + task.state().stoppedReason();
            if (ran) {
                return refutes(Input.TASKS, said + "; an application's container has an exit code");
            }
            return task.state().stopCode().equals("TaskFailedToStart")
                    ? confirms(Input.TASKS, said + "; no container has an exit code")
                    : cannotTell(Input.TASKS, said);
        });
    }

    /** The task was stopped when its calls began to fail, and its application ended at once. */
    static Check stoppedAt(String taskId, long firstFailureMillis) {
        return task(taskId, task -> {
            Optional<Instant> stopping = Phases.stop(task);
            Optional<Instant> ended = task.lifecycle()
                    .executionStoppedAt()
                    .or(() -> task.lifecycle().stoppedAt());
            if (stopping.isEmpty()) {
                return cannotTell(Input.TASKS, "the task has not stopped");
            }
            long apart = firstFailureMillis - stopping.get().toEpochMilli();
            String words = "it began to stop at " + Words.time(stopping.get()) + ", the first call failed at "
                    + Words.time(firstFailureMillis)
                    + ended.map(at -> ", it ended at " + Words.time(at)).orElse("");
            if (apart < -SAME_MOMENT_MILLIS) {
                return refutes(Input.TASKS, words);
            }
            boolean atOnce = ended.filter(
                            at -> at.toEpochMilli() - stopping.get().toEpochMilli() <= SAME_MOMENT_MILLIS)
                    .isPresent();
            return apart <= SAME_MOMENT_MILLIS && atOnce
                    ? confirms(Input.TASKS, words)
                    : cannotTell(Input.TASKS, words);
        });
    }

    /** The task runs and is of the same revision as the others; what ails it its application's log tells. */
    static Check runsLikeTheOthers(String taskId) {
        return task(taskId, task -> {
            String words = task.state().lastStatus() + ", " + task.taskDefinition() + ", health "
                    + task.state().health();
            return Phases.plannedStop(task)
                    ? cannotTell(Input.TASKS, words + "; it has been stopped since")
                    : cannotTell(Input.TASKS, words + "; what ails it its application's log tells");
        });
    }

    /** ECS itself gave the newest deployment up. */
    static Check deploymentGivenUp() {
        return now -> {
            if (!now.has(Input.SERVICES)) {
                return notRead(Input.SERVICES);
            }
            List<String> failed = new ArrayList<>();
            now.callee().map(Service::deployments).orElse(List.of()).forEach(d -> {
                if (d.rollout().state().equals("FAILED") || d.rollout().failedTasks() > 0) {
                    failed.add(d.taskDefinition() + " " + d.rollout().state() + ", failed tasks "
                            + d.rollout().failedTasks());
                }
            });
            return failed.isEmpty()
                    ? cannotTell(
                            Input.SERVICES,
                            "ECS counts no failed task of the deployments; which tasks fail the lines tell")
                    : confirms(Input.SERVICES, String.join("; ", failed));
        };
    }

    /** No container of those revisions has a health check. */
    static Check noHealthCheck(Set<String> definitions) {
        return now -> {
            List<TaskDefinition> read = definitions.stream()
                    .flatMap(id -> now.taskDefinition(id).stream())
                    .toList();
            if (read.isEmpty()) {
                return notRead(Input.TASK_DEFINITIONS);
            }
            boolean checked = read.stream()
                    .flatMap(d -> d.containers().stream())
                    .anyMatch(c -> c.healthCheck().isPresent());
            return checked
                    ? cannotTell(
                            Input.TASK_DEFINITIONS,
                            "there is a healthCheck; whether it passes before the application serves it does not say")
                    : confirms(Input.TASK_DEFINITIONS, "healthCheck is null");
        };
    }

    /** The proxy's log or access log is not configured. */
    static Check notLogged(Side side, boolean proxyLog) {
        return services(side == Side.CALLER ? Facts::caller : Facts::callee, service -> {
            Optional<ServiceConnect> connect = service.serviceConnect().filter(ServiceConnect::enabled);
            if (connect.isEmpty()) {
                return cannotTell(Input.SERVICES, service.name() + " has no Service Connect");
            }
            boolean missing = proxyLog
                    ? !connect.get().logConfigured()
                    : connect.get().accessLogFormat().isEmpty();
            String what = proxyLog ? "logConfiguration" : "accessLogConfiguration";
            return missing
                    ? confirms(Input.SERVICES, what + " of " + service.name() + " is null")
                    : refutes(Input.SERVICES, what + " of " + service.name() + " is set");
        });
    }

    /** The caller's proxies told of hosts that left the rotation. */
    static Check ejections() {
        return now -> now.traffic()
                .map(view -> view.ejections().isEmpty()
                        ? cannotTell(Input.CALLER_LOGS, "the lines that were read hold no enforced ejection")
                        : confirms(
                                Input.CALLER_LOGS,
                                Words.count(view.ejections().size(), "enforced ejection") + ", the first of "
                                        + view.ejections().get(0).host() + " at "
                                        + Words.time(view.ejections().get(0).atMillis())))
                .orElseGet(() -> notRead(Input.CALLER_LOGS));
    }

    /** The calls given up lasted equally long, and not as long as the request timeout. */
    static Check givenUpByTimer(long requestTimeoutMillis, long toleranceMillis) {
        return now -> {
            Optional<TrafficView> view = now.traffic().filter(TrafficView::callerCounts);
            if (view.isEmpty()) {
                return notRead(Input.CALLER_LOGS);
            }
            List<Observed> gone = view.get().failures().stream()
                    .filter(o -> o.call().line().response().status() == 0)
                    .toList();
            long[] durations = gone.stream().mapToLong(Observed::duration).toArray();
            Optional<TrafficView.Cluster> pile = TrafficView.densest(durations, toleranceMillis / 5);
            if (pile.isEmpty() || pile.get().count() < 5 || pile.get().millis() < 200) {
                return cannotTell(Input.CALLER_LOGS, "too few calls with status 0 to see a timer");
            }
            String words = Words.percent(pile.get().count(), gone.size()) + " of " + Words.count(gone.size(), "call")
                    + " with status 0 lasted " + Words.duration(pile.get().millis());
            if (pile.get().share() < SURELY_A_TIMER) {
                return cannotTell(Input.CALLER_LOGS, words);
            }
            return Math.abs(pile.get().millis() - requestTimeoutMillis) <= toleranceMillis
                    ? cannotTell(Input.CALLER_LOGS, words + ", the request timeout itself")
                    : confirms(Input.CALLER_LOGS, words);
        };
    }
}
