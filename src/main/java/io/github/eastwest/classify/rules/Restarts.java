package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.ecs.Task;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Applications that ended and began again within a task that goes on, by a restart policy or a supervisor of their own: ECS
 * keeps no record of it, the lines do. A task that answers, refuses every call for a while, and answers again.
 *
 * @param episodes one entry per time
 * @param lost the calls that failed in them
 */
record Restarts(List<Episode> episodes, BitSet lost) {
    /** Fewer refusals in a row may be a full accept queue. */
    private static final int FEWEST = 2;

    /** Longer ones are a task that does not listen. */
    private static final long LONGEST_MILLIS = 180_000;

    /** Calls in flight end this shortly before the first refusal. */
    private static final long CUT_MILLIS = 2_000;

    Restarts {
        episodes = List.copyOf(episodes);
    }

    /** A task that refused from then until then, milliseconds since the epoch. */
    record Episode(String host, Optional<Task> task, long from, long to, int refusals) {}

    static Restarts of(Facts facts, TrafficView view) {
        BitSet refused = view.where(o -> o.condition() == Condition.UPSTREAM_CONNECTION_FAILURE
                && o.hop() == Hop.CALLEE_APP
                && !o.host().isEmpty()
                && o.task().filter(t -> !t.stopped()).isPresent());
        Phases phases = new Phases(view, facts.thresholds());
        refused.andNot(phases.starting());
        refused.andNot(phases.stopping());
        Map<String, List<Integer>> byHost = new TreeMap<>();
        refused.stream()
                .forEach(i -> byHost.computeIfAbsent(view.failures().get(i).host(), h -> new ArrayList<>())
                        .add(i));
        Map<String, long[]> answers = new HashMap<>();
        byHost.keySet()
                .forEach(host -> answers.put(
                        host,
                        view.successes().stream()
                                .filter(o -> o.host().equals(host))
                                .mapToLong(Observed::start)
                                .sorted()
                                .toArray()));
        List<Episode> episodes = new ArrayList<>();
        BitSet lost = new BitSet();
        BitSet atTheEnd = new BitSet();
        byHost.forEach((host, failures) -> {
            long[] answered = answers.getOrDefault(host, new long[0]);
            List<Integer> run = new ArrayList<>();
            for (int i = 0; i < failures.size(); i++) {
                run.add(failures.get(i));
                Observed last = view.failures().get(failures.get(i));
                long next = i + 1 < failures.size()
                        ? view.failures().get(failures.get(i + 1)).start()
                        : Long.MAX_VALUE;
                if (i + 1 == failures.size() || answeredBetween(answered, last.start(), next)) {
                    Observed first = view.failures().get(run.get(0));
                    boolean before = answeredBetween(answered, Long.MIN_VALUE, first.start());
                    boolean after = answeredBetween(answered, last.start(), Long.MAX_VALUE);
                    if (run.size() >= FEWEST && before && after && last.start() - first.start() <= LONGEST_MILLIS) {
                        episodes.add(new Episode(host, first.task(), first.start(), last.end(), run.size()));
                        run.forEach(lost::set);
                    } else if (before && !after) {
                        run.forEach(atTheEnd::set);
                    }
                    run.clear();
                }
            }
        });
        if (!episodes.isEmpty()) {
            // The window ends before the application is back: after whole episodes this is one more.
            lost.or(atTheEnd);
        }
        lost.or(view.where(o -> o.hop() == Hop.CALLEE_APP
                && (o.condition() == Condition.UPSTREAM_CONNECTION_TERMINATION
                        || o.condition() == Condition.UPSTREAM_RESET)
                && episodes.stream()
                        .anyMatch(e ->
                                e.host().equals(o.host()) && o.end() <= e.to() && o.end() >= e.from() - CUT_MILLIS)));
        episodes.sort(java.util.Comparator.comparingLong(Episode::from).thenComparing(Episode::host));
        return new Restarts(episodes, lost);
    }

    private static boolean answeredBetween(long[] starts, long from, long to) {
        for (long start : starts) {
            if (start > from && start < to) {
                return true;
            }
        }
        return false;
    }
}
