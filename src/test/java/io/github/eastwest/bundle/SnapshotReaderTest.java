package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.log.StreamSummary;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.Diagnosis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The expected values stand in the small bundle's files. */
class SnapshotReaderTest {
    private static final String NAMESPACE_ARN =
            "arn:aws:servicediscovery:eu-central-1:733918250466:namespace/ns-nq64xhxxazinxfb3";
    private final Snapshot snapshot = BundleFiles.small().read();

    @Test
    void readsTheEdgeAndTheWindowFromTheManifest() {
        assertThat(snapshot.edge())
                .isEqualTo(new Edge(
                        "label-printer",
                        "address-check",
                        Optional.of("logistics"),
                        Optional.empty(),
                        Optional.of("logistics.internal"),
                        Edge.Method.SERVICE_CONNECT));
        assertThat(snapshot.window().from()).isEqualTo("2026-11-21T04:15:00Z");
        assertThat(snapshot.window().to()).isEqualTo("2026-11-21T04:18:00Z");
        assertThat(snapshot.account().region()).contains("eu-central-1");
        assertThat(snapshot.account().accountId()).contains("733918250466");
    }

    @Test
    void mapsServices() {
        Service callee = snapshot.callee().orElseThrow();
        assertThat(callee.cluster()).isEqualTo("logistics");
        assertThat(callee.status()).isEqualTo("ACTIVE");
        assertThat(callee.tasks()).isEqualTo(new Service.TaskCounts(3, 3, 0));
        assertThat(callee.createdAt()).contains(Instant.parse("2025-09-22T02:55:41.680Z"));
        assertThat(callee.routing()).isEqualTo(new Service.Routing(false, List.of(), false));
        assertThat(callee.events()).hasSize(2);
        assertThat(callee.events().get(0).at()).isEqualTo("2026-11-21T04:16:16.080Z");
        assertThat(callee.events().get(0).message()).endsWith("deployment completed.");
        Deployment primary = callee.primary().orElseThrow();
        assertThat(primary.id()).isEqualTo("ecs-svc/5648049376656593771");
        assertThat(primary.taskDefinition()).isEqualTo("address-check:44");
        assertThat(primary.createdAt()).contains(Instant.parse("2026-11-21T04:15:40Z"));
        assertThat(primary.rollout().state()).isEqualTo("COMPLETED");
        assertThat(primary.rollout().tasks()).isEqualTo(new Service.TaskCounts(3, 3, 0));
        assertThat(primary.discoveryIds()).containsExactly("srv-luko4dv3wt7niuzg");
        assertThat(primary.securityGroups()).containsExactly("sg-02e0d5e57ca042d2e");
        ServiceConnect connect = callee.serviceConnect().orElseThrow();
        assertThat(connect)
                .isEqualTo(new ServiceConnect(
                        true,
                        Optional.of("logistics.internal"),
                        List.of(new ServiceConnect.Endpoint(
                                "http",
                                "address-check",
                                List.of(new ServiceConnect.Alias(Optional.of("address-check"), 8080)),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Optional.empty())),
                        Optional.of("/ecs/logistics/service-connect"),
                        true,
                        Optional.of("JSON")));
    }

    @Test
    void mapsEveryEndpointSetting() {
        Snapshot read = BundleFiles.small()
                .replace(
                        "ecs/describe-services.json",
                        "\"discoveryName\": \"address-check\",\n                \"clientAliases\"",
                        "\"ingressPortOverride\": 9000, \"timeout\": {\"perRequestTimeoutSeconds\": 0,"
                                + " \"idleTimeoutSeconds\": 60}, \"tls\": {\"kmsKey\": \"k\","
                                + " \"issuerCertificateAuthority\": {\"awsPcaAuthorityArn\":"
                                + " \"arn:aws:acm-pca:eu-central-1:1:certificate-authority/a\"}}, \"clientAliases\"")
                .read();
        ServiceConnect.Endpoint endpoint = read.callee()
                .orElseThrow()
                .serviceConnect()
                .orElseThrow()
                .endpoints()
                .get(0);
        assertThat(endpoint.discoveryName()).as("defaults to the port's name").isEqualTo("http");
        assertThat(endpoint.ingressPort()).hasValue(9000);
        assertThat(endpoint.requestTimeoutSeconds()).hasValue(0);
        assertThat(endpoint.idleTimeoutSeconds()).hasValue(60);
        assertThat(endpoint.tls())
                .hasValueSatisfying(tls ->
                        assertThat(tls.authority()).contains("arn:aws:acm-pca:eu-central-1:1:certificate-authority/a"));
    }

