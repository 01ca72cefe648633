package io.github.eastwest.model.log;

/** Tells the words of a request's path from the values in it. */
public final class PathSegments {
    private static final int LONG_SEGMENT = 24;
    private static final int SHORT_WORD = 3;

    private PathSegments() {}

    /** A segment is a value when it is long, or when digits make up a third of it; {@code v1} and {@code s3} are words. */
    public static boolean isValue(CharSequence path, int from, int to) {
        int length = to - from;
        if (length <= SHORT_WORD && length > 0 && Character.isLetter(path.charAt(from))) {
            return false;
        }
        int digits = 0;
        boolean dotted = false;
        for (int i = from; i < to; i++) {
            digits += Character.isDigit(path.charAt(i)) ? 1 : 0;
            dotted |= path.charAt(i) == '.';
        }
        return length > LONG_SEGMENT && !dotted || digits > 0 && 3 * digits >= length;
    }
}
