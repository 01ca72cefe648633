/**
 * From facts to causes.
 *
 * <p>{@link io.github.eastwest.classify.Facts} answers questions about a snapshot and notes which inputs were read to do
 * so; one {@link io.github.eastwest.classify.Rule} per root cause examines the facts; the {@link
 * io.github.eastwest.classify.Classifier} runs the rules, isolates their crashes, links causes to their consequences,
 * ranks them and counts what none of them explains. Nothing here reads a file, the network or the clock.
 */
@NullMarked
package io.github.eastwest.classify;

import org.jspecify.annotations.NullMarked;
