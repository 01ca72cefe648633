package io.github.eastwest.collect;

import java.time.Duration;

/** AWS, as far as the collector needs it. Thread-safe; calls block. */
public interface Aws extends AutoCloseable {
    /**
     * Makes a call and follows its pages; throttling and faults of the network are retried with jitter inside the time.
     *
     * @param within how long it may take, retries and pages included
     * @throws AwsFailure if not even the first page could be read
     * @throws InterruptedException if the thread was interrupted; the connection is given up
     */
    Answer call(Call call, Duration within) throws AwsFailure, InterruptedException;

    /** Gives up connections and threads. */
    @Override
    void close();
}
