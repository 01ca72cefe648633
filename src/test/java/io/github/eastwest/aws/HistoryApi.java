package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CloudTrail's event history and Application Auto Scaling's activities. */
final class HistoryApi {
    private static final Duration KEPT = Duration.ofDays(90);
    private static final int MOST_PER_PAGE = 50;

    private final ServedBundle bundle;
    private final Settings settings;

    HistoryApi(ServedBundle bundle, Settings settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    Map<String, Object> answer(ApiCall call) {
        return switch (call.operation()) {
            case "LookupEvents" -> lookupEvents(call);
            case "DescribeScalingActivities" -> describeScalingActivities(call);
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        };
    }

    private Map<String, Object> lookupEvents(ApiCall call) {
        List<Map<String, Object>> attributes = call.structures("LookupAttributes");
        if (attributes.size() > 1) {
            throw ApiError.of("InvalidLookupAttributesException", "one lookup attribute at most");
        }
        Instant from =
                call.time("StartTime").orElseGet(() -> bundle.collectedAt().minus(KEPT));
        Instant to = call.time("EndTime").orElseGet(bundle::collectedAt);
        if (from.isAfter(to)) {
            throw ApiError.of("InvalidTimeRangeException", "StartTime is after EndTime");
        }
        List<Map<String, Object>> found = bundle.answers("cloudtrail/lookup-events").stream()
                .flatMap(answer -> structures(answer, "Events").stream())
                .distinct()
                .filter(event -> !at(event, "EventTime").isBefore(from)
                        && !at(event, "EventTime").isAfter(to)
                        && attributes.stream().allMatch(attribute -> has(event, attribute)))
                .sorted(Comparator.comparing((Map<String, Object> event) -> at(event, "EventTime"))
                        .reversed())
                .toList();
        return page(call, "Events", found, "InvalidNextTokenException");
    }

    private static boolean has(Map<String, Object> event, Map<String, Object> attribute) {
        String value = text(attribute, "AttributeValue");
        return switch (text(attribute, "AttributeKey")) {
            case "EventId" -> value.equals(event.get("EventId"));
            case "EventName" -> value.equals(event.get("EventName"));
            case "EventSource" -> value.equals(event.get("EventSource"));
            case "Username" -> value.equals(event.get("Username"));
            case "ReadOnly" -> value.equals(event.get("ReadOnly"));
            case "AccessKeyId" -> value.equals(event.get("AccessKeyId"));
            case "ResourceName" ->
                structures(event, "Resources").stream().anyMatch(r -> value.equals(r.get("ResourceName")));
            case "ResourceType" ->
                structures(event, "Resources").stream().anyMatch(r -> value.equals(r.get("ResourceType")));
            default -> throw ApiError.of("InvalidLookupAttributesException", text(attribute, "AttributeKey"));
        };
    }

    private Map<String, Object> describeScalingActivities(ApiCall call) {
        String namespace = call.required("ServiceNamespace");
        List<Map<String, Object>> found =
                bundle.items("application-autoscaling/describe-scaling-activities", "ScalingActivities").stream()
                        .filter(a -> namespace.equals(a.get("ServiceNamespace")))
                        .filter(a -> call.text("ResourceId")
                                .map(id -> id.equals(a.get("ResourceId")))
                                .orElse(true))
                        .sorted(Comparator.comparing((Map<String, Object> a) -> at(a, "StartTime"))
                                .reversed())
                        .toList();
        return page(call, "ScalingActivities", found, "InvalidNextTokenException");
    }

    private static Instant at(Map<String, Object> item, String member) {
        return Shape.instant(text(item, member));
    }

    private Map<String, Object> page(ApiCall call, String member, List<Map<String, Object>> all, String refused) {
        int most = call.number("MaxResults").orElse(MOST_PER_PAGE);
        if (most < 1 || most > MOST_PER_PAGE) {
            throw ApiError.of("InvalidMaxResultsException", "MaxResults is from 1 to " + MOST_PER_PAGE);
        }
        Pages.Page<Map<String, Object>> page = Pages.page(
                all,
                Math.min(most, settings.pageSize()),
                call,
                "NextToken",
                token -> ApiError.of(refused, "Invalid token"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(member, page.items());
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }
}
