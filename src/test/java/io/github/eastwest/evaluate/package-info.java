/**
 * How right the diagnosis is: incidents made from recordings with a fixed seed, and recordings that no rule was written by.
 * {@code mvn -Pevaluate verify} runs it and writes {@code docs/accuracy.md}.
 */
@NullMarked
package io.github.eastwest.evaluate;

import org.jspecify.annotations.NullMarked;
