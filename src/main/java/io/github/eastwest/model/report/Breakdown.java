package io.github.eastwest.model.report;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.report.TrafficReport.Example;
import io.github.eastwest.model.report.TrafficReport.Latency;
import java.util.List;
import java.util.Map;

/**
 * The edge's calls taken apart: by the side that saw them, by duration, by reason, path and revision, with raw lines behind
 * the numbers. Buckets are those of {@link TrafficReport.Series}, one by one.
 *
 * @param sides what each side's proxies saw; a side whose access lines were not read has none
 * @param heat durations over time
 * @param statuses what failed calls were answered with over time, most frequent first
 * @param reasons why calls failed, and which hop made the failure; most frequent first
 * @param paths calls by path, the most failing first
 * @param revisions calls by task definition revision of the callee's task, in order of name
 * @param touched how many tasks and paths saw a failed call
 * @param attribution failed calls by the first finding that explains them: with {@link TrafficReport#unattributed()} they add
 *     up to {@link TrafficReport#failed()}
 * @param rows raw lines behind findings and conditions
 */
public record Breakdown(
        List<SideView> sides,
        Heat heat,
        List<Status> statuses,
        List<Reason> reasons,
        Groups paths,
        Groups revisions,
        Touched touched,
        List<Attributed> attribution,
        List<Rows> rows) {
    /** Nothing taken apart. */
    public static final Breakdown NONE = new Breakdown(
            List.of(), Heat.NONE, List.of(), List.of(), Groups.NONE, Groups.NONE, Touched.NONE, List.of(), List.of());

    public Breakdown {
        sides = List.copyOf(sides);
        statuses = List.copyOf(statuses);
        reasons = List.copyOf(reasons);
        attribution = List.copyOf(attribution);
        rows = List.copyOf(rows);
    }

    /**
     * What one side's proxies saw of the edge's calls.
     *
     * @param side caller or callee
     * @param total of the window; {@code requests} of the callee are attempts that reached it
     * @param buckets one per bucket of the series
     */
    public record SideView(Side side, Seen total, List<Seen> buckets) {
        public SideView {
            buckets = List.copyOf(buckets);
        }
    }

    /**
     * Requests that one side saw.
     *
     * @param requests its access lines
     * @param failed of them with status 0, 5xx, or a gRPC status other than OK
     * @param latency of all of them, failed ones too, as that side measured it
     */
    public record Seen(long requests, long failed, Latency latency) {}

    /**
     * How many calls took how long, answered and failed ones.
     *
     * @param upperMillis upper bounds of the bands, inclusive, ascending; the last band has none and ends at
     *     {@link Long#MAX_VALUE}
     * @param buckets per bucket of the series, calls per band
     */
    public record Heat(List<Long> upperMillis, List<List<Long>> buckets) {
        /** No call. */
        public static final Heat NONE = new Heat(List.of(), List.of());

        public Heat {
            upperMillis = List.copyOf(upperMillis);
            buckets = buckets.stream().map(List::copyOf).toList();
        }
    }

    /**
     * Failed calls by the answer that the counting line shows.
     *
     * @param status HTTP status, {@code 0} where no response was begun, {@code grpc Unavailable} where a gRPC status tells of
     *     the failure, {@code tcp} where there is none, {@code other} for the rare rest
     * @param buckets per bucket of the series, calls
     */
    public record Status(String status, List<Long> buckets) {
        public Status {
            buckets = List.copyOf(buckets);
        }

        /** All of them. */
        public long count() {
            return buckets.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Calls that failed in one way at one hop, and how that is known. */
    public record Reason(Condition condition, Hop hop, Basis basis, long count) {}

    /**
     * Calls by group.
     *
     * @param shown the most interesting ones
     * @param more groups that are not shown
     * @param moreRequests their calls
     * @param moreFailed their failed calls
     */
    public record Groups(List<Group> shown, int more, long moreRequests, long moreFailed) {
        /** No group. */
        public static final Groups NONE = new Groups(List.of(), 0, 0, 0);

        public Groups {
            shown = List.copyOf(shown);
        }
    }

    /** One group's calls by what happened. */
    public record Group(String name, Map<Condition, Long> conditions) {
        public Group {
            conditions = Map.copyOf(conditions);
        }

        /** All its calls. */
        public long requests() {
            return conditions.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Those in a failing condition. */
        public long failed() {
            return conditions.entrySet().stream()
                    .filter(entry -> entry.getKey().failure())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    /** How many of how many saw at least one failed call; a whole of 0 means: not known. */
    public record Touched(Part callerTasks, Part calleeTasks, Part paths) {
        /** Nothing known. */
        public static final Touched NONE = new Touched(new Part(0, 0), new Part(0, 0), new Part(0, 0));
    }

    /** So many of so many. */
    public record Part(long count, long whole) {}

    /** Failed calls that a finding is the first to explain. */
    public record Attributed(RootCause cause, long failed) {}

    /**
     * Raw lines behind a number.
     *
     * @param subject code of a finding or id of a condition
     * @param total calls the number counts
     * @param lines the first of them, caller's and callee's lines
     */
    public record Rows(String subject, long total, List<Example> lines) {
        public Rows {
            lines = List.copyOf(lines);
        }
    }
}
