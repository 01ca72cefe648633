package io.github.eastwest.classify;

/** Replaces the variable parts of a path, so that calls of one kind form one group. */
final class PathTemplate {
    private static final int LONG_SEGMENT = 24;

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

    /** A segment with a digit, or too long to be a word of an interface, is a value. */
    private static boolean isVariable(String path, int from, int to) {
        if (to - from > LONG_SEGMENT && path.indexOf('.', from) < 0) {
            return true;
        }
        int digits = 0;
        for (int i = from; i < to; i++) {
            if (Character.isDigit(path.charAt(i))) {
                digits++;
            }
        }
        // "v1" and "oauth2" are words: mostly letters and short.
        return digits > 0 && (digits > 1 || to - from > 6);
    }
}
