package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.SampleDiagnoses;
import io.github.eastwest.render.html.Chromium.Look;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The report as a browser shows it. */
class HtmlInBrowserTest {
    private static Chromium browser;

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

    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    private static byte[] report(String sample) {
        return HtmlRendererTest.bytes(SampleDiagnoses.all().get(sample));
    }

    private static List<String> show(String sample, Look look) throws Exception {
        return browser.show(report(sample), look);
    }

    private static String text(String expression) throws Exception {
        return browser.evaluate(expression).asString();
    }

    /** Shows that the tests below would see what they say is not there. */
    @Test
    void noticesScriptsErrorsAndRequests() throws Exception {
        List<String> console = browser.show(
                ("<!DOCTYPE html><title>before</title><img src=\"http://canary.example/pixel\">"
                                + "<script>document.title = 'owned'; console.error('boo');</script>")
                        .getBytes(StandardCharsets.UTF_8),
                Look.SCREEN);

        assertThat(text("document.title")).isEqualTo("owned");
        assertThat(console).anyMatch(line -> line.contains("boo"));
        assertThat(browser.requests()).contains("http://canary.example/pixel");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void loadsWithoutErrorOrRequest(String sample) throws Exception {
        List<String> before = browser.requests();

        assertThat(show(sample, Look.SCREEN)).isEmpty();
        assertThat(browser.requests()).isEqualTo(before);
        assertThat(browser.evaluate("!!document.querySelector('#coverage') && !!document.querySelector('footer')")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void offersToCopyCommandsAndTellsLocalTimes() throws Exception {
        show("security-group", Look.SCREEN);

        assertThat(browser.evaluate("[...document.querySelectorAll('.command button')].map(b => b.hidden)")
                        .values())
                .isNotEmpty()
                .noneMatch(JsonNode::asBoolean);
        assertThat(text("document.querySelector('time[datetime=\"2026-11-21T04:15:47Z\"]').title"))
                .endsWith("(your time)");
    }

    @Test
    void hostileTextStaysText() throws Exception {
        List<String> console = show("hostile", Look.SCREEN);

        assertThat(console).isEmpty();
        assertThat(text("document.title")).startsWith("POSSIBLE CAUSE at callee-app");
        assertThat(browser.evaluate("document.querySelectorAll('script').length")
                        .asInt())
                .isEqualTo(1);
        assertThat(browser.evaluate("document.querySelectorAll('style').length").asInt())
                .isEqualTo(1);
        assertThat(browser.evaluate("document.querySelectorAll('img, iframe, object, form').length")
                        .asInt())
                .isZero();
        assertThat(text("document.body.innerText")).contains("<script>document.title='owned'</script>");
    }

    /** Were the escaping to fail, the page's own policy would still stop what got in. */
    @Test
    void thePolicyStopsWhatEscapingWouldMiss() throws Exception {
        String broken = new String(report("healthy"), StandardCharsets.UTF_8)
                .replace(
                        "<main>",
                        "<main><script>document.title='owned'</script><img src=\"http://canary.example/leak\""
                                + " onerror=\"document.title='owned'\">");

        List<String> console = browser.show(broken.getBytes(StandardCharsets.UTF_8), Look.SCREEN);

        assertThat(text("document.title")).startsWith("HEALTHY");
        assertThat(console).anyMatch(line -> line.contains("Content Security Policy"));
        assertThat(browser.requests()).doesNotContain("http://canary.example/leak");
    }

    @Test
    void readsTheSameWithoutScript() throws Exception {
        show("incident", Look.SCREEN);
        String with = text("document.querySelector('main').innerText");
        show("incident", Look.NO_SCRIPT);
        String without = text("document.querySelector('main').innerText");

        assertThat(with).contains("Copy");
        assertThat(without.replaceAll("\\s+", " "))
                .hasSizeGreaterThan(2_000)
                .isEqualTo(with.replaceAll("Copy\\n", "").replaceAll("\\s+", " "));
    }

    @Test
    void followsTheReadersColourScheme() throws Exception {
        show("healthy", Look.SCREEN);
        assertThat(text("getComputedStyle(document.body).backgroundColor")).isEqualTo("rgb(244, 246, 248)");

        show("healthy", Look.DARK);
        assertThat(text("getComputedStyle(document.body).backgroundColor")).isEqualTo("rgb(16, 22, 28)");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fitsAPhone(String sample) throws Exception {
        show(sample, new Look(360, 640, "light", "screen", true));

        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .isEqualTo(360);
    }

    /** Banner, impact, times and path: what a person needs to know before anything else. */
    @Test
    void theFirstScreenTellsWhatFailsHowMuchSinceWhenAndWhere() throws Exception {
        String bottom = "Math.ceil(document.querySelector('#path').getBoundingClientRect().bottom)";
        show("incident", Look.SCREEN);
        assertThat(browser.evaluate(bottom).asInt()).isLessThanOrEqualTo(900);

        show("incident", Look.PHONE);
        String lastHop = "Math.ceil(document.querySelector('.hops.tall').getBoundingClientRect().bottom)";
        assertThat(browser.evaluate(lastHop).asInt()).isLessThanOrEqualTo(844);
    }

    /** Hop, cause, confidence and fix stand in the banner: nobody has to scroll for the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"incident", "security-group"})
    void theBannerOnAPhoneHasHopCauseConfidenceAndFix(String sample) throws Exception {
        show(sample, Look.PHONE);

        assertThat(text("document.querySelector('.banner').innerText"))
                .contains("at network", "EW301 A security group does not admit the caller", "onfidence 0.", "Then: ");
        assertThat(browser.evaluate("Math.ceil(document.querySelector('.banner').getBoundingClientRect().bottom)")
                        .asInt())
                .isLessThan(400);
        assertThat(text("document.querySelectorAll('.banner .next a')[1].getAttribute('href')"))
                .isEqualTo("#fix-EW301");
        assertThat(text("document.getElementById('fix-EW301').innerText")).isEqualTo("Fix");
    }

    /** Times in sentences, too; one without a date is the next to the one before it. */
    @Test
    void tellsTheLocalTimeOfEveryTime() throws Exception {
        byte[] page = new String(report("healthy"), StandardCharsets.UTF_8)
                .replace(
                        "<main>",
                        "<main><p id=\"t\">from 2026-11-20 23:50:00Z to 00:10:00.250Z, not 99:99:99Z, then"
                                + " 23:59:59Z</p>")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(browser.show(page, Look.SCREEN)).isEmpty();
        assertThat(browser.evaluate("[...document.querySelectorAll('#t time')].map(t => t.dateTime)")
                        .values())
                .extracting(JsonNode::asString)
                .containsExactly("2026-11-20T23:50:00.000Z", "2026-11-21T00:10:00.250Z", "2026-11-20T23:59:59.000Z");
        assertThat(text("document.getElementById('t').innerText"))
                .isEqualTo("from 2026-11-20 23:50:00Z to 00:10:00.250Z, not 99:99:99Z, then 23:59:59Z");
        assertThat(browser.evaluate(
                                "[...document.querySelectorAll('time')].every(t => t.title.endsWith('(your time)'))")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("looks")
    void tablesBreakNoWord(String sample, Look look) throws Exception {
        show(sample, look);

        assertThat(browser.evaluate(resource("/render/broken-words.js")).values())
                .isEmpty();
    }

    @Test
    void theCheckOfWordsNoticesABrokenOne() throws Exception {
        browser.show(
                ("<!DOCTYPE html><table><tr><td style=\"max-width:3em;overflow-wrap:anywhere\">deployment</td>"
                                + "<td>one two</td></tr></table>")
                        .getBytes(StandardCharsets.UTF_8),
                Look.SCREEN);

        assertThat(browser.evaluate(resource("/render/broken-words.js")).values())
                .extracting(JsonNode::asString)
                .containsExactly("deployment");
    }

    private static Stream<Arguments> looks() {
        return Stream.of("incident", "healthy", "nothing-read")
                .flatMap(sample -> Stream.of(Look.SCREEN, Look.DARK, Look.PRINT, Look.PHONE)
                        .map(look -> Arguments.of(sample, look)));
    }

    /** WCAG 2.2 AA, 1.4.3, from the colours that the browser really uses. */
    @ParameterizedTest
    @MethodSource("looks")
    void everyTextHasContrast(String sample, Look look) throws Exception {
        show(sample, look);
        browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");

        JsonNode found = browser.evaluate(resource("/render/contrast.js"));

        assertThat(found.get("texts").asInt()).isGreaterThan(100);
        assertThat(found.get("failing").values()).isEmpty();
    }

    @Test
    void theContrastCheckNoticesFaintText() throws Exception {
        browser.show(
                ("<!DOCTYPE html><body style=\"background:#fff\"><p style=\"color:#999\">faint</p>"
                                + "<p style=\"color:#595959\">strong</p>")
                        .getBytes(StandardCharsets.UTF_8),
                Look.SCREEN);

        JsonNode found = browser.evaluate(resource("/render/contrast.js"));

        // #999 on white is 2.85 : 1, #595959 is 7.0 : 1.
        assertThat(found.get("failing").values()).singleElement().asString().contains("faint");
    }

    @Test
    void isPrintedOnPaperInBlackOnWhite() throws Exception {
        show("incident", Look.PRINT);

        assertThat(text("getComputedStyle(document.querySelector('nav')).display"))
                .isEqualTo("none");
        assertThat(text("getComputedStyle(document.querySelector('.banner')).backgroundColor"))
                .isEqualTo("rgb(255, 255, 255)");
        byte[] pdf = browser.pdf();
        assertThat(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF-");
        // The count of pages in the page tree: several, not one cut sheet and not hundreds.
        String tree = new String(pdf, StandardCharsets.ISO_8859_1);
        assertThat(tree.split("/Type /Page\\b", -1).length - 1).isBetween(4, 25);
    }

    @Test
    void canBeUsedWithTheKeyboardAlone() throws Exception {
        show("incident", Look.SCREEN);
        String focused = "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                + " const n = [...document.querySelectorAll('a, button, summary, [tabindex]')].indexOf(e);"
                + " return e.tagName + ' ' + (e.textContent || '').trim().slice(0, 40) + ' ' + n + ' | ' + s.outlineStyle; })()";
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            browser.press("Tab", 9);
            stops.add(text(focused));
        }

        assertThat(stops.get(0)).isEqualTo("A Skip to the findings 0 | solid");
        assertThat(stops.get(1)).startsWith("A run the confirm command of EW301");
        assertThat(stops)
                .doesNotHaveDuplicates()
                .allSatisfy(stop -> assertThat(stop).endsWith("| solid"));

        browser.evaluate("document.querySelector('figure summary').focus()");
        browser.press("Enter", 13);
        assertThat(browser.evaluate("document.querySelector('figure details').open")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void everyDrawingHasItsNumbersAsText() throws Exception {
        show("incident", Look.SCREEN);

        assertThat(browser.evaluate("document.querySelectorAll('figure').length")
                        .asInt())
                .isGreaterThan(6);
        assertThat(browser.evaluate("[...document.querySelectorAll('figure')]"
                                + ".every(f => f.querySelectorAll('details table tbody tr').length > 1)")
                        .asBoolean())
                .isTrue();
        assertThat(browser.evaluate("[...document.querySelectorAll('svg[role=img]')]"
                                + ".every(s => s.getAttribute('aria-label').length > 10)")
                        .asBoolean())
                .isTrue();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlInBrowserTest.class.getResourceAsStream(name)) {
            return new String(java.util.Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
