package io.github.eastwest.render.text;

import java.util.ArrayList;
import java.util.List;

/** Breaks a shell command into lines that still are the same command when all of them are pasted. */
final class ShellLines {
    private ShellLines() {}

    /**
     * The lines; all but the last end with a backslash. A command is left whole where a break could change it: unbalanced
     * quotes, comments and here-documents.
     *
     * @param command one line
     * @param columns that a line should fit
     * @param indent columns that lines after the first are indented by
     */
    static List<String> of(String command, int columns, int indent) {
        if (Page.width(command) <= columns) {
            return List.of(command);
        }
        List<String> words = words(command);
        if (words.isEmpty()) {
            return List.of(command);
        }
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String unit : units(words, columns - indent - 2)) {
            int room = columns - (lines.isEmpty() ? 0 : indent) - 2;
            if (line.length() > 0 && Page.width(line.toString()) + 1 + Page.width(unit) > room) {
                lines.add(line + " \\");
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(unit);
        }
        lines.add(line.toString());
        return lines;
    }

    /** An option stays with its values where they fit on one line, or where no line would fit the value anyway. */
    private static List<String> units(List<String> words, int room) {
        List<String> units = new ArrayList<>();
        StringBuilder unit = new StringBuilder();
        for (String word : words) {
            boolean starts = word.startsWith("-") || word.equals("|") || word.equals("&&");
            boolean full = Page.width(unit.toString()) + 1 + Page.width(word) > room && Page.width(word) <= room;
            if (unit.length() > 0 && (starts || full)) {
                units.add(unit.toString());
                unit.setLength(0);
            }
            unit.append(unit.length() > 0 ? " " : "").append(word);
        }
        units.add(unit.toString());
        return units;
    }

    /** The words between spaces outside quotes, as written; empty where breaking is not safe. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\\' && quote != '\'') {
                word.append(c);
                if (i + 1 < command.length()) {
                    word.append(command.charAt(++i));
                }
            } else if (quote != 0) {
                word.append(c);
                quote = c == quote ? 0 : quote;
            } else if (c == ' ') {
                if (word.length() > 0) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                boolean comment = c == '#' && word.length() == 0;
                boolean hereDocument = c == '<' && word.toString().endsWith("<");
                if (comment || hereDocument) {
                    return List.of();
                }
                quote = c == '\'' || c == '"' ? c : 0;
                word.append(c);
            }
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return quote == 0 ? words : List.of();
    }
}
