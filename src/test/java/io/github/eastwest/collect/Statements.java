package io.github.eastwest.collect;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a collected bundle's manifest says. */
final class Statements {
    private Statements() {}

    static Field manifest(Collected collected) {
        byte[] bytes = collected.bundle().files().get("manifest.json");
        return Field.of(BundleAws.read(new String(bytes, StandardCharsets.UTF_8)));
    }

    /** State by input. */
    static Map<String, String> states(Collected collected) {
        Map<String, String> states = new LinkedHashMap<>();
        manifest(collected)
                .at("coverage")
                .items()
                .forEach(entry -> states.put(
                        entry.at("input").textOrEmpty(), entry.at("state").textOrEmpty()));
        return states;
    }

    static String detail(Collected collected, String input) {
        return manifest(collected).at("coverage").items().stream()
                .filter(entry -> entry.at("input").textOrEmpty().equals(input))
                .map(entry -> entry.at("detail").textOrEmpty())
                .findFirst()
                .orElseThrow();
    }

    /** Files of an input. */
    static List<String> files(Collected collected, String input) {
        return collected.bundle().files().keySet().stream()
                .filter(path -> path.equals(input + ".json") || path.startsWith(input + "/"))
                .toList();
    }
}
