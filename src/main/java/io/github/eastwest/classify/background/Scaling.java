package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.background.Settings.Changed;
import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.classify.background.Suspicion.Who;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.history.ScalingActivity;
import io.github.eastwest.model.report.Background.Change.Kind;
import io.github.eastwest.model.report.Background.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Changes of a service's desired count by Application Auto Scaling. An activity's direction is told by the one before it, else
 * by the name of its alarm: those of target tracking say which bound was passed. One whose direction nothing tells is not
 * suspected: tasks that it stopped are seen as such.
 */
final class Scaling {
    private static final int LONGEST_CAUSE = 160;
    private static final String COUNT = "desired count";

    private Scaling() {}

    static List<Raw> of(Facts facts, Service service, Who who) {
        List<Raw> changes = new ArrayList<>();
        OptionalInt before = OptionalInt.empty();
        for (ScalingActivity activity : facts.scalingActivities(service)) {
            boolean effect = activity.takesEffect();
            OptionalInt now = activity.desiredCount();
            Topic direction = effect ? direction(before, now, activity.cause()) : Topic.OTHER;
            Difference count = new Difference(COUNT, text(before), text(now));
            changes.add(new Raw(
                    activity.startedAt(),
                    Kind.SCALING,
                    who,
                    service.name(),
                    service.name() + ": " + COUNT
                            + (now.isPresent() ? " set to " + Words.number(now.getAsInt()) : " set")
                            + (before.isPresent() ? " (before: " + Words.number(before.getAsInt()) + ")" : "")
                            + " by Application Auto Scaling"
                            + (effect ? "" : "; " + activity.status())
                            + (activity.cause().isEmpty() ? "" : ": " + cut(activity.cause())),
                    Input.SCALING_ACTIVITIES,
                    List.of(new Changed(direction, count)),
                    true));
            before = effect && now.isPresent() ? now : before;
        }
        return changes;
    }

    private static Topic direction(OptionalInt before, OptionalInt now, String cause) {
        int step = before.isPresent() && now.isPresent()
                ? Integer.compare(now.getAsInt(), before.getAsInt())
                : cause.contains("-AlarmLow-") ? -1 : cause.contains("-AlarmHigh-") ? 1 : 0;
        return step < 0 ? Topic.FEWER_TASKS : step > 0 ? Topic.MORE_TASKS : Topic.OTHER;
    }

    private static Optional<String> text(OptionalInt number) {
        return number.isPresent() ? Optional.of(Integer.toString(number.getAsInt())) : Optional.empty();
    }

    private static String cut(String cause) {
        return cause.length() > LONGEST_CAUSE ? cause.substring(0, LONGEST_CAUSE) + "\u2026" : cause;
    }
}
