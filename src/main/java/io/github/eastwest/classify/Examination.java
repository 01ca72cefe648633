package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import java.util.List;
import java.util.function.Function;

/** What a rule answers. */
public sealed interface Examination {
    /** The evidence speaks for the cause. */
    record Found(Draft draft) implements Examination {}

    /** The evidence excludes the cause; {@code because} says why, with numbers. */
    record Excluded(String because) implements Examination {}

    /** What would decide was not read. */
    record Unknown(List<Input> missing) implements Examination {
        public Unknown {
            missing = List.copyOf(missing);
        }
    }

    /** The draft as an examination: found if its evidence makes the cause at least possible, else excluded. */
    static Examination of(Draft draft, String otherwise) {
        return draft.possible() ? new Found(draft) : new Excluded(otherwise);
    }

    /** The cause is excluded. */
    static Examination excluded(String because) {
        return new Excluded(because);
    }

    /** The cause cannot be judged without those inputs. */
    static Examination unknown(Input... missing) {
        return new Unknown(List.of(missing));
    }

    /** One function per case, so that a new case breaks every use at compile time. */
    default <T> T match(Function<Found, T> found, Function<Excluded, T> excluded, Function<Unknown, T> unknown) {
        if (this instanceof Found f) {
            return found.apply(f);
        }
        if (this instanceof Excluded e) {
            return excluded.apply(e);
        }
        return unknown.apply((Unknown) this);
    }
}
