package io.github.eastwest.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A source that was read in part is no proof that the rest does not exist: nobody is blamed who is not blamed when all is read. */
class PartialSourcesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Stream<Sample> samples() {
        return Sample.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void blameNobodyForWhatWasNotRead(Sample sample) throws IOException {
        Map<String, byte[]> whole = InsightsBundle.directory(sample.directory());
        Set<RootCause> known = causes(diagnose(sample, whole));
        for (Input input : Input.values()) {
            // Which half is left alternates, so that all samples together have both.
            int half = (sample.name().length() + input.ordinal()) % 2;
            Map<String, byte[]> partial = new TreeMap<>(whole);
            if (input.wholeOnly() && cut(partial, input.id(), half)) {
                partial.put("manifest.json", manifest(whole, input.id(), "partial"));
                Set<RootCause> named = causes(diagnose(sample, partial));
                named.removeAll(known);
                // Without the source the calls alone decide, and may name what its words would exclude.
                if (!named.isEmpty()) {
                    assertThat(causes(diagnose(sample, without(whole, input.id()))))
                            .as("half of %s", input.id())
                            .containsAll(named);
                }
            }
        }
    }

    /** Half of a source misleads nobody only because it is known to be half. */
    @Test
    void whatIsCalledCompleteIsBelieved() throws IOException {
        Sample healthy = Sample.all().stream()
                .filter(sample -> sample.name().equals("conservatory-concerts"))
                .findFirst()
                .orElseThrow();
        Map<String, byte[]> rest = InsightsBundle.directory(healthy.directory());
        rest.keySet().removeIf(path -> path.startsWith("logs/lines/"));
        assertThat(cut(rest, Input.SECURITY_GROUP_RULES.id(), 0)).isTrue();

        assertThat(causes(diagnose(healthy, rest))).containsExactly(RootCause.SECURITY_GROUP_BLOCKS);
        rest.put("manifest.json", manifest(rest, Input.SECURITY_GROUP_RULES.id(), "partial"));
        assertThat(causes(diagnose(healthy, rest))).isEmpty();
    }

    private static Map<String, byte[]> without(Map<String, byte[]> files, String input) {
        Map<String, byte[]> rest = new TreeMap<>(files);
        rest.keySet().removeIf(path -> path.equals(input + ".json") || path.startsWith(input + "/"));
        rest.put("manifest.json", manifest(files, input, "failed"));
        return rest;
    }

    private static Set<RootCause> causes(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .filter(f -> !f.cause().blindSpot())
                .map(Finding::cause)
                .collect(Collectors.toSet());
    }

    /** Leaves one half of each list, or of the files. */
    private static boolean cut(Map<String, byte[]> files, String input, int half) {
        byte[] document = files.get(input + ".json");
        if (document == null) {
            List<String> paths = files.keySet().stream()
                    .filter(path -> path.startsWith(input + "/") && path.endsWith(".json"))
                    .toList();
            for (int i = half; i < paths.size(); i += 2) {
                files.remove(paths.get(i));
            }
            return paths.size() > 1;
        }
        boolean cut = false;
        ObjectNode node = (ObjectNode) JSON.readTree(document);
        for (Map.Entry<String, JsonNode> member : List.copyOf(node.properties())) {
            if (member.getValue() instanceof ArrayNode list && list.size() > 1) {
                ArrayNode kept = JSON.createArrayNode();
                for (int i = 0; i < list.size(); i++) {
                    if (i < list.size() / 2 == (half == 0)) {
                        kept.add(list.get(i));
                    }
                }
                node.set(member.getKey(), kept);
                cut = true;
            }
        }
        files.put(input + ".json", JSON.writeValueAsBytes(node));
        return cut;
    }

    private static byte[] manifest(Map<String, byte[]> files, String input, String state) {
        ObjectNode manifest = (ObjectNode) JSON.readTree(files.get("manifest.json"));
        manifest.get("coverage").forEach(entry -> {
            if (entry.get("input").asString().equals(input)) {
                ((ObjectNode) entry).put("state", state).put("detail", "no answer in time");
            }
        });
        return JSON.writeValueAsBytes(manifest);
    }

    private static Diagnosis diagnose(Sample sample, Map<String, byte[]> files) throws IOException {
        try (Bundle bundle = Bundle.of(files)) {
            return new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(
                            bundle,
                            new Request(
                                    Optional.of(sample.caller()),
                                    Optional.of(sample.callee()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty())));
        }
    }
}
