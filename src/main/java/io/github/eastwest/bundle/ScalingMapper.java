package io.github.eastwest.bundle;

import io.github.eastwest.model.history.ScalingActivity;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Application Auto Scaling's answers → records. */
final class ScalingMapper {
    private static final Pattern SERVICE = Pattern.compile("service/([^/]{1,255})/([^/]{1,255})");
    private static final Pattern COUNT = Pattern.compile("desired count to (\\d{1,9})");

    private ScalingMapper() {}

    /** An element of DescribeScalingActivities' {@code ScalingActivities}; empty for what is no ECS service's count. */
    static Optional<ScalingActivity> activity(Json json) {
        Optional<String> id = json.at("ActivityId").required();
        Optional<Instant> start = json.at("StartTime").time();
        Matcher resource = SERVICE.matcher(json.at("ResourceId").textOrEmpty());
        if (id.isEmpty() || start.isEmpty()) {
            json.fault("is no activity with an id and a time: left out");
            return Optional.empty();
        }
        if (!json.at("ServiceNamespace").text().orElse("ecs").equals("ecs") || !resource.matches()) {
            return Optional.empty();
        }
        Matcher count = COUNT.matcher(json.at("Description").textOrEmpty());
        return Optional.of(new ScalingActivity(
                id.get(),
                resource.group(2),
                resource.group(1),
                start.get(),
                json.at("EndTime").time(),
                count.find() ? OptionalInt.of(Integer.parseInt(count.group(1))) : OptionalInt.empty(),
                json.at("StatusCode").textOrEmpty(),
                json.at("Cause").textOrEmpty()));
    }
}
