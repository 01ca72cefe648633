package io.github.eastwest.render.html;

import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.time.Instant;
import java.util.List;

/**
 * Where a page comes from: the rows of its footer.
 *
 * @param rows in the order shown
 * @param inputs files read and their digests, folded away; may be empty
 */
public record About(List<Row> rows, List<Row> inputs) {
    public About {
        rows = List.copyOf(rows);
        inputs = List.copyOf(inputs);
    }

    /** A footer that names no files. */
    public About(List<Row> rows) {
        this(rows, List.of());
    }

    /**
     * One thing to know.
     *
     * @param iso the exact time where the value is one, for the reader's local time; else empty
     */
    public record Row(String name, String value, String iso) {
        /** A text, made clean. */
        public static Row of(String name, String value) {
            return new Row(name, Foreign.clean(value, 1_000), "");
        }

        /** A point in time, UTC. */
        public static Row of(String name, Instant at) {
            return new Row(name, Units.dateTime(at), at.toString());
        }
    }
}
