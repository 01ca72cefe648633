package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.SampleDiagnoses;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The report as a browser shows it. */
class HtmlInBrowserTest {
    private static Chromium browser;

    @BeforeAll
    static void start() throws IOException {
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() throws IOException {
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

    private static URI page(String sample) throws IOException {
        return browser.page(sample + ".html", report(sample));
    }

    private static String title(String dom) {
        Matcher title = Pattern.compile("<title>(.*?)</title>").matcher(dom);
        return title.find() ? title.group(1) : "";
    }

    /** Shows that the tests below would see what they say is not there. */
    @Test
    void noticesScriptsErrorsAndRequests() throws Exception {
        URI page = browser.page(
                "control.html",
                ("<!DOCTYPE html><title>before</title><img src=\"http://canary.example/pixel\">"
                                + "<script>document.title = 'owned'; console.error('boo');</script>")
                        .getBytes(StandardCharsets.UTF_8));

        Chromium.Run run = browser.dom(page);

        assertThat(title(run.output())).isEqualTo("owned");
        assertThat(run.console()).anyMatch(line -> line.contains("boo"));
        assertThat(browser.requests()).contains("http://canary.example/pixel");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void loadsWithoutErrorOrRequest(String sample) throws Exception {
        List<String> before = browser.requests();

        Chromium.Run run = browser.dom(page(sample));

        assertThat(run.console()).isEmpty();
        assertThat(browser.requests()).isEqualTo(before);
        assertThat(run.output()).contains("id=\"coverage\"").contains("</footer>");
    }

    @Test
    void offersToCopyCommandsAndTellsLocalTimes() throws Exception {
        String dom = browser.dom(page("security-group")).output();

        assertThat(dom).contains("<button type=\"button\">Copy</button>").doesNotContain("hidden=\"\"");
        assertThat(dom)
                .containsPattern("<time datetime=\"2026-11-21T04:15:47Z\" title=\"[^\"]+\\(your time\\)\">04:15:47Z");
    }

    @Test
    void hostileTextRunsNothing() throws Exception {
        String dom = browser.dom(page("hostile")).output();

        assertThat(title(dom)).startsWith("POSSIBLE CAUSE at callee-app: =cmd|").isNotEqualTo("owned");
        assertThat(dom).doesNotContain("<img").doesNotContain("<b>x");
        assertThat(dom.split("<script", -1)).hasSize(2);
        assertThat(dom.split("<style", -1)).hasSize(2);
    }

    /** Were the escaping to fail, the page's own policy would still stop what got in. */
    @Test
    void thePolicyStopsWhatEscapingWouldMiss() throws Exception {
        String broken = new String(report("healthy"), StandardCharsets.UTF_8)
                .replace(
                        "<main>",
                        "<main><script>document.title='owned'</script><img src=\"http://canary.example/leak\""
                                + " onerror=\"document.title='owned'\">");

        Chromium.Run run = browser.dom(browser.page("broken.html", broken.getBytes(StandardCharsets.UTF_8)));

        assertThat(title(run.output())).startsWith("HEALTHY");
        assertThat(run.console()).anyMatch(line -> line.contains("Content Security Policy"));
        assertThat(browser.requests()).doesNotContain("http://canary.example/leak");
    }

    @Test
    void readsTheSameWithoutScript() throws Exception {
        URI blocked = browser.page(
                "blocked.html",
                new String(report("security-group"), StandardCharsets.UTF_8)
                        .replaceFirst("script-src &#39;sha256-[^;]*;", "script-src &#39;none&#39;;")
                        .getBytes(StandardCharsets.UTF_8));
        Chromium.Run run = browser.dom(blocked);
        BufferedImage with = image(browser.picture(page("security-group")));
        BufferedImage without = image(browser.picture(blocked));

        assertThat(run.console()).singleElement().asString().contains("script");
        assertThat(run.output()).contains("hidden=\"\"").doesNotContainPattern("<time[^>]* title=");
        // The banner's red, and the same page but for the copy button.
        assertThat(without.getRGB(5, 5) & 0xFFFFFF).isEqualTo(0xA3211A);
        assertThat(differentPixels(with, without)).isLessThan(with.getWidth() * with.getHeight() / 50);
        assertThat(differentPixels(with, without)).isPositive();
    }

    @Test
    void followsTheReadersColourScheme() throws Exception {
        BufferedImage light = image(browser.picture(page("healthy")));
        BufferedImage dark = image(browser.picture(page("healthy"), "--blink-settings=preferredColorScheme=0"));

        assertThat(light.getRGB(5, 1_500) & 0xFFFFFF).isEqualTo(0xF4F6F8);
        assertThat(dark.getRGB(5, 1_500) & 0xFFFFFF).isEqualTo(0x10161C);
    }

    @ParameterizedTest
    @ValueSource(strings = {"security-group", "nothing-read", "hostile"})
    void fitsAPhone(String sample) throws Exception {
        // The page's own script gives way to one that tells its frame how wide the content is.
        String measured = new String(report(sample), StandardCharsets.UTF_8)
                .replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                .replaceFirst(
                        "(?s)<script>.*</script>",
                        "<script>parent.postMessage(document.documentElement.scrollWidth, '*')</script>");
        browser.page("measured.html", measured.getBytes(StandardCharsets.UTF_8));
        URI frame = browser.page(
                "phone.html",
                ("<!DOCTYPE html><title>no answer</title><script>addEventListener('message',"
                                + " e => { document.title = 'wide ' + e.data; })</script>"
                                + "<iframe src=\"measured.html\" style=\"width:360px;height:640px;border:0\"></iframe>")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(title(browser.dom(frame, "--hide-scrollbars").output())).isEqualTo("wide 360");
    }

    private static BufferedImage image(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    private static int differentPixels(BufferedImage one, BufferedImage other) {
        int different = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                different += one.getRGB(x, y) == other.getRGB(x, y) ? 0 : 1;
            }
        }
        return different;
    }
}
