package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Coverage.State;
import io.github.eastwest.model.Input;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the manifest says, weighed against what is there. */
class CoverageTest {
    private static final String SERVICES = "\"input\": \"ecs/describe-services\",\n      \"state\": \"complete\"";

    @Test
    void hasOneEntryPerInputInOrder() {
        List<Coverage.Entry> entries = BundleFiles.small().read().coverage().entries();
        assertThat(entries.subList(0, Input.values().length))
                .extracting(Coverage.Entry::input)
                .isEqualTo(Arrays.stream(Input.values()).map(Input::id).toList());
        assertThat(entries).allSatisfy(entry -> assertThat(entry.state()).isEqualTo(State.COMPLETE));
        assertThat(entry(BundleFiles.small(), Input.CALLER_LOGS).detail()).isEqualTo("1 stream, 20 access-log lines");
    }

    @Test
    void doesNotBelieveThatAMissingFileIsComplete() {
        Coverage.Entry entry = entry(BundleFiles.small().without("ecs/describe-tasks"), Input.TASKS);
        assertThat(entry.state()).isEqualTo(State.NOT_COLLECTED);
        assertThat(entry.detail()).isEqualTo("the manifest says complete, but there is no such file in the bundle");
    }

    @Test
    void keepsWhatTheManifestSaysOfAMissingFile() {
        for (State state : List.of(State.DENIED, State.NOT_CONFIGURED, State.FAILED, State.NOT_COLLECTED)) {
            Coverage.Entry entry = entry(
                    BundleFiles.small()
                            .without("ecs/describe-services.json")
                            .replace("manifest.json", SERVICES, said(state.id(), "no ecs:DescribeServices")),
                    Input.SERVICES);
            assertThat(entry).isEqualTo(new Coverage.Entry("ecs/describe-services", state, "no ecs:DescribeServices"));
        }
    }

    @Test
    void lowersAFileThatIsThereByWhatTheManifestMisses() {
        for (String state : List.of("partial", "denied", "failed")) {
            Coverage.Entry entry = entry(
                    BundleFiles.small().replace("manifest.json", SERVICES, said(state, "the callee's cluster")),
                    Input.SERVICES);
            assertThat(entry.state()).isEqualTo(State.PARTIAL);
            assertThat(entry.detail()).isEqualTo("the manifest says " + state + ": the callee's cluster");
        }
    }

    @Test
    void callsNothingCompleteThatNobodyReads() {
        BundleFiles files = BundleFiles.small();
        String manifest = files.text("manifest.json");
        files.with(
                "manifest.json",
                manifest.replace(
                        "\"coverage\": [",
                        "\"coverage\": [{\"input\": \"elbv2/describe-target-health\", \"state\": \"complete\"},"
                                + " {\"input\": \"elbv2/describe-rules\", \"state\": \"denied\", \"detail\": \"no\"},"));
        assertThat(files.read().coverage().entries())
                .noneMatch(entry -> entry.input().equals("elbv2/describe-target-health"))
                .contains(new Coverage.Entry("elbv2/describe-rules", State.DENIED, "no"));
    }

    @Test
    void derivesEverythingWithoutStatements() {
        BundleFiles files = BundleFiles.small().without("ec2/describe-subnets.json");
        String manifest = files.text("manifest.json");
        files.with("manifest.json", manifest.substring(0, manifest.indexOf("\"coverage\"")) + "\"coverage\": []}");
        Coverage coverage = files.read().coverage();
        assertThat(coverage.state(Input.SERVICES)).isEqualTo(State.COMPLETE);
        assertThat(coverage.state(Input.CALLEE_LOGS)).isEqualTo(State.COMPLETE);
        assertThat(coverage.state(Input.SUBNETS)).isEqualTo(State.NOT_COLLECTED);
    }

    @Test
    void notesFilesThatAreNotPartOfTheFormat() {
        Coverage coverage = BundleFiles.small()
                .with("NOTE.md", "hello")
                .with("about.md", "hello")
                .with("ecs/describe-everything.json", "{}")
                .with("logs/insights/errors.json", "{}")
                .with("elbv2/describe-target-health.json", "{}")
                .read()
                .coverage();
        assertThat(coverage.entries()
                        .subList(
                                coverage.entries().size() - 4,
                                coverage.entries().size()))
                .containsExactly(
                        new Coverage.Entry("about.md", State.NOT_COLLECTED, "ignored: not part of the bundle format"),
                        new Coverage.Entry(
                                "ecs/describe-everything.json",
                                State.NOT_COLLECTED,
                                "ignored: not part of the bundle format"),
                        new Coverage.Entry(
                                "elbv2/describe-target-health.json",
                                State.NOT_COLLECTED,
                                "ignored: not used by the diagnosis of this edge"),
                        new Coverage.Entry(
                                "logs/insights/errors.json",
                                State.NOT_COLLECTED,
                                "ignored: not used by the diagnosis of this edge"));
    }

    @Test
    void countsOnlyTheFirstFiftyIgnoredFiles() {
        BundleFiles files = BundleFiles.small();
        for (int i = 0; i < 51; i++) {
            files.with("junk/" + i + ".bin", "x");
        }
        Coverage coverage = files.read().coverage();
        Coverage.Entry last = coverage.entries().get(coverage.entries().size() - 1);
        assertThat(last).isEqualTo(new Coverage.Entry("other files", State.NOT_COLLECTED, "ignored: 1 more files"));
    }

