package io.github.eastwest.accesslog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A table shipped in the jar: comma-separated, a header line, no quoting because no cell holds a comma. */
final class Table {
    private Table() {}

    /**
     * The rows below the header.
     *
     * @param name file name under {@code accesslog/}
     * @param columns cells of every row
     */
    static List<List<String>> rows(String name, int columns) {
        InputStream stream = Table.class.getResourceAsStream("/accesslog/" + name);
        if (stream == null) {
            throw new IllegalStateException("the jar lacks accesslog/" + name);
        }
        List<List<String>> rows = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.readLine();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                List<String> cells = List.of(line.split(",", -1));
                if (cells.size() != columns) {
                    throw new IllegalStateException("accesslog/" + name + " has a row of " + cells.size()
                            + " cells, not " + columns + ": " + line);
                }
                rows.add(cells);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
