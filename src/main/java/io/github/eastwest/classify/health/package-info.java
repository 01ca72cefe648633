/** Judges the edges of a cluster or namespace by their metrics, against fixed thresholds and against earlier days. */
@NullMarked
package io.github.eastwest.classify.health;

import org.jspecify.annotations.NullMarked;
