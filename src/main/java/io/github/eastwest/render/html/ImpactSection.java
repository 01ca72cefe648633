package io.github.eastwest.render.html;

import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many calls failed, for how long, and whom that touched. */
final class ImpactSection {
    private static final String NOT_MEASURED = "not measured";

    private final Diagnosis diagnosis;
    private final TimeWindow window;
    private final Optional<TrafficReport> traffic;
    private final Optional<Background.Onset> onset;
    private final Optional<Failing> failing;

    /**
     * When calls failed.
     *
     * @param open whether they still fail when the window ends
     */
    private record Failing(Instant from, Instant to, boolean open) {
        Duration length() {
            return Duration.between(from, to);
        }
    }

    ImpactSection(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
        this.window = diagnosis.window();
        this.traffic = diagnosis.traffic();
        this.onset = diagnosis.background().onset();
        this.failing = failing();
    }

    HtmlReport.Impact impact() {
        return new HtmlReport.Impact(tiles(), steps(), bar());
    }

    private Optional<Failing> failing() {
        if (onset.isPresent()) {
            Instant from = onset.get().earliest().isBefore(window.from())
                    ? window.from()
                    : onset.get().earliest();
            Instant to = onset.get().until().orElse(window.to());
            return Optional.of(new Failing(
                    from, to.isBefore(from) ? from : to, onset.get().until().isEmpty()));
        }
        if (traffic.isEmpty()) {
            return Optional.empty();
        }
        TrafficReport.Series series = traffic.get().series();
        List<TrafficReport.Bucket> bad = series.buckets().stream()
                .filter(bucket -> bucket.conditions().entrySet().stream()
                        .anyMatch(entry -> entry.getKey().failure() && entry.getValue() > 0))
                .toList();
        if (bad.isEmpty()) {
            return Optional.empty();
        }
        Instant end = bad.get(bad.size() - 1).from().plusSeconds(series.bucketSeconds());
        boolean open = !end.isBefore(window.to());
        return Optional.of(new Failing(bad.get(0).from(), open ? window.to() : end, open));
    }

    private List<Tile> tiles() {
        return List.of(failed(), share(), duration(), callers(), paths(), unexplained());
    }

    private Tile failed() {
        return traffic.map(t -> new Tile(
                        "impact-failed",
                        "Failed calls",
                        Units.count(t.failed()),
                        "of " + Units.count(t.requests(), "call")))
                .orElseGet(() -> unread("impact-failed", "Failed calls"));
    }

    private Tile share() {
        String usual = diagnosis
                .background()
                .noiseFloor()
                .map(floor -> "usually " + percent(floor.usual()) + ", at most " + percent(floor.upper()))
                .orElse("usual share: not measured");
        return traffic.map(t -> new Tile(
                        "impact-share",
                        "Share failed",
                        Units.share(t.failed(), t.requests()),
                        t.requests() == 0 ? "no call in the window" : usual))
                .orElseGet(() -> unread("impact-share", "Share failed"));
    }

    private static String percent(double share) {
        return Units.share(StrictMath.round(share * 1_000_000), 1_000_000);
    }

    private Tile duration() {
        if (failing.isPresent()) {
            Failing span = failing.get();
            return new Tile(
                    "impact-duration",
                    "How long",
                    Units.duration(span.length()),
                    span.open()
                            ? "from " + Units.time(span.from()) + " on, to the end"
                            : Units.time(span.from()) + " to " + Units.time(span.to()));
        }
        if (traffic.isEmpty()) {
            return unread("impact-duration", "How long");
        }
        return traffic.get().failed() == 0
                ? new Tile("impact-duration", "How long", Units.ABSENT, "no call failed")
                : new Tile("impact-duration", "How long", NOT_MEASURED, "the calls were not counted in intervals");
    }

    private Tile callers() {
        Breakdown.Part part = part(Breakdown.Touched::callerTasks);
        return touched("impact-callers", "Caller tasks hit", part, "the caller's access lines were not read");
    }

    private Tile paths() {
        return touched("impact-paths", "Paths hit", part(Breakdown.Touched::paths), "the lines name no path");
    }

    private Breakdown.Part part(java.util.function.Function<Breakdown.Touched, Breakdown.Part> which) {
        return traffic.map(t -> which.apply(t.breakdown().touched())).orElse(new Breakdown.Part(0, 0));
    }

    private Tile touched(String id, String name, Breakdown.Part part, String absence) {
        if (traffic.isEmpty()) {
            return unread(id, name);
        }
        return part.whole() == 0
                ? new Tile(id, name, NOT_MEASURED, absence)
                : new Tile(
                        id, name, Units.count(part.count()) + " of " + Units.count(part.whole()), "saw a failed call");
    }

