package io.github.eastwest.render.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownRendererTest {
    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(sample + ".md", Golden.bytes(Format.MD, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @Test
    void saysVerdictFirstAndNextStepLast() {
        String text = Golden.text(Format.MD, SampleDiagnoses.securityGroup());

        assertThat(text)
                .startsWith(
                        "# label-printer \u2192 address-check\n\n> **\u2717 LIKELY CAUSE at network**: EW301 A security"
                                + " group does not admit the caller\n")
                .contains("**Next:** run the confirm command of EW301 above, then apply its fix\n");
    }

    @Test
    void tablesHaveAsManyCellsAsColumns() {
        for (Diagnosis diagnosis : SampleDiagnoses.all().values()) {
            int columns = 0;
            for (String line : Golden.text(Format.MD, diagnosis).split("\n", -1)) {
                if (!line.startsWith("|")) {
                    columns = 0;
                    continue;
                }
                int cells = line.replace("\\|", "").split("\\|", -1).length;
                assertThat(cells).as(line).isEqualTo(columns == 0 ? cells : columns);
                columns = cells;
            }
        }
    }

    @Test
    void hostileTextIsOnlyText() {
        List<String> markup = new ArrayList<>();
        StringBuilder commands = new StringBuilder();
        Node document = Parser.builder().build().parse(Golden.text(Format.MD, SampleDiagnoses.hostile()));
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(HtmlInline html) {
                if (!html.getLiteral().equals("<!-- -->")) {
                    markup.add(html.getLiteral());
                }
            }

            @Override
            public void visit(HtmlBlock html) {
                markup.add(html.getLiteral());
            }

            @Override
            public void visit(Link link) {
                markup.add(link.getDestination());
            }

            @Override
            public void visit(Image image) {
                markup.add(image.getDestination());
            }

            @Override
            public void visit(Emphasis emphasis) {
                markup.add("emphasis " + emphasis.getFirstChild());
            }

            @Override
            public void visit(FencedCodeBlock block) {
                commands.append(block.getLiteral());
            }
        });

        assertThat(markup).isEmpty();
        assertThat(commands.toString().lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a|b",
                "`x`",
                "``",
                "*a* _b_ ~c~",
                "<b>",
                "&lt;",
                "[x](y)",
                "$a$",
                "- item",
                "1. item",
                "+ x",
                "= x",
                "upstream_connection_timeout",
                "C:\\path",
                "#5",
                "# x",
                "> x",
                "plain",
                "a_",
                "_",
                "5) x",
                "-",
                "\\|"
            })
    void proseReadsAsWritten(String text) {
        StringBuilder shown = new StringBuilder();
        Parser.builder().build().parse(Markdown.prose(text, 100)).accept(new AbstractVisitor() {
            @Override
            public void visit(Text node) {
                shown.append(node.getLiteral());
            }
        });

        assertThat(shown.toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "see https://evil.example,see https&#58;//evil.example",
        "see www.evil.example,see www&#46;evil.example",
        "@team wake up,@<!-- -->team wake up",
        "like #12,like #<!-- -->12",
        "like GH-12,like GH-<!-- -->12",
    })
    void makesNoLinkAndCallsNobody(String text, String escaped) {
        assertThat(Markdown.prose(text, 100)).isEqualTo(escaped);
    }

    @Test
    void codeHoldsBackticksAndPipes() {
        assertThat(Markdown.code("a", 10)).isEqualTo("`a`");
        assertThat(Markdown.code("a`b", 10)).isEqualTo("``a`b``");
        assertThat(Markdown.code("`", 10)).isEqualTo("`` ` ``");
        assertThat(Markdown.code("a|b", 10)).isEqualTo("`a\\|b`");
        assertThat(Markdown.block("echo ```")).isEqualTo("````sh\necho ```\n````\n");
    }
}
