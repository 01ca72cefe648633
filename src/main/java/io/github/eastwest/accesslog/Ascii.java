package io.github.eastwest.accesslog;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Small operations on bytes that are mostly ASCII. */
final class Ascii {
    private Ascii() {}

    static boolean regionEquals(byte[] buffer, int at, String ascii) {
        if (at + ascii.length() > buffer.length) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (buffer[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes between both indexes begin with that text. */
    static boolean startsWith(byte[] buffer, int from, int to, String ascii) {
        return to - from >= ascii.length() && regionEquals(buffer, from, ascii);
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Whether it is a space, a tab or a carriage return. */
    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }

    static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The bytes as text; invalid UTF-8 becomes U+FFFD. */
    static String text(byte[] buffer, int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }

    /** The bytes as text without control characters: a log line must not reprogram the reader's terminal. */
    static String printable(byte[] buffer, int from, int to) {
        return printable(text(buffer, from, to));
    }

    /** The text without control and formatting characters. */
    static String printable(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean bad = Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || c == '\u2028'
                    || c == '\u2029';
            if (bad && clean == null) {
                clean = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (clean != null) {
                clean.append(bad ? '\uFFFD' : c);
            }
        }
        return clean == null ? text : clean.toString();
    }
}
