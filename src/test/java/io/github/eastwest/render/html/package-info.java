@NullMarked
package io.github.eastwest.render.html;

import org.jspecify.annotations.NullMarked;
