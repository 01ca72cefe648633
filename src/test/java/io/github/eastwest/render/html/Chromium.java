package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real browser, one process per page. Its only way to the network is a proxy of ours that answers nothing and remembers what
 * was asked for.
 */
final class Chromium implements AutoCloseable {
    private static final int SECONDS = 60;

    /** The browser's own errands, whatever page it shows. */
    private static final List<String> ITS_OWN = List.of(".google.com", ".googleapis.com", ".gvt1.com");

    private final Path binary;
    private final Path directory;
    private final HttpServer proxy;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    /** What a run left behind. */
    record Run(String output, List<String> console) {}

    private Chromium(Path binary) throws IOException {
        this.binary = binary;
        this.directory = Files.createTempDirectory("eastwest-browser");
        this.proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            requests.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(502, -1);
            exchange.close();
        });
        proxy.start();
    }

    /**
     * The browser named by the environment variable {@code CHROMIUM}, else {@code /usr/bin/chromium}. Where there is none the
     * test is skipped, so that a JDK and Maven are enough to build; with the environment variable {@code CI} set it fails,
     * because a report that nobody looked at is not tested.
     */
    static Chromium start() throws IOException {
        String named = System.getenv("CHROMIUM");
        Path binary = Path.of(named == null || named.isBlank() ? "/usr/bin/chromium" : named);
        if (!Files.isExecutable(binary)) {
            String missing = "the HTML report is tested in a real browser, and there is none at " + binary
                    + ": install Chromium, or name it in the environment variable CHROMIUM";
            if (System.getenv("CI") != null) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
        return new Chromium(binary);
    }

    /** Writes a page next to the others and returns its address. */
    URI page(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toUri();
    }

    /** The document after loading and running its scripts, and what it wrote to the console. */
    Run dom(URI page, String... flags) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--dump-dom", "--virtual-time-budget=2000"));
        all.addAll(List.of(flags));
        return run(page, all);
    }

    /** A picture of the page's top. */
    byte[] picture(URI page, String... flags) throws IOException, InterruptedException {
        Path file = directory.resolve("picture.png");
        Files.deleteIfExists(file);
        List<String> all =
                new ArrayList<>(List.of("--screenshot=" + file, "--window-size=1280,3000", "--hide-scrollbars"));
        all.addAll(List.of(flags));
        run(page, all);
        return Files.readAllBytes(file);
    }

    /** What pages asked the network for. */
    List<String> requests() {
        return requests.stream()
                .filter(request ->
                        ITS_OWN.stream().noneMatch(host -> host(request).endsWith(host)))
                .toList();
    }

    private static String host(String request) {
        String host = request.contains("://") ? URI.create(request).getHost() : request.replaceAll(":\\d+$", "");
        return host == null ? "" : host;
    }

    private Run run(URI page, List<String> flags) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory(directory, "profile");
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--user-data-dir=" + profile,
                "--proxy-server=http://127.0.0.1:" + proxy.getAddress().getPort(),
                "--proxy-bypass-list=<-loopback>"));
        command.addAll(flags);
        command.add(page.toString());
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("the browser did not finish within " + SECONDS + " s: " + command);
        }
        String log = Files.readString(err, StandardCharsets.ISO_8859_1);
        assertThat(process.exitValue()).as(log).isZero();
        return new Run(
                Files.readString(out),
                log.lines().filter(line -> line.contains(":CONSOLE")).toList());
    }

    @Override
    public void close() throws IOException {
        proxy.stop(0);
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = new ArrayList<>(tree.toList());
        }
        Collections.reverse(files);
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // A process of the browser still writes its profile; the system cleans its temporary directory.
                file.toFile().deleteOnExit();
            }
        }
    }
}
