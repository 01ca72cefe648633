/**
 * The bundle: recorded AWS answers and proxy logs of one edge, in a directory, a zip file or memory, and their mapping
 * to the model. One mapping serves recorded and live data alike.
 *
 * <p>A bundle may come from a stranger and may be made by hand. So reading never trusts it: names are checked, sizes are
 * bounded while bytes arrive (never by what a header promises), JSON is read element by element with a budget, logs
 * are streamed. What cannot be read becomes an entry of the coverage; only what leaves nothing to diagnose (no such
 * path, no zip, an unknown service, no window) is an error for the user.
 *
 * <p>{@link io.github.eastwest.bundle.Bundle} knows files and limits, {@code Layout} knows which path means what in
 * both directions, {@code Answers} reads the JSON answers of one operation, the mappers turn them into records, and
 * {@link io.github.eastwest.bundle.SnapshotReader} puts all of it together.
 */
@NullMarked
package io.github.eastwest.bundle;

import org.jspecify.annotations.NullMarked;
