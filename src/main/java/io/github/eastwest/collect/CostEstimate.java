package io.github.eastwest.collect;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What AWS charges for a collection. Describe and List calls are free.
 *
 * @param metrics metrics requested by GetMetricData
 * @param logBytes uncompressed bytes of the log groups in the window, as CloudWatch counted them; empty if it did not
 * @param scanExpected bytes that the planned Logs Insights queries scan, as estimated before they start; empty if nothing
 *     tells how much that is
 * @param scanned bytes that the queries did scan
 */
public record CostEstimate(int metrics, OptionalLong logBytes, OptionalLong scanExpected, long scanned) {
    private static final double USD_PER_METRIC = 0.01 / 1000;
    private static final double USD_PER_BYTE_SCANNED = 0.005 / 1e9;

    /** Nothing was or will be charged. */
    public static final CostEstimate NONE = new CostEstimate(0, OptionalLong.empty(), OptionalLong.of(0), 0);

    /** The expected cost in USD; empty when the volume to scan is not known. */
    public OptionalDouble expectedUsd() {
        return scanExpected.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(usd(metrics, scanExpected.getAsLong()));
    }

    /** The cost so far in USD. */
    public double spentUsd() {
        return usd(metrics, scanned);
    }

    /** The price of so many metrics and bytes scanned in USD, at the prices of most Regions. */
    static double usd(int metrics, long bytesScanned) {
        return metrics * USD_PER_METRIC + bytesScanned * USD_PER_BYTE_SCANNED;
    }
}
