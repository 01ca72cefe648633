package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.SampleDiagnoses;
import io.github.eastwest.render.html.Chromium.Look;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A write-up as a browser shows it. */
class WriteUpInBrowserTest {
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

    private static byte[] page(String markdown) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WriteUpPage.write(markdown, SampleDiagnoses.CONTEXT, Templates.builtIn(), out);
        return out.toByteArray();
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("src/test/resources/render/golden/write-up-checkout-payments.md"));
    }

    private static Stream<Look> looks() {
        return Stream.of(Look.SCREEN, Look.DARK, Look.PRINT, Look.PHONE, Look.NO_SCRIPT);
    }

    @ParameterizedTest
    @MethodSource("looks")
    void loadsWithoutErrorOrRequestAndFits(Look look) throws Exception {
        List<String> before = browser.requests();

        assertThat(browser.show(page(document()), look)).isEmpty();
        assertThat(browser.requests()).isEqualTo(before);
        assertThat(browser.evaluate("[...document.querySelectorAll('main > section')].map(s => s.id).join(' ')")
                        .asString())
                .contains("summary impact times timeline what-people-saw-and-did");
        assertThat(browser.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
                        .asBoolean())
                .isTrue();
    }

    /** Every id of a fact leads to the row that tells it, and every row is there once. */
    @Test
    void idsOfFactsLeadToTheirRows() throws Exception {
        browser.show(page(document()), Look.SCREEN);

        assertThat(browser.evaluate("[...document.querySelectorAll('main a[href^=\"#\"]')]"
                                + ".filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)")
                        .values())
                .isEmpty();
        assertThat(browser.evaluate("document.querySelector('#summary a').hash + ' '"
                                + " + document.getElementById('E1').tagName + ' '"
                                + " + document.getElementById('E1').closest('section').id")
                        .asString())
                .isEqualTo("#E1 TR evidence");
        // A change is told in the timeline first, and from there on linked.
        assertThat(browser.evaluate("document.getElementById('C1').closest('section').id + ' '"
                                + " + document.querySelectorAll('[id=C1]').length + ' '"
                                + " + document.querySelectorAll('#evidence a[href=\"#C1\"]').length")
                        .asString())
                .isEqualTo("timeline 1 1");
        assertThat(browser.evaluate("[...document.querySelectorAll('#timeline tbody tr, #timeline tr[id]')]"
                                + ".every(row => /^(C\\d+|E\\d+|T-[0-9a-f]{6})$/.test(row.id))")
                        .asBoolean())
                .isTrue();
    }

    /** What people write, or paste from a log, is text: no markup of theirs but Markdown's. */
    @Test
    void hostileTextStaysText() throws Exception {
        String hostile = document()
                .replace(
                        "## Open questions",
                        SampleDiagnoses.HOSTILE + "\n\n## Open questions\n\n"
                                + "[here](javascript:document.title='owned') <!-- <b> --> &lt;i&gt;");

        List<String> console = browser.show(page(hostile), Look.SCREEN);

        assertThat(console).isEmpty();
        assertThat(browser.evaluate("document.title").asString()).startsWith("Incident: checkout");
        assertThat(browser.evaluate(
                                "document.querySelectorAll('script').length + ' '"
                                        + " + document.querySelectorAll('style').length + ' '"
                                        + " + document.querySelectorAll('img, iframe, object, form, b b, [href^=javascript]').length")
                        .asString())
                .isEqualTo("1 1 0");
        assertThat(browser.evaluate("document.body.innerText").asString())
                .contains("<script>document.title='owned'</script>");
    }
}
