/** Findings and conditions as rows for a spreadsheet. */
@NullMarked
package io.github.eastwest.render.csv;

import org.jspecify.annotations.NullMarked;
