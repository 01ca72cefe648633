@NullMarked
package io.github.eastwest.render.json;

import org.jspecify.annotations.NullMarked;
