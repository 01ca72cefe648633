/** Plain text for a terminal: the verdict first, the next step last. */
@NullMarked
package io.github.eastwest.render.text;

import org.jspecify.annotations.NullMarked;
