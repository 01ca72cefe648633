package io.github.eastwest.classify;

/** Replaces the variable parts of a path, so that calls of one kind form one group. */
final class PathTemplate {
    private static final int LONG_SEGMENT = 24;
    private static final int SHORT_WORD = 3;

    private PathTemplate() {}

    /** {@code /orders/4711/items} becomes {@code /orders/*}{@code /items}; the query is dropped. */
    static String of(String path) {
        int end = path.indexOf('?');
        String bare = end < 0 ? path : path.substring(0, end);
        StringBuilder template = new StringBuilder(bare.length());
        int from = 0;
        while (from <= bare.length()) {
            int slash = bare.indexOf('/', from);
            int to = slash < 0 ? bare.length() : slash;
            template.append(isVariable(bare, from, to) ? "*" : bare.substring(from, to));
            if (slash < 0) {
                break;
            }
            template.append('/');
            from = slash + 1;
        }
        return template.toString();
    }

    /** A segment is a value when it is long, or when digits make up a third of it; {@code v1} and {@code s3} are words. */
    private static boolean isVariable(String path, int from, int to) {
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
