package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * EW601: without {@code logConfiguration} the Service Connect proxy's log goes nowhere: no access lines, no ejection events,
 * no proxy warnings. Whatever fails then can only be seen in metrics and configuration.
 */
final class NoProxyLogs implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.NO_PROXY_LOGS;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Map<Side, Blindness.Sight> sides = Blindness.of(facts);
        List<Side> blind = sides.entrySet().stream()
                .filter(e -> e.getValue() == Blindness.Sight.NO_PROXY_LOG)
                .map(Map.Entry::getKey)
                .toList();
        if (blind.isEmpty()) {
            return Examination.excluded("both proxies have a logConfiguration, or lines of both were read");
        }
        return new Examination.Found(Blindness.draft(cause(), facts, blind));
    }
}
