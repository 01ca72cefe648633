package io.github.eastwest.model.health;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What CloudWatch has of one edge. A period without a point is absent, which is not zero: a proxy publishes a series only
 * once it has updated it. Compact, since there may be tens of thousands of edges.
 */
public final class EdgeTraffic {
    private final CallEdge edge;
    private final Set<EdgeMetric> listed;
    private final Set<EdgeMetric> read;
    private final Set<EdgeMetric> readEarlier;
    private final Map<EdgeMetric, double[]> now;
    private final Map<EdgeMetric, double[]> earlier;

    private EdgeTraffic(Builder builder) {
        edge = builder.edge;
        listed = Collections.unmodifiableSet(builder.listed.clone());
        read = Collections.unmodifiableSet(builder.read.clone());
        readEarlier = Collections.unmodifiableSet(builder.readEarlier.clone());
        now = builder.now;
        earlier = builder.earlier;
    }

    /** Which edge. */
    public CallEdge edge() {
        return edge;
    }

    /** Metrics of the edge that ListMetrics names: they had data in the last two weeks. */
    public Set<EdgeMetric> listed() {
        return listed;
    }

    /** Metrics that CloudWatch answered for the window, with or without points. */
    public Set<EdgeMetric> read() {
        return read;
    }

    /** Metrics that CloudWatch answered for the earlier days, with or without points. */
    public Set<EdgeMetric> readEarlier() {
        return readEarlier;
    }

    /** The value of a period of the window; empty when there is no point. */
    public OptionalDouble at(EdgeMetric metric, int period) {
        return value(now.get(metric), period);
    }

    /** The value of a sample of the earlier days: the sum of counts, the mean of times; empty when there is no point. */
    public OptionalDouble earlier(EdgeMetric metric, int sample) {
        return value(earlier.get(metric), sample);
    }

    private static OptionalDouble value(double @org.jspecify.annotations.Nullable [] values, int index) {
        return values == null || index >= values.length || Double.isNaN(values[index])
                ? OptionalDouble.empty()
                : OptionalDouble.of(values[index]);
    }

    /** Takes points as they come. Not thread-safe. */
    public static final class Builder {
        private final CallEdge edge;
        private final int periods;
        private final int samples;
        private final EnumSet<EdgeMetric> listed = EnumSet.noneOf(EdgeMetric.class);
        private final EnumSet<EdgeMetric> read = EnumSet.noneOf(EdgeMetric.class);
        private final EnumSet<EdgeMetric> readEarlier = EnumSet.noneOf(EdgeMetric.class);
        private final Map<EdgeMetric, double[]> now = new EnumMap<>(EdgeMetric.class);
        private final Map<EdgeMetric, double[]> earlier = new EnumMap<>(EdgeMetric.class);
        private final Map<EdgeMetric, int[]> hours = new EnumMap<>(EdgeMetric.class);

        /** Nothing yet. */
        public Builder(CallEdge edge, int periods, int samples) {
            this.edge = edge;
            this.periods = periods;
            this.samples = samples;
        }

        /** Notes that ListMetrics names that metric. */
        public void listed(EdgeMetric metric) {
            listed.add(metric);
        }

        /** Notes that CloudWatch answered for the window. */
        public void read(EdgeMetric metric) {
            read.add(metric);
        }

        /** Notes that CloudWatch answered for the earlier days. */
        public void readEarlier(EdgeMetric metric) {
            readEarlier.add(metric);
        }

        /** Takes the value of a period; of one that came before, the first stays. */
        public void now(EdgeMetric metric, int period, double value) {
            double[] values = now.computeIfAbsent(metric, any -> absent(periods));
            if (Double.isNaN(values[period])) {
                values[period] = value;
            }
        }

        /** Takes the value of an hour of a sample. */
        public void earlier(EdgeMetric metric, int sample, double value) {
            double[] values = earlier.computeIfAbsent(metric, any -> absent(samples));
            int[] counts = hours.computeIfAbsent(metric, any -> new int[samples]);
            values[sample] = (Double.isNaN(values[sample]) ? 0 : values[sample]) + value;
            counts[sample]++;
        }

        private static double[] absent(int length) {
            double[] values = new double[length];
            Arrays.fill(values, Double.NaN);
            return values;
        }

        /** What came; the builder is not used after that. */
        public EdgeTraffic build() {
            double[] times = earlier.get(EdgeMetric.RESPONSE_TIME);
            int[] counts = hours.get(EdgeMetric.RESPONSE_TIME);
            if (times != null && counts != null) {
                for (int i = 0; i < times.length; i++) {
                    times[i] /= Math.max(1, counts[i]);
                }
            }
            hours.clear();
            return new EdgeTraffic(this);
        }
    }
}
