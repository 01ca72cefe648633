package io.github.eastwest.bundle;

import io.github.eastwest.model.EastwestException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names that the user typed, checked against those that the bundle knows. */
final class Names {
    private static final int SHOWN = 20;
    private static final int LONGEST = 255;
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
        SortedSet<String> sorted = new TreeSet<>(known);
        sorted.remove("");
        List<String> shown = sorted.stream().limit(SHOWN).map(Text::printable).toList();
        String more = sorted.size() > SHOWN ? " and " + (sorted.size() - SHOWN) + " more" : "";
        String list = "It knows: " + String.join(", ", shown) + more + ".";
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                "the bundle " + bundle + " knows no " + what + " '" + Text.printable(name) + "'",
                nearest(name, sorted.stream().limit(COMPARED).toList())
                        .map(near -> "Did you mean '" + Text.printable(near) + "'? " + list)
                        .orElse(list));
    }

    /** The known name with the fewest typing errors in between, if few enough. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String best = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate, fewest);
            if (distance < fewest) {
                fewest = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn one into the other; at most {@code limit}. */
    static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > LONGEST || b.length() > LONGEST) {
            return limit;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return Math.min(limit, cost[a.length()][b.length()]);
    }
}
