package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.ecs.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** Tasks of the callee that ended by themselves around the window. */
final class TaskExits {
    private static final Duration AROUND = Duration.ofMinutes(10);
    private static final int KILLED = 137;

    private TaskExits() {}

    /** A task whose application container ended by itself. */
    record Exit(Task task, Task.Container container, Instant at) {
        boolean outOfMemory() {
            return container.reason().contains("OutOfMemory")
                    || task.state().stoppedReason().contains("OutOfMemory")
                    || container.reason().toLowerCase(Locale.ROOT).contains("memory usage");
        }

        boolean killed() {
            return container.exitCode().isPresent() && container.exitCode().getAsInt() == KILLED;
        }

        String code() {
            return container.exitCode().isPresent()
                    ? Integer.toString(container.exitCode().getAsInt())
                    : "unknown";
        }
    }

    /** All of them, in order of time: ECS did not ask for these stops. */
    static List<Exit> of(Facts facts) {
        List<Exit> exits = new ArrayList<>();
        for (Task task : facts.calleeTasks()) {
            Optional<Instant> at = Phases.stop(task);
            if (at.isEmpty()
                    || at.get().isBefore(facts.window().from().minus(AROUND))
                    || at.get().isAfter(facts.window().to().plus(AROUND))) {
                continue;
            }
            Optional<Task.Container> ended = task.applicationContainers().stream()
                    .filter(c -> c.exitCode().isPresent() || !c.reason().isEmpty())
                    .max(Comparator.comparingInt(
                                    (Task.Container c) -> c.reason().isEmpty() ? 0 : 1)
                            .thenComparingInt(c -> c.exitCode().orElse(0)));
            boolean memory = ended.isPresent() && new Exit(task, ended.get(), at.get()).outOfMemory();
            if (ended.isPresent() && (task.state().stopCode().equals("EssentialContainerExited") || memory)) {
                exits.add(new Exit(task, ended.get(), at.get()));
            }
        }
        exits.sort(Comparator.comparing(Exit::at).thenComparing(e -> e.task().id()));
        return exits;
    }

    /** Failed calls of those tasks, and calls that found nobody while they were down. */
    static BitSet lostWith(TrafficView traffic, List<Exit> exits) {
        Set<String> ids = new HashSet<>();
        exits.forEach(e -> ids.add(e.task().id()));
        Set<String> addresses = new HashSet<>();
        exits.forEach(e -> e.task().placement().address().ifPresent(addresses::add));
        return traffic.primaryOf(traffic.where(o -> o.condition() != Condition.APPLICATION_5XX
                && (o.task().filter(t -> ids.contains(t.id())).isPresent()
                        || o.condition() == Condition.NO_HEALTHY_UPSTREAM && near(o, exits))));
    }

    private static boolean near(Observed o, List<Exit> exits) {
        return exits.stream()
                .anyMatch(e ->
                        o.start() >= e.at().toEpochMilli() - 5_000 && o.start() <= e.at().toEpochMilli() + 120_000);
    }

    static String list(List<Exit> exits) {
        StringJoiner joiner = new StringJoiner(", ");
        exits.stream()
                .limit(4)
                .forEach(e -> joiner.add(
                        e.task().id().substring(0, Math.min(8, e.task().id().length())) + " at " + Words.time(e.at())));
        return joiner + (exits.size() > 4 ? ", …" : "");
    }
}
