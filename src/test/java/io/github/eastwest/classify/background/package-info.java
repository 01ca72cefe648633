@NullMarked
package io.github.eastwest.classify.background;

import org.jspecify.annotations.NullMarked;
