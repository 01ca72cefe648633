/** Tests of all report forms, and the diagnoses they share. */
@NullMarked
package io.github.eastwest.render;

import org.jspecify.annotations.NullMarked;
