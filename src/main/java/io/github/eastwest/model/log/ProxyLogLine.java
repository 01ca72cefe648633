package io.github.eastwest.model.log;

/**
 * A line of the proxy's own log: Envoy's application log or the Service Connect agent's.
 *
 * @param ref where it stands
 * @param atMillis milliseconds since the epoch, or -1 when the line has no time
 * @param level {@code info}, {@code warning}, {@code error}, … lower case; empty when absent
 * @param message text after the brackets
 */
public record ProxyLogLine(LineRef ref, long atMillis, String level, String message) {}
