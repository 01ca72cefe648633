package io.github.eastwest.bundle;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Rewrites the strings and numbers of JSON where they stand; everything else, down to the white space, stays as it is. Takes
 * one document, several, or one per line. What is no JSON is passed on as a word: nothing escapes being looked at, however
 * broken the document is.
 */
final class JsonRewriter {
    /** Longer texts are cut, which no answer has: memory must not follow the input. */
    static final int LONGEST = 4 << 20;

    private static final int DEEPEST = 256;
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,400}(?:\\.\\d{1,400})?(?:[eE][+-]?\\d{1,5})?");
    private static final String HEX = "0123456789abcdef";

    /** Members whose text says what the text of their neighbour is. */
    private static final Set<String> NAMING = Set.of("name", "Name", "key", "Key", "field", "Field");

    private final Reader in;
    private final Appendable out;
    private final Visitor visitor;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private int tooDeep;

    /** Looks at each value and may replace it. */
    interface Visitor {
        /** A member's name. */
        String name(String name);

        /** A string value. */
        String text(Place place, String text);

        /** A number as printed. */
        String number(Place place, String number);

        /** What stands where JSON has no text. */
        String stray(String word);
    }

    /** Where a value stands. */
    interface Place {
        /** The name of the member that holds it, or the array that it is part of; empty at the root. */
        String key();

        /** What a member called name, key or field said before it in the same object; empty when there was none. */
        String sibling();

        /** The text before it in the same array; empty when there was none. */
        String previous();

        /** Whether it is part of a member of that name. */
        boolean within(String name);
    }

    /** An object or array that is open. */
    private static final class Frame {
        private final boolean object;
        private final String owner;
        private boolean atName;
        private String key = "";
        private String sibling = "";
        private String previous = "";

        Frame(boolean object, String owner) {
            this.object = object;
            this.owner = owner;
            this.atName = object;
        }
    }

    private JsonRewriter(Reader in, Appendable out, Visitor visitor) {
        this.in = in;
        this.out = out;
        this.visitor = visitor;
    }

    /** Copies JSON, rewritten. */
    static void rewrite(Reader in, Appendable out, Visitor visitor) throws IOException {
        new JsonRewriter(in, out, visitor).run();
    }

    private void run() throws IOException {
        StringBuilder word = new StringBuilder();
        int c = in.read();
        while (c >= 0) {
            boolean ordinary = c != '"' && "{}[],:".indexOf(c) < 0 && !Character.isWhitespace(c);
            if (ordinary && word.length() < LONGEST) {
                word.append((char) c);
            } else {
                word(word);
                if (ordinary) {
                    word.append((char) c);
                } else if (c == '"') {
                    string();
                } else {
                    punctuation((char) c);
                    out.append((char) c);
                }
            }
            c = in.read();
        }
        word(word);
    }

    private void punctuation(char c) {
        Frame top = frames.peek();
        switch (c) {
            case '{', '[' -> {
                if (frames.size() < DEEPEST) {
                    frames.push(new Frame(c == '{', top == null ? "" : top.object ? top.key : top.owner));
                } else {
                    tooDeep++;
                }
            }
            case '}', ']' -> {
                if (tooDeep > 0) {
                    tooDeep--;
                } else if (top != null) {
                    frames.pop();
                }
            }
            case ',' -> {
                if (top != null && tooDeep == 0) {
                    top.atName = top.object;
                }
            }
            case ':' -> {
                if (top != null) {
                    top.atName = false;
                }
            }
            default -> {
                // White space tells nothing.
            }
        }
    }

    private void word(StringBuilder word) throws IOException {
        if (word.isEmpty()) {
            return;
        }
        String text = word.toString();
        word.setLength(0);
        char first = text.charAt(0);
        if (text.equals("true") || text.equals("false") || text.equals("null")) {
            out.append(text);
        } else if ((first == '-' || first >= '0' && first <= '9')
                && NUMBER.matcher(text).matches()) {
            out.append(visitor.number(place(), text));
        } else {
            out.append(visitor.stray(text));
        }
    }

    /** Reads the string behind a quote; a line's end ends it too, since JSON has none inside of strings. */
    private void string() throws IOException {
        StringBuilder raw = new StringBuilder();
        boolean closed = false;
        boolean cut = false;
        boolean escapes = false;
        int c = in.read();
        while (c >= 0 && c != '\n') {
            if (c == '"') {
                closed = true;
                break;
            }
            if (c == '\\') {
                escapes = true;
                append(raw, c);
                c = in.read();
                if (c < 0 || c == '\n') {
                    break;
                }
            }
            append(raw, c);
            cut |= raw.length() >= LONGEST;
            c = in.read();
        }
        String text = escapes ? unescape(raw) : raw.toString();
        String replaced = cut ? "redacted: a text longer than " + LONGEST + " characters" : value(text, closed);
        out.append('"');
        if (replaced.equals(text)) {
            out.append(raw);
        } else {
            escape(replaced);
        }
        if (closed) {
            out.append('"');
        } else if (c == '\n') {
            frames.clear();
            tooDeep = 0;
            out.append('\n');
        }
    }

    private static void append(StringBuilder raw, int c) {
        if (raw.length() < LONGEST) {
            raw.append((char) c);
        }
    }

    private String value(String text, boolean closed) {
        Frame top = frames.peek();
        if (top != null && tooDeep == 0 && top.object && top.atName && closed) {
            top.key = text;
            return visitor.name(text);
        }
        String replaced = visitor.text(place(), text);
        if (top != null && tooDeep == 0) {
            if (top.object && NAMING.contains(top.key)) {
                top.sibling = text;
            } else if (!top.object) {
                top.previous = text;
            }
        }
        return replaced;
    }

    private Place place() {
        Frame top = frames.peek();
        return new Place() {
            @Override
            public String key() {
                return top == null ? "" : top.object ? top.key : top.owner;
            }

            @Override
            public String sibling() {
                return top == null || NAMING.contains(top.key) ? "" : top.sibling;
            }

            @Override
            public String previous() {
                return top == null || top.object ? "" : top.previous;
            }

            @Override
            public boolean within(String name) {
                for (Iterator<Frame> open = frames.iterator(); open.hasNext(); ) {
                    if (open.next().owner.equals(name)) {
                        return true;
                    }
                }
                return key().equals(name);
            }
        };
    }

    private static String unescape(CharSequence raw) {
        StringBuilder text = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\' || i + 1 == raw.length()) {
                text.append(c);
                continue;
            }
            i++;
            switch (raw.charAt(i)) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    int code = 0;
                    int end = Math.min(raw.length(), i + 5);
                    boolean hex = end == i + 5;
                    for (int at = i + 1; at < end; at++) {
                        int digit = Character.digit(raw.charAt(at), 16);
                        hex &= digit >= 0;
                        code = code * 16 + Math.max(0, digit);
                    }
                    if (hex) {
                        text.append((char) code);
                        i += 4;
                    } else {
                        text.append("\\u");
                    }
                }
                default -> text.append(raw.charAt(i));
            }
        }
        return text.toString();
    }

    private void escape(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(HEX.charAt(c >> shift & 15));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
    }
}
