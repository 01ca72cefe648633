package io.github.eastwest.render;

import java.util.regex.Pattern;

/**
 * Makes text of strangers printable: names, paths and log lines may hold terminal control sequences, direction overrides that
 * reorder what a reader sees, or be absurdly long.
 *
 * <p>The ranges are written out instead of taken from {@link Character}, whose Unicode version differs between Java releases:
 * the same report must have the same bytes on all of them.
 */
public final class Foreign {
    /** Stands for a character that was taken out. */
    public static final char REPLACEMENT = '\uFFFD';

    private static final int MAX_COMMAND = 2_000;
    private static final Pattern CONTINUATION = Pattern.compile("[ \\t]*\\\\\\r?\\n[ \\t]*");
    private static final Pattern LINE_END = Pattern.compile("[\\r\\n\\u2028\\u2029]+");

    private Foreign() {}

    /**
     * The text on one line: white space and line ends become one space each, and characters that are invisible or steer the
     * reader's terminal become {@link #REPLACEMENT}.
     */
    public static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (isLineOrTab(point)) {
                clean.append(' ');
            } else if (isUnprintable(point)) {
                clean.append(REPLACEMENT);
            } else {
                clean.appendCodePoint(point);
            }
        }
        return clean.toString();
    }

    /** As {@link #clean(String)}, cut to {@code max} characters with a note of how many are left out. */
    public static String clean(String text, int max) {
        int points = text.codePointCount(0, text.length());
        if (points <= max) {
            return clean(text);
        }
        String head = text.substring(0, text.offsetByCodePoints(0, max));
        return clean(head) + "\u2026 (+" + Units.count((long) points - max, "character") + ")";
    }

    /**
     * A command on one line: backslash continuations are joined, and any other line end is taken out, because pasting it would
     * run what follows as a command of its own. A command too long to read is left out whole: half of one is another one.
     */
    public static String command(String command) {
        String joined = CONTINUATION.matcher(command.strip()).replaceAll(" ");
        if (joined.length() > MAX_COMMAND) {
            return "# " + Units.count(joined.length()) + " characters: see the JSON report";
        }
        return clean(LINE_END.matcher(joined).replaceAll(String.valueOf(REPLACEMENT)));
    }

    /** Text that may hold anything but unpaired surrogates, which no encoding can carry. */
    public static String encodable(String text) {
        StringBuilder encodable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (isSurrogate(point)) {
                encodable.append(REPLACEMENT);
            } else {
                encodable.appendCodePoint(point);
            }
        }
        return encodable.toString();
    }

    private static boolean isLineOrTab(int point) {
        return point == '\t' || point == '\n' || point == '\r' || point == 0x2028 || point == 0x2029;
    }

    private static boolean isSurrogate(int point) {
        return point >= 0xD800 && point <= 0xDFFF;
    }

    private static boolean isUnprintable(int point) {
        return point < 0x20
                // DEL and the C1 controls: 0x9B alone starts a terminal sequence
                || (point >= 0x7F && point <= 0x9F)
                // soft hyphen, Arabic letter mark, Mongolian separator
                || point == 0xAD
                || point == 0x61C
                || point == 0x180E
                // zero width, direction marks and overrides, invisible operators, isolates
                || (point >= 0x200B && point <= 0x200F)
                || (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2060 && point <= 0x206F)
                || isSurrogate(point)
                || point == 0xFEFF
                // interlinear annotation
                || (point >= 0xFFF9 && point <= 0xFFFB)
                // noncharacters
                || (point & 0xFFFE) == 0xFFFE
                || (point >= 0xFDD0 && point <= 0xFDEF)
                // tag characters: invisible copies of ASCII
                || (point >= 0xE0000 && point <= 0xE0FFF);
    }
}
