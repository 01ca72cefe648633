/** The report as a Slack message. */
@NullMarked
package io.github.eastwest.render.slack;

import org.jspecify.annotations.NullMarked;
