package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalMarkdownTest {
    @Test
    void underlinesHeadingsAndWrapsProse() {
        String markdown = """
                # Title

                ## Part

                %s
                and *more* of `it *here*` **loud**.
                """.formatted("word ".repeat(15).strip());

        // 15 × "word " = 75 columns, so "and" (78) still fits into 80 and "more" does not.
        assertThat(TerminalMarkdown.set(markdown))
                .isEqualTo("""
                        Title
                        =====

                        Part
                        ----

                        %s and
                        more of `it *here*` loud.
                        """.formatted("word ".repeat(15).strip()));
    }

    @Test
    void breaksAtEightyColumnsAndNotAtSeventyNine() {
        String fits = "a".repeat(40) + " " + "b".repeat(39);
        String tooLong = "a".repeat(40) + " " + "b".repeat(40);

        assertThat(TerminalMarkdown.set(fits)).isEqualTo(fits + "\n");
        assertThat(TerminalMarkdown.set(tooLong)).isEqualTo("a".repeat(40) + "\n" + "b".repeat(40) + "\n");
    }

    @Test
    void indentsTheRestOfAListItem() {
        assertThat(TerminalMarkdown.set("- " + "x".repeat(70) + "\n  yyyyyyyyyyyy\n- z\n"))
                .isEqualTo("- " + "x".repeat(70) + "\n  yyyyyyyyyyyy\n- z\n");
    }

    @Test
    void leavesCodeAsItIs() {
        String command = "aws ecs describe-services --query 'a | b' " + "c".repeat(100);

        assertThat(TerminalMarkdown.set("Text:\n```bash\n" + command + "\n```\nafter\n"))
                .isEqualTo("Text:\n\n    " + command + "\n\nafter\n");
    }

    @Test
    void alignsATableAndWrapsItsWidestColumn() {
        String markdown =
                "| a | decisive |\n|---|---|\n| EW1 | " + "wxyz ".repeat(20).strip() + " |\n| b | c |\n";

        // 80 - 3 (first column) - 2 (gap) = 75 columns: 15 words of 4 with 14 blanks are 74.
        assertThat(TerminalMarkdown.set(markdown))
                .isEqualTo("a    decisive\n"
                        + "---  " + "-".repeat(75) + "\n"
                        + "EW1  " + "wxyz ".repeat(15).strip() + "\n"
                        + "     " + "wxyz ".repeat(5).strip() + "\n"
                        + "b    c\n");
    }

    @Test
    void breaksAnOverlongWordBehindASeparator() {
        String word = "a".repeat(60) + "|" + "b".repeat(60);

        assertThat(TerminalMarkdown.set(word)).isEqualTo("a".repeat(60) + "|\n" + "b".repeat(60) + "\n");
    }

    @Test
    void keepsAPipeInsideACell() {
        assertThat(TerminalMarkdown.set("| a \\| b | c |\n")).startsWith("a | b  c\n");
    }
}
