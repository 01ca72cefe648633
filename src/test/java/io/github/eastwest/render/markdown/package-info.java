@NullMarked
package io.github.eastwest.render.markdown;

import org.jspecify.annotations.NullMarked;
