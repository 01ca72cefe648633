package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Every value of every document replaced, one at a time, by a value of every other kind. */
class MutationTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Request REQUEST = Request.edge("label-printer", "address-check");

    static Stream<String> documents() {
        return BundleFiles.small().files().keySet().stream().filter(path -> path.endsWith(".json"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void noValueOfAnyTypeIsFatal(String path) {
        // Without logs: the documents are under test, in some ten thousand readings.
        BundleFiles files = BundleFiles.small().without("logs/lines");
        JsonNode root = MAPPER.readTree(files.bytes(path));
        List<JsonNode> parents = new ArrayList<>();
        collect(root, parents);
        int mutants = 0;
        for (JsonNode parent : parents) {
            if (parent instanceof ObjectNode object) {
                for (String name : object.propertyNames().stream().toList()) {
                    JsonNode original = object.get(name);
                    for (JsonNode other : replacements()) {
                        object.set(name, other);
                        read(files, path, root);
                        mutants++;
                    }
                    object.remove(name);
                    read(files, path, root);
                    object.set(name, original);
                }
            } else if (parent instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    JsonNode original = array.get(i);
                    for (JsonNode other : replacements()) {
                        array.set(i, other);
                        read(files, path, root);
                        mutants++;
                    }
                    array.set(i, original);
                }
            }
        }
        assertThat(mutants).isPositive();
        assertThat(MAPPER.readTree(MAPPER.writeValueAsBytes(root))).isEqualTo(MAPPER.readTree(files.bytes(path)));
    }

    private static void read(BundleFiles files, String path, JsonNode root) {
        byte[] original = files.bytes(path);
        Snapshot snapshot = SnapshotReader.read(
                files.with(path, MAPPER.writeValueAsBytes(root)).bundle(), REQUEST);
        files.with(path, original);
        assertThat(snapshot.edge().caller()).isEqualTo("label-printer");
    }

    private static List<JsonNode> replacements() {
        return List.of(
                NODES.nullNode(),
                NODES.stringNode("\u0000x/:=, \uD800"),
                NODES.numberNode(-1),
                NODES.numberNode(1e300),
                NODES.arrayNode(),
                NODES.arrayNode().add(NODES.nullNode()),
                NODES.objectNode(),
                NODES.objectNode().set("name", NODES.arrayNode()));
    }

    private static void collect(JsonNode node, List<JsonNode> parents) {
        if (node.isContainer()) {
            parents.add(node);
            node.forEach(child -> collect(child, parents));
        }
    }

    @Test
    void everyDocumentMayBeMissing() {
        for (String path : BundleFiles.small().files().keySet()) {
            Map<String, byte[]> files = BundleFiles.small().without(path).files();
            assertThat(SnapshotReader.read(Bundle.of(files), REQUEST).edge().callee())
                    .isEqualTo("address-check");
        }
    }
}
