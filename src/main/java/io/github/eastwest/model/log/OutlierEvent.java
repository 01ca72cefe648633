package io.github.eastwest.model.log;

/**
 * An ejection event of Envoy's outlier detection, as the proxy prints it among its log lines.
 *
 * @param ref where it stands
 * @param atMillis milliseconds since the epoch, or -1 when the line has no time
 * @param type {@code CONSECUTIVE_5XX}, {@code SUCCESS_RATE}, …
 * @param cluster Envoy cluster name; empty when absent
 * @param host {@code address:port} of the ejected host
 * @param eject true for EJECT, false for UNEJECT
 * @param enforced whether the host really left the rotation; an EJECT that is not enforced changes nothing
 */
public record OutlierEvent(
        LineRef ref, long atMillis, String type, String cluster, String host, boolean eject, boolean enforced) {}
