package io.github.eastwest.model.report;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The edge's calls, counted once.
 *
 * @param requests all calls
 * @param failed failed calls
 * @param unattributed failed calls that no finding explains
 * @param conditions what happened, most frequent first; the counts add up to {@code requests}
 * @param latency percentiles of the answered calls
 * @param series calls over time
 * @param hosts calls by callee task
 * @param examples failed calls that no finding explains, or examples per condition
 * @param breakdown the same calls taken apart
 */
public record TrafficReport(
        long requests,
        long failed,
        long unattributed,
        List<ConditionCount> conditions,
        Latency latency,
        Series series,
        List<HostCount> hosts,
        List<Example> examples,
        Breakdown breakdown) {
    public TrafficReport {
        conditions = List.copyOf(conditions);
        hosts = List.copyOf(hosts);
        examples = List.copyOf(examples);
    }

    /** Calls that are not taken apart. */
    public TrafficReport(
            long requests,
            long failed,
            long unattributed,
            List<ConditionCount> conditions,
            Latency latency,
            Series series,
            List<HostCount> hosts,
            List<Example> examples) {
        this(requests, failed, unattributed, conditions, latency, series, hosts, examples, Breakdown.NONE);
    }

    /** How many calls had a condition; {@code hop} is the one that made it most often, empty for answered calls. */
    public record ConditionCount(Condition condition, long count, Basis basis, Optional<Hop> hop) {}

    /** Percentiles in milliseconds; empty without answered calls. */
    public record Latency(OptionalLong p50, OptionalLong p90, OptionalLong p99, OptionalLong max) {
        /** No answered call. */
        public static final Latency NONE =
                new Latency(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    /**
     * Calls over time.
     *
     * @param bucketSeconds length of a bucket
     * @param buckets in order of time, without holes
     */
    public record Series(int bucketSeconds, List<Bucket> buckets) {
        public Series {
            buckets = List.copyOf(buckets);
        }
    }

    /** Calls that started in one bucket, by condition, and the latency of the answered ones. */
    public record Bucket(Instant from, Map<Condition, Long> conditions, Latency latency) {
        public Bucket {
            conditions = Map.copyOf(conditions);
        }
    }

    /**
     * Calls by callee task.
     *
     * @param host {@code address:port}, or the task id where only the callee logs
     * @param taskId task id where known
     * @param availabilityZone zone where known
     * @param revision {@code family:revision} where known
     * @param requests calls sent there last
     * @param failed of them failed
     */
    public record HostCount(
            String host,
            Optional<String> taskId,
            Optional<String> availabilityZone,
            Optional<String> revision,
            long requests,
            long failed) {}

    /**
     * A failed call as its lines show it.
     *
     * @param condition what happened
     * @param stream log stream of the counting line
     * @param line its number
     * @param text the call in one line
     */
    public record Example(Condition condition, String stream, long line, String text) {}
}
