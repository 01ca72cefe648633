package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.RootCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CausePagesTest {
    private static final Path RESOURCES = Path.of("src/main/resources");

    private static final List<String> HEADINGS =
            List.of("What happens", "How it looks", "How to tell it from its neighbours", "Confirm", "Fix", "Sources");

    /** Longer pages are not read in an incident. */
    private static final int MOST_LINES = 90;

    @Test
    void everyCauseHasExactlyOnePageAndNoPageIsOrphaned() throws IOException {
        try (Stream<Path> pages = Files.list(RESOURCES.resolve("causes"))) {
            assertThat(pages.map(p -> "causes/" + p.getFileName()))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(RootCause.values())
                            .map(Knowledge::page)
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void pageHasTheHeadingsInOrder(RootCause cause) throws IOException {
        List<String> lines = lines(cause);

        assertThat(lines.get(0)).isEqualTo("# " + cause.code() + " " + cause.title());
        assertThat(lines.stream().filter(l -> l.startsWith("## ")).map(l -> l.substring(3)))
                .isEqualTo(HEADINGS);
        assertThat(lines).hasSizeLessThanOrEqualTo(MOST_LINES);
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void pageSaysHowItLooksOnBothSidesAndEverywhereElse(RootCause cause) throws IOException {
        String section = section(cause, "How it looks");

        assertThat(section).containsIgnoringCase("caller's line");
        assertThat(section).containsIgnoringCase("callee's line");
        assertThat(section).contains("**With flags:**", "**Metrics:**", "**ECS:**");
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void confirmHasCommandsAndBothAnswers(RootCause cause) throws IOException {
        String section = section(cause, "Confirm");

        assertThat(section).contains("```bash\naws ", "\nConfirmed if: ", "\nRefuted if: ");
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void everyFixStepHasItsRisk(RootCause cause) throws IOException {
        List<String> steps = Arrays.stream(section(cause, "Fix").split("\n(?=- )"))
                .filter(s -> s.startsWith("- "))
                .toList();

        // First aid and a lasting cure at least. A step without a risk of its own may stand beside one that has it.
        assertThat(steps).hasSizeGreaterThanOrEqualTo(2);
        assertThat(steps.stream().filter(s -> s.contains("Risk:"))).hasSizeGreaterThanOrEqualTo(2);
        assertThat(section(cause, "Fix")).contains("First aid", "Lasting");
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void neighboursExistAndAreNamedRight(RootCause cause) throws IOException {
        Set<String> known = new HashSet<>();
        for (Topic topic : Knowledge.load().topics()) {
            if (topic.id().startsWith("EW")) {
                known.add(topic.id() + " " + topic.names().get(1));
            }
        }
        String section = section(cause, "How to tell it from its neighbours");
        Matcher named = Pattern.compile("EW\\d{3} [a-z0-9]+-[a-z0-9-]+").matcher(section);

        assertThat(section).startsWith("| neighbour | decisive test |\n|---|---|\n");
        assertThat(section.lines().filter(l -> l.startsWith("|")).count()).isGreaterThanOrEqualTo(2 + 3);
        assertThat(named.results().map(r -> r.group())).isSubsetOf(known);
        assertThat(section).doesNotContain("| " + cause.code() + " ");
        Set<String> codes = known.stream().map(k -> k.substring(0, 5)).collect(Collectors.toSet());
        assertThat(Pattern.compile("EW\\d{3}").matcher(page(cause)).results().map(r -> r.group()))
                .isSubsetOf(codes);
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void neverAdvisesToChangeAppProtocolInPlace(RootCause cause) throws IOException {
        String page = page(cause).replace('\n', ' ');

        if (section(cause, "Fix").contains("appProtocol`")) {
            assertThat(page).containsPattern("immutable|cannot be changed");
        }
    }

    @ParameterizedTest
    @EnumSource(RootCause.class)
    void hasNoForeignPathsAndNoTabs(RootCause cause) throws IOException {
        assertThat(page(cause))
                .doesNotContain("/work", "/tmp/", "facts/", "\t", "\r")
                .endsWith("\n");
    }

    private static String page(RootCause cause) throws IOException {
        return Files.readString(RESOURCES.resolve(Knowledge.page(cause)));
    }

    private static List<String> lines(RootCause cause) throws IOException {
        return page(cause).lines().toList();
    }

    /** The text between a heading and the next one. */
    private static String section(RootCause cause, String heading) throws IOException {
        String page = page(cause);
        int from = page.indexOf("\n## " + heading + "\n\n") + heading.length() + 6;
        int to = page.indexOf("\n## ", from);
        return page.substring(from, to < 0 ? page.length() : to);
    }
}
