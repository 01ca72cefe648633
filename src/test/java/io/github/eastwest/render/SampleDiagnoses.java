package io.github.eastwest.render;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Gauge;
import io.github.eastwest.model.report.TrafficReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Diagnoses to render. The first is a recorded incident: calls of label-printer to address-check, counted from the caller's
 * access lines in buckets of 5 s ({@code render/label-printer.csv}); its task addresses, groups and times are the recorded ones.
 */
public final class SampleDiagnoses {
    /** What the tool says about itself in all samples. */
    public static final ReportContext CONTEXT = new ReportContext("eastwest", "0.1.0", 3, false, 80);

    private static final Instant FROM = Instant.parse("2026-11-21T04:15:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(FROM, FROM.plusSeconds(180));
    private static final Edge EDGE = new Edge(
            "label-printer",
            "address-check",
            Optional.of("logistics"),
            Optional.empty(),
            Optional.of("logistics-internal"),
            Edge.Method.SERVICE_CONNECT);

    /** Some of the causes; a list of its own, so that a new cause changes no golden file. */
    private static final List<RootCause> EXAMINED = List.of(
            RootCause.CALLER_STALE_DEPLOYMENT,
            RootCause.ALIAS_MISMATCH,
            RootCause.CONNECTION_POOL_OVERFLOW,
            RootCause.OUTLIER_EJECTION,
            RootCause.SECURITY_GROUP_BLOCKS,
            RootCause.PORT_NAME_MISMATCH,
            RootCause.REQUEST_TIMEOUT_TOO_SHORT,
            RootCause.NO_RUNNING_TASKS,
            RootCause.CRASH_LOOP,
            RootCause.OUT_OF_MEMORY,
            RootCause.APPLICATION_ERRORS,
            RootCause.KEEP_ALIVE_RACE,
            RootCause.UNGRACEFUL_SHUTDOWN);

    private SampleDiagnoses() {}

    /** The context with the exit code that belongs to that outcome. */
    public static ReportContext context(Diagnosis diagnosis) {
        int exit = switch (diagnosis.outcome()) {
            case FINDINGS -> 3;
            case HEALTHY -> 0;
            case INCONCLUSIVE -> 4;
        };
        return new ReportContext(CONTEXT.toolName(), CONTEXT.toolVersion(), exit, false, 80);
    }

    /** 1619 calls, 1139 failed: a security group blocks, and the ejections that follow from it. */
    public static Diagnosis securityGroup() {
        return new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                EDGE,
                WINDOW,
                Optional.of(labelPrinterTraffic()),
                new Diagnosis.Causes(
                        List.of(securityGroupBlocks(), outlierEjection()),
                        List.of(
                                new Diagnosis.RuledOut(
                                        RootCause.NO_RUNNING_TASKS,
                                        "3 of 3 desired tasks of address-check:44 ran from 04:15:45Z to the end of the"
                                                + " window"),
                                new Diagnosis.RuledOut(
                                        RootCause.NOT_LISTENING,
                                        "a closed port answers within milliseconds with a reset; these connection"
                                                + " attempts got no answer at all"),
                                new Diagnosis.RuledOut(
                                        RootCause.PORT_NAME_MISMATCH, "portName http is a port of address-check:44"),
                                new Diagnosis.RuledOut(
                                        RootCause.APPLICATION_ERRORS,
                                        "0 of 480 answered calls had a status of 500 or above")),
                        List.of(new Diagnosis.Undetermined(
                                RootCause.CONNECTION_POOL_OVERFLOW, List.of(Input.METRICS.id()))),
                        List.of()),
                coverage(Map.of(
                        Input.METRICS,
                        new Coverage.Entry(
                                Input.METRICS.id(),
                                Coverage.State.DENIED,
                                "cloudwatch:GetMetricData is not allowed for role oncall-readonly"),
                        Input.CALLEE_LOGS,
                        new Coverage.Entry(
                                Input.CALLEE_LOGS.id(),
                                Coverage.State.PARTIAL,
                                "6 streams, 480 access lines, 2 lines not understood"))),
                List.of(
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(38),
                                "deployment",
                                "address-check:44 began to replace address-check:43",
                                Optional.of("E3")),
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(45), "task", "3 tasks of address-check:44 started", Optional.empty()),
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(47), "traffic", "first failed call", Optional.of("E2")),
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(52),
                                "ejection",
                                "10.56.9.238:8080 ejected after 5 failures in a row",
                                Optional.of("E6")),
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(53), "task", "3 tasks of address-check:43 stopped", Optional.empty()),
                        new Diagnosis.TimelineEntry(
                                FROM.plusSeconds(55),
                                "traffic",
                                "no call was answered from here to the end of the window",
                                Optional.of("E2"))),
                List.of());
    }

    /** The same incident with everything that can stand behind findings: background, breakdown, gauges. */
    public static Diagnosis incident() {
        Diagnosis bare = securityGroup();
        TrafficReport calls = bare.traffic().orElseThrow();
        return new Diagnosis(
                bare.outcome(),
                bare.edge(),
                bare.window(),
                Optional.of(new TrafficReport(
                        calls.requests(),
                        calls.failed(),
                        calls.unattributed(),
                        calls.conditions(),
                        calls.latency(),
                        calls.series(),
                        calls.hosts(),
                        calls.examples(),
                        breakdown(calls.series()))),
                bare.causes(),
                bare.coverage(),
                bare.timeline(),
                bare.gaps(),
                background(),
                List.of(
                        gauge("CPUUtilization", "address-check", "Maximum", "%", 41.5, 38, 97.25),
                        gauge("ActiveConnectionCount", "address-check", "Maximum", "connections", 12, 14, 0)),
                List.of(new ConfirmStep(
                        RootCause.SECURITY_GROUP_BLOCKS,
                        "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-02e0d5e57ca042d2e",
                        ConfirmStep.Answer.CONFIRMS,
                        "1 inbound rule, from sg-0d5a771976112b177 only",
                        Optional.of(Input.SECURITY_GROUP_RULES.id()))));
    }

    private static Gauge gauge(String name, String subject, String statistic, String unit, double... values) {
        List<Gauge.Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Gauge.Point(FROM.plusSeconds(60L * i), values[i]));
        }
        return new Gauge(name, subject, statistic, unit, 60, points, Input.METRICS.id());
    }

    private static Background background() {
        return new Background(
                Optional.of(new Background.Onset(
                        FROM.plusSeconds(45),
                        FROM.plusSeconds(50),
                        Optional.of(Condition.UPSTREAM_CONNECTION_TIMEOUT),
                        OptionalDouble.of(0),
                        0.96,
                        Optional.empty(),
                        false,
                        Input.CALLER_LOGS.id())),
                List.of(
                        new Background.Change(
                                "C1",
                                FROM.plusSeconds(-1_800),
                                Background.Change.Kind.SCALING,
                                "label-printer",
                                "desiredCount 2 \u2192 3",
                                "ecs/describe-services",
                                Optional.of(Duration.ofSeconds(1_845)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()),
                        new Background.Change(
                                "C2",
                                FROM.plusSeconds(38),
                                Background.Change.Kind.DEPLOYMENT,
                                "address-check",
                                "address-check:44 began to replace address-check:43",
                                "ecs/describe-service-deployments",
                                Optional.of(Duration.ofSeconds(7)),
                                Optional.of(1),
                                Optional.of("the new tasks carry another security group, which admits no caller"),
                                Optional.of(RootCause.SECURITY_GROUP_BLOCKS),
                                List.of(
                                        new Background.Difference(
                                                "awsvpcConfiguration.securityGroups",
                                                Optional.of("sg-013c528118bd27aa2"),
                                                Optional.of("sg-02e0d5e57ca042d2e")),
                                        new Background.Difference(
                                                "taskDefinition",
                                                Optional.of("address-check:43"),
                                                Optional.of("address-check:44")),
                                        new Background.Difference(
                                                "environment.LOG_LEVEL", Optional.empty(), Optional.of("debug"))))),
                List.of("ecs/describe-services", "ecs/describe-service-deployments"),
                List.of(
                        new Background.Rung(
                                "client time-out of label-printer",
                                Hop.CALLER_APP,
                                Optional.of(Duration.ofSeconds(10)),
                                "observed",
                                1,
                                Optional.of(
                                        "shorter than perRequestTimeoutSeconds of address-check: the caller gives up"
                                                + " first"),
                                Optional.of("logs/lines/caller")),
                        new Background.Rung(
                                "perRequestTimeoutSeconds of address-check",
                                Hop.CALLER_PROXY,
                                Optional.of(Duration.ofSeconds(15)),
                                "default",
                                3,
                                Optional.empty(),
                                Optional.empty()),
                        new Background.Rung(
                                "idleTimeoutSeconds of address-check",
                                Hop.CALLEE_PROXY,
                                Optional.empty(),
                                "configured",
                                1,
                                Optional.empty(),
                                Optional.of("ecs/describe-services")),
                        new Background.Rung(
                                "connection time-out",
                                Hop.CALLER_PROXY,
                                Optional.of(Duration.ofSeconds(3)),
                                "observed",
                                1,
                                Optional.empty(),
                                Optional.of("logs/lines/caller"))),
                List.of(new Background.Control(
                        "other_caller",
                        "letter-sorter",
                        812,
                        0,
                        "spared",
                        "Another caller of address-check has no failure: its security group is admitted.",
                        "logs/lines/callee")),
                Optional.of(new Background.NoiseFloor(
                        0.0004,
                        0.0021,
                        0.7035,
                        51_234,
                        true,
                        "Usually 0.04 % of calls fail on this edge (at most 0.21 %, 51 234 calls); now it is 70.4 %.",
                        "logs/lines/caller")));
    }

    /** Made of the series: the callee saw what was answered; 3 s and more is a time-out, 0 ms no host. */
    private static Breakdown breakdown(TrafficReport.Series series) {
        List<Breakdown.Seen> caller = new ArrayList<>();
        List<Breakdown.Seen> callee = new ArrayList<>();
        List<List<Long>> heat = new ArrayList<>();
        for (TrafficReport.Bucket bucket : series.buckets()) {
            long noHost = bucket.conditions().getOrDefault(Condition.NO_HEALTHY_UPSTREAM, 0L);
            long timeOuts = bucket.conditions().getOrDefault(Condition.UPSTREAM_CONNECTION_TIMEOUT, 0L);
            long answered = bucket.conditions().getOrDefault(Condition.SUCCESS, 0L)
                    + bucket.conditions().getOrDefault(Condition.APPLICATION_4XX, 0L);
            caller.add(new Breakdown.Seen(
                    noHost + timeOuts + answered,
                    noHost + timeOuts,
                    timeOuts == 0 ? bucket.latency() : latency(3_004, 4_014, 6_070, 6_070)));
            callee.add(new Breakdown.Seen(answered, 0, bucket.latency()));
            heat.add(List.of(noHost, answered, 0L, timeOuts, 0L));
        }
        return new Breakdown(
                List.of(
                        new Breakdown.SideView(
                                Side.CALLER, new Breakdown.Seen(1_619, 1_139, latency(0, 3_005, 4_014, 6_070)), caller),
                        new Breakdown.SideView(
                                Side.CALLEE, new Breakdown.Seen(480, 0, latency(27, 58, 122, 131)), callee)),
                new Breakdown.Heat(List.of(1L, 100L, 1_000L, 10_000L, Long.MAX_VALUE), heat),
                List.of(new Breakdown.Status(
                        "503", caller.stream().map(Breakdown.Seen::failed).toList())),
                List.of(
                        new Breakdown.Reason(Condition.NO_HEALTHY_UPSTREAM, Hop.CALLER_PROXY, Basis.INFERRED, 994),
                        new Breakdown.Reason(Condition.UPSTREAM_CONNECTION_TIMEOUT, Hop.NETWORK, Basis.INFERRED, 145)),
                new Breakdown.Groups(
                        List.of(
                                new Breakdown.Group(
                                        "POST /validate",
                                        Map.of(
                                                Condition.SUCCESS, 300L,
                                                Condition.APPLICATION_4XX, 18L,
                                                Condition.UPSTREAM_CONNECTION_TIMEOUT, 90L,
                                                Condition.NO_HEALTHY_UPSTREAM, 611L)),
                                new Breakdown.Group(
                                        "GET /countries",
                                        Map.of(
                                                Condition.SUCCESS, 162L,
                                                Condition.UPSTREAM_CONNECTION_TIMEOUT, 55L,
                                                Condition.NO_HEALTHY_UPSTREAM, 383L))),
                        0,
                        0,
                        0),
                new Breakdown.Groups(
                        List.of(
                                new Breakdown.Group(
                                        "address-check:43",
                                        Map.of(Condition.SUCCESS, 462L, Condition.APPLICATION_4XX, 18L)),
                                new Breakdown.Group(
                                        "address-check:44", Map.of(Condition.UPSTREAM_CONNECTION_TIMEOUT, 145L))),
                        0,
                        0,
                        0),
                new Breakdown.Touched(new Breakdown.Part(2, 2), new Breakdown.Part(3, 6), new Breakdown.Part(2, 2)),
                List.of(
                        new Breakdown.Attributed(RootCause.SECURITY_GROUP_BLOCKS, 145),
                        new Breakdown.Attributed(RootCause.OUTLIER_EJECTION, 994)),
                List.of(
                        new Breakdown.Rows(
                                "EW301",
                                145,
                                List.of(new TrafficReport.Example(
                                        Condition.UPSTREAM_CONNECTION_TIMEOUT,
                                        "label-printer_ecs-service-connect-ykwRz_5c80ee0a7c044aef53e41bb653ecd3a3",
                                        612,
                                        "caller 04:15:47Z POST /validate \u2192 503, 91 bytes, 3.0 s, host"
                                                + " 10.56.3.220:8080"))),
                        new Breakdown.Rows(
                                "no_healthy_upstream",
                                994,
                                List.of(new TrafficReport.Example(
                                        Condition.NO_HEALTHY_UPSTREAM,
                                        "label-printer_ecs-service-connect-ykwRz_5c80ee0a7c044aef53e41bb653ecd3a3",
                                        731,
                                        "caller 04:15:55Z GET /countries \u2192 503, 19 bytes, 0 ms, host none")))));
    }

    private static Finding securityGroupBlocks() {
        return new Finding(
                RootCause.SECURITY_GROUP_BLOCKS,
                new Finding.Assessment(Verdict.LIKELY, 0.93, Severity.ERROR, Hop.NETWORK),
                "Security group sg-02e0d5e57ca042d2e of all 3 tasks of address-check:44 admits no group of label-printer on"
                        + " TCP 8080: 145 of 1619 calls timed out while connecting, and 994 more found no host left.",
                List.of(
                        new Evidence(
                                "E1",
                                Evidence.Supports.FOR,
                                "No inbound rule of sg-02e0d5e57ca042d2e admits sg-0c1a39cbe095e5c37 on TCP 8080; its only"
                                        + " inbound rule admits sg-0d5a771976112b177.",
                                Input.SECURITY_GROUP_RULES.id(),
                                Optional.of("0 rules"),
                                Optional.of("1 rule")),
                        new Evidence(
                                "E2",
                                Evidence.Supports.FOR,
                                "145 of 1619 calls ended with upstream_connection_timeout, the first at 04:15:47Z; every"
                                        + " one went to a task of address-check:44.",
                                Input.CALLER_LOGS.id(),
                                Optional.of("145 calls"),
                                Optional.of("5 calls")),
                        new Evidence(
                                "E3",
                                Evidence.Supports.FOR,
                                "The tasks of address-check:43 used sg-013c528118bd27aa2, which admits the caller, and"
                                        + " answered all of their 480 calls.",
                                Input.TASKS.id(),
                                Optional.empty(),
                                Optional.empty()),
                        new Evidence(
                                "E4",
                                Evidence.Supports.AGAINST,
                                "Network ACL acl-0f61 of subnet-0842c9c92391298af allows TCP 8080, so another filter on the"
                                        + " way cannot be excluded by the logs alone.",
                                Input.NETWORK_ACLS.id(),
                                Optional.empty(),
                                Optional.empty())),
                List.of(new Finding.Confirm(
                        "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-02e0d5e57ca042d2e"
                                + " --query 'SecurityGroupRules[?!IsEgress].[IpProtocol,FromPort,ToPort,"
                                + "ReferencedGroupInfo.GroupId,CidrIpv4]' --region eu-central-1 --output table",
                        "no row covers tcp 8080 for sg-0c1a39cbe095e5c37 or the addresses 10.56.2.170 and 10.56.7.145",
                        "a row admits sg-0c1a39cbe095e5c37 or those addresses on tcp 8080")),
                List.of(
                        new Finding.Fix(
                                "Add an inbound rule to sg-02e0d5e57ca042d2e: TCP 8080 from sg-0c1a39cbe095e5c37. It takes"
                                        + " effect within seconds and replaces no task.",
                                "opens the port to all interfaces that carry sg-0c1a39cbe095e5c37, not to label-printer"
                                        + " alone",
                                Optional.of("aws ec2 revoke-security-group-ingress --group-id sg-02e0d5e57ca042d2e"
                                        + " --protocol tcp --port 8080 --source-group sg-0c1a39cbe095e5c37")),
                        new Finding.Fix(
                                "Or deploy address-check with sg-013c528118bd27aa2 as before.",
                                "replaces all 3 tasks; takes about a minute",
                                Optional.of("Deploy address-check:44 again."))),
                Optional.empty(),
                145);
    }

    private static Finding outlierEjection() {
        return new Finding(
                RootCause.OUTLIER_EJECTION,
                new Finding.Assessment(Verdict.CONFIRMED, 0.97, Severity.ERROR, Hop.CALLER_PROXY),
                "The caller's proxies ejected all 3 tasks of address-check:44: 994 of 1619 calls found no healthy host and"
                        + " got 503 at once.",
                List.of(
                        new Evidence(
                                "E5",
                                Evidence.Supports.FOR,
                                "994 calls got a 503 of 19 bytes without upstream service time: Envoy's \"no healthy"
                                        + " upstream\".",
                                Input.CALLER_LOGS.id(),
                                Optional.of("994 calls"),
                                Optional.empty()),
                        new Evidence(
                                "E6",
                                Evidence.Supports.FOR,
                                "6 enforced ejections between 04:15:52Z and 04:15:55Z on 2 proxies.",
                                Input.CALLER_LOGS.id(),
                                Optional.of("6 ejections"),
                                Optional.of("1 ejection"))),
                List.of(new Finding.Confirm(
                        "aws logs filter-log-events --log-group-name /ecs/label-printer --filter-pattern '\"EJECT\"'",
                        "events with \"enforced\":true for the callee's addresses",
                        "no event in the window")),
                List.of(new Finding.Fix("Nothing here: fix EW301.", "none")),
                Optional.of(RootCause.SECURITY_GROUP_BLOCKS),
                994);
    }

    private static TrafficReport labelPrinterTraffic() {
        List<TrafficReport.Bucket> buckets = new ArrayList<>();
        for (String line : resource("/render/label-printer.csv").lines().skip(1).toList()) {
            String[] cells = line.split(",", -1);
            Map<Condition, Long> conditions = new EnumMap<>(Condition.class);
            put(conditions, Condition.SUCCESS, cells[1]);
            put(conditions, Condition.APPLICATION_4XX, cells[2]);
            put(conditions, Condition.UPSTREAM_CONNECTION_TIMEOUT, cells[3]);
            put(conditions, Condition.NO_HEALTHY_UPSTREAM, cells[4]);
            buckets.add(new TrafficReport.Bucket(
                    FROM.plusSeconds(Long.parseLong(cells[0])),
                    conditions,
                    new TrafficReport.Latency(number(cells[5]), number(cells[6]), number(cells[7]), number(cells[8]))));
        }
        return new TrafficReport(
                1619,
                1139,
                0,
                List.of(
                        failed(Condition.NO_HEALTHY_UPSTREAM, 994, Hop.CALLER_PROXY),
                        answered(Condition.SUCCESS, 462),
                        failed(Condition.UPSTREAM_CONNECTION_TIMEOUT, 145, Hop.NETWORK),
                        answered(Condition.APPLICATION_4XX, 18)),
                latency(28, 60, 4014, 6070),
                new TrafficReport.Series(5, buckets),
                List.of(
                        host("10.56.0.234:8080", "67685d34ece0f5bb0ddac82137329b40", "a", 43, 162, 0),
                        host("10.56.9.242:8080", "8d77fe8d3748043c7606b45dc16b2390", "c", 43, 161, 0),
                        host("10.56.5.86:8080", "12fbcc1068f7ab1a0164c7390d8575d1", "b", 43, 157, 0),
                        host("10.56.3.220:8080", "7194989c6fbf03e549d40839f0b4a393", "a", 44, 66, 66),
                        host("10.56.9.238:8080", "9575d4282ac36ab9c18ed814f28169e2", "c", 44, 54, 54),
                        host("10.56.4.34:8080", "6d46a128d80f139588e2b272560afc29", "b", 44, 39, 39)),
                List.of(
                        new TrafficReport.Example(
                                Condition.UPSTREAM_CONNECTION_TIMEOUT,
                                "label-printer_ecs-service-connect-ykwRz_5c80ee0a7c044aef53e41bb653ecd3a3",
                                612,
                                "04:15:47.112Z POST /validate 503, 91 bytes, 3 008 ms, host 10.56.3.220:8080, no service"
                                        + " time"),
                        new TrafficReport.Example(
                                Condition.NO_HEALTHY_UPSTREAM,
                                "label-printer_ecs-service-connect-ykwRz_5c80ee0a7c044aef53e41bb653ecd3a3",
                                731,
                                "04:15:55.418Z GET /countries 503, 19 bytes, 0 ms, no host, no service time")));
    }

    /** Everything was read, nothing was found. */
    public static Diagnosis healthy() {
        List<TrafficReport.Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            // 18 buckets of 10 s: 1813 = 17 * 100 + 113
            long calls = i < 17 ? 100 : 113;
            buckets.add(new TrafficReport.Bucket(
                    FROM.plusSeconds(10L * i), Map.of(Condition.SUCCESS, calls), latency(11, 24 + i, 61, 90)));
        }
        return new Diagnosis(
                Diagnosis.Outcome.HEALTHY,
                new Edge(
                        "intranet",
                        "directory",
                        Optional.of("office"),
                        Optional.empty(),
                        Optional.of("office-internal"),
                        Edge.Method.SERVICE_CONNECT),
                WINDOW,
                Optional.of(new TrafficReport(
                        1813,
                        0,
                        0,
                        List.of(answered(Condition.SUCCESS, 1813)),
                        latency(11, 31, 61, 90),
                        new TrafficReport.Series(10, buckets),
                        List.of(
                                host("10.56.0.11:8080", "00000000000000000000000000000011", "a", 7, 907, 0),
                                host("10.56.4.12:8080", "00000000000000000000000000000012", "b", 7, 906, 0)),
                        List.of())),
                new Diagnosis.Causes(
                        List.of(),
                        EXAMINED.stream()
                                .map(cause -> new Diagnosis.RuledOut(cause, "0 of 1813 calls failed"))
                                .toList(),
                        List.of(),
                        List.of()),
                coverage(Map.of()),
                List.of(new Diagnosis.TimelineEntry(
                        FROM.plusSeconds(60), "deployment", "directory:8 replaced directory:7", Optional.empty())),
                List.of());
    }

    /** Only the ECS services were read: no log, no metric. */
    public static Diagnosis nothingRead() {
        List<Coverage.Entry> entries = new ArrayList<>();
        for (Input input : Input.values()) {
            entries.add(
                    switch (input) {
                        case SERVICES -> new Coverage.Entry(input.id(), Coverage.State.COMPLETE, "");
                        case CALLER_LOGS, CALLEE_LOGS ->
                            new Coverage.Entry(
                                    input.id(), Coverage.State.NOT_CONFIGURED, "the service has no logConfiguration");
                        case METRICS ->
                            new Coverage.Entry(
                                    input.id(), Coverage.State.FAILED, "timed out after 20 s, tried 3 times");
                        default -> new Coverage.Entry(input.id(), Coverage.State.NOT_COLLECTED, "");
                    });
        }
        return new Diagnosis(
                Diagnosis.Outcome.INCONCLUSIVE,
                EDGE,
                WINDOW,
                Optional.empty(),
                new Diagnosis.Causes(
                        List.of(),
                        List.of(),
                        EXAMINED.stream()
                                .map(cause -> new Diagnosis.Undetermined(
                                        cause,
                                        cause == RootCause.SECURITY_GROUP_BLOCKS
                                                ? List.of(Input.SECURITY_GROUP_RULES.id(), Input.CALLER_LOGS.id())
                                                : List.of(Input.CALLER_LOGS.id())))
                                .toList(),
                        List.of()),
                new Coverage(entries),
                List.of(),
                List.of(
                        "No access line of either side was read, so calls could not be counted.",
                        "13 causes could not be examined."));
    }

    /** Calls fail and no rule fits: the unattributed remainder is all there is. */
    public static Diagnosis unexplained() {
        TrafficReport traffic = new TrafficReport(
                940,
                71,
                71,
                List.of(
                        answered(Condition.SUCCESS, 869),
                        new TrafficReport.ConditionCount(Condition.OTHER, 71, Basis.MIXED, Optional.empty())),
                latency(9, 20, 44, 80),
                new TrafficReport.Series(60, List.of()),
                List.of(),
                List.of(new TrafficReport.Example(
                        Condition.OTHER, "caller_proxy_1", 17, "04:15:09Z GET / 504, 0 bytes, 1 ms")));
        return new Diagnosis(
                Diagnosis.Outcome.INCONCLUSIVE,
                EDGE,
                WINDOW,
                Optional.of(traffic),
                new Diagnosis.Causes(List.of(), List.of(), List.of(), List.of("rule EW507: ArithmeticException")),
                coverage(Map.of()),
                List.of(),
                List.of("71 of 71 failed calls fit no finding."));
    }

    /** What a hostile log, bundle or service name can put into every string. */
    public static final String HOSTILE =
            "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
                    + "\u001B[31m\u001B]0;owned\u0007\u202Egnp.exe\u2066\u200B|`a`${7*7}#{x}[[1]][(1)]*_~![a](javascript:alert(1))"
                    + "\"'&lt;\r\n=cmd|' /C calc'!A0\u0000\u009B2J\uD800--></style><style>*{display:none}</style>";

    /** Every string of the diagnosis is hostile, one of them is 10 000 characters long. */
    public static Diagnosis hostile() {
        String name = "=cmd|' /C calc'!A0" + HOSTILE;
        String huge = "<b>" + "x".repeat(9_994) + "\u202E\"'";
        TrafficReport traffic = new TrafficReport(
                Long.MAX_VALUE,
                Long.MAX_VALUE - 1,
                Long.MAX_VALUE - 1,
                List.of(
                        new TrafficReport.ConditionCount(
                                Condition.APPLICATION_5XX, Long.MAX_VALUE - 1, Basis.FLAG, Optional.of(Hop.CALLEE_APP)),
                        answered(Condition.SUCCESS, 1)),
                latency(0, 0, Long.MAX_VALUE, Long.MAX_VALUE),
                new TrafficReport.Series(
                        1,
                        List.of(new TrafficReport.Bucket(
                                FROM,
                                Map.of(Condition.APPLICATION_5XX, Long.MAX_VALUE - 1, Condition.SUCCESS, 1L),
                                latency(0, 0, Long.MAX_VALUE, Long.MAX_VALUE)))),
                List.of(new TrafficReport.HostCount(
                        name, Optional.of(huge), Optional.of(name), Optional.of(name), Long.MAX_VALUE, 1)),
                List.of(
                        new TrafficReport.Example(Condition.APPLICATION_5XX, name, 1, HOSTILE),
                        new TrafficReport.Example(Condition.OTHER, huge, Long.MAX_VALUE, huge)));
        Finding finding = new Finding(
                RootCause.APPLICATION_ERRORS,
                new Finding.Assessment(Verdict.POSSIBLE, 0.999, Severity.ERROR, Hop.CALLEE_APP),
                name,
                List.of(
                        new Evidence(
                                "E1\" onmouseover=\"x",
                                Evidence.Supports.FOR,
                                HOSTILE,
                                name,
                                Optional.of(name),
                                Optional.of(huge)),
                        new Evidence("E2", Evidence.Supports.AGAINST, huge, huge, Optional.empty(), Optional.empty())),
                List.of(
                        new Finding.Confirm("aws ecs list-tasks --cluster 'a\nrm -rf ~\n' # " + HOSTILE, HOSTILE, name),
                        new Finding.Confirm("aws " + huge, huge, huge)),
                List.of(new Finding.Fix(HOSTILE, name), new Finding.Fix(huge, huge)),
                Optional.empty(),
                Long.MAX_VALUE - 1);
        return new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                new Edge(name, huge, Optional.of(name), Optional.of(huge), Optional.of(name), Edge.Method.UNKNOWN),
                WINDOW,
                Optional.of(traffic),
                new Diagnosis.Causes(
                        List.of(finding),
                        List.of(new Diagnosis.RuledOut(RootCause.CRASH_LOOP, HOSTILE)),
                        List.of(new Diagnosis.Undetermined(RootCause.OUT_OF_MEMORY, List.of(name, huge))),
                        List.of(HOSTILE)),
                new Coverage(List.of(
                        new Coverage.Entry(name, Coverage.State.COMPLETE, HOSTILE),
                        new Coverage.Entry(huge, Coverage.State.DENIED, huge))),
                List.of(
                        new Diagnosis.TimelineEntry(Instant.EPOCH, name, HOSTILE, Optional.of("E1\" onmouseover=\"x")),
                        new Diagnosis.TimelineEntry(FROM.plusSeconds(9), "deployment", huge, Optional.of(name))),
                List.of(HOSTILE, huge));
    }

    /** All samples by name. */
    public static Map<String, Diagnosis> all() {
        return Map.of(
                "security-group", securityGroup(),
                "incident", incident(),
                "healthy", healthy(),
                "nothing-read", nothingRead(),
                "unexplained", unexplained(),
                "hostile", hostile());
    }

    private static Coverage coverage(Map<Input, Coverage.Entry> others) {
        return new Coverage(Arrays.stream(Input.values())
                .map(input -> others.getOrDefault(input, new Coverage.Entry(input.id(), Coverage.State.COMPLETE, "")))
                .toList());
    }

    private static TrafficReport.ConditionCount failed(Condition condition, long count, Hop hop) {
        return new TrafficReport.ConditionCount(condition, count, Basis.INFERRED, Optional.of(hop));
    }

    private static TrafficReport.ConditionCount answered(Condition condition, long count) {
        return new TrafficReport.ConditionCount(condition, count, Basis.INFERRED, Optional.empty());
    }

    private static TrafficReport.HostCount host(
            String host, String task, String zone, int revision, long requests, long failed) {
        String family = host.startsWith("10.56.0.11") || host.startsWith("10.56.4.12") ? "directory" : "address-check";
        return new TrafficReport.HostCount(
                host,
                Optional.of(task),
                Optional.of("eu-central-1" + zone),
                Optional.of(family + ":" + revision),
                requests,
                failed);
    }

    private static TrafficReport.Latency latency(long p50, long p90, long p99, long max) {
        return new TrafficReport.Latency(
                OptionalLong.of(p50), OptionalLong.of(p90), OptionalLong.of(p99), OptionalLong.of(max));
    }

    private static void put(Map<Condition, Long> conditions, Condition condition, String cell) {
        if (!cell.equals("0")) {
            conditions.put(condition, Long.parseLong(cell));
        }
    }

    private static OptionalLong number(String cell) {
        return cell.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(cell));
    }

    private static String resource(String name) {
        try (InputStream in = SampleDiagnoses.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
