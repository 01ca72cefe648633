/**
 * Amazon ECS and Cloud Map configuration and state, as the Describe and Discover calls answered.
 */
@NullMarked
package io.github.eastwest.model.ecs;

import org.jspecify.annotations.NullMarked;
