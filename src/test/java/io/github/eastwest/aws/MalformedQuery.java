package io.github.eastwest.aws;

/** A query that is no Logs Insights QL, or that uses what AWS does not document. */
final class MalformedQuery extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int start;
    private final int end;

    /**
     * Says what is wrong.
     *
     * @param start offset of the first character concerned
     * @param end offset behind the last one
     */
    MalformedQuery(String message, int start, int end) {
        super(message, null, false, false);
        this.start = start;
        this.end = end;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
