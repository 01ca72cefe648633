package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.ecs.Task;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Where in the life of its task a failed call fell: while the task started, while it stopped, or in between. */
public final class Phases {
    /** Stop codes of a stop that somebody asked for, as opposed to a container that ended by itself. */
    private static final Set<String> PLANNED =
            Set.of("ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption", "TerminationNotice");

    private final TrafficView traffic;
    private final Thresholds thresholds;

    /** Paths that the application answers with errors on tasks that nobody stops. */
    private final Set<String> failingAnyway;

    /** Phases of those calls. */
    public Phases(TrafficView traffic, Thresholds thresholds) {
        this.traffic = traffic;
        this.thresholds = thresholds;
        Map<String, Integer> errors = new HashMap<>();
        traffic.failures().stream()
                .filter(o -> isAnswer(o) && !isAtStop(o))
                .forEach(o -> errors.merge(o.path(), 1, Integer::sum));
        errors.values().removeIf(count -> count < thresholds.spread().minimumFailures());
        this.failingAnyway = errors.keySet();
    }

    /**
     * Failures of tasks that had not answered any call yet, began to soon after they started, and had been created
     * recently.
     */
    public BitSet starting() {
        return traffic.where(this::isStarting);
    }

    /** Failures of tasks that ECS was stopping on purpose, or had stopped. */
    public BitSet stopping() {
        return traffic.where(this::isStopping);
    }

    /** Whether the task had not yet answered its first call, and did so later. */
    private boolean isStarting(Observed failure) {
        Optional<Instant> started = failure.task()
                .flatMap(t -> t.lifecycle().startedAt().or(() -> t.lifecycle().createdAt()));
        OptionalLong firstSuccess = traffic.firstSuccess(failure.host());
        return started.isPresent()
                && firstSuccess.isPresent()
                && failure.start() < firstSuccess.getAsLong()
                && firstSuccess.getAsLong() - started.get().toEpochMilli() <= 4 * startMillis()
                && failure.start() - started.get().toEpochMilli() <= 2 * startMillis();
    }

    private boolean isStopping(Observed failure) {
        return isAtStop(failure) && !(isAnswer(failure) && failingAnyway.contains(failure.path()));
    }

    private boolean isAtStop(Observed failure) {
        // A call that the other side's timer ended waited that long for another reason than a stop that came meanwhile.
        boolean timer = failure.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT
                || failure.condition() == Condition.PER_TRY_TIMEOUT
                || failure.condition() == Condition.DOWNSTREAM_DISCONNECT;
        return failure.task().filter(Phases::plannedStop).isPresent()
                && stop(failure.task().get())
                        .filter(at -> (timer ? failure.start() : failure.end()) >= at.toEpochMilli() - stopMillis())
                        .isPresent();
    }

    private static boolean isAnswer(Observed failure) {
        return failure.condition() == Condition.APPLICATION_5XX || failure.condition() == Condition.GRPC_ERROR;
    }

    /** When ECS began to stop the task. */
    public static Optional<Instant> stop(Task task) {
        return task.lifecycle()
                .stoppingAt()
                .or(() -> task.lifecycle().executionStoppedAt())
                .or(() -> task.lifecycle().stoppedAt());
    }

    /** Whether the task stopped because somebody asked for it, not because a container ended or failed its checks. */
    public static boolean plannedStop(Task task) {
        return PLANNED.contains(task.state().stopCode())
                && !task.state().stoppedReason().contains("health check");
    }

    /** Whether the task had started and not begun to stop at that time, milliseconds since the epoch. */
    public static boolean serving(Task task, long millis) {
        return task.lifecycle()
                        .startedAt()
                        .filter(at -> at.toEpochMilli() <= millis)
                        .isPresent()
                && stop(task).filter(at -> at.toEpochMilli() <= millis).isEmpty();
    }

    private long startMillis() {
        return TimeUnit.SECONDS.toMillis(thresholds.timing().startSeconds());
    }

    private long stopMillis() {
        return TimeUnit.SECONDS.toMillis(thresholds.timing().stopSeconds());
    }
}
