package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignTest {
    @Test
    void keepsWhatPeopleWrite() {
        assertThat(Foreign.clean("Größe \u2192 日本 🙂 a\u0301 <b>&amp;</b>"))
                .isEqualTo("Größe \u2192 日本 🙂 a\u0301 <b>&amp;</b>");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 7, 8, 0x1B, 0x1F, 0x7F, 0x9B, 0x9F, 0xAD, 0x200B, 0x200E, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF
            })
    @ValueSource(ints = {0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x1FFFF, 0xFDD0, 0xE0041})
    void replacesWhatSteersTheReader(int point) {
        String text = "a"
                + (point >= 0xD800 && point <= 0xDFFF ? String.valueOf((char) point) : Character.toString(point)) + "b";

        assertThat(Foreign.clean(text)).isEqualTo("a\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0x20, 0x7E, 0xA0, 0xAC, 0xAE, 0x200A, 0x2010, 0x2029 + 0x6, 0x2070, 0xFDCF, 0xFDF0, 0xFFFD, 0x1F600
            })
    void keepsItsNeighbours(int point) {
        assertThat(Foreign.clean(Character.toString(point))).isEqualTo(Character.toString(point));
    }

    @Test
    void turnsLineEndsAndTabsIntoSpaces() {
        assertThat(Foreign.clean("a\nb\rc\td\u2028e\u2029f")).isEqualTo("a b c d e f");
    }

    @Test
    void cutsOnlyWhatIsLongerThanTheLimit() {
        assertThat(Foreign.clean("1234567890", 10)).isEqualTo("1234567890");
        assertThat(Foreign.clean("12345678901", 10)).isEqualTo("1234567890\u2026 (+1\u202Fcharacter)");
    }

    @Test
    void countsCharactersNotHalvesOfThem() {
        assertThat(Foreign.clean("🙂🙂🙂", 3)).isEqualTo("🙂🙂🙂");
        assertThat(Foreign.clean("🙂🙂🙂", 2)).isEqualTo("🙂🙂\u2026 (+1\u202Fcharacter)");
    }

    @Test
    void joinsContinuedCommandsAndStopsHiddenOnes() {
        assertThat(Foreign.command("aws ecs \\\n    list-tasks \\\r\n --cluster a\n"))
                .isEqualTo("aws ecs list-tasks --cluster a");
        assertThat(Foreign.command("aws ecs list-tasks --cluster a\nrm -rf ~"))
                .isEqualTo("aws ecs list-tasks --cluster a\uFFFDrm -rf ~");
    }

    @Test
    void leavesOutCommandsTooLongToRead() {
        assertThat(Foreign.command("a".repeat(2_000))).isEqualTo("a".repeat(2_000));
        assertThat(Foreign.command("a".repeat(2_001))).startsWith("# ").doesNotContain("aaa");
    }
}
