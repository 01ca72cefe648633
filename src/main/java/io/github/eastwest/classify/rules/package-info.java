/**
 * One class per root cause. A rule's Javadoc is its specification: the mechanism, what speaks for it, what against.
 * Rules never call rules; {@link io.github.eastwest.classify.rules.Rules} lists them.
 */
@NullMarked
package io.github.eastwest.classify.rules;

import org.jspecify.annotations.NullMarked;