    @Test
    void namesTheFieldOfTheWrongType() {
        Coverage.Entry entry = entry(
                BundleFiles.small().replace("ecs/describe-services.json", "\"failedTasks\": 0", "\"failedTasks\": {}"),
                Input.SERVICES);
        assertThat(entry.state()).isEqualTo(State.PARTIAL);
        assertThat(entry.detail())
                .startsWith(
                        "ecs/describe-services.json: $.services[0].deployments[0].failedTasks is not a whole number");
    }

    @Test
    void tellsTheThreeWaysToHaveNoAccessLog() {
        // (a) no stream at all
        assertThat(entry(BundleFiles.small().without("logs/lines/caller"), Input.CALLER_LOGS))
                .isEqualTo(new Coverage.Entry(
                        "logs/lines/caller",
                        State.NOT_COLLECTED,
                        "the manifest says complete, but there is no log of that side in the bundle"));
        // (b) streams without access lines, access logs on: nothing was asked of this proxy
        BundleFiles proxyOnly = BundleFiles.small().without(BundleFiles.CALLEE_LOG);
        assertThat(entry(proxyOnly, Input.CALLEE_LOGS))
                .isEqualTo(new Coverage.Entry("logs/lines/callee", State.COMPLETE, "1 stream, proxy log lines only"));
        // (b) streams without access lines, access logs off
        proxyOnly.replace("ecs/describe-services.json", "\"accessLogConfiguration\"", "\"x\"");
        assertThat(entry(proxyOnly, Input.CALLEE_LOGS))
                .isEqualTo(new Coverage.Entry(
                        "logs/lines/callee",
                        State.NOT_CONFIGURED,
                        "1 stream, proxy log lines only; access logs are not configured"));
        // (b) streams without access lines, nothing known of the configuration
        proxyOnly.without("ecs/describe-services.json");
        assertThat(entry(proxyOnly, Input.CALLEE_LOGS).state()).isEqualTo(State.PARTIAL);
        // (c) the manifest says so
        BundleFiles said = BundleFiles.small()
                .without("logs/lines/caller")
                .replace(
                        "manifest.json",
                        "\"input\": \"logs/lines/caller\",\n      \"state\": \"complete\"",
                        "\"input\": \"logs/lines/caller\", \"state\": \"not_configured\"");
        assertThat(entry(said, Input.CALLER_LOGS).state()).isEqualTo(State.NOT_CONFIGURED);
    }

    @Test
    void derivesFromTheConfigurationThatNothingIsLogged() {
        BundleFiles files = BundleFiles.small().without("logs/lines/caller", "manifest.json");
        Request request = Request.edge("label-printer", "address-check");
        assertThat(SnapshotReader.read(files.bundle(), request).coverage().state(Input.CALLER_LOGS))
                .isEqualTo(State.NOT_COLLECTED);
        files.replace("ecs/describe-services.json", "\"logConfiguration\"", "\"x\"");
        assertThat(SnapshotReader.read(files.bundle(), request)
                        .coverage()
                        .entry(Input.CALLER_LOGS)
                        .orElseThrow())
                .isEqualTo(new Coverage.Entry(
                        "logs/lines/caller",
                        State.NOT_CONFIGURED,
                        "the Service Connect proxy of label-printer has no log configuration"));
    }

    @Test
    void doesNotCountAStreamTwice() {
        BundleFiles files = BundleFiles.small();
        byte[] log = files.bytes(BundleFiles.CALLEE_LOG);
        files.with(BundleFiles.CALLEE_LOG + ".gz", BundleFiles.gzip(log));
        assertThat(entry(files, Input.CALLEE_LOGS).detail()).isEqualTo("2 streams, 20 access-log lines");
        assertThat(files.read().coverage().entries())
                .contains(new Coverage.Entry(
                        BundleFiles.CALLEE_LOG + ".gz",
                        State.NOT_COLLECTED,
                        "ignored: the same stream lies beside it"));
    }

    @Test
    void listsMayStandInForDetails() {
        Coverage.Entry entry = entry(BundleFiles.small().without("servicediscovery/get-namespace"), Input.NAMESPACES);
        assertThat(entry.state()).isEqualTo(State.COMPLETE);
        assertThat(entry.detail()).isEqualTo("read from servicediscovery/list-namespaces");
    }

    @Test
    void tellsThatCloudWatchHeldBack() {
        Coverage.Entry entry = entry(
                BundleFiles.small()
                        .replace(
                                "cloudwatch/get-metric-data.json",
                                "\"StatusCode\": \"Complete\"",
                                "\"StatusCode\": \"Forbidden\""),
                Input.METRICS);
        assertThat(entry.state()).isEqualTo(State.PARTIAL);
        assertThat(entry.detail()).contains("CloudWatch did not return all of HTTPCode_Target_2XX_Count");
    }

    @Test
    void readsABrokenManifestAsNone() {
        BundleFiles files = BundleFiles.small().with("manifest.json", "{\"edge\":");
        Coverage coverage = SnapshotReader.read(files.bundle(), Request.edge("label-printer", "address-check"))
                .coverage();
        assertThat(coverage.entries())
                .filteredOn(entry -> entry.input().equals("manifest"))
                .first()
                .satisfies(entry -> assertThat(entry.state()).isEqualTo(State.FAILED));
    }

    private static String said(String state, String detail) {
        return "\"input\": \"ecs/describe-services\", \"state\": \"" + state + "\", \"detail\": \"" + detail
                + "\", \"x\": \"\"}, {\"input\": \"x\", \"state\": \"complete\"";
    }

    private static Coverage.Entry entry(BundleFiles files, Input input) {
        return files.read().coverage().entry(input).orElseThrow();
    }
}
