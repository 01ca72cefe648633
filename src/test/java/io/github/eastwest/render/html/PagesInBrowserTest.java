package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.html.Chromium.Look;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The pages of the other commands, each as the command writes it: what holds for every page. */
class PagesInBrowserTest {
    private static Chromium browser;

    /** A page, and the command that writes it. */
    enum Page {
        HEALTH("health --bundle samples/health-prod"),
        WRITE_UP("incident checkout payments --bundle samples/checkout-payments"),
        LOGS("logs samples/checkout-payments/logs/lines/caller --top path");

        private final List<String> command;

        Page(String command) {
            this.command = Stream.concat(Arrays.stream(command.split(" ")), Stream.of("-o", "html"))
                    .toList();
        }

        byte[] bytes() {
            return CommandLineRun.of(command.toArray(String[]::new)).out().getBytes(StandardCharsets.UTF_8);
        }
    }

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

    static Stream<Arguments> pagesAndLooks() {
        return Arrays.stream(Page.values())
                .flatMap(page -> Stream.of(Look.SCREEN, Look.DARK, Look.PRINT, Look.PHONE)
                        .map(look -> Arguments.of(page, look)));
    }

    /** No error, no request, nothing wider than the screen, and contrast as WCAG 2.2 AA wants it. */
    @ParameterizedTest
    @MethodSource("pagesAndLooks")
    void isShownWholeAndLegible(Page page, Look look) throws Exception {
        List<String> before = browser.requests();

        assertThat(browser.show(page.bytes(), look)).isEmpty();
        assertThat(browser.requests()).isEqualTo(before);
        browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");
        assertThat(browser.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
                        .asBoolean())
                .isTrue();
        assertThat(browser.evaluate(resource("/render/broken-words.js")).values())
                .isEmpty();
        assertThat(browser.evaluate("[...document.querySelectorAll('time')].length")
                        .asInt())
                .isPositive();
        JsonNode found = browser.evaluate(resource("/render/contrast.js"));
        assertThat(found.get("texts").asInt()).isGreaterThan(30);
        assertThat(found.get("failing").values()).isEmpty();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = PagesInBrowserTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A path and a user agent are whatever a stranger sent. */
    @Test
    void logLinesStayText(@TempDir Path folder) throws Exception {
        String hostile = "/</title><script>document.title='owned'</script><img/src=x/onerror=document.title='owned'>";
        Path log = Files.writeString(
                folder.resolve("proxy.log"),
                "[2026-11-21T12:00:00.000Z] \"GET " + hostile + " HTTP/1.1\" 503 0 19 0 - \"-\" \"" + hostile
                        + "\" \"7f2e24d1-aa04-438f-b6ed-daec1674a886\" \"payments:8080\" \"-\"\n");

        byte[] page = CommandLineRun.of("logs", log.toString(), "--top", "path", "-o", "html")
                .out()
                .getBytes(StandardCharsets.UTF_8);

        assertThat(browser.show(page, Look.SCREEN)).isEmpty();
        assertThat(browser.evaluate("document.title").asString()).isNotEqualTo("owned");
        assertThat(browser.evaluate("document.querySelectorAll('img, script + script').length")
                        .asInt())
                .isZero();
        assertThat(browser.evaluate("document.body.innerText").asString())
                .contains("<script>document.title='owned'</script>");
    }

    @ParameterizedTest
    @EnumSource
    void isPrintedOnPages(Page page) throws Exception {
        browser.show(page.bytes(), Look.PRINT);

        String pdf = new String(browser.pdf(), StandardCharsets.ISO_8859_1);

        assertThat(pdf).startsWith("%PDF-");
        assertThat(pdf.split("/Type /Page\\b", -1).length - 1).isBetween(1, 25);
    }

    @ParameterizedTest
    @EnumSource
    void canBeUsedWithTheKeyboardAlone(Page page) throws Exception {
        browser.show(page.bytes(), Look.SCREEN);
        int stops = browser.evaluate("document.querySelectorAll('a[href], button, summary, [tabindex]').length")
                .asInt();

        assertThat(stops).isPositive();
        for (int i = 0; i < Math.min(stops, 12); i++) {
            browser.press("Tab", 9);
            assertThat(browser.evaluate("document.activeElement.tagName + ' '"
                                    + " + getComputedStyle(document.activeElement).outlineStyle")
                            .asString())
                    .matches("(A|BUTTON|SUMMARY|DIV|PRE) solid");
        }
    }

    @ParameterizedTest
    @EnumSource
    void looksAsAgreed(Page page) throws Exception {
        String name = page.name().toLowerCase(Locale.ROOT).replace('_', '-');
        Golden.assertMatches("page-" + name + ".html", page.bytes());
    }
}
