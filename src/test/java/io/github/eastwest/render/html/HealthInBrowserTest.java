package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.render.html.Chromium.Look;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health report as a browser shows it. */
class HealthInBrowserTest {
    private static Chromium browser;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    /** With a run before it, so that the trend is drawn. */
    private byte[] page(String bundle) throws IOException {
        Path history = Files.createDirectories(folder.resolve("history"));
        Files.writeString(
                history.resolve("run-20261121T120000Z-000.json"),
                Files.readString(Path.of("samples/health-prod/previous.json"))
                        .replace(
                                "\"label\": \"cluster prod\"",
                                "\"label\": \"cluster prod\", \"account\": \"552135669152\", \"region\": \"eu-west-1\""));
        CommandLineRun run =
                CommandLineRun.of("health", "--bundle", bundle, "--history", history.toString(), "-o", "html");
        assertThat(run.err()).isEmpty();
        return run.out().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void fitsAPhoneAndDrawsAnEdgeEach() throws Exception {
        browser.show(page("samples/health-prod"), new Look(360, 640, "light", "screen", true));

        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .isEqualTo(360);
        // Five problems or recoveries in full, two edges in rows that are ok.
        assertThat(browser.evaluate("document.querySelectorAll('#edges article').length")
                        .asInt())
                .isEqualTo(5);
        assertThat(browser.evaluate("document.querySelectorAll('#others tbody tr').length")
                        .asInt())
                .isEqualTo(5);
        assertThat(browser.evaluate("document.querySelectorAll('#edges svg[role=img]').length")
                        .asInt())
                .isEqualTo(5);
        assertThat(browser.evaluate("document.querySelectorAll('#trend figure').length")
                        .asInt())
                .isEqualTo(1);
        assertThat(browser.evaluate("document.getElementById('edge.prod.checkout.payments').innerText")
                        .asString())
                .contains("1\u202f650 of 9\u202f785 failed (16.9\u202f%)");
    }

    @Test
    void leavesNamesOfStrangersInert() throws Exception {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(Path.of("samples/health-prod"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = Path.of("samples/health-prod").relativize(file).toString();
                if (name.startsWith("cloudwatch") || name.equals("manifest.json")) {
                    Files.createDirectories(copy.resolve(name).getParent());
                    Files.writeString(
                            copy.resolve(name),
                            Files.readString(file)
                                    .replace(
                                            "\"inventory\"",
                                            "\"</title><script>document.title='owned'</script><img src=x onerror=\\\"document.title='owned'\\\">\""));
                }
            }
        }
        assertThat(browser.show(page(copy.toString()), Look.SCREEN)).isEmpty();
        assertThat(browser.evaluate("document.title").asString()).startsWith("cluster prod: ");
        assertThat(browser.evaluate("document.querySelectorAll('img, script + script').length")
                        .asInt())
                .isZero();
        assertThat(browser.evaluate("document.body.innerText").asString())
                .contains("<script>document.title='owned'</script>");
    }
}
