package io.github.eastwest.accesslog;

/** JSON strings in bytes. */
final class JsonText {
    private JsonText() {}

    /** The text of a JSON string whose bytes, quotes excluded, stand between both indexes. Broken escapes stay as they are. */
    static String unescape(byte[] buffer, int from, int to) {
        String raw = Ascii.text(buffer, from, to);
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder(raw.length());
        int at = 0;
        while (at < raw.length()) {
            char c = raw.charAt(at);
            if (c != '\\' || at + 1 == raw.length()) {
                text.append(c);
                at++;
                continue;
            }
            char kind = raw.charAt(at + 1);
            at += 2;
            switch (kind) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    int code = hex(raw, at);
                    if (code < 0) {
                        text.append("\\u");
                    } else {
                        text.append((char) code);
                        at += 4;
                    }
                }
                case '"', '\\', '/' -> text.append(kind);
                default -> text.append('\\').append(kind);
            }
        }
        return text.toString();
    }

    private static int hex(String text, int from) {
        if (from + 4 > text.length()) {
            return -1;
        }
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || text.charAt(i) > 'f') {
                return -1;
            }
            code = code << 4 | digit;
        }
        return code;
    }
}
