package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a rule answers. */
public sealed interface Examination {
    /** The evidence speaks for the cause. */
    record Found(Draft draft) implements Examination {}

    /** The evidence excludes the cause; {@code because} says why, with numbers. */
    record Excluded(String because) implements Examination {}

    /**
     * What would decide was not read.
     *
     * @param suspected whether what was read looks like the cause
     */
    record Unknown(List<Input> missing, boolean suspected) implements Examination {
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

    /**
     * Nothing of the cause shows in those inputs: it is excluded where all of them were read. Where one was not, that it
     * shows nothing excludes nothing.
     */
    static Examination unseen(Facts facts, String because, Input... where) {
        List<Input> unread = Stream.of(where).filter(input -> !facts.has(input)).toList();
        return unread.isEmpty() ? new Excluded(because) : new Unknown(unread, false);
    }

    /** As {@link #of}, but what the inputs do not show excludes the cause only where all of them were read. */
    static Examination of(Draft draft, Facts facts, String otherwise, Input... where) {
        return draft.possible() ? new Found(draft) : unseen(facts, otherwise, where);
    }

    /** The cause cannot be judged without those inputs. */
    static Examination unknown(Input... missing) {
        return new Unknown(List.of(missing), false);
    }

    /** What was read looks like the cause, and like others; what would tell them apart is in those inputs. */
    static Examination undecided(Input... missing) {
        return new Unknown(List.of(missing), true);
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
