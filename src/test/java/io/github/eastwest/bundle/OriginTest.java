package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OriginTest {
    private static Origin origin(String... pathsAndTexts) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return Origin.of(Bundle.of(files));
    }

    @Test
    void saysWhoCollectedWhenAndWhatWasAskedAndReplaced() {
        Origin origin = origin(
                "manifest.json",
                "{\"collectedAt\":\"2026-11-21T05:00:00Z\",\"tool\":{\"name\":\"eastwest\",\"version\":\"1.2\"}}",
                "redaction.json",
                "{\"replaced\":[{\"kind\":\"account\",\"values\":2},{\"kind\":\"address\",\"values\":17},{\"kind\":3}]}",
                "logs/insights/lines/caller-1of2.json",
                "{\"results\":[]}",
                "logs/insights/lines/caller-1of2.cwl",
                "# lines\nfields @message",
                "logs/insights/lines/caller-2of2.json",
                "{\"results\":[]}",
                "logs/insights/counts/callee.json",
                "{\"results\":[]}");

        assertThat(origin.collectedAt()).contains(Instant.parse("2026-11-21T05:00:00Z"));
        assertThat(origin.collectedBy()).contains("eastwest 1.2");
        assertThat(origin.queries())
                .containsExactly(
                        new Origin.Query("counts", "callee", 1, ""),
                        new Origin.Query("lines", "caller", 2, "# lines\nfields @message"));
        assertThat(origin.redaction())
                .contains(List.of(new Origin.Replaced("account", 2), new Origin.Replaced("address", 17)));
    }

    @Test
    void aQueryWithoutItsAnswerWasNotAnswered() {
        assertThat(origin("manifest.json", "{}", "logs/insights/lines/caller.cwl", "# lines")
                        .queries())
                .isEmpty();
    }

    @Test
    void aToolMayBeAString() {
        assertThat(origin("manifest.json", "{\"tool\":\"a script\"}").collectedBy())
                .contains("a script");
    }

    @Test
    void whatIsMissingOrBrokenIsNotKnown() {
        Origin nothing = new Origin(Optional.empty(), Optional.empty(), List.of(), Optional.empty());

        assertThat(origin("ecs/describe-tasks.json", "{}")).isEqualTo(nothing);
        assertThat(origin("manifest.json", "[", "redaction.json", "{\"replaced\":"))
                .isEqualTo(nothing);
        assertThat(origin("manifest.json", "{\"collectedAt\":\"soon\",\"tool\":{}}"))
                .isEqualTo(nothing);
    }
}
