package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Background.Control;
import io.github.eastwest.model.report.Background.Difference;
import io.github.eastwest.model.report.Background.NoiseFloor;
import io.github.eastwest.model.report.Background.Onset;
import io.github.eastwest.model.report.Background.Rung;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BackgroundLinesTest {
    private static final Instant AT = Instant.parse("2026-11-21T04:15:47Z");

    private static Change change(int number, Duration beforeOnset, Optional<Integer> rank) {
        return new Change(
                "C" + number,
                AT.minus(beforeOnset),
                Change.Kind.DEPLOYMENT,
                "payments",
                "payments deployment of payments:12 begins\u001b[31m",
                "ecs/describe-service-deployments",
                Optional.of(beforeOnset),
                rank,
                rank.map(r -> "the new revision's tasks take over the calls"),
                rank.map(r -> RootCause.BAD_DEPLOYMENT),
                List.of(new Difference("app image", Optional.of("a:1"), Optional.empty())));
    }

    private static final Background FULL = new Background(
            Optional.of(new Onset(
                    AT,
                    AT.plusSeconds(4),
                    Optional.of(Condition.APPLICATION_5XX),
                    OptionalDouble.of(0.001),
                    0.7,
                    Optional.of(AT.plusSeconds(100)),
                    false,
                    "logs/lines/caller")),
            List.of(
                    change(1, Duration.ofSeconds(90), Optional.of(1)),
                    change(2, Duration.ofSeconds(-30), Optional.empty())),
            List.of("ecs/describe-services", "ecs/describe-tasks"),
            List.of(new Rung(
                    "perRequestTimeoutSeconds of payments",
                    Hop.CALLER_PROXY,
                    Optional.of(Duration.ofSeconds(15)),
                    "default",
                    3,
                    Optional.of("longer than the client's"),
                    Optional.empty())),
            List.of(new Control("zone", "eu-1a", 200, 0, "spared", "failed 0 of 200: spared", "logs/lines/caller")),
            Optional.of(new NoiseFloor(0.001, 0.002, 0.7, 5_000, true, "above it", "logs/lines/caller")));

    private static Diagnosis with(Background background) {
        Diagnosis plain = SampleDiagnoses.securityGroup();
        return new Diagnosis(
                plain.outcome(),
                plain.edge(),
                plain.window(),
                plain.traffic(),
                plain.causes(),
                plain.coverage(),
                plain.timeline(),
                plain.gaps(),
                background);
    }

    private static String rendered(Format format, Background background) {
        return new String(Golden.bytes(format, with(background), SampleDiagnoses.CONTEXT), StandardCharsets.UTF_8);
    }

    @Test
    void saysWhenWhatAndHowLongBefore() {
        String text = rendered(Format.TEXT, FULL).replaceAll("\\s+", " ");

        assertThat(text)
                .contains(
                        "between 2026-11-21 04:15:47Z and 04:15:51Z: 70.0 % of calls fail, before 0.10 %, until 04:17:27Z")
                .contains("1. C1 2026-11-21 04:14:17Z (1 min 30 s before) payments deployment")
                .contains("\u2192 EW505: the new revision's tasks take over the calls")
                .contains("later C2 2026-11-21 04:16:17Z (30 s after the onset)")
                .contains("15 s (default, 3 attempts, caller-proxy) \u2717 longer than the client's")
                .contains("zone eu-1a failed 0 of 200: spared")
                .contains("usual above it")
                .doesNotContain("\u001b");
        assertThat(rendered(Format.MD, FULL)).contains("| **change** | 1").contains("| **usual** |");
    }

    @Test
    void saysWhatWasNotLookedFor() {
        assertThat(BackgroundLines.of(Background.NONE))
                .extracting(BackgroundLines.Line::text)
                .anyMatch(t -> t.startsWith("not measured"))
                .anyMatch(t -> t.startsWith("not looked for"));
        Background looked = new Background(
                Optional.empty(), List.of(), List.of("ecs/describe-tasks"), List.of(), List.of(), Optional.empty());
        assertThat(BackgroundLines.of(looked))
                .extracting(BackgroundLines.Line::text)
                .contains("no change found in the sources read (ecs/describe-tasks)");
    }

    @Test
    void isCompleteInJson() throws IOException {
        JsonNode background =
                JsonMapper.shared().readTree(rendered(Format.JSON, FULL)).get("background");

        assertThat(background.at("/onset/after").asDouble()).isEqualTo(0.7);
        assertThat(background.at("/onset/before").asDouble()).isEqualTo(0.001);
        assertThat(background.at("/onset/atStart").asBoolean(true)).isFalse();
        assertThat(background.at("/changes/0/beforeOnsetMs").asLong()).isEqualTo(90_000);
        assertThat(background.at("/changes/0/cause").asString()).isEqualTo("EW505");
        assertThat(background.at("/changes/0/details/0/before").asString()).isEqualTo("a:1");
        assertThat(background.at("/changes/0/details/0/after").isNull()).isTrue();
        assertThat(background.at("/changes/1/rank").isNull()).isTrue();
        assertThat(background.at("/changes/1/beforeOnsetMs").asLong()).isEqualTo(-30_000);
        assertThat(background.at("/changesRead").size()).isEqualTo(2);
        assertThat(background.at("/ladder/0/limitMs").asLong()).isEqualTo(15_000);
        assertThat(background.at("/controls/0/verdict").asString()).isEqualTo("spared");
        assertThat(background.at("/noiseFloor/exceeded").asBoolean()).isTrue();
        try (InputStream schema = BackgroundLinesTest.class.getResourceAsStream("/schema/diagnosis.schema.json")) {
            String text = new String(schema.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(text, InputFormat.JSON)
                            .validate(rendered(Format.JSON, FULL), InputFormat.JSON))
                    .isEmpty();
        }
    }
}
