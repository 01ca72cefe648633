package io.github.eastwest.render.text;

import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.List;

/** Lines of a fixed width: wraps prose at spaces, keeps commands paste-able and adds colours where they are wanted. */
final class Page {
    /** A look; plain where colours are off. */
    enum Style {
        PLAIN(""),
        BOLD("1"),
        DIM("2"),
        RED("1;31"),
        YELLOW("1;33"),
        GREEN("1;32"),
        BLUE("1;34");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private static final int MIN_WIDTH = 40;
    private static final int MAX_WIDTH = 160;
    private static final int CONTINUATION_INDENT = 4;

    private final StringBuilder text = new StringBuilder();
    private final boolean color;
    private final int width;

    Page(boolean color, int width) {
        this.color = color;
        this.width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width));
    }

    int width() {
        return width;
    }

    /** An empty line, unless the last one is empty. */
    void gap() {
        int length = text.length();
        if (length > 1 && text.charAt(length - 2) != '\n') {
            text.append('\n');
        }
    }

    /** A section's name and what it is about. */
    void heading(String name, String about) {
        gap();
        List<String> lines = wrap(about.isEmpty() ? name : name + "  " + about, width - 2, -2);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (i == 0) {
                append(Style.BOLD, name);
                append(Style.DIM, line.substring(Math.min(name.length(), line.length())));
            } else {
                append(Style.DIM, "  " + line);
            }
            text.append('\n');
        }
    }

    /** Prose; lines after the first are indented by {@code hanging} more. */
    void prose(Style style, int indent, int hanging, String prose) {
        item(style, indent, "", hanging, prose);
    }

    /** A label and prose beside it, aligned at {@code hanging} columns after the indent. */
    void item(Style labelStyle, int indent, String label, int hanging, String prose) {
        String padded = label.isEmpty() ? "" : pad(label, hanging);
        boolean beside = width(padded) <= hanging;
        Style proseStyle = label.isEmpty() ? labelStyle : Style.PLAIN;
        if (!beside) {
            for (String line : wrap(label, width - indent, 0)) {
                spaces(indent);
                append(labelStyle, line);
                text.append('\n');
            }
            padded = "";
        }
        // The first line of prose without label starts at the indent itself.
        int firstColumn = label.isEmpty() ? 0 : hanging;
        List<String> lines = wrap(prose, width - indent - hanging, firstColumn - hanging);
        for (int i = 0; i < lines.size(); i++) {
            spaces(indent);
            if (i == 0 && beside && !label.isEmpty()) {
                append(labelStyle, padded);
            } else if (i > 0 || !label.isEmpty()) {
                spaces(hanging);
            }
            append(proseStyle, lines.get(i));
            text.append('\n');
        }
    }

    /** One line that is known to fit. */
    void line(Style style, String line) {
        append(style, line.stripTrailing());
        text.append('\n');
    }

    /**
     * A shell command: long ones continue with a backslash at spaces outside quotes, so that pasting all lines runs it. A word
     * longer than the page stays whole.
     */
    void command(int indent, String command) {
        List<String> lines = ShellLines.of(command, width - indent, CONTINUATION_INDENT);
        for (int i = 0; i < lines.size(); i++) {
            spaces(indent + (i == 0 ? 0 : CONTINUATION_INDENT));
            append(Style.BOLD, lines.get(i));
            text.append('\n');
        }
    }

    /** The text, with plain spaces in its numbers. */
    @Override
    public String toString() {
        return text.toString().replace(Units.THIN_SPACE, ' ');
    }

    private void spaces(int count) {
        text.append(" ".repeat(count));
    }

    private void append(Style style, String part) {
        if (part.isEmpty()) {
            return;
        }
        if (color && style != Style.PLAIN) {
            text.append("\u001B[").append(style.code).append('m').append(part).append("\u001B[0m");
        } else {
            text.append(part);
        }
    }

    /**
     * Breaks text at spaces; words longer than a line are cut.
     *
     * @param columns of a line
     * @param firstShift columns that the first line has less (positive) or more (negative)
     */
    static List<String> wrap(String prose, int columns, int firstShift) {
        int limit = Math.max(1, columns);
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int used = 0;
        int room = Math.max(1, limit - firstShift);
        for (String word : prose.split(" ", -1)) {
            if (word.isEmpty()) {
                // Runs of spaces separate columns of a heading; elsewhere they mean nothing.
                if (used > 0 && used < room) {
                    line.append(' ');
                    used++;
                }
                continue;
            }
            int wide = width(word);
            if (used > 0 && used + 1 + wide > room) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
                used = 0;
                room = limit;
            } else if (used > 0) {
                line.append(' ');
                used++;
            }
            for (int i = 0; i < word.length(); ) {
                int point = word.codePointAt(i);
                int columnsOfPoint = width(point);
                if (used + columnsOfPoint > room && used > 0) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                    used = 0;
                    room = limit;
                }
                line.appendCodePoint(point);
                used += columnsOfPoint;
                i += Character.charCount(point);
            }
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }

    /** The text followed by spaces up to that width. */
    static String pad(String value, int columns) {
        return value + " ".repeat(Math.max(0, columns - width(value)));
    }

    /** The text after spaces up to that width. */
    static String padLeft(String value, int columns) {
        return " ".repeat(Math.max(0, columns - width(value))) + value;
    }

    /** Columns that a terminal gives the text. */
    static int width(String value) {
        return value.codePoints().map(Page::width).sum();
    }

    private static int width(int point) {
        if (point >= 0x300 && point <= 0x36F) {
            return 0;
        }
        boolean wide = (point >= 0x1100 && point <= 0x115F)
                || (point >= 0x2E80 && point <= 0xA4CF)
                || (point >= 0xAC00 && point <= 0xD7A3)
                || (point >= 0xF900 && point <= 0xFAFF)
                || (point >= 0xFE30 && point <= 0xFE6F)
                || (point >= 0xFF00 && point <= 0xFF60)
                || (point >= 0xFFE0 && point <= 0xFFE6)
                || (point >= 0x1F300 && point <= 0x1FAFF)
                || (point >= 0x20000 && point <= 0x3FFFD);
        return wide ? 2 : 1;
    }
}
