package io.github.eastwest.model.log;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import java.util.List;

/**
 * The condition of one request, and how we know.
 *
 * @param condition the most probable one
 * @param alternatives the other conditions that the same fields can mean, most probable first
 * @param basis where it was read from
 * @param confidence probability of {@code condition}, 0 to 1
 * @param hop the hop that made the status
 */
public record Attribution(Condition condition, List<Condition> alternatives, Basis basis, double confidence, Hop hop) {
    public Attribution {
        alternatives = List.copyOf(alternatives);
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence " + confidence + " is outside 0..1");
        }
    }
}
