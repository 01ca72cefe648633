package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueriesTest {
    private static final Map<String, String> VALUES = Map.of(
            "streams", "payments/ecs-service-connect-",
            "from", "2026-11-21T12:00:00.000Z",
            "to", "2026-11-21T13:00:00.000Z",
            "digits", "16",
            "sample", "[0-3]",
            "failures", "[0-9A-Za-z]",
            "ids", "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd",
            "id", "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd");

    static List<String> names() {
        return Queries.names();
    }

    private static Map<String, String> values(String name) {
        Map<String, String> values = new HashMap<>(VALUES);
        values.keySet().retainAll(Queries.parameters(name));
        return values;
    }

    private static String filled(String name, String parameter, String value) {
        Map<String, String> values = values(name);
        values.put(parameter, value);
        return Queries.fill(name, values);
    }

    @Test
    void knowsEveryFileOfTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("queries"))) {
            assertThat(Queries.names())
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString())
                                    .map(name -> name.replaceAll("\\.cwl$", ""))
                                    .toList());
        }
        assertThatThrownBy(() -> Queries.text("../manifest"))
                .isInstanceOf(EastwestException.class)
                .hasMessage("no such query: ../manifest");
    }

    @ParameterizedTest
    @MethodSource("names")
    void beginsWithWhatItAnswersItsParametersAndItsCost(String name) {
        List<String> comments = Queries.text(name)
                .lines()
                .takeWhile(line -> line.startsWith("#"))
                .toList();
        assertThat(comments.get(0)).hasSizeGreaterThan(20);
        assertThat(comments).anyMatch(line -> line.startsWith("# Parameters:"));
        assertThat(comments.get(comments.size() - 1)).startsWith("# Cost: ");
        Queries.parameters(name)
                .forEach(parameter -> assertThat(String.join("\n", comments))
                        .as(parameter)
                        .containsPattern("\n#   (from, )?" + parameter + "\\b"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void usesOnlyWhatTheInfrequentAccessClassKnowsToo(String name) {
        // No pattern, diff, filterIndex, unmask; and no discovered field: every field used was parsed or made before.
        String query = Queries.fill(name, values(name)).replaceAll("(?m)^#.*$", "");
        assertThat(query).doesNotContainPattern("\\| *(pattern|diff|filterIndex|unmask|anomaly|dedup|SOURCE)\\b");
        String bare = query.replaceAll("(?m)/.*?/$", "//")
                .replaceAll("\"[^\"]*\"", "")
                .replaceAll("like /[^ ]*/", "");
        assertThat(bare)
                .doesNotContain("response_code")
                .doesNotContain("upstream_host")
                .doesNotContain("request_id");
    }

    /** The four queries of the collector must agree on what a line says, and on which lines are remarkable. */
    @Test
    void readsLinesInTheSameWayInAllQueriesOfTheCollector() {
        Pattern reading = Pattern.compile("(?s)filter \\{\\{streams}}\n(.*?host\\n)");
        Set<String> readings = Stream.of("counts", "errors", "lines", "partners")
                .map(Queries::text)
                .map(text -> group(reading, text))
                .collect(java.util.stream.Collectors.toSet());
        assertThat(readings).hasSize(1);
        Pattern remarkable = Pattern.compile("(?s)(\\(not ispresent\\(code\\).*?ms - service >= 100\\)\\))");
        assertThat(Stream.of("counts", "errors", "lines")
                        .map(Queries::text)
                        .map(text -> group(remarkable, text))
                        .distinct())
                .hasSize(1);
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    @ParameterizedTest
    @MethodSource("names")
    void fillsEveryPlaceAndKeepsTheFirstComment(String name) {
        String query = Queries.fill(name, values(name));
        assertThat(query).startsWith("# ").doesNotContain("{{");
        assertThat(query.lines().skip(1)).noneMatch(line -> line.startsWith("#"));
    }

    @Test
    void quotesLists() {
        assertThat(filled("lines", "streams", "a/ecs-service-connect-\nb/ecs-service-connect-"))
                .contains(
                        "filter @logStream like \"a/ecs-service-connect-\" or @logStream like \"b/ecs-service-connect-\"");
        assertThat(filled("partners", "ids", "one\ntwo")).contains("id in [\"one\", \"two\"]");
        assertThat(filled("lines", "sample", "[0-7][0gwGW]"))
                .startsWith("# lines sample=[0-7][0gwGW] failures=[0-9A-Za-z] from=2026-11-21T12:00:00.000Z to=")
                .contains("id like /[0-7][0gwGW][^0-9A-Za-z]*$/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\" or 1 = 1 or \"",
                "a\\",
                "a/x\" | limit 1 #",
                "",
                "{{ids}}",
                "tab\there",
                "é",
                "$1",
                "a'b",
                "x`y",
                "a|b",
                "#"
            })
    void refusesWhatCouldEndAString(String hostile) {
        assertThatThrownBy(() -> filled("partners", "ids", hostile)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filled("partners", "ids", "fine\n" + hostile + "\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filled("lines", "streams", hostile)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Queries.takesId(hostile)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "[0]|.", ".*", "[^0]", "[0-3]$/ or 1=1 or id like /[0]", "[0 ]", "[0]{9}"})
    void refusesWhatIsNoCharacterClass(String hostile) {
        assertThatThrownBy(() -> filled("lines", "sample", hostile)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filled("lines", "failures", hostile)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesTimesAndStepsOfAnotherForm() {
        assertThatThrownBy(() -> filled("counts", "from", "2026-11-21")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filled("counts", "to", "2026-11-21T12:00:00Z"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filled("counts", "digits", "17")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wantsExactlyItsParameters() {
        assertThatThrownBy(() -> Queries.fill("ejections", Map.of("id", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("query ejections takes [], not [id]");
        assertThatThrownBy(() -> Queries.fill("one-request", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("query one-request takes [id], not []");
    }

    @Test
    void neverExceedsTheLengthOfAQueryString() {
        int room = Queries.LONGEST - filled("partners", "ids", "x").length();
        // Each further id takes its characters, two quotes, a comma and a blank.
        int fit = 1 + room / (36 + 4);
        String id = "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd";
        assertThat(filled("partners", "ids", (id + "\n").repeat(fit - 1))).hasSizeLessThanOrEqualTo(Queries.LONGEST);
        assertThatThrownBy(() -> filled("partners", "ids", (id + "\n").repeat(fit + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10000 are allowed");
    }
}
