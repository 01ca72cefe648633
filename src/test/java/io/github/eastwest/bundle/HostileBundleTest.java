package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles from strangers: whatever they hold, memory stays bounded and the answer is a clear error or coverage. */
class HostileBundleTest {
    private static final int MIB = 1 << 20;
    private static final Limits SMALL = new Limits(1000, MIB, 4 * MIB, 20_000, 8 * MIB, 8 * MIB, 16 * MIB, 250);

    @TempDir
    private Path temp;

    @Test
    void saysThatAPathIsMissing() {
        assertUsage(temp.resolve("nowhere"), "no such bundle: ");
    }

    @Test
    void saysThatAFileIsNoZip() throws IOException {
        assertUsage(Files.writeString(temp.resolve("notes.txt"), "hello"), "neither a directory nor a zip file");
        assertUsage(Files.createFile(temp.resolve("empty.zip")), "neither a directory nor a zip file");
    }

    @Test
    void saysThatAZipIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(BundleFiles.small().zipTo(temp.resolve("whole.zip"), ""));
        for (int length : new int[] {1, 100, whole.length / 2, whole.length - 1}) {
            Path cut = Files.write(temp.resolve("cut.zip"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(EastwestException.class)
                    .isThrownBy(() -> Bundle.open(cut))
                    .satisfies(fault -> {
                        assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE);
                        assertThat(fault.hint()).isNotEmpty();
                    });
        }
    }

