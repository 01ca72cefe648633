package io.github.eastwest.collect;

import io.github.eastwest.bundle.BundleDraft;
import java.util.List;

/**
 * What a collection brought.
 *
 * @param bundle the bundle with its manifest; empty after a dry run
 * @param stoppedAtCost whether something was left out because it would have cost more than allowed
 * @param cost what it costs
 * @param calls every call, in order of step and operation
 */
public record Collected(BundleDraft bundle, boolean stoppedAtCost, CostEstimate cost, List<PlannedCall> calls) {
    public Collected {
        calls = List.copyOf(calls);
    }
}
