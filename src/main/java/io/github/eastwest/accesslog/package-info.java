/**
 * Access logs of the proxies: reading lines, naming the condition of each request, and joining both sides of a call.
 *
 * <p>Service Connect's formats carry neither response flags nor details, so conditions are mostly inferred:
 * {@link io.github.eastwest.accesslog.Observations} learns what whole streams teach,
 * {@link io.github.eastwest.accesslog.ConditionInference} reads single lines and pairs in that light,
 * {@link io.github.eastwest.accesslog.TrafficBuilder} joins the streams of a bundle into the calls of one edge.
 */
@NullMarked
package io.github.eastwest.accesslog;

import org.jspecify.annotations.NullMarked;
