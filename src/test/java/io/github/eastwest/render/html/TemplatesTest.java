package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates of the user in place of ours. */
class TemplatesTest {
    private static final String CAPACITY =
            "<html xmlns:th=\"http://www.thymeleaf.org\"><body><section th:fragment=\"section\""
                    + " id=\"capacity\">%s</section></body></html>";

    @TempDir
    private Path directory;

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String page() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new HtmlRenderer(Templates.in(directory), cause -> List.of())
                .render(SampleDiagnoses.incident(), SampleDiagnoses.CONTEXT, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTemplateReplacesOursOfTheSameNameAndTheOthersStay() throws IOException {
        write("report/capacity.html", CAPACITY.formatted("<p>Ask the platform team.</p>"));

        assertThat(page())
                .contains("Ask the platform team.")
                .doesNotContain("ActiveConnectionCount")
                .contains("EW301", "Ladder of time-outs");
    }

    @Test
    void thePolicyFollowsTheStyleThatIsUsed() throws Exception {
        write("page.css", "body { color: #123456; }\r\n");
        String css = "body { color: #123456; }\n";
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(css.getBytes(StandardCharsets.UTF_8));

        assertThat(page())
                .contains("<style>" + css + "</style>")
                .contains("&#39;sha256-" + java.util.Base64.getEncoder().encodeToString(digest) + "&#39;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<p th:text=\"${@java.nio.file.Files@readString(@java.nio.file.Path@of('/etc/passwd'))}\"></p>",
                "<p th:text=\"${T(java.lang.Runtime).getRuntime()}\"></p>",
                "<p th:text=\"${new java.net.URL('http://canary.example').openStream()}\"></p>",
                "<p th:text=\"${new io.github.eastwest.render.html.Tile('','','','')}\"></p>",
                "<p th:text=\"${report.getClass().getClassLoader()}\"></p>",
                "<p th:text=\"${report.class.name}\"></p>",
                "<p th:text=\"${#ctx.configuration}\"></p>",
                "<p th:text=\"${#execInfo.templateName}\"></p>",
                "<p th:text=\"${#root}\"></p>",
                "<p th:insert=\"~{/etc/passwd}\"></p>",
                "<p th:insert=\"~{../../../../etc/passwd}\"></p>",
                "<p th:insert=\"~{http://canary.example/x}\"></p>",
                "<p th:insert=\"~{nothing}\"></p>",
                "<p th:text=\"${report.nothing()}\"></p>",
                "<p th:text=\"${report.\"></p>"
            })
    void aTemplateReachesItsModelAndNothingElse(String body) throws IOException {
        write("report/capacity.html", CAPACITY.formatted(body));

        assertThatThrownBy(this::page)
                .isInstanceOfSatisfying(
                        EastwestException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE))
                .hasMessageStartingWith("a template is broken: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<p th:utext=\"${title}\"></p>", "<p data-th-utext=\"${title}\"></p>", "<p>[(${title})]</p>"})
    void unescapedTextIsRefused(String body) throws IOException {
        write("report/capacity.html", CAPACITY.formatted(body));

        assertThatThrownBy(this::page).hasMessageContaining("report/capacity.html prints text unescaped");
    }

    @Test
    void aMisnamedTemplateIsNoSilentNothing() throws IOException {
        write("report/capacitiy.html", CAPACITY.formatted(""));

        assertThatThrownBy(this::page).hasMessageContaining("report/capacitiy.html is none of ours");
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.txt"), "hunter2");
        Files.createDirectories(directory.resolve("report"));
        Files.createSymbolicLink(directory.resolve("report/capacity.html"), secret);

        assertThatThrownBy(this::page).hasMessageContaining("report/capacity.html is no file");
    }

    @Test
    void styleCannotEndItsElement() throws IOException {
        write("page.css", "</style><script>alert(1)</script>");

        assertThatThrownBy(this::page).hasMessageContaining("page.css ends its own element");
    }

    @Test
    void theCommandLineTakesThemAndNamesWhatIsWrong() throws IOException {
        Path out = directory.resolve("out");
        Files.createDirectories(out);
        write("mine/report/capacity.html", CAPACITY.formatted("<p>Ask the platform team.</p>"));
        write("broken/report/capacity.html", CAPACITY.formatted("<p th:text=\"${report.\"></p>"));
        String bundle = "samples/checkout-payments";
        String file = out.resolve("report.html").toString();

        CommandLineRun good = CommandLineRun.of(
                "diagnose",
                "checkout",
                "payments",
                "--bundle",
                bundle,
                "-o",
                "html=" + file,
                "--templates",
                mine("mine"));
        assertThat(good.exit()).as(good.err()).isEqualTo(3);
        assertThat(Files.readString(Path.of(file)))
                .contains("Ask the platform team.")
                .contains("eastwest diagnose checkout payments --bundle BUNDLE")
                .contains("SHA-256 of each file read", "ecs/describe-services.json");

        Files.delete(Path.of(file));
        CommandLineRun broken = CommandLineRun.of(
                "diagnose",
                "checkout",
                "payments",
                "--bundle",
                bundle,
                "-o",
                "html=" + file,
                "--templates",
                mine("broken"));
        assertThat(broken.exit()).isEqualTo(2);
        assertThat(broken.err())
                .contains("a template is broken", "report/capacity")
                .doesNotContain("\tat ");
        assertThat(Path.of(file)).doesNotExist();

        assertThat(CommandLineRun.of(
                                "diagnose", "a", "b", "--bundle", bundle, "-o", "html", "--templates", mine("none"))
                        .exit())
                .isEqualTo(2);
        CommandLineRun useless =
                CommandLineRun.of("diagnose", "a", "b", "--bundle", bundle, "--templates", mine("mine"));
        assertThat(useless.exit()).isEqualTo(2);
        assertThat(useless.err()).contains("--templates is for -o html");
    }

    private String mine(String name) {
        return directory.resolve(name).toString();
    }
}
