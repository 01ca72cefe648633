/**
 * The answer: findings with their evidence, and everything a report shows.
 */
@NullMarked
package io.github.eastwest.model.report;

import org.jspecify.annotations.NullMarked;
