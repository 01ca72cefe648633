/** Alarm definitions as the documents that AWS's tools take. */
@NullMarked
package io.github.eastwest.render.alarms;

import org.jspecify.annotations.NullMarked;
