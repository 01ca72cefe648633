package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.Set;

/** Examines the facts for one root cause. Implementations are stateless. */
public interface Rule {
    /** The cause it looks for. */
    RootCause cause();

    /**
     * Inputs without which it can say nothing: when one was not read, the cause is undetermined and the rule is not
     * asked.
     */
    Set<Input> requires();

    /** Further inputs it reads when they are there. */
    Set<Input> uses();

    /** What the facts say about the cause. */
    Examination examine(Facts facts);
}
