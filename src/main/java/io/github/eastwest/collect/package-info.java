/**
 * What to read of AWS for one edge, in which order and at what cost; keeps going when a part fails, and keeps the books on
 * what was read. Results are raw answers in a {@link io.github.eastwest.bundle.BundleDraft}: a diagnosis knows nothing but
 * the bundle.
 *
 * <p>{@link io.github.eastwest.collect.Collector} finds the clusters ({@code EdgeSearch}) and starts the {@code Plan}: which
 * source waits for which other's answer. The sources ({@code EcsSources}, {@code CloudMapSources}, {@code MetricSources},
 * {@code NetworkSources}, {@code LogSources}) decide what to ask and what an answer means for the next step, no more than
 * that; {@code Calls} makes the calls on a pool and never fails, since what goes wrong is part of a {@code Reply}; a
 * {@code SourceResult} turns replies into files and coverage. {@code Insights} asks Logs Insights in {@code QueryRuns},
 * within the {@code Budget}.
 *
 * <p>Nothing depends on which answer comes first: replies are kept in the order of the calls, and calls in the order of
 * names and ids.
 */
@NullMarked
package io.github.eastwest.collect;

import org.jspecify.annotations.NullMarked;
