/** GitHub-flavoured Markdown to paste into an issue or a wiki. */
@NullMarked
package io.github.eastwest.render.markdown;

import org.jspecify.annotations.NullMarked;
