package io.github.eastwest.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads all answers of an operation, whether they lie in one file or in several. */
final class Answers {
    private final Bundle bundle;
    private final Ledger ledger;
    private final Map<String, List<String>> files = new TreeMap<>();

    Answers(Bundle bundle, Ledger ledger) {
        this.bundle = bundle;
        this.ledger = ledger;
        for (String path : bundle.paths()) {
            Layout.operation(path)
                    .ifPresent(operation -> files.computeIfAbsent(operation, any -> new ArrayList<>())
                            .add(path));
        }
    }

    /** Maps an element of an answer; empty when it is lost, which the mapper noted as a fault. */
    interface Mapper<T> {
        /** @param key the key of {@code <operation>/<key>.json}; empty for {@code <operation>.json} */
        Optional<T> map(Json element, String key);
    }

    /** The elements of an operation's answers, in order of path and place. */
    <T> List<T> read(String operation, String member, Function<Json, Optional<T>> mapper) {
        return read(operation, member, (element, key) -> mapper.apply(element));
    }

    /**
     * The elements of an operation's answers, in order of path and place.
     *
     * @param member the answer's member that holds them
     */
    <T> List<T> read(String operation, String member, Mapper<T> mapper) {
        List<T> elements = new ArrayList<>();
        for (String path : files.getOrDefault(operation, List.of())) {
            Ledger.Source source = ledger.source(operation);
            String key = Layout.key(path, operation);
            if (!operation.equals("cloudwatch/metric-data-queries")) {
                source.file();
            }
            try (DocumentInput in = bundle.openDocument(path)) {
                boolean found = JsonDocument.elements(
                        in,
                        path,
                        member,
                        source.faults(),
                        element -> mapper.map(element, key).ifPresent(record -> {
                            elements.add(record);
                            source.keep();
                        }));
                if (!found) {
                    source.faults().add(path + " has no " + member);
                }
            } catch (JsonDocument.Broken broken) {
                source.faults().add(Text.of(broken));
            } catch (IOException unreadable) {
                source.faults().add(path + " cannot be read: " + Text.of(unreadable));
            }
        }
        return elements;
    }
}
