package io.github.eastwest.publish;

/** A report could not be sent. The message holds no secret: no webhook's address, no key. */
public final class SinkFailure extends Exception {
    private static final long serialVersionUID = 1;

    private static final int LONGEST = 300;

    SinkFailure(String message, Throwable cause) {
        super(printable(message), cause);
    }

    SinkFailure(String message) {
        super(printable(message));
    }

    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < LONGEST; i++) {
            char c = text.charAt(i);
            out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
        }
        return out.toString();
    }
}