    private Tile unexplained() {
        return traffic.map(t -> new Tile(
                        "impact-unexplained",
                        "Unexplained",
                        Units.count(t.unattributed()),
                        t.failed() == 0
                                ? "no call failed"
                                : Units.share(t.unattributed(), t.failed()) + " of the failed"))
                .orElseGet(() -> unread("impact-unexplained", "Unexplained"));
    }

    private static Tile unread(String id, String name) {
        return new Tile(id, name, NOT_MEASURED, "no access line was read");
    }

    private List<HtmlReport.Step> steps() {
        List<HtmlReport.Step> steps = new ArrayList<>();
        steps.add(began());
        steps.add(detected());
        steps.add(over());
        return steps;
    }

    private HtmlReport.Step began() {
        if (onset.isPresent()) {
            String band = onset.get().atStart()
                    ? "or before: calls failed when the window began"
                    : onset.get().earliest().equals(onset.get().latest())
                            ? "change point of the failures"
                            : "at the latest " + Units.time(onset.get().latest());
            return new HtmlReport.Step(
                    "step-began", "Began", Optional.of(at(onset.get().earliest())), band);
        }
        if (failing.isPresent()) {
            boolean first = failing.get().from().equals(window.from());
            return new HtmlReport.Step(
                    "step-began",
                    "Began",
                    Optional.of(at(failing.get().from())),
                    first ? "or before: the window begins with a failed call" : "first failed call; no change point");
        }
        return new HtmlReport.Step("step-began", "Began", Optional.empty(), noFailure());
    }

    /** The first alarm that fired from the onset on; one that fired before is about something else. */
    private HtmlReport.Step detected() {
        return diagnosis.timeline().stream()
                .filter(entry -> entry.kind().equals("alarm") && entry.text().endsWith(" ALARM"))
                .filter(entry -> failing.isPresent()
                        && !entry.at().isBefore(failing.get().from()))
                .findFirst()
                .map(entry -> new HtmlReport.Step(
                        "step-detected",
                        "Detected",
                        Optional.of(at(entry.at())),
                        Units.duration(Duration.between(failing.orElseThrow().from(), entry.at()))
                                + " after the first failure: " + Clean.name(entry.text())))
                .orElseGet(() -> new HtmlReport.Step(
                        "step-detected", "Detected", Optional.empty(), NOT_MEASURED + ": no fired alarm read"));
    }

    private HtmlReport.Step over() {
        if (failing.isEmpty()) {
            return new HtmlReport.Step("step-over", "Over", Optional.empty(), noFailure());
        }
        Failing span = failing.get();
        return span.open()
                ? new HtmlReport.Step(
                        "step-over", "Over", Optional.empty(), "not in this window: calls fail to its end")
                : new HtmlReport.Step(
                        "step-over",
                        "Over",
                        Optional.of(at(span.to())),
                        (onset.isPresent() ? "change point; failed " : "last failed call; failed ")
                                + Units.duration(span.length()));
    }

    private String noFailure() {
        return traffic.filter(t -> t.failed() == 0).isPresent() ? "no call failed" : NOT_MEASURED;
    }

    private HtmlReport.Moment at(Instant instant) {
        return Clean.moment(instant, window.from());
    }

    private HtmlReport.TimeBar bar() {
        double left = failing.map(span -> x(span.from())).orElse(0.0);
        double width = failing.map(span -> Math.max(4, x(span.to()) - left)).orElse(0.0);
        List<Chart.Band> band = onset.stream()
                .map(o -> {
                    double from = x(o.earliest());
                    return new Chart.Band(
                            Charts.number(from),
                            Charts.number(Math.max(4, x(o.latest()) - from)),
                            "onset",
                            "onset between " + Units.time(o.earliest()) + " and " + Units.time(o.latest()));
                })
                .toList();
        List<Chart.Marker> markers = diagnosis.background().changes().stream()
                .filter(change -> change.rank().isPresent()
                        && !change.at().isBefore(window.from())
                        && change.at().isBefore(window.to()))
                .limit(10)
                .map(change -> new Chart.Marker(
                        Charts.number(x(change.at())), Units.time(change.at()) + " " + Clean.sentence(change.text())))
                .toList();
        return new HtmlReport.TimeBar(
                Charts.number(left),
                Charts.number(width),
                band,
                markers,
                List.of(Units.time(window.from()), Units.time(window.to())));
    }

    private double x(Instant at) {
        double share = (double) Duration.between(window.from(), at).toMillis()
                / Math.max(1, window.length().toMillis());
        return Chart.WIDTH * Math.max(0, Math.min(1, share));
    }
}
