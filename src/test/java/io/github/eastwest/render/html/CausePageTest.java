package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.html.CausePage.Kind;
import io.github.eastwest.render.html.CausePage.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CausePageTest {
    @Test
    void keepsTheShapeOfAPage() {
        assertThat(CausePage.parse("# Title\n\nText\n\n1. one\n2. two\n\n---\n\n> quote\n\n    code\n"))
                .extracting(Part::kind)
                .containsExactly(Kind.HEADING, Kind.PARAGRAPH, Kind.NUMBERS, Kind.RULE, Kind.QUOTE, Kind.CODE_BLOCK);
    }

    @Test
    void readsTablesWithMarkupInTheirCells() {
        Part table = CausePage.parse("| flag | meaning |\n|:---|---:|\n| `UH` | *no* host |\n| x | |\n")
                .get(0);

        assertThat(table.kind()).isEqualTo(Kind.TABLE);
        assertThat(table.children()).extracting(Part::kind).containsExactly(Kind.HEAD, Kind.ROW, Kind.ROW);
        assertThat(table.children().get(0).children().get(0).children())
                .extracting(Part::kind)
                .containsExactly(Kind.HEAD_CELL, Kind.HEAD_CELL);
        // A cell names its column, for screens where a row is no line.
        assertThat(table.children().subList(1, 3))
                .allSatisfy(
                        row -> assertThat(row.children()).extracting(Part::text).containsExactly("flag", "meaning"));
        assertThat(table.children().get(1).children().get(0).children().get(0).kind())
                .isEqualTo(Kind.CODE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a | b\nc | d", "| a | b |", "| a |\nno bars\n", "| a |\n| b |", "*|* x |\n|---|"})
    void takesNoOtherParagraphForATable(String markdown) {
        assertThat(CausePage.parse(markdown)).extracting(Part::kind).containsExactly(Kind.PARAGRAPH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "data:text/html,x",
                "//host/x",
                "other.md",
                "#top",
                "file:///etc/passwd",
                "%%"
            })
    void linksOnlyToTheWeb(String address) {
        Part paragraph = CausePage.parse("[name](<" + address + ">)").get(0);

        assertThat(paragraph.children()).containsExactly(new Part(Kind.TEXT, "name", List.of()));
    }

    @Test
    void showsHtmlAsText() {
        assertThat(CausePage.parse("<div onclick=x>\nblock\n</div>\n\ninline <b>x</b>"))
                .allSatisfy(part -> assertThat(part.kind()).isEqualTo(Kind.PARAGRAPH))
                .flatExtracting(Part::children)
                .extracting(Part::kind)
                .containsOnly(Kind.TEXT);
    }
}
