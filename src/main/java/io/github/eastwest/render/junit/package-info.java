/** JUnit XML, which pipelines show as test results. */
@NullMarked
package io.github.eastwest.render.junit;

import org.jspecify.annotations.NullMarked;
