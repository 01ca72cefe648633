/** What AWS itself noted of changes: CloudTrail's events and the activities of Application Auto Scaling. */
@NullMarked
package io.github.eastwest.model.history;

import org.jspecify.annotations.NullMarked;
