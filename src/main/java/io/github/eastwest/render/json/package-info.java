/** The machine-readable report, described by {@code /schema/diagnosis.schema.json}. */
@NullMarked
package io.github.eastwest.render.json;

import org.jspecify.annotations.NullMarked;
