package io.github.eastwest.bundle;

import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Foreign text made fit for a message. */
public final class Text {
    private static final int LONGEST = 300;

    private Text() {}

    /** The text without control characters, cut to a readable length. */
    public static String printable(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST + 1));
        for (int i = 0; i < text.length(); i++) {
            if (out.length() >= LONGEST) {
                return out.append('…').toString();
            }
            char c = text.charAt(i);
            boolean shown =
                    !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT && !Character.isSurrogate(c);
            out.append(shown ? c : '?');
        }
        return out.toString();
    }

    /** What a fault says, in a few words. */
    public static String of(Throwable fault) {
        if (fault instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (fault instanceof NoSuchFileException) {
            return "no such file";
        }
        String message = fault.getMessage();
        if (fault instanceof EOFException) {
            return "it ends too early";
        }
        return message == null || message.isBlank() ? fault.getClass().getSimpleName() : printable(message);
    }
}
