package io.github.eastwest.classify;

import io.github.eastwest.model.log.PathSegments;

/** Replaces the variable parts of a path, so that calls of one kind form one group. */
public final class PathTemplate {
    private PathTemplate() {}

    /** {@code /orders/4711/items} becomes {@code /orders/*}{@code /items}; the query is dropped. */
    public static String of(String path) {
        int end = path.indexOf('?');
        String bare = end < 0 ? path : path.substring(0, end);
        StringBuilder template = new StringBuilder(bare.length());
        int from = 0;
        while (from <= bare.length()) {
            int slash = bare.indexOf('/', from);
            int to = slash < 0 ? bare.length() : slash;
            template.append(PathSegments.isValue(bare, from, to) ? "*" : bare.substring(from, to));
            if (slash < 0) {
                break;
            }
            template.append('/');
            from = slash + 1;
        }
        return template.toString();
    }
}
