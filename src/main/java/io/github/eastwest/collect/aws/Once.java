package io.github.eastwest.collect.aws;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A value that is made when it is first wanted, and again after making it failed. Thread-safe. */
final class Once<T> {
    private final Supplier<T> make;
    private Optional<T> value = Optional.empty();

    Once(Supplier<T> make) {
        this.make = make;
    }

    /** The value; waits while another thread makes it. */
    synchronized T get() {
        T made = value.orElseGet(make);
        value = Optional.of(made);
        return made;
    }

    /** Does something with the value if it was made. */
    synchronized void ifPresent(Consumer<? super T> what) {
        value.ifPresent(what);
    }
}