    @Test
    void survivesDamageAnywhereInAZip() throws IOException {
        byte[] whole = Files.readAllBytes(BundleFiles.small().zipTo(temp.resolve("whole.zip"), ""));
        // Every 211th byte turned over, one at a time: the error is the user's, or the answer is a snapshot.
        for (int at = 0; at < whole.length; at += 211) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            Path zip = Files.write(temp.resolve("damaged.zip"), damaged);
            try (Bundle bundle = Bundle.open(zip, SMALL)) {
                SnapshotReader.read(bundle, Request.edge("label-printer", "address-check"));
            } catch (EastwestException clear) {
                assertThat(clear.kind()).isEqualTo(EastwestException.Kind.USAGE);
            }
        }
    }

    @Test
    void leavesOutNamesThatLeadElsewhere() throws IOException {
        Path zip = temp.resolve("slip.zip");
        String[] names = {
            "../../evil.json",
            "/etc/passwd",
            "ecs/../../evil.json",
            "C:/evil.json",
            "ecs\\describe-services.json",
            "ecs//x.json",
            "logs/lines/caller/\u001b[2J.log",
            "logs/lines/caller/a\nb.log"
        };
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write('x');
            }
            out.putNextEntry(new ZipEntry("manifest.json"));
            out.write(BundleFiles.small().bytes("manifest.json"));
        }
        try (Bundle bundle = Bundle.open(zip)) {
            assertThat(bundle.paths()).containsExactly("manifest.json");
            assertThat(bundle.leftOut()).hasSize(names.length).allSatisfy((name, why) -> {
                assertThat(name).matches("\\P{Cntrl}+");
                assertThat(why).startsWith("unsafe name");
            });
            Coverage coverage = SnapshotReader.read(bundle, Request.none()).coverage();
            assertThat(coverage.entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .isEqualTo(new Coverage.Entry(
                                    "../../evil.json",
                                    Coverage.State.NOT_COLLECTED,
                                    "ignored: unsafe name: leads elsewhere")));
        }
        assertThat(Files.exists(temp.resolve("evil.json"))).isFalse();
    }

    @Test
    void followsNoLinkOutOfTheDirectory() throws IOException {
        Path secret = Files.writeString(temp.resolve("secret.json"), "{\"services\":[]}");
        Path root = BundleFiles.small().writeTo(temp.resolve("bundle"));
        Files.delete(root.resolve("ecs/describe-services.json"));
        Files.createSymbolicLink(root.resolve("ecs/describe-services.json"), secret);
        Files.createSymbolicLink(root.resolve("logs/lines/all"), temp);
        Files.createSymbolicLink(root.resolve("ec2/loop.json"), Path.of("loop.json"));
        Path inside = root.resolve("ecs/describe-clusters.json");
        Files.move(inside, root.resolve("clusters.json"));
        Files.createSymbolicLink(inside, Path.of("../clusters.json"));
        try (Bundle bundle = Bundle.open(root)) {
            assertThat(bundle.leftOut().keySet())
                    .containsExactly("ec2/loop.json", "ecs/describe-services.json", "logs/lines/all");
            Snapshot snapshot = SnapshotReader.read(bundle, Request.none());
            assertThat(snapshot.coverage().state(Input.SERVICES)).isEqualTo(Coverage.State.NOT_COLLECTED);
            assertThat(snapshot.coverage().state(Input.CLUSTERS)).isEqualTo(Coverage.State.COMPLETE);
        }
    }

    @Test
    void refusesADirectoryOfTooManyFiles() throws IOException {
        Path root = Files.createDirectory(temp.resolve("many"));
        for (int i = 0; i < 11; i++) {
            Files.createFile(root.resolve(i + ".txt"));
        }
        Limits ten = new Limits(10, MIB, MIB, 1000, MIB, MIB, MIB, 250);
        assertThatThrownBy(() -> Bundle.open(root, ten))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("more than 10 files");
        Files.delete(root.resolve("0.txt"));
        try (Bundle bundle = Bundle.open(root, ten)) {
            assertThat(bundle.paths()).hasSize(10);
        }
    }

    @Test
    void refusesAZipOfTooManyFilesBeforeLoadingItsDirectory() throws IOException {
        // 27 entries of some 100 bytes each: more than the 1 KiB of directory that a single file may need.
        Path zip = BundleFiles.small().zipTo(temp.resolve("many.zip"), "");
        assertThatThrownBy(() -> Bundle.open(zip, new Limits(1, MIB, MIB, 1000, MIB, MIB, MIB, 250)))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("a zip file with a directory of");
        assertThatThrownBy(() -> Bundle.open(zip, new Limits(26, MIB, MIB, 1000, MIB, MIB, MIB, 250)))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("more than 26 files");
        try (Bundle bundle = Bundle.open(zip, new Limits(27, MIB, MIB, 1000, MIB, MIB, MIB, 250))) {
            assertThat(bundle.paths()).hasSize(27);
        }
    }

    @Test
    void stopsAtADocumentThatUnpacksTooLarge() throws IOException {
        // 64 MiB of spaces inside of a JSON answer: some 64 KiB in the zip file.
        Path zip = temp.resolve("bomb.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (var file : BundleFiles.small().files().entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                if (file.getKey().equals("ecs/describe-tasks.json")) {
                    out.write("{\"tasks\":[".getBytes(StandardCharsets.UTF_8));
                    fill(out, ' ', 64 * MIB);
                } else {
                    out.write(file.getValue());
                }
            }
        }
        assertThat(Files.size(zip)).isLessThan(MIB);
        try (Bundle bundle = Bundle.open(zip, SMALL)) {
            Coverage.Entry tasks = SnapshotReader.read(bundle, Request.none())
                    .coverage()
                    .entry(Input.TASKS)
                    .orElseThrow();
            assertThat(tasks.state()).isEqualTo(Coverage.State.FAILED);
            assertThat(tasks.detail()).contains("larger than 1048576 bytes");
        }
    }

    @Test
    void stopsWhenAllDocumentsTogetherAreTooLarge() {
        BundleFiles files = BundleFiles.small();
        byte[] padded = ("{\"tasks\":[]" + " ".repeat(900_000) + "}").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10; i++) {
            files.with("ecs/describe-tasks/" + i + ".json", padded);
        }
        Coverage coverage = SnapshotReader.read(Bundle.of(files.files(), SMALL), Request.none())
                .coverage();
        assertThat(coverage.entry(Input.TASKS).orElseThrow().detail())
                .contains("the bundle's documents are larger than 4194304 bytes");
    }

    @Test
    void stopsWhenTheDocumentsHoldTooManyValues() {
        String metric = "{\"Namespace\": \"a\", \"MetricName\": \"%d\"},";
        StringBuilder metrics = new StringBuilder("{\"Metrics\": [");
        for (int i = 0; i < 10_000; i++) {
            metrics.append(metric.replace("%d", Integer.toString(i)));
        }
        metrics.setLength(metrics.length() - 1);
        BundleFiles files = BundleFiles.small()
                .with("cloudwatch/list-metrics.json", metrics.append("]}").toString());
        Snapshot snapshot = SnapshotReader.read(Bundle.of(files.files(), SMALL), Request.none());
        Coverage.Entry entry = snapshot.coverage().entry(Input.LIST_METRICS).orElseThrow();
        assertThat(entry.state()).isEqualTo(Coverage.State.PARTIAL);
        assertThat(entry.detail()).contains("more than 20000 values");
        // Three values each: less than 20000 / 3 metrics, since the other documents took their share.
        assertThat(snapshot.metrics().listed()).hasSizeBetween(6_000, 6_666);
    }

    @Test
    void stopsAtALogThatUnpacksLikeABomb() throws IOException {
        // 128 MiB of zeros in 128 KiB of gzip, with default limits: the expansion tells, long before 8
        // GiB.
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new BufferedOutputStream(new GZIPOutputStream(bomb))) {
            fill(out, 0, 128 * MIB);
        }
        BundleFiles files = BundleFiles.small().with(BundleFiles.CALLER_LOG, bomb.toByteArray());
        Coverage.Entry logs = files.read().coverage().entry(Input.CALLER_LOGS).orElseThrow();
        assertThat(logs.state()).isEqualTo(Coverage.State.FAILED);
        assertThat(logs.detail()).contains("expands more than 250-fold");
        LogInput in = Bundle.of(files.files()).openLog(BundleFiles.CALLER_LOG, Long.MAX_VALUE);
        // The first 64 MiB are free; then the next buffer tells.
        assertThat(drain(in)).isBetween(64L * MIB, 66L * MIB);
    }

    @Test
    void readsALongLogUpToTheLimit() {
        String line = BundleFiles.small().text(BundleFiles.CALLEE_LOG).split("\n")[4] + "\n";
        byte[] log = line.repeat(9 * MIB / line.length() + 1).getBytes(StandardCharsets.UTF_8);
        BundleFiles files = BundleFiles.small().with(BundleFiles.CALLEE_LOG, log);
        Snapshot snapshot = SnapshotReader.read(Bundle.of(files.files(), SMALL), Request.none());
        Coverage.Entry entry = snapshot.coverage().entry(Input.CALLEE_LOGS).orElseThrow();
        assertThat(entry.state()).isEqualTo(Coverage.State.PARTIAL);
        assertThat(entry.detail()).contains("longer than 8388608 bytes");
        long lines = snapshot.logs().streams().stream()
                .filter(stream -> stream.stream().equals(BundleFiles.CALLEE_STREAM))
                .mapToLong(stream -> stream.counts().access())
                .sum();
        assertThat(lines).isBetween(8L * MIB / line.length(), 8L * MIB / line.length() + 1000);
    }

    @Test
    void survivesALineOf100Megabytes() throws IOException {
        Path root = BundleFiles.small().writeTo(temp.resolve("bundle"));
        byte[] good = BundleFiles.small().bytes(BundleFiles.CALLEE_LOG);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(root.resolve(BundleFiles.CALLEE_LOG)))) {
            fill(out, 'x', 100 * MIB);
            out.write('\n');
            out.write(good);
        }
        try (Bundle bundle = Bundle.open(root)) {
            Snapshot snapshot = SnapshotReader.read(bundle, Request.none());
            assertThat(snapshot.logs().streams())
                    .filteredOn(stream -> stream.stream().equals(BundleFiles.CALLEE_STREAM))
                    .singleElement()
                    .satisfies(stream -> {
                        assertThat(stream.counts().access()).isEqualTo(20);
                        assertThat(stream.counts().unparsed()).isEqualTo(1);
                    });
        }
    }

    @Test
    void survivesAMessageOf100Megabytes() throws IOException {
        Path root = BundleFiles.small().without(BundleFiles.CALLEE_LOG).writeTo(temp.resolve("bundle"));
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(root.resolve("logs/lines/callee/events.json")))) {
            out.write("{\"events\":[{\"logStreamName\":\"a\",\"message\":\"one\"},{\"message\":\""
                    .getBytes(StandardCharsets.UTF_8));
            fill(out, 'x', 100 * MIB);
            out.write("\"}]}".getBytes(StandardCharsets.UTF_8));
        }
        try (Bundle bundle = Bundle.open(root)) {
            Snapshot snapshot = SnapshotReader.read(bundle, Request.none());
            assertThat(snapshot.coverage()
                            .entry(Input.CALLEE_LOGS)
                            .orElseThrow()
                            .detail())
                    .contains("logs/lines/callee/events.json is not valid JSON");
        }
    }

    @Test
    void readsACutGzipUpToTheCut() {
        byte[] whole = BundleFiles.small().bytes(BundleFiles.CALLER_LOG);
        Snapshot snapshot = BundleFiles.small()
                .with(BundleFiles.CALLER_LOG, Arrays.copyOf(whole, whole.length - 100))
                .read();
        Coverage.Entry entry = snapshot.coverage().entry(Input.CALLER_LOGS).orElseThrow();
        assertThat(entry.state()).isEqualTo(Coverage.State.PARTIAL);
        assertThat(entry.detail()).contains(BundleFiles.CALLER_LOG + " is damaged after");
        assertThat(snapshot.logs().streams())
                .filteredOn(stream -> stream.stream().equals(BundleFiles.CALLER_STREAM))
                .singleElement()
                .satisfies(stream -> assertThat(stream.counts().access()).isBetween(1L, 19L));
    }

    @Test
    void takesAnEmptyOrHeadlessGzipForFailed() {
        byte[] whole = BundleFiles.small().bytes(BundleFiles.CALLER_LOG);
        for (int length : new int[] {0, 1, 2, 9}) {
            Coverage.Entry entry = BundleFiles.small()
                    .with(BundleFiles.CALLER_LOG, Arrays.copyOf(whole, length))
                    .read()
                    .coverage()
                    .entry(Input.CALLER_LOGS)
                    .orElseThrow();
            assertThat(entry.state()).as("%d bytes: %s", length, entry.detail()).isEqualTo(Coverage.State.FAILED);
        }
    }

    @Test
    void readsPlainLinesInAFileCalledGz() {
        byte[] plain = BundleFiles.gunzip(BundleFiles.small().bytes(BundleFiles.CALLER_LOG));
        Snapshot snapshot =
                BundleFiles.small().with(BundleFiles.CALLER_LOG, plain).read();
        assertThat(snapshot.coverage().state(Input.CALLER_LOGS)).isEqualTo(Coverage.State.COMPLETE);
    }

    @Test
    void survivesNulBytesEverywhere() {
        BundleFiles files = BundleFiles.small();
        for (String path : files.files().keySet().stream().toList()) {
            byte[] content = files.bytes(path);
            byte[] poisoned = Arrays.copyOf(content, content.length + 10);
            BundleFiles.small().with(path, poisoned).read();
            byte[] zeros = new byte[content.length];
            Snapshot snapshot = SnapshotReader.read(
                    BundleFiles.small().with(path, zeros).bundle(), Request.edge("label-printer", "address-check"));
            assertThat(snapshot.coverage().entries())
                    .as("%s is nothing but NUL", path)
                    .anySatisfy(entry -> assertThat(entry.state()).isIn(Coverage.State.FAILED, Coverage.State.PARTIAL));
        }
    }

    @Test
    void keepsWhatStandsBeforeABrokenPlace() {
        String services = BundleFiles.small().text("ecs/describe-services.json");
        int second = services.indexOf("\"serviceName\": \"label-printer\"");
        Snapshot snapshot = BundleFiles.small()
                .with("ecs/describe-services.json", services.substring(0, second))
                .read();
        assertThat(snapshot.ecs().services()).hasSize(1);
        Coverage.Entry entry = snapshot.coverage().entry(Input.SERVICES).orElseThrow();
        assertThat(entry.state()).isEqualTo(Coverage.State.PARTIAL);
        assertThat(entry.detail()).contains("ecs/describe-services.json is not valid JSON at line ");
    }

    @Test
    void takesWhatIsNoJsonForFailed() {
        for (String text : new String[] {
            "", "SERVICES\tpayments\t3", "services:\n- name: x\n", "[", "{", "\"x\"", "5", "{\"other\": []}", "\u0000"
        }) {
            Coverage.Entry entry = BundleFiles.small()
                    .with("ecs/describe-services.json", text)
                    .read()
                    .coverage()
                    .entry(Input.SERVICES)
                    .orElseThrow();
            assertThat(entry.state()).as("'%s'", text).isEqualTo(Coverage.State.FAILED);
            assertThat(entry.detail()).contains("ecs/describe-services.json");
        }
    }

    @Test
    void survivesDeepAndWideJson() {
        String deep = "{\"services\":" + "[".repeat(100_000);
        String wide = "{\"services\":[[" + "[],".repeat(1_100_000) + "[]]]}";
        String longName = "{\"" + "n".repeat(100_000) + "\":1}";
        String longNumber = "{\"services\":[{\"desiredCount\":" + "9".repeat(100_000) + "}]}";
        for (String text : new String[] {deep, wide, longName, longNumber}) {
            assertThat(BundleFiles.small()
                            .with("ecs/describe-services.json", text)
                            .read()
                            .coverage()
                            .state(Input.SERVICES))
                    .isEqualTo(Coverage.State.FAILED);
        }
    }

    @Test
    void reportsWhatAwsCouldNotAnswer() {
        Coverage.Entry entry = BundleFiles.small()
                .replace(
                        "ecs/describe-services.json",
                        "\"failures\": []",
                        "\"failures\": [{\"arn\": \"arn:aws:ecs:x:1:service/logistics/gone\", \"reason\": \"MISSING\"}]")
                .read()
                .coverage()
                .entry(Input.SERVICES)
                .orElseThrow();
        assertThat(entry.state()).isEqualTo(Coverage.State.PARTIAL);
        assertThat(entry.detail()).contains("MISSING for arn:aws:ecs:x:1:service/logistics/gone");
    }

    @Test
    void asksForAnEdgeAWindowAndAnyContent() {
        assertThatThrownBy(() -> BundleFiles.empty()
                        .with("README.md", "x")
                        .with("notes.txt", "x")
                        .read())
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("holds nothing of a bundle");
        assertThatThrownBy(() -> BundleFiles.small().without("manifest.json").read())
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("does not say which edge");
        assertThatThrownBy(() -> SnapshotReader.read(
                        BundleFiles.small()
                                .without("manifest.json", "logs/lines", "cloudwatch/get-metric-data")
                                .bundle(),
                        Request.edge("label-printer", "address-check")))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("which time");
    }

    @Test
    void asksForTheRightServiceAndCluster() {
        EastwestException fault = usage(Request.edge("label-printr", "address-check"));
        assertThat(fault).hasMessageContaining("no service 'label-printr'");
        assertThat(fault.hint()).isEqualTo("Did you mean 'label-printer'? It knows: address-check, label-printer.");
        assertThat(usage(Request.edge("label-printer", "zzz")).hint())
                .isEqualTo("It knows: address-check, label-printer.");
        assertThat(usage(new Request(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("logistic"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
                .hasMessageContaining("no cluster 'logistic'");
    }

    @Test
    void acceptsAnyNameWhereNoAnswerNamesOne() {
        Bundle bundle = BundleFiles.empty()
                .with(BundleFiles.CALLER_LOG, BundleFiles.small().bytes(BundleFiles.CALLER_LOG))
                .bundle();
        Snapshot snapshot = SnapshotReader.read(bundle, Request.edge("a", "b"));
        assertThat(snapshot.edge().label()).isEqualTo("a → b");
        assertThat(snapshot.edge().cluster()).isEmpty();
    }

    private static EastwestException usage(Request request) {
        try {
            SnapshotReader.read(BundleFiles.small().bundle(), request);
        } catch (EastwestException fault) {
            assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE);
            return fault;
        }
        throw new AssertionError("no error");
    }

    private static void assertUsage(Path path, String message) {
        assertThatExceptionOfType(EastwestException.class)
                .isThrownBy(() -> Bundle.open(path))
                .withMessageContaining(message)
                .satisfies(fault -> {
                    assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE);
                    assertThat(fault.hint()).isNotEmpty();
                });
    }

    private static void fill(OutputStream out, int value, int bytes) throws IOException {
        byte[] block = new byte[MIB];
        Arrays.fill(block, (byte) value);
        for (int written = 0; written < bytes; written += MIB) {
            out.write(block);
        }
    }

    private static long drain(InputStream in) throws IOException {
        byte[] block = new byte[MIB];
        long bytes = 0;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            bytes += n;
        }
        return bytes;
    }
}
