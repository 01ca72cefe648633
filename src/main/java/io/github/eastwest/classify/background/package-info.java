/**
 * What stands behind the findings: the onset of the failures, changes before it, budgets of time, controls and the noise
 * floor. It explains findings and never makes or ranks them.
 */
@NullMarked
package io.github.eastwest.classify.background;

import org.jspecify.annotations.NullMarked;
