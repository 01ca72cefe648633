/**
 * The edges of a whole cluster or namespace: what was measured of each, and what that says.
 */
@NullMarked
package io.github.eastwest.model.health;

import org.jspecify.annotations.NullMarked;
