package io.github.eastwest.render.html;

import io.github.eastwest.render.html.CausePage.Kind;
import io.github.eastwest.render.html.CausePage.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises the tables of GitHub-flavoured Markdown in what plain CommonMark reads as a paragraph. */
final class CauseTable {
    private static final Pattern DELIMITER = Pattern.compile("\\|( *:?-+:? *\\|)+ *");

    private CauseTable() {}

    /** The table that a paragraph is, or empty: lines that begin and end with a bar, the second one a delimiter. */
    static Optional<Part> of(List<Part> paragraph) {
        List<List<Part>> lines = new ArrayList<>();
        lines.add(new ArrayList<>());
        for (Part part : paragraph) {
            // Identity: only a line end is this very part.
            if (isLineEnd(part)) {
                lines.add(new ArrayList<>());
            } else {
                lines.get(lines.size() - 1).add(part);
            }
        }
        if (lines.size() < 2 || !isDelimiter(lines.get(1)) || !lines.stream().allMatch(CauseTable::isRow)) {
            return Optional.empty();
        }
        lines.remove(1);
        List<String> names = row(lines.get(0), Kind.HEAD_CELL, List.of()).children().stream()
                .map(cell -> cell.plain().strip())
                .toList();
        List<Part> rows = new ArrayList<>();
        rows.add(new Part(Kind.HEAD, "", List.of(row(lines.get(0), Kind.HEAD_CELL, List.of()))));
        lines.stream().skip(1).map(line -> row(line, Kind.CELL, names)).forEach(rows::add);
        return Optional.of(new Part(Kind.TABLE, "", rows));
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isLineEnd(Part part) {
        return part == CausePage.SOFT_BREAK;
    }

    private static boolean isDelimiter(List<Part> line) {
        StringBuilder text = new StringBuilder();
        for (Part part : line) {
            if (part.kind() != Kind.TEXT) {
                return false;
            }
            text.append(part.text());
        }
        return DELIMITER.matcher(text).matches();
    }

    private static boolean isRow(List<Part> line) {
        return !line.isEmpty()
                && line.get(0).kind() == Kind.TEXT
                && line.get(0).text().startsWith("|")
                && line.get(line.size() - 1).kind() == Kind.TEXT
                && line.get(line.size() - 1).text().stripTrailing().endsWith("|");
    }

    /** @param names of the columns; a cell beyond them has none */
    private static Part row(List<Part> line, Kind kind, List<String> names) {
        List<Part> cells = new ArrayList<>();
        List<Part> cell = new ArrayList<>();
        boolean started = false;
        for (Part part : line) {
            if (part.kind() != Kind.TEXT) {
                cell.add(part);
                continue;
            }
            String[] pieces = part.text().split("\\|", -1);
            for (int i = 0; i < pieces.length; i++) {
                if (i > 0) {
                    // What stands before the first bar is no cell.
                    if (started) {
                        cells.add(new Part(kind, cells.size() < names.size() ? names.get(cells.size()) : "", cell));
                    }
                    started = true;
                    cell = new ArrayList<>();
                }
                if (!pieces[i].isBlank() || (!pieces[i].isEmpty() && !cell.isEmpty())) {
                    cell.add(new Part(Kind.TEXT, pieces[i], List.of()));
                }
            }
        }
        return new Part(Kind.ROW, "", cells);
    }
}
