/** Puts a write-up together from a diagnosis, and checks what came of its action items. */
@NullMarked
package io.github.eastwest.classify.incident;

import org.jspecify.annotations.NullMarked;
