/**
 * The words of the domain: an {@link io.github.eastwest.model.Edge} seen through a
 * {@link io.github.eastwest.model.TimeWindow}, what was read of it ({@link io.github.eastwest.model.Coverage}) and what is
 * known ({@link io.github.eastwest.model.Snapshot}).
 *
 * <p>Everything here is immutable data. Nothing here reads a file, the network or the clock, and nothing outside
 * {@code java.base} and JSpecify is imported.
 */
@NullMarked
package io.github.eastwest.model;

import org.jspecify.annotations.NullMarked;
