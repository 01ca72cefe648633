@NullMarked
package io.github.eastwest.render.junit;

import org.jspecify.annotations.NullMarked;
