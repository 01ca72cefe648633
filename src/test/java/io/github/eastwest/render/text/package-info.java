@NullMarked
package io.github.eastwest.render.text;

import org.jspecify.annotations.NullMarked;
