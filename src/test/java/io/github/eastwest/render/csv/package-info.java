@NullMarked
package io.github.eastwest.render.csv;

import org.jspecify.annotations.NullMarked;
