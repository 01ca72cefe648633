/**
 * The command line: parses, wires the rooms together and prints. The only room that knows stdout, the environment and
 * {@code System.exit}.
 */
@NullMarked
package io.github.eastwest.cli;

import org.jspecify.annotations.NullMarked;
