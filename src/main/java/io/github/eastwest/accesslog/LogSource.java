package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file or stream of lines to analyse.
 *
 * @param name shown with its lines
 * @param side whose proxy wrote it; {@link Side#UNKNOWN} lets each line tell
 * @param opener opens it from its beginning, each time it is called
 * @param file the file that the opener opens, if it is one: parts of it can then be read at the same time
 */
public record LogSource(String name, Side side, Opener opener, Optional<Path> file) {
    /** A stream that is read from its beginning to its end. */
    public LogSource(String name, Side side, Opener opener) {
        this(name, side, opener, Optional.empty());
    }

    /** A file, named by its path. */
    public static LogSource of(Path file, Side side) {
        return new LogSource(file.toString(), side, () -> Files.newInputStream(file), Optional.of(file));
    }

    /** Opens a stream. */
    @FunctionalInterface
    public interface Opener {
        /** A new stream from the beginning. */
        InputStream open() throws IOException;
    }
}