    @Test
    void mapsTasks() {
        List<Task> tasks = snapshot.tasksOf("address-check");
        assertThat(tasks).hasSize(2);
        Task stopped = tasks.stream().filter(Task::stopped).findFirst().orElseThrow();
        assertThat(stopped.id()).isEqualTo("67685d34ece0f5bb0ddac82137329b40");
        assertThat(stopped.taskDefinition()).isEqualTo("address-check:43");
        assertThat(stopped.deploymentId()).isEqualTo("ecs-svc/1955511397316965711");
        assertThat(stopped.placement())
                .isEqualTo(new Task.Placement(
                        Optional.of("10.56.0.234"),
                        Optional.of("eu-central-1a"),
                        Optional.of("subnet-0842c9c92391298af"),
                        Optional.of("eni-0e69f3f5356e6aacc")));
        assertThat(stopped.state())
                .isEqualTo(new Task.State(
                        "STOPPED",
                        "UNKNOWN",
                        "ServiceSchedulerInitiated",
                        "Scaling activity initiated by (deployment ecs-svc/5648049376656593771)",
                        Optional.of("ecs-service-connect-7oyeL"),
                        OptionalInt.of(512),
                        OptionalInt.of(1024)));
        assertThat(stopped.lifecycle().stoppingAt()).contains(Instant.parse("2026-11-21T04:15:53.050Z"));
        assertThat(stopped.lifecycle().executionStoppedAt()).contains(Instant.parse("2026-11-21T04:16:14.678Z"));
        assertThat(stopped.containers()).hasSize(2);
        Task.Container app = stopped.applicationContainers().get(0);
        assertThat(app.name()).isEqualTo("app");
        assertThat(app.exitCode()).hasValue(0);
        assertThat(app.image()).endsWith("address-check:1.43.2");
    }

    @Test
    void mapsTaskDefinitions() {
        TaskDefinition definition = snapshot.taskDefinition("address-check:44").orElseThrow();
        assertThat(definition.networkMode()).isEqualTo("awsvpc");
        assertThat(definition.cpuUnits()).hasValue(512);
        assertThat(definition.memoryMiB()).hasValue(1024);
        assertThat(definition.registeredAt()).contains(Instant.parse("2026-11-21T04:11:40Z"));
        assertThat(definition.appMesh()).isFalse();
        assertThat(definition.portMappings())
                .containsExactly(new TaskDefinition.PortMapping(Optional.of("http"), 8080, "tcp", Optional.of("http")));
        assertThat(definition.containers().get(0).healthCheck())
                .contains(new TaskDefinition.HealthCheck(
                        List.of("CMD-SHELL", "curl -fsS http://127.0.0.1:8080/health || exit 1"), 15, 5, 3, 60));
    }

