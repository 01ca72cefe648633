/**
 * What proxies print: access-log entries, outlier events, proxy log lines, and the calls they join into.
 *
 * <p>Times are milliseconds since the epoch, UTC. Durations are milliseconds. Byte counts are body bytes as Envoy counts them.
 */
@NullMarked
package io.github.eastwest.model.log;

import org.jspecify.annotations.NullMarked;
