package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.ProxyLogLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Envoy processes that ended by themselves, as their agent's and their own log lines tell. The agent starts Envoy again in
 * the same container, up to three times; then the container ends.
 */
final class ProxyCrashes {
    private static final Pattern SIGNAL = Pattern.compile("was terminated by signal: \\[([^]]{1,40})]");
    private static final Pattern EXIT = Pattern.compile("[Ee]xited (?:normally )?with code:? \\[(-?\\d{1,5})]");
    private static final Pattern CAUGHT = Pattern.compile("Caught ([A-Za-z ]{1,30}), suspect faulting address");
    private static final Pattern BEGUN = Pattern.compile("starting main dispatch loop");

    /** Lines about one crash lie this close together. */
    private static final long TOGETHER_MILLIS = 3_000;

    /** An Envoy that ends this close to its task's stop was told to. */
    private static final long STOPPING_MILLIS = 60_000;

    /** The first start of a task's proxy comes with the task. */
    private static final long START_MILLIS = 180_000;

    private ProxyCrashes() {}

    /**
     * An Envoy that ended.
     *
     * @param stream stream that tells of it
     * @param side whose proxy it was
     * @param task its task, where known
     * @param at when, milliseconds since the epoch
     * @param how signal or exit code; empty when only its new start is known
     */
    record Crash(String stream, Side side, Optional<Task> task, long at, String how) {
        boolean of(Task other) {
            return task.filter(t -> t.id().equals(other.id())).isPresent();
        }
    }

    /** All of them, in order of time. */
    static List<Crash> of(Facts facts) {
        List<Task> tasks = new ArrayList<>(facts.callerTasks());
        tasks.addAll(facts.calleeTasks());
        List<Crash> crashes = new ArrayList<>();
        Map<String, Long> last = new HashMap<>();
        Map<String, Boolean> begunBefore = new HashMap<>();
        for (ProxyLogLine line :
                facts.traffic().map(t -> t.traffic().proxyLines()).orElse(List.of())) {
            Optional<Task> task = tasks.stream()
                    .filter(t -> line.ref().stream().contains(t.id()))
                    .findFirst();
            if (line.atMillis() < 0 || isStopping(task, line.atMillis())) {
                continue;
            }
            boolean begun = BEGUN.matcher(line.message()).find();
            boolean again = begun
                    && (begunBefore.put(line.ref().stream(), true) != null
                            || task.flatMap(t -> t.lifecycle().startedAt())
                                    .filter(at -> line.atMillis() - at.toEpochMilli() > START_MILLIS)
                                    .isPresent());
            Optional<String> how = how(line.message());
            boolean known =
                    line.atMillis() - last.getOrDefault(line.ref().stream(), Long.MIN_VALUE / 2) <= TOGETHER_MILLIS;
            if (how.isPresent() || again) {
                if (!known) {
                    crashes.add(
                            new Crash(line.ref().stream(), line.ref().side(), task, line.atMillis(), how.orElse("")));
                }
                last.put(line.ref().stream(), line.atMillis());
            }
        }
        crashes.sort(Comparator.comparingLong(Crash::at).thenComparing(Crash::stream));
        return crashes;
    }

    /** How Envoy ended, if the line tells that it ended badly: a termination that was asked for is none. */
    private static Optional<String> how(String message) {
        Matcher caught = CAUGHT.matcher(message);
        if (caught.find()) {
            return Optional.of(caught.group(1).strip().toLowerCase(java.util.Locale.ROOT));
        }
        Matcher signal = SIGNAL.matcher(message);
        if (signal.find()) {
            return signal.group(1).equals("terminated") ? Optional.empty() : Optional.of(signal.group(1));
        }
        Matcher exit = EXIT.matcher(message);
        // -1 stands for a signal, which the next line names.
        return exit.find() && !exit.group(1).equals("0") && !exit.group(1).equals("-1")
                ? Optional.of("exit code " + exit.group(1))
                : Optional.empty();
    }

    private static boolean isStopping(Optional<Task> task, long millis) {
        return task.filter(Phases::plannedStop)
                .flatMap(Phases::stop)
                .filter(at -> Math.abs(at.toEpochMilli() - millis) <= STOPPING_MILLIS)
                .isPresent();
    }
}
