/** Proposes alarms for an edge from its configuration, its metrics and what the platform publishes. */
@NullMarked
package io.github.eastwest.classify.alarms;

import org.jspecify.annotations.NullMarked;
