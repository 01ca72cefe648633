package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.TaskDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * EW403: a port mapping without {@code appProtocol} is plain TCP to Service Connect: no request metrics, no request
 * timeout, no retries on other tasks, no status in the access log. A fault only if the application speaks HTTP.
 */
final class AppProtocolMissing implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.APP_PROTOCOL_MISSING;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES, Input.TASK_DEFINITIONS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.CALLER_LOGS, Input.CALLEE_LOGS, Input.METRICS);
    }
    /** Ports of protocols that are not HTTP: there, plain TCP is right. */
    private static final Set<Integer> TCP_PORTS = Set.of(
            21, 22, 25, 53, 110, 143, 389, 636, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5672, 6379, 7687, 8883, 9042,
            9092, 9300, 11211, 26257, 27017);

    @Override
    public Examination examine(Facts facts) {
        Optional<ServiceConnect.Endpoint> endpoint = facts.endpoints().stream().findFirst();
        Optional<TaskDefinition.PortMapping> port = endpoint.flatMap(facts::portMapping);
        if (port.isEmpty()) {
            return Examination.excluded("no endpoint of the callee has a port mapping");
        }
        if (port.get().appProtocol().isPresent()) {
            return Examination.excluded(
                    "the port's appProtocol is " + port.get().appProtocol().get());
        }
        Optional<TaskDefinition> definition =
                facts.calleePrimary().flatMap(d -> facts.taskDefinition(d.taskDefinition()));
        int number = port.get().containerPort();
        List<String> http = signsOfHttp(facts, definition.orElseThrow(), endpoint.get(), number);
        if (http.isEmpty() && TCP_PORTS.contains(number)) {
            return Examination.excluded(
                    "port " + number + " is one of a protocol that is not HTTP, for which plain TCP is right");
        }
        Draft draft = Draft.of(cause())
                .summary(
                        facts.edge().label() + ": port " + port.get().name().orElse("") + " (" + number
                                + ") has no appProtocol, so the proxies see connections, not requests: no retries, no request metrics, no status")
                .evidence(
                        Weight.DECISIVE,
                        Input.TASK_DEFINITIONS,
                        definition.get().id() + " gives port " + number + " no appProtocol",
                        "none",
                        "http, http2 or grpc");
        if (http.isEmpty()) {
            draft.against(
                    Weight.STRONG, Input.TASK_DEFINITIONS, "nothing in the data says that the application speaks HTTP");
        } else {
            draft.evidence(Weight.MEDIUM, Input.TASK_DEFINITIONS, "signs of HTTP: " + String.join(", ", http));
        }
        long tcp = facts.logs().streams().stream()
                .filter(s -> s.format().filter(f -> f.contains("tcp")).isPresent())
                .mapToLong(s -> s.counts().access())
                .sum();
        if (tcp > 0) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    "the proxies log connections: " + Words.count(tcp, "line") + " in the TCP format");
        }
        if (facts.atCallee("RequestCount", "Sum").isEmpty()
                && facts.atCallee("ProcessedBytes", "Sum").isPresent()) {
            draft.evidence(Weight.WEAK, Input.METRICS, "the callee has ProcessedBytes but no RequestCount");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(definition.get().id())
                                        + " --query 'taskDefinition.containerDefinitions[].portMappings[]'",
                                "the mapping has no appProtocol, and the application speaks HTTP or gRPC",
                                "appProtocol is there, or the application's protocol is not HTTP",
                                Checks.appProtocolMissing(definition.get().id(), number))
                        .fix(
                                "Set appProtocol in a new task definition revision and re-create the ECS service with it: it cannot be changed in a service that uses Service Connect.",
                                "Re-creating interrupts the service unless a second one takes over first; callers need a new deployment."),
                "plain TCP is right for this port");
    }

    private static List<String> signsOfHttp(
            Facts facts, TaskDefinition definition, ServiceConnect.Endpoint endpoint, int port) {
        List<String> signs = new ArrayList<>();
        definition.containers().stream()
                .flatMap(c -> c.healthCheck().stream())
                .filter(h -> String.join(" ", h.command()).contains("http://"))
                .findFirst()
                .ifPresent(h -> signs.add("the container's health check is an HTTP request"));
        String name = endpoint.portName().toLowerCase(Locale.ROOT);
        if (name.contains("http") || name.contains("grpc") || name.contains("web") || name.contains("rest")) {
            signs.add("the port is called " + endpoint.portName());
        }
        if (port == 80 || port == 443 || port == 3000 || port == 5000 || port >= 8000 && port < 8100 || port == 50051) {
            signs.add("port " + port + " is usually HTTP");
        }
        facts.callerEnvironment().forEach((key, value) -> {
            if (value.startsWith("http") && facts.discoveryNames().stream().anyMatch(value::contains)) {
                signs.add("the caller's " + key + " is an HTTP address");
            }
        });
        return signs;
    }
}
