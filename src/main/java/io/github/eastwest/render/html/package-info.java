/** The one-file HTML report. */
@NullMarked
package io.github.eastwest.render.html;

import org.jspecify.annotations.NullMarked;
