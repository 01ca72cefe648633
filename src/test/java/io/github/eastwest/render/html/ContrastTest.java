package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page's colours against WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for parts of charts (1.4.11). */
class ContrastTest {
    private static final Pattern VARIABLE = Pattern.compile("--([a-z0-9-]+): (#[0-9a-f]{3,6})");
    private static final Pattern BANNER = Pattern.compile("\\.banner\\.[a-z]+ \\{ background: ([^}]*)\\}");

    private static String css() throws IOException {
        return Files.readString(Path.of("templates/page.css"));
    }

    /** Light (0), dark (1) or print (2); print names only what differs from light. */
    private static Map<String, String> palette(int which) throws IOException {
        List<String> roots = Pattern.compile(":root \\{([^}]*)\\}")
                .matcher(css())
                .results()
                .map(match -> match.group(1))
                .toList();
        Map<String, String> palette = new TreeMap<>();
        for (int root : which == 0 ? new int[] {0} : new int[] {0, which}) {
            Matcher variables = VARIABLE.matcher(roots.get(root));
            while (variables.find()) {
                palette.put(variables.group(1), variables.group(2));
            }
        }
        return palette;
    }

    private static double luminance(String colour) {
        String hex = colour.length() == 4 ? colour.replaceAll("([0-9a-f])", "$1$1") : colour;
        double[] weights = {0.2126, 0.7152, 0.0722};
        double luminance = 0;
        for (int i = 0; i < 3; i++) {
            double channel = Integer.parseInt(hex.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            luminance += weights[i] * (channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4));
        }
        return luminance;
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    @Test
    void computesContrastAsTheStandardDoes() {
        assertThat(contrast("#000", "#fff")).isEqualTo(21.0);
        // The grey that the standard's examples call just enough on white.
        assertThat(contrast("#767676", "#ffffff")).isBetween(4.5, 4.6);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void textCanBeRead(int which) throws IOException {
        Map<String, String> palette = palette(which);
        for (String text : List.of("ink", "soft", "link", "fault", "warning", "note", "healthy", "inconclusive")) {
            for (String ground : List.of("page", "card", "mono", "fault-tint", "warning-tint")) {
                assertThat(contrast(palette.get(text), palette.get(ground)))
                        .as("%s %s on %s %s", text, palette.get(text), ground, palette.get(ground))
                        .isGreaterThanOrEqualTo(4.5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void chartsCanBeSeen(int which) throws IOException {
        Map<String, String> palette = palette(which);
        for (String part : List.of("c0", "c1", "c2", "c3", "c4", "c5", "ok-line")) {
            assertThat(contrast(palette.get(part), palette.get("card")))
                    .as(part)
                    .isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void theBannerCanBeRead() throws IOException {
        List<String> grounds = BANNER.matcher(css())
                .results()
                .flatMap(match ->
                        Pattern.compile("#[0-9a-f]{6}").matcher(match.group(1)).results())
                .map(match -> match.group())
                .toList();

        assertThat(grounds)
                .hasSize(6)
                .allSatisfy(ground -> assertThat(contrast("#ffffff", ground)).isGreaterThanOrEqualTo(4.5));
    }
}
