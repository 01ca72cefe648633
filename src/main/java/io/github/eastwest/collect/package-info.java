/**
 * What to read of AWS for one edge, in which order and at what cost; keeps going when a part fails, and keeps the books on
 * what was read. Results are raw answers in a {@link io.github.eastwest.bundle.BundleDraft}.
 */
@NullMarked
package io.github.eastwest.collect;

import org.jspecify.annotations.NullMarked;
