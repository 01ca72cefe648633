package io.github.eastwest.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of our own jar: RFC 4180 with a header row and LF line ends. Commons CSV stays in the rooms that meet the CSV of
 * others.
 */
final class KnowledgeTable {
    private KnowledgeTable() {}

    /**
     * One row.
     *
     * @param cells by the names in the header
     */
    record Row(Map<String, String> cells) {
        Row {
            cells = Map.copyOf(cells);
        }

        /** The cell of a column that must exist. */
        String get(String column) {
            String cell = cells.get(column);
            if (cell == null) {
                throw new IllegalArgumentException("no column " + column);
            }
            return cell;
        }
    }

    /** The rows below the header; a row of another length than the header is a fault of ours. */
    static List<Row> parse(String csv) {
        List<List<String>> records = records(csv);
        List<String> header = records.get(0);
        List<Row> rows = new ArrayList<>();
        for (List<String> record : records.subList(1, records.size())) {
            if (record.size() != header.size()) {
                throw new IllegalArgumentException(
                        "row " + record + " has " + record.size() + " cells, the header " + header.size());
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < header.size(); i++) {
                cells.put(header.get(i), record.get(i));
            }
            rows.add(new Row(cells));
        }
        return rows;
    }

    private static List<List<String>> records(String csv) {
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            if (quoted) {
                if (c != '"') {
                    cell.append(c);
                } else if (i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
                    cell.append(c);
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                record.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    records.add(record);
                    record = new ArrayList<>();
                }
            } else {
                cell.append(c);
            }
        }
        if (quoted || !record.isEmpty() || !cell.isEmpty()) {
            throw new IllegalArgumentException("the last row does not end");
        }
        return records;
    }
}
