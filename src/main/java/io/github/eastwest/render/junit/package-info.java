/** The report as a JUnit test report, for pipelines. */
@NullMarked
package io.github.eastwest.render.junit;

import org.jspecify.annotations.NullMarked;
