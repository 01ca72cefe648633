package io.github.eastwest.classify;

import io.github.eastwest.classify.TrafficView.Tally;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * One group that holds the failures while the others are well.
 *
 * @param name the group: a host, a path, a revision
 * @param inside its calls
 * @param outside the calls of all other groups
 * @param chance probability that as many failures fall on one of the groups by chance, if all were alike
 */
public record Concentration(String name, Tally inside, Tally outside, double chance) {
    /**
     * The group that holds at least {@link Thresholds.Spread#concentrated} of the failures, if the others exist, fail at
     * most {@link Thresholds.Spread#well} of their calls and {@link Thresholds.Spread#ratio} times less often, and chance
     * would hardly do it.
     */
    public static Optional<Concentration> of(Map<String, Tally> groups, Thresholds.Spread spread) {
        return candidate(groups, spread).filter(c -> c.chance() <= spread.chance());
    }

    /** As {@link #of}, but possibly by chance. */
    public static Optional<Concentration> candidate(Map<String, Tally> groups, Thresholds.Spread spread) {
        long seen = groups.values().stream().mapToLong(Tally::seen).sum();
        if (seen < spread.minimumFailures() || groups.size() < 2) {
            return Optional.empty();
        }
        Map.Entry<String, Tally> worst = groups.entrySet().stream()
                .max(Map.Entry.comparingByValue(Comparator.comparingLong(Tally::seen)))
                .orElseThrow();
        Tally outside = groups.entrySet().stream()
                .filter(e -> !e.getKey().equals(worst.getKey()))
                .map(Map.Entry::getValue)
                .reduce(new Tally(0, 0), Tally::plus);
        Tally inside = worst.getValue();
        boolean holds = inside.seen() >= spread.concentrated() * seen;
        boolean othersWell = outside.total() > 0 && outside.share() <= spread.well();
        boolean sharper = inside.share() >= spread.ratio() * outside.share();
        if (!holds || !othersWell || !sharper) {
            return Optional.empty();
        }
        double share = (double) inside.total() / (inside.total() + outside.total());
        double chance = Math.min(1, groups.size() * Exact.tail(seen, inside.seen(), share));
        return Optional.of(new Concentration(worst.getKey(), inside, outside, chance));
    }
}
