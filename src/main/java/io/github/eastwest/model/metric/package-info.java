/**
 * CloudWatch time series.
 */
@NullMarked
package io.github.eastwest.model.metric;

import org.jspecify.annotations.NullMarked;
