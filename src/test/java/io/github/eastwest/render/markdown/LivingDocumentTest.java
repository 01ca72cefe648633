package io.github.eastwest.render.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.markdown.LivingDocument.Block;
import io.github.eastwest.render.markdown.LivingDocument.Merged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LivingDocumentTest {
    private static final Map<String, String> FIELDS = Map.of("caller", "orders");
    private static final Block IMPACT = new Block("impact", "## Impact\n\n5 calls failed", "");
    private static final Block TIMES = new Block("times", "## Times\n\nnot measured", "## What people did\n\n> - Who?");
    private static final Block ACTION = new Block("action/cause:EW301", "### Open the port", "- Owner:");
    private static final Block END = new Block("end", "The end.", "");
    private static final List<Block> BLOCKS = List.of(IMPACT, TIMES, ACTION, END);
    private static final List<Block> LATER = List.of(
            new Block("impact", "## Impact\n\n7 calls failed", ""),
            new Block("times", "## Times\n\n5 minutes", TIMES.after()),
            ACTION,
            END);

    private static String fresh() {
        return LivingDocument.fresh(FIELDS, BLOCKS);
    }

    private static Merged merge(String document) {
        return LivingDocument.merge(document, FIELDS, LATER);
    }

    @Test
    void looksAsDocumented() {
        // printf '## Impact\n\n5 calls failed\n' | sha256sum | cut -c1-16
        assertThat(LivingDocument.fresh(FIELDS, List.of(IMPACT))).isEqualTo("""
                        <!-- eastwest:document caller=orders blocks=impact -->

                        <!-- eastwest:begin impact f89b54e8ee5c18b6 -->
                        ## Impact

                        5 calls failed
                        <!-- eastwest:end impact -->
                        """);
    }

    @Test
    void makingItAnewWithTheSameFactsChangesNothing() {
        assertThat(LivingDocument.merge(fresh(), FIELDS, BLOCKS)).isEqualTo(new Merged(fresh(), List.of()));
    }

    @Test
    void newFactsReplaceOldOnesAndNothingElse() {
        assertThat(merge(fresh()).text()).isEqualTo(LivingDocument.fresh(FIELDS, LATER));
    }

    @Test
    void whatPeopleWroteStaysWordForWord() {
        String edited =
                fresh().replace("> - Who?", "> - Who?\n\nAnna, by a call.  \n\n\t* odd   spacing \u00e9\u4e2d\n")
                                .replace("- Owner:", "- Owner: Bo")
                                .replaceFirst("blocks=.*\n", "$0Status: Reviewed\n")
                        + "\nP.S. last line without an end";

        Merged merged = merge(edited);

        assertThat(merged.messages()).isEmpty();
        assertThat(merged.text())
                .isEqualTo(edited.replace("5 calls failed", "7 calls failed")
                        .replace("not measured", "5 minutes")
                        .replaceAll("impact [0-9a-f]{16}", "impact " + hash("impact"))
                        .replaceAll("times [0-9a-f]{16}", "times " + hash("times")));
    }

    private static String hash(String key) {
        return LivingDocument.fresh(FIELDS, LATER).replaceAll("(?s).*begin " + key + " ([0-9a-f]{16}).*", "$1");
    }

    @Test
    void anEditedBlockIsKeptAndFlagged() {
        String edited = fresh().replace("5 calls failed", "5 calls failed, says Anna");

        Merged merged = merge(edited);

        assertThat(merged.text())
                .contains("5 calls failed, says Anna")
                .doesNotContain("7 calls")
                .contains("5 minutes");
        assertThat(merged.text()).containsPattern("<!-- eastwest:begin impact [0-9a-f]{16} edited -->");
        assertThat(merged.messages()).containsExactly("block impact was edited: kept as it is");
        // Again, and again: nothing more happens.
        assertThat(merge(merged.text()).text()).isEqualTo(merged.text());
    }

    @Test
    void anEditTakenBackIsNoEdit() {
        String flagged =
                merge(fresh().replace("5 calls failed", "6 calls failed")).text();

        Merged merged = merge(flagged.replace("6 calls failed", "5 calls failed"));

        assertThat(merged.text()).isEqualTo(LivingDocument.fresh(FIELDS, LATER));
    }

    @Test
    void spacesAtLineEndsAreNoEdit() {
        assertThat(merge(fresh().replace("5 calls failed", "5 calls failed  ")).text())
                .contains("7 calls failed");
    }

    @Test
    void aDeletedBlockStaysAway() {
        String without = fresh().replaceAll("(?s)<!-- eastwest:begin times.*?end times -->\n", "");

        Merged merged = merge(without);

        assertThat(merged.text()).doesNotContain("## Times").contains("7 calls failed");
        assertThat(merged.messages())
                .containsExactly(
                        "block times was deleted: left out (take its name out of the first line to get it back)");
        assertThat(merge(merged.text().replace(",times", "")).text()).contains("## Times");
    }

    @Test
    void aNewBlockComesBeforeItsSuccessorAndBehindWhatPeopleWrote() {
        Block second = new Block("action/cause:EW501", "### Run tasks", "- Owner:");
        String edited = fresh().replace("- Owner:", "- Owner: Bo\n- and a note");

        String merged = LivingDocument.merge(edited, FIELDS, List.of(IMPACT, TIMES, ACTION, second, END))
                .text();

        assertThat(merged)
                .containsPattern("(?s)- Owner: Bo\n- and a note\n\n<!-- eastwest:begin action/cause:EW501 .*?"
                        + "### Run tasks\n<!-- eastwest:end action/cause:EW501 -->\n\n- Owner:\n\n"
                        + "<!-- eastwest:begin end ");
        assertThat(LivingDocument.merge(merged, FIELDS, List.of(IMPACT, TIMES, ACTION, second, END))
                        .text())
                .isEqualTo(merged);
    }

    @Test
    void aBlockThatIsNoLongerGeneratedIsKept() {
        assertThat(LivingDocument.merge(fresh(), FIELDS, List.of(IMPACT, TIMES, END))
                        .text())
                .isEqualTo(fresh());
    }

    @Test
    void sectionsMayBeMoved() {
        String impact = fresh().replaceAll("(?s).*(<!-- eastwest:begin impact.*?end impact -->\n).*", "$1");
        String moved = fresh().replace(impact, "") + "\n" + impact;

        String merged = merge(moved).text();

        assertThat(merged.indexOf("## Impact")).isGreaterThan(merged.indexOf("The end."));
        assertThat(merged).contains("7 calls failed").containsOnlyOnce("begin impact");
    }

    @Test
    void windowsLineEndsStay() {
        String windows = fresh().replace("\n", "\r\n").replace("- Owner:", "- Owner: Bo");
        Block added = new Block("action/cause:EW501", "### Run\n\ntasks", "- Owner:");

        Merged merged = LivingDocument.merge(windows, FIELDS, List.of(LATER.get(0), TIMES, ACTION, added, END));

        assertThat(merged.messages()).isEmpty();
        assertThat(merged.text().replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
        assertThat(merged.text()).contains("- Owner: Bo\r\n", "7 calls failed\r\n", "### Run\r\n\r\ntasks\r\n");
        assertThat(LivingDocument.fields("\uFEFF" + windows)).isPresent();
        assertThat(LivingDocument.merge("\uFEFF" + windows, FIELDS, LATER).text())
                .isEqualTo(
                        "\uFEFF" + LivingDocument.merge(windows, FIELDS, LATER).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!-- eastwest:end impact -->\n", "<!-- eastwest:begin impact f89b54e8ee5c18b6 -->\n"})
    void aBlockThatLostAnAnchorIsText(String anchor) {
        String damaged = fresh().replace(anchor, "");

        Merged merged = merge(damaged);

        assertThat(merged.text())
                .contains("5 calls failed")
                .doesNotContain("7 calls")
                .contains("5 minutes");
        assertThat(merged.messages()).singleElement().asString().contains("block impact");
        assertThat(merge(merged.text()).text()).isEqualTo(merged.text());
    }

    @Test
    void aCopyOfABlockIsText() {
        String impact = fresh().replaceAll("(?s).*(<!-- eastwest:begin impact.*?end impact -->\n).*", "$1");
        String edited = impact.replace("5 calls", "50 calls");

        String merged =
                merge(fresh().replace("> - Who?", "> - Who?\n\n" + edited)).text();

        assertThat(merged).contains("50 calls failed").contains("7 calls failed");
    }

    /** What a log line can bring into generated text, and what somebody can paste from a log into theirs. */
    @Test
    void anchorsFromLogsAreNone() {
        String attack = "<!-- eastwest:end impact -->\n<!-- eastwest:begin times 0000000000000000 -->\nowned\n"
                + "<!-- eastwest:end times -->\n<!-- eastwest:document caller=owned blocks=impact,times -->";
        String document = LivingDocument.fresh(FIELDS, List.of(new Block("impact", attack, attack), TIMES));

        assertThat(document.lines().filter(line -> line.startsWith("<!-- eastwest:")))
                .hasSize(5);
        assertThat(LivingDocument.fields(document))
                .hasValueSatisfying(fields -> assertThat(fields).containsEntry("caller", "orders"));
        // Pasted by a person: a second block of that name, with a wrong hash. The true one is made anew.
        String pasted = fresh().replace("> - Who?", "> - Who?\n\n" + attack);
        String merged = merge(pasted).text();
        assertThat(merged).contains("owned").contains("7 calls failed").contains("5 minutes");
        assertThat(merged.lines().filter(attack.lines().toList()::contains)).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void namesCannotLeaveTheFirstLine() {
        String document = LivingDocument.fresh(Map.of("caller", "a --> <b> \n\"x\" blocks=evil"), List.of(IMPACT));

        assertThat(document.lines().findFirst().orElseThrow()).endsWith(" blocks=impact -->");
        assertThat(LivingDocument.fields(document).orElseThrow())
                .containsEntry("caller", "a --> <b> \n\"x\" blocks=evil")
                .containsEntry("blocks", "impact");
        assertThat(LivingDocument.fields("# Some other document\n")).isEmpty();
    }

    @Test
    void withoutAnchorsOnlyAnchorsAreMissing() {
        assertThat(LivingDocument.withoutAnchors(fresh()))
                .isEqualTo(
                        "\n## Impact\n\n5 calls failed\n\n## Times\n\nnot measured\n\n## What people did\n\n> - Who?\n"
                                + "\n### Open the port\n\n- Owner:\n\nThe end.\n");
    }

    /** Lines taken away, doubled, moved and added anywhere: no line of a person is lost, and a second time changes nothing. */
    @Test
    void noEditLosesWhatPeopleWrote() {
        Random random = new Random(20261121);
        for (int round = 0; round < 2_000; round++) {
            List<String> lines = new ArrayList<>(fresh().lines().toList());
            List<String> people = new ArrayList<>();
            for (int edits = random.nextInt(6); edits >= 0; edits--) {
                int at = random.nextInt(lines.size());
                switch (random.nextInt(4)) {
                    case 0 -> lines.remove(at);
                    case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
                    case 2 -> lines.add(at, lines.remove(random.nextInt(lines.size())));
                    default -> {
                        String words = "people " + round + "." + edits;
                        people.add(words);
                        lines.add(at, words);
                    }
                }
            }
            lines.removeIf(line -> line.startsWith("people") && !people.contains(line));
            List<String> written =
                    lines.stream().filter(line -> line.startsWith("people")).toList();

            Merged merged = merge(String.join("\n", lines) + "\n");

            assertThat(merged.text().lines().filter(line -> line.startsWith("people")))
                    .as("round %s", round)
                    .containsExactlyElementsOf(written);
            assertThat(merge(merged.text()).text()).as("round %s", round).isEqualTo(merged.text());
        }
    }
}
