@NullMarked
package io.github.eastwest.render.slack;

import org.jspecify.annotations.NullMarked;
