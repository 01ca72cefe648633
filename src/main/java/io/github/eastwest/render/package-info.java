/**
 * Writes a {@link io.github.eastwest.model.report.Diagnosis} in every form of {@link io.github.eastwest.render.Format}.
 *
 * <p>The same diagnosis gives the same bytes on every machine: nothing here reads the clock, the locale, the environment or
 * the network, line ends are LF and the encoding is UTF-8. Every string of a diagnosis may come from a stranger's log line or
 * bundle, so each renderer passes it through {@link io.github.eastwest.render.Foreign} and through the escaping of its format.
 *
 * <p>What all forms say alike (the headline, the failures per hop, the next step) is worked out once, in
 * {@link io.github.eastwest.render.Briefing}.
 */
@NullMarked
package io.github.eastwest.render;

import org.jspecify.annotations.NullMarked;
