package io.github.eastwest.cli;

/** Foreign text on its way to a terminal. */
final class SafeText {
    /** Long enough to recognise what was typed. */
    private static final int LONGEST = 80;

    private SafeText() {}

    /** The text with every control, format and unassigned character replaced, cut to {@value #LONGEST} characters. */
    static String of(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> safe.appendCodePoint(isHarmless(c) ? c : 0xFFFD));
        return text.codePointCount(0, text.length()) > LONGEST
                ? safe.append('…').toString()
                : safe.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
