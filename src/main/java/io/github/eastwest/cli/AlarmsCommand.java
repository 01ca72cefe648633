package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.alarms.AlarmSubject;
import io.github.eastwest.classify.alarms.Alarms;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.alarms.AlarmDocuments;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eastwest alarms CALLER CALLEE}: alarm definitions for an edge. */
@Command(
        name = "alarms",
        addMethodSubcommands = false,
        sortOptions = false,
        customSynopsis = "eastwest alarms CALLER CALLEE [--bundle PATH] [OPTION…]",
        header = {
            "Prints CloudWatch alarms that would tell of an edge's failures. Creates nothing.",
            "",
            "Examples:",
            "  eastwest alarms checkout payments --bundle incident.zip",
            "  eastwest alarms checkout payments --bundle incident.zip -o cloudformation=alarms.json",
            "  eastwest alarms checkout payments -c prod --discovery-name payments --log-group /ecs/checkout -o commands",
            ""
        },
        description = {
            "",
            "Works offline. Names and thresholds come from a bundle, or names from the options alone; an option wins over"
                    + " the bundle. Where 30 minutes of usual metrics were read, thresholds follow from them.",
            "",
            "Alarms: backend-5xx, p99-regression, no-traffic and connection-churn on metrics of Service Connect, proxy-5xx"
                    + " and ejections on metric filters of the log of the caller's proxies.",
            ""
        },
        footer = {"", "Exit codes: 0, 1 internal fault, 2 usage."})
final class AlarmsCommand implements Callable<Integer> {
    private static final List<String> FORMATS = List.of("json", "cloudformation", "commands");
    private static final List<String> PROTOCOLS = List.of("http", "http2", "grpc", "tcp");

    private final Console console;

    @Mixin
    private final EdgeArguments edge = new EdgeArguments();

    @Option(names = "--bundle", paramLabel = "PATH", description = "A bundle, a directory or a .zip of one.")
    private @Nullable Path bundle;

    @Option(
            names = "--discovery-name",
            paramLabel = "NAME",
            description =
                    "The callee's discovery name, a dimension of its metrics (default: the bundle's, else CALLEE).")
    private @Nullable String discoveryName;

    @Option(
            names = "--app-protocol",
            paramLabel = "PROTOCOL",
            description = "http, http2, grpc, or tcp where the port has none (default: the bundle's, else http).")
    private @Nullable String protocol;

    @Option(
            names = "--log-group",
            paramLabel = "NAME",
            description = "Log group of the caller's proxies (default: the bundle's, else no log alarms).")
    private @Nullable String logGroup;

    @Option(
            names = "--alarm-action",
            paramLabel = "ARN",
            description =
                    "What to tell when an alarm fires and when it is over, such as an SNS topic; may be repeated.")
    private List<String> actions = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description =
                    "json (default; 'input' is for --cli-input-json), cloudformation (a template in JSON, which is"
                            + " YAML too) or commands (shell); repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    AlarmsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Outputs targets = Outputs.parse(outputs, FORMATS);
        check();
        AlarmPlan plan = bundle == null ? Alarms.of(subject(byNames())) : fromBundle(bundle);
        targets.write(console, (target, out) -> {
            switch (target.format()) {
                case "commands" ->
                    out.write(AlarmDocuments.commands(plan, actions).getBytes(StandardCharsets.UTF_8));
                case "cloudformation" -> JsonTree.write(AlarmDocuments.cloudFormation(plan, actions), out);
                default -> JsonTree.write(AlarmDocuments.document(plan, edge.caller(), edge.callee(), actions), out);
            }
        });
        plan.notes().forEach(note -> console.err().println("eastwest: " + Foreign.clean(note)));
        return ExitCode.OK;
    }

    private void check() {
        if (protocol != null && !PROTOCOLS.contains(protocol.toLowerCase(Locale.ROOT))) {
            throw usage("unknown --app-protocol '" + protocol + "'", "Use http, http2, grpc or tcp.");
        }
        for (String action : actions) {
            if (!action.matches("arn:[a-z-]+:[a-z0-9-]+:[^\\s\\p{Cntrl}]{1,900}")) {
                throw usage(
                        "--alarm-action " + Foreign.clean(action) + " is no ARN",
                        "It looks like arn:aws:sns:eu-central-1:123456789012:on-call.");
            }
        }
    }

    private AlarmPlan fromBundle(Path path) throws IOException {
        try (Bundle opened = Bundle.open(path)) {
            Request request = new Request(
                    Optional.of(edge.caller()),
                    Optional.of(edge.callee()),
                    edge.cluster(),
                    edge.calleeCluster(),
                    Optional.empty(),
                    Optional.empty());
            Snapshot snapshot = SnapshotReader.read(opened, request);
            return Alarms.of(
                    subject(AlarmSubject.of(snapshot)),
                    snapshot,
                    new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(snapshot));
        }
    }

    private AlarmSubject byNames() {
        return new AlarmSubject(
                edge.caller(),
                edge.callee(),
                edge.cluster(),
                edge.calleeCluster().or(edge::cluster),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** What the options say wins over what the bundle says. */
    private AlarmSubject subject(AlarmSubject known) {
        Optional<AlarmSubject.ProxyLog> log = known.proxyLog();
        if (logGroup != null && log.filter(one -> one.group().equals(logGroup)).isEmpty()) {
            log = Optional.of(new AlarmSubject.ProxyLog(logGroup, true, false, Optional.empty(), List.of(), List.of()));
        }
        return new AlarmSubject(
                known.caller(),
                known.callee(),
                known.callerCluster(),
                known.calleeCluster(),
                Optional.ofNullable(discoveryName).or(known::discoveryName),
                Optional.ofNullable(protocol)
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .or(known::protocol),
                log);
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