    @Test
    void mapsDeploymentsRevisionsClustersAndLogGroups() {
        assertThat(snapshot.ecs().deployments()).hasSize(2);
        assertThat(snapshot.ecs().deployments())
                .filteredOn(d -> d.service().equals("label-printer"))
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.status()).isEqualTo("SUCCESSFUL");
                    assertThat(d.circuitBreaker()).isEqualTo("MONITORING_COMPLETE");
                    assertThat(d.finishedAt()).contains(Instant.parse("2026-11-03T00:22:21.533Z"));
                    assertThat(d.revisions().sources()).isEmpty();
                    assertThat(d.revisions().target().orElseThrow())
                            .endsWith("service-revision/logistics/label-printer/1327636029947872927");
                });
        assertThat(snapshot.ecs().revisions()).singleElement().satisfies(r -> {
            assertThat(r.service()).isEqualTo("address-check");
            assertThat(r.serviceConnect()).isPresent();
        });
        assertThat(snapshot.ecs().clusters())
                .containsExactly(new Snapshot.Cluster("logistics", "ACTIVE", Optional.of(NAMESPACE_ARN)));
        assertThat(snapshot.ecs().logGroups()).singleElement().satisfies(group -> {
            assertThat(group.name()).isEqualTo("/ecs/logistics/service-connect");
            assertThat(group.logClass()).isEqualTo("STANDARD");
        });
    }

    @Test
    void joinsCloudMapsListsWithItsDetails() {
        assertThat(snapshot.ecs().cloudMap().namespaces()).singleElement().satisfies(n -> {
            assertThat(n.arn()).isEqualTo(NAMESPACE_ARN);
            assertThat(n.httpName()).contains("logistics.internal");
        });
        // get-service has address-check with its namespace, list-services both without.
        assertThat(snapshot.ecs().cloudMap().services())
                .extracting(s -> s.name() + " " + s.namespaceId().orElse("-"))
                .containsExactly("address-check ns-nq64xhxxazinxfb3", "label-printer -");
        assertThat(snapshot.ecs().cloudMap().instances()).hasSize(2).first().satisfies(i -> {
            assertThat(i.address()).contains("10.56.3.220");
            assertThat(i.port()).hasValue(8080);
            assertThat(i.health()).isEqualTo("HEALTHY");
        });
    }

    @Test
    void mapsTheNetwork() {
        assertThat(snapshot.network().interfaces())
                .containsExactly(new Network.NetworkInterface(
                        "eni-00bb80e108675b98b",
                        Optional.of("10.56.3.220"),
                        List.of(),
                        Optional.of("subnet-0842c9c92391298af"),
                        Optional.of("vpc-030c6c042d1038044"),
                        List.of("sg-02e0d5e57ca042d2e")));
        assertThat(snapshot.network().securityGroupRules()).hasSize(3).last().satisfies(rule -> {
            assertThat(rule.egress()).isFalse();
            assertThat(rule.protocol()).isEqualTo("tcp");
            assertThat(rule.fromPort()).isEqualTo(8080);
            assertThat(rule.peer().groupId()).contains("sg-0c1a39cbe095e5c37");
        });
        assertThat(snapshot.network().subnets())
                .singleElement()
                .satisfies(subnet -> assertThat(subnet.cidr()).contains("10.56.0.0/22"));
        Network.NetworkAcl acl = snapshot.network().acls().get(0);
        assertThat(acl.subnetIds()).hasSize(3);
        assertThat(acl.entries()).extracting(Network.AclEntry::number).containsExactly(100, 100, 32767, 32767);
        assertThat(acl.entries()).extracting(Network.AclEntry::allow).containsExactly(true, true, false, false);
        assertThat(snapshot.network().routeTables())
                .containsExactly(new Network.RouteTable(
                        "rtb-0ccaf308fcbd2eab0",
                        Optional.of("vpc-030c6c042d1038044"),
                        false,
                        List.of("subnet-0842c9c92391298af"),
                        List.of(
                                new Network.Route(Optional.of("10.56.0.0/16"), "local", false),
                                new Network.Route(Optional.of("0.0.0.0/0"), "nat-00ffcf218e52fbf31", false))));
    }

    @Test
    void readsSeriesFromLabelsAndSortsThem() {
        MetricSeries cpu = snapshot.metrics()
                .find(
                        "AWS/ECS",
                        "CPUUtilization",
                        "Average",
                        Map.of("ClusterName", "logistics", "ServiceName", "address-check"))
                .orElseThrow();
        assertThat(cpu.periodSeconds()).isEqualTo(60);
        assertThat(cpu.complete()).isTrue();
        assertThat(cpu.points())
                .containsExactly(
                        new MetricSeries.Point(Instant.parse("2026-11-21T04:15:00Z"), 1.004),
                        new MetricSeries.Point(Instant.parse("2026-11-21T04:16:00Z"), 0.3998),
                        new MetricSeries.Point(Instant.parse("2026-11-21T04:17:00Z"), 0.4664));
        assertThat(snapshot.metrics().listed()).hasSize(3);
        assertThat(snapshot.metrics().listed().get(2).dimensions()).isEqualTo(Map.of("DiscoveryName", "address-check"));
    }

    @Test
    void joinsSeriesWithTheQueriesByTheirId() {
        Snapshot read = BundleFiles.small()
                .with("cloudwatch/metric-data-queries.json", """
                        [{"Id": "a", "MetricStat": {"Metric": {"Namespace": "AWS/ECS", "MetricName": "RequestCount",
                          "Dimensions": [{"Name": "DiscoveryName", "Value": "x y"}]}, "Period": 300, "Stat": "Sum"}},
                         {"Id": "e", "Expression": "a * 2"}]""")
                .with("cloudwatch/get-metric-data.json", """
                        {"MetricDataResults": [
                          {"Id": "a", "Label": "RequestCount", "Timestamps": [1795234800, 1795234500.0],
                           "Values": [7, 2.5], "StatusCode": "PartialData"},
                          {"Id": "a", "Label": "RequestCount", "Timestamps": ["2026-11-21T04:30:00Z", 1795234500],
                           "Values": [1, 2.5], "StatusCode": "Complete"},
                          {"Id": "e", "Label": "e", "Timestamps": [], "Values": [], "StatusCode": "Complete"}]}""")
                .read();
        assertThat(read.metrics().series()).singleElement().satisfies(series -> {
            assertThat(series.name()).isEqualTo("RequestCount");
            assertThat(series.periodSeconds()).isEqualTo(300);
            assertThat(series.dimensions()).isEqualTo(Map.of("DiscoveryName", "x y"));
            // 1795234500 s is 2026-11-21T04:15:00Z; the repeated point counts once: 2.5 + 7 + 1.
            assertThat(series.points().get(0).at()).isEqualTo("2026-11-21T04:15:00Z");
            assertThat(series.points()).hasSize(3);
            assertThat(series.sum()).isEqualTo(10.5, within(1e-9));
            assertThat(series.complete()).as("the last page was complete").isTrue();
        });
    }

    @Test
    void tellsWhenAnAlarmChangedItsState() {
        // The window is 04:15 to 04:18. Only the last change of an alarm is known; that it was updated is none.
        Snapshot read =
                BundleFiles.small().with("cloudwatch/describe-alarms.json", """
                        {"MetricAlarms": [
                          {"AlarmName": "address-check-5xx", "StateValue": "ALARM",
                           "StateUpdatedTimestamp": "2026-11-21T04:17:30Z",
                           "StateTransitionedTimestamp": "2026-11-21T06:16:30.250+02:00"},
                          {"AlarmName": "earlier", "StateValue": "OK",
                           "StateTransitionedTimestamp": "2026-11-20T04:16:30Z"},
                          {"AlarmName": "updated", "StateValue": "OK", "StateUpdatedTimestamp": "2026-11-21T04:16:30Z"},
                          {"StateValue": "OK"}]}
                        """).read();

        assertThat(read.metrics().alarms())
                .containsExactly(
                        new Metrics.Alarm(
                                "address-check-5xx", "ALARM", Optional.of(Instant.parse("2026-11-21T04:16:30.250Z"))),
                        new Metrics.Alarm("earlier", "OK", Optional.of(Instant.parse("2026-11-20T04:16:30Z"))),
                        new Metrics.Alarm("updated", "OK", Optional.empty()));
        assertThat(new Classifier(Rules.all(), Thresholds.DEFAULT)
                        .diagnose(read)
                        .timeline())
                .filteredOn(entry -> entry.kind().equals("alarm"))
                .containsExactly(new Diagnosis.TimelineEntry(
                        Instant.parse("2026-11-21T04:16:30.250Z"),
                        "alarm",
                        "address-check-5xx went to ALARM",
                        Optional.empty()));
    }

    @Test
    void readsTheStreamsOfBothSides() {
        assertThat(snapshot.logs().streams())
                .extracting(
                        StreamSummary::stream,
                        StreamSummary::side,
                        s -> s.counts().access())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(BundleFiles.CALLER_STREAM, Side.CALLER, 20L),
                        org.assertj.core.groups.Tuple.tuple(BundleFiles.CALLEE_STREAM, Side.CALLEE, 20L),
                        org.assertj.core.groups.Tuple.tuple(
                                "address-check_ecs-service-connect-7oyeL_7194989c6fbf03e549d40839f0b4a393",
                                Side.CALLEE,
                                0L));
        assertThat(snapshot.logs().traffic()).isPresent();
    }

    @Test
    void theCommandLineWinsOverTheManifest() {
        Request request = new Request(
                Optional.of("address-check"),
                Optional.of("label-printer"),
                Optional.of("logistics"),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-21T04:15:30Z")),
                Optional.empty());
        Snapshot turned = SnapshotReader.read(BundleFiles.small().bundle(), request);
        assertThat(turned.edge().caller()).isEqualTo("address-check");
        assertThat(turned.window().from()).isEqualTo("2026-11-21T04:15:30Z");
        assertThat(turned.window().to()).isEqualTo("2026-11-21T04:18:00Z");
        // The folders speak of the edge that was collected, the other way round.
        assertThat(turned.logs().streams())
                .filteredOn(stream -> stream.stream().equals(BundleFiles.CALLER_STREAM))
                .extracting(StreamSummary::side)
                .containsExactly(Side.CALLEE);
        assertThat(turned.coverage().entries())
                .anySatisfy(entry -> assertThat(entry.detail())
                        .isEqualTo("the bundle was collected for label-printer → address-check"));
    }

    @Test
    void takesEdgeAndWindowFromElsewhereWithoutManifest() {
        Snapshot read = SnapshotReader.read(
                BundleFiles.small().without("manifest.json").bundle(), Request.edge("label-printer", "address-check"));
        assertThat(read.edge().cluster()).contains("logistics");
        assertThat(read.account().accountId()).contains("733918250466");
        // All 40 access lines start between 04:15:00.092 and 04:15:59.
        assertThat(read.window().from()).isEqualTo("2026-11-21T04:15:00Z");
        assertThat(read.window().to()).isEqualTo("2026-11-21T04:16:00Z");
        assertThat(read.coverage().entries())
                .filteredOn(entry -> entry.input().equals("manifest"))
                .extracting(entry -> entry.detail())
                .anySatisfy(detail -> assertThat(detail).endsWith("was taken from the log lines"));
    }

    @Test
    void takesTheWindowFromTheMetricsWithoutLogs() {
        Snapshot read = SnapshotReader.read(
                BundleFiles.small().without("manifest.json", "logs/lines").bundle(),
                Request.edge("label-printer", "address-check"));
        // The last point, of 04:17, covers 60 s.
        assertThat(read.window().from()).isEqualTo("2026-11-21T04:15:00Z");
        assertThat(read.window().to()).isEqualTo("2026-11-21T04:18:00Z");
    }

    @Test
    void acceptsEpochSecondsEverywhere() {
        Snapshot read = BundleFiles.small()
                .replace("manifest.json", "\"2026-11-21T04:15:00Z\"", "1795234500")
                .replace("ecs/describe-services.json", "\"2026-11-21T04:15:40+00:00\"", "1795234540.25")
                .replace("ecs/describe-tasks.json", "\"2026-11-21T04:15:53.050000+00:00\"", "1795234553.05")
                .read();
        assertThat(read.window()).isEqualTo(snapshot.window());
        assertThat(read.callee().orElseThrow().primary().orElseThrow().createdAt())
                .contains(Instant.parse("2026-11-21T04:15:40.250Z"));
        assertThat(read.ecs().tasks()).isEqualTo(snapshot.ecs().tasks());
    }

    @Test
    void mergesSeveralAnswersOfOneOperation() {
        BundleFiles files = BundleFiles.small();
        String tasks = files.text("ecs/describe-tasks.json");
        files.without("ecs/describe-tasks.json")
                .with("ecs/describe-tasks/1-running.json", tasks)
                .with("ecs/describe-tasks/2-stopped.json", tasks)
                .with("ecs/describe-services/other.json", """
                        {"services": [{"serviceName": "invoices", "clusterArn": "arn:aws:ecs:x:1:cluster/other",
                          "desiredCount": 1, "runningCount": 1}], "failures": []}""");
        Snapshot read = files.read();
        assertThat(read.ecs().tasks()).isEqualTo(snapshot.ecs().tasks());
        assertThat(read.ecs().services())
                .extracting(Service::name)
                .containsExactly("address-check", "label-printer", "invoices");
    }

    @Test
    void theLaterStateOfATaskWins() {
        String running = """
                {"tasks": [{"taskArn": "arn:aws:ecs:r:1:task/logistics/t1", "group": "service:address-check",
                  "lastStatus": "RUNNING", "version": 3}]}""";
        String stopped = running.replace("RUNNING", "STOPPED").replace("3}", "5}");
        for (List<String> order : List.of(List.of(running, stopped), List.of(stopped, running))) {
            Snapshot read = BundleFiles.small()
                    .without("ecs/describe-tasks.json")
                    .with("ecs/describe-tasks/a.json", order.get(0))
                    .with("ecs/describe-tasks/b.json", order.get(1))
                    .read();
            assertThat(read.tasksOf("address-check"))
                    .singleElement()
                    .satisfies(task -> assertThat(task.stopped()).isTrue());
        }
    }

    @Test
    void leavesOutTasksOfTheSameServiceNameInAnotherCluster() {
        Snapshot read =
                BundleFiles.small().with("ecs/describe-tasks/staging.json", """
                        {"tasks": [{"taskArn": "arn:aws:ecs:r:1:task/staging/t1", "group": "service:address-check",
                          "clusterArn": "arn:aws:ecs:r:1:cluster/staging", "lastStatus": "RUNNING"}]}""").read();
        assertThat(read.tasksOf("address-check")).hasSize(2);
    }

    @Test
    void readsFilterLogEventsInPlaceOfLines() {
        BundleFiles files = BundleFiles.small();
        StringBuilder events = new StringBuilder("{\"events\":[");
        for (String line : files.text(BundleFiles.CALLEE_LOG).split("\n")) {
            events.append(
                            "{\"logStreamName\":\"address-check/ecs-service-connect-7oyeL/67685d34ece0f5bb0ddac82137329b40\"")
                    .append(",\"timestamp\":1795234500000,\"message\":\"")
                    .append(line.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\",\"ingestionTime\":1,\"eventId\":\"1\"},");
        }
        events.setLength(events.length() - 1);
        events.append("],\"searchedLogStreams\":[]}");
        Snapshot read = files.without(BundleFiles.CALLEE_LOG)
                .with("logs/lines/callee/events.json", events.toString())
                .read();
        assertThat(read.logs()).isEqualTo(snapshot.logs());
        assertThat(read.coverage()).isEqualTo(snapshot.coverage());
    }

    @Test
    void readsManyStreamsOfOneEventAnswer() {
        // Three streams of which two fit into one reading and the third, of 40 MB, is read through.
        String line = BundleFiles.small().text(BundleFiles.CALLEE_LOG).split("\n")[4];
        String message = line.replace("\\", "\\\\").replace("\"", "\\\"");
        StringBuilder events = new StringBuilder("{\"events\":[");
        int many = 40_000_000 / line.length();
        for (int i = 0; i < many; i++) {
            String stream = i % 10_000 == 0 ? "p/x/a" : i % 10_000 == 1 ? "p/x/b" : "p/x/c";
            events.append(i == 0 ? "" : ",")
                    .append("{\"logStreamName\":\"")
                    .append(stream)
                    .append("\",\"message\":\"")
                    .append(message)
                    .append("\"}");
        }
        Snapshot read = BundleFiles.small()
                .with("logs/lines/callee/events.json", events.append("]}").toString())
                .read();
        int tenThousands = (many + 9_999) / 10_000;
        assertThat(read.logs().streams())
                .filteredOn(stream -> stream.stream().startsWith("p_x_"))
                .extracting(stream -> stream.counts().access())
                .containsExactly((long) tenThousands, (long) tenThousands, (long) many - 2 * tenThousands);
    }

    @Test
    void readsJsonAccessLinesInAJsonFile() {
        BundleFiles files = BundleFiles.small();
        String lines = files.text(BundleFiles.CALLEE_LOG);
        Snapshot read = files.without(BundleFiles.CALLEE_LOG)
                .with("logs/lines/callee/" + BundleFiles.CALLEE_STREAM + ".json", lines)
                .read();
        assertThat(read.logs()).isEqualTo(snapshot.logs());
    }

    @Test
    void readsWhatPowerShellWrites() {
        BundleFiles files = BundleFiles.small();
        for (String path : files.files().keySet().stream()
                .filter(path -> path.endsWith(".json"))
                .toList()) {
            files.with(path, ("\uFEFF" + files.text(path)).getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
        }
        assertThat(files.read()).isEqualTo(snapshot);
    }

    @Test
    void needsLittleOfTheManifest() {
        Snapshot read = BundleFiles.small().with("manifest.json", """
                        {"edge": {"caller": "label-printer", "callee": "address-check"},
                         "window": {"from": "2026-11-21T05:15:00+01:00", "to": "2026-11-21T04:18:00Z"},
                         "tool": {"name": "x", "version": "1"}, "account": 733918250466, "more": []}""").read();
        assertThat(read.edge()).isEqualTo(snapshot.edge());
        assertThat(read.window()).isEqualTo(snapshot.window());
        assertThat(read.account().accountId()).contains("733918250466");
        assertThat(read.coverage()).isEqualTo(snapshot.coverage());
    }

    @Test
    void recognisesTheSideOfAStreamByItsTask() {
        BundleFiles files = BundleFiles.small();
        byte[] caller = files.bytes(BundleFiles.CALLER_LOG);
        Snapshot read = files.without(BundleFiles.CALLER_LOG)
                .with("logs/lines/service-connect/" + BundleFiles.CALLER_STREAM + ".log.gz", caller)
                .read();
        assertThat(read.logs()).isEqualTo(snapshot.logs());
    }

    @Test
    void looksThroughASingleFolderAroundTheBundle() {
        BundleFiles wrapped = BundleFiles.empty();
        BundleFiles.small().files().forEach((path, bytes) -> wrapped.with("incident-7/" + path, bytes));
        assertThat(wrapped.read()).isEqualTo(snapshot);
    }

    @Test
    void tellsWhatCarriesTheCalls() {
        BundleFiles files = BundleFiles.small().without("logs/lines", "ecs/describe-tasks", "ecs/describe-service-");
        String without = files.text("ecs/describe-services.json").replace("serviceConnectConfiguration", "x");
        assertThat(method(files, without)).isEqualTo(Edge.Method.UNKNOWN);
        assertThat(method(files, without.replace("\"loadBalancers\": []", "\"loadBalancers\": [{}]")))
                .isEqualTo(Edge.Method.ALB);
        assertThat(method(files, without.replace("\"serviceRegistries\": []", "\"serviceRegistries\": [{}]")))
                .isEqualTo(Edge.Method.CLOUD_MAP_DNS);
        assertThat(method(
                        files,
                        without.replace("\"serviceRegistries\": []", "\"serviceRegistries\": [{}]")
                                .replace("\"loadBalancers\": []", "\"loadBalancers\": [{}]")))
                .as("two ways: nothing tells which one")
                .isEqualTo(Edge.Method.UNKNOWN);
        assertThat(method(
                        files, without.replace("\"launchType\"", "\"vpcLatticeConfigurations\": [{}], \"launchType\"")))
                .isEqualTo(Edge.Method.VPC_LATTICE);
        files.replace(
                "ecs/describe-task-definition/address-check_44.json",
                "\"networkMode\"",
                "\"proxyConfiguration\": {\"type\": \"APPMESH\"}, \"networkMode\"");
        assertThat(method(files, without)).isEqualTo(Edge.Method.APP_MESH);
    }

    private static Edge.Method method(BundleFiles files, String services) {
        return files.with("ecs/describe-services.json", services).read().edge().method();
    }

    @Test
    void resolvesANamespaceGivenAsArn() {
        Snapshot read = BundleFiles.small()
                .replace(
                        "ecs/describe-services.json",
                        "\"namespace\": \"logistics.internal\"",
                        "\"namespace\": \"" + NAMESPACE_ARN + "\"")
                .read();
        assertThat(read.edge().namespace()).contains("logistics.internal");
        Snapshot inherited = BundleFiles.small()
                .replace("ecs/describe-services.json", "\"namespace\": \"logistics.internal\",", "")
                .without("servicediscovery/discover-instances", "ecs/describe-service-revisions")
                .replace("ecs/describe-services.json", "discoveryArn", "x")
                .read();
        assertThat(inherited.edge().namespace()).as("the cluster's default").contains("logistics.internal");
    }
}
