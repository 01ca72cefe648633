package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file or stream of lines to analyse.
 *
 * @param name shown with its lines
 * @param side whose proxy wrote it; {@link Side#UNKNOWN} lets each line tell
 * @param opener opens it from its beginning, each time it is called
 */
public record LogSource(String name, Side side, Opener opener) {
    /** Opens a stream. */
    @FunctionalInterface
    public interface Opener {
        /** A new stream from the beginning. */
        InputStream open() throws IOException;
    }
}
