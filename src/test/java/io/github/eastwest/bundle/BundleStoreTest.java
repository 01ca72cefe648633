package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleStoreTest {
    @TempDir
    private Path folder;

    private final SortedMap<String, byte[]> files =
            new TreeMap<>(BundleFiles.small().files());

    @ParameterizedTest
    @ValueSource(strings = {"saved", "saved.zip", "saved.ZIP"})
    void whatIsSavedReadsTheSame(String name) throws IOException {
        Path target = folder.resolve(name);

        BundleStore.save(files, target);

        assertThat(Files.isDirectory(target)).isEqualTo(!name.toLowerCase().endsWith(".zip"));
        assertThat(contents(target)).containsExactlyEntriesOf(contents(Bundle.of(files)));
        assertThat(neighbours()).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "copy.zip"})
    void aBundleIsCopiedAsItIs(String name) throws IOException {
        Path original = BundleFiles.small().zipTo(folder.resolve("original.zip"), "folder/");
        Path target = folder.resolve(name);

        try (Bundle bundle = Bundle.open(original)) {
            BundleStore.save(bundle, target);
        }

        assertThat(contents(target)).containsExactlyEntriesOf(contents(Bundle.of(files)));
    }

    @Test
    void theSameFilesMakeTheSameZipFile() throws IOException {
        BundleStore.save(files, folder.resolve("one.zip"));
        BundleStore.save(files, folder.resolve("two.zip"));

        assertThat(folder.resolve("one.zip")).hasSameBinaryContentAs(folder.resolve("two.zip"));
        try (ZipFile zip = new ZipFile(folder.resolve("one.zip").toFile())) {
            assertThat(zip.stream().map(entry -> entry.getName())).isSorted();
            assertThat(zip.stream()).allMatch(entry -> entry.getTimeLocal().getYear() == 1980);
        }
    }

    @Test
    void onlyTheOwnerMayReadIt() throws IOException {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");

        BundleStore.save(files, folder.resolve("saved"));
        BundleStore.save(files, folder.resolve("saved.zip"));

        assertThat(permissions(folder.resolve("saved.zip"))).isEqualTo("rw-------");
        try (Stream<Path> walk = Files.walk(folder.resolve("saved"))) {
            assertThat(walk)
                    .allSatisfy(path -> assertThat(permissions(path))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"taken", "taken.zip"})
    void nothingThatExistsIsOverwritten(String name) throws IOException {
        Path target = folder.resolve(name);
        BundleStore.save(files, target);
        SortedMap<String, String> before = contents(target);

        assertThatThrownBy(() ->
                        BundleStore.save(new TreeMap<>(Map.of("manifest.json", new byte[] {'{', '}'})), target))
                .isInstanceOfSatisfying(EastwestException.class, fault -> {
                    assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE);
                    assertThat(fault.hint()).contains("another place");
                })
                .hasMessageContaining("exists already");

        assertThat(contents(target)).isEqualTo(before);
        assertThat(neighbours()).containsExactly(name);
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.writeString(home.resolve("thesis.txt"), "years of work");

        assertThatThrownBy(() -> BundleStore.save(files, home)).hasMessageContaining("exists already");

        assertThat(home.resolve("thesis.txt")).hasContent("years of work");
    }

    @Test
    void anEmptyDirectoryIsFilled() throws IOException {
        Path target = Files.createDirectory(folder.resolve("empty"));

        BundleStore.save(files, target);

        assertThat(contents(target)).isEqualTo(contents(Bundle.of(files)));
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);

        assertThatThrownBy(() -> BundleStore.save(files, link)).hasMessageContaining("exists already");

        assertThat(elsewhere).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"saved", "saved.zip"})
    void aFaultWhileWritingLeavesNothingBehind(String name) throws IOException {
        Map<String, BundleStore.Content> contents = new TreeMap<>();
        contents.put("ecs/describe-services.json", out -> out.write('{'));
        contents.put("manifest.json", out -> {
            throw new IOException("No space left on device");
        });

        assertThatThrownBy(() -> BundleStore.write(contents, folder.resolve(name), () -> {}))
                .isInstanceOfSatisfying(
                        EastwestException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE))
                .hasMessageContaining("cannot save the bundle to")
                .hasMessageContaining("No space left on device");

        assertThat(neighbours()).isEmpty();
    }

    @Test
    void aMissingDirectoryIsNamedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> BundleStore.check(folder.resolve("no/such/place")))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("no/such is no directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside.json",
                "/etc/outside.json",
                "ecs/../../outside.json",
                "ecs//x.json",
                "c:x.json",
                "a\nb"
            })
    void pathsThatLeadElsewhereAreNotWritten(String path) throws IOException {
        assertThatThrownBy(() -> BundleStore.save(new TreeMap<>(Map.of(path, new byte[0])), folder.resolve("saved")))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(neighbours()).isEmpty();
    }

    @Test
    void whatExpandsTooMuchIsNotCopied() throws IOException {
        byte[] bomb = new byte[3 << 20];
        Path original =
                BundleFiles.small().with("ecs/describe-tasks.json", bomb).zipTo(folder.resolve("original.zip"), "");
        // Documents of at most 2 MiB.
        Limits limits = new Limits(100, 2 << 20, 8 << 20, 1000, 8 << 20, 8 << 20, 8 << 20, 250);

        try (Bundle bundle = Bundle.open(original, limits)) {
            assertThatThrownBy(() -> BundleStore.save(bundle, folder.resolve("copy")))
                    .hasMessageContaining("larger than 2097152 bytes");
        }

        assertThat(neighbours()).containsExactly("original.zip");
    }

    /** A pipe stands for a device such as /dev/null, which a file moved to its place would remove. */
    @Test
    void whatIsNoFileIsNotReplaced() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> BundleStore.replace(pipe, out -> out.write('x')))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("is not a regular file");

        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
        assertThat(neighbours()).containsExactly("pipe");
    }

    private Stream<String> neighbours() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).toList().stream();
        }
    }

    private static SortedMap<String, String> contents(Path path) throws IOException {
        try (Bundle bundle = Bundle.open(path)) {
            return contents(bundle);
        }
    }

    /** Stored bytes by path, as text that holds any byte. */
    private static SortedMap<String, String> contents(Bundle bundle) {
        SortedMap<String, String> contents = new TreeMap<>();
        for (String path : bundle.paths()) {
            try (InputStream in = bundle.openDocument(path)) {
                contents.put(path, new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
            } catch (IOException fault) {
                throw new UncheckedIOException(fault);
            }
        }
        return contents;
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
