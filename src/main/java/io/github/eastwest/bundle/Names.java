package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.EditDistance;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names that the user typed, checked against those that are known. */
public final class Names {
    private static final int SHOWN = 20;
    private static final int COMPARED = 10_000;

    private Names() {}

    /**
     * Fails if the bundle does not know a name.
     *
     * @param what service or cluster
     */
    static void check(String what, String name, Collection<String> known, String bundle) {
        if (known.contains(name)) {
            return;
        }
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                "the bundle " + bundle + " knows no " + what + " '" + Text.printable(name) + "'",
                hint(name, known, "It knows"));
    }

    /**
     * What the user may have meant by an unknown name.
     *
     * @param introduction words before the list of the known names, such as {@code It knows}
     * @return one or two sentences; empty when nothing is known
     */
    public static String hint(String name, Collection<String> known, String introduction) {
        SortedSet<String> sorted = new TreeSet<>(known);
        sorted.remove("");
        if (sorted.isEmpty()) {
            return "";
        }
        List<String> shown = sorted.stream().limit(SHOWN).map(Text::printable).toList();
        String more = sorted.size() > SHOWN ? " and " + (sorted.size() - SHOWN) + " more" : "";
        String list = introduction + ": " + String.join(", ", shown) + more + ".";
        return nearest(name, sorted.stream().limit(COMPARED).toList())
                .map(near -> "Did you mean '" + Text.printable(near) + "'? " + list)
                .orElse(list);
    }

    /** The known name with the fewest typing errors in between, if few enough. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String best = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int distance = EditDistance.of(name, candidate, fewest);
            if (distance < fewest) {
                fewest = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }
}
