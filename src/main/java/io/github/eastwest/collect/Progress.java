package io.github.eastwest.collect;

import io.github.eastwest.model.Coverage;
import java.time.Duration;

/** Receives how a collection goes on; called from several threads. */
public interface Progress {
    /** Nobody listens. */
    Progress NONE = new Progress() {
        @Override
        public void started(String source) {}

        @Override
        public void finished(String source, Coverage.State state, Duration took) {}
    };

    /**
     * The first call of a source begins.
     *
     * @param source path in the bundle without extension, {@code ecs/describe-services}
     */
    void started(String source);

    /** A source has been read, or given up. A source of which nothing is called begins and ends in the same moment. */
    void finished(String source, Coverage.State state, Duration took);

    /**
     * A Logs Insights query was asked how far it is.
     *
     * @param source path of the query's answer in the bundle without extension, {@code logs/insights/counts/caller}
     * @param status Scheduled, Running, Complete, …
     * @param bytesScanned bytes scanned so far
     */
    default void polled(String source, String status, long bytesScanned) {}

    /**
     * Metrics are about to be asked for, each of which costs.
     *
     * @param metrics how many
     * @param calls in so many calls
     * @param usd list price of most Regions, US dollars
     */
    default void priced(int metrics, int calls, double usd) {}

    /** So many of all calls of a source are answered. */
    default void counted(String source, int answered, int all) {}
}
