package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.FieldSpans;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Redacts log lines so that they still read the same: numbers, times, status and the order of everything stay. Not thread-safe. */
final class LineRedaction {
    /** Longer lines are read by nobody. */
    private static final int LONGEST_LINE = 1 << 20;

    /** Reads as no line of any kind, as what it stands for did. */
    private static final byte[] TOO_LONG =
            ("redacted: a line longer than " + LONGEST_LINE + " bytes").getBytes(StandardCharsets.UTF_8);

    private static final Pattern IDS = Pattern.compile("\\bid in \\[[^\\]]*]");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    private final Scrubber scrubber;
    private final Tokens tokens;
    private final JsonRewriter.Visitor json;
    private final FieldSpans fields = new FieldSpans();

    /** @param json redacts lines of JSON */
    LineRedaction(Scrubber scrubber, Tokens tokens, JsonRewriter.Visitor json) {
        this.scrubber = scrubber;
        this.tokens = tokens;
        this.json = json;
    }

    /** Copies lines. */
    void copy(InputStream lines, OutputStream out) throws IOException {
        copy(lines, out, this::redact);
    }

    /** Copies the text of a Logs Insights query; the ids that it looks up are those of the lines. */
    void copyQuery(InputStream query, OutputStream out) throws IOException {
        copy(query, out, line -> query(new String(line, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    private String query(String line) {
        StringBuilder redacted = new StringBuilder();
        Matcher list = IDS.matcher(line);
        int from = 0;
        while (list.find()) {
            redacted.append(scrubber.words(line.substring(from, list.start())))
                    .append(QUOTED.matcher(list.group())
                            .replaceAll(id -> Matcher.quoteReplacement('"' + tokens.requestId(id.group(1)) + '"')));
            from = list.end();
        }
        return redacted.append(scrubber.words(line.substring(from))).toString();
    }

    private static void copy(InputStream lines, OutputStream out, UnaryOperator<byte[]> redaction) throws IOException {
        BufferedInputStream in = new BufferedInputStream(lines, 1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        int c = in.read();
        while (c >= 0) {
            if (c == '\n') {
                out.write(tooLong ? TOO_LONG : redaction.apply(line.toByteArray()));
                out.write('\n');
                line.reset();
                tooLong = false;
            } else if (line.size() <= LONGEST_LINE) {
                line.write(c);
            } else {
                tooLong = true;
            }
            c = in.read();
        }
        if (line.size() > 0) {
            out.write(tooLong ? TOO_LONG : redaction.apply(line.toByteArray()));
        }
    }

    /** A line as text. */
    String redact(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        byte[] redacted = redact(bytes);
        return redacted == bytes ? line : new String(redacted, StandardCharsets.UTF_8);
    }

    /** A line without its end. */
    private byte[] redact(byte[] line) {
        int from = 0;
        int to = line.length;
        while (to > 0 && isBlank(line[to - 1])) {
            to--;
        }
        while (from < to && line[from] != '{') {
            from++;
        }
        if (from < to && line[to - 1] == '}') {
            // Perhaps with something before it, as collectors do.
            return json(new String(line, StandardCharsets.UTF_8));
        }
        return text(line);
    }

    private byte[] json(String line) {
        StringBuilder out = new StringBuilder(line.length() + 64);
        int brace = line.indexOf('{');
        out.append(scrubber.words(line.substring(0, brace)));
        try {
            JsonRewriter.rewrite(new StringReader(line.substring(brace)), out, json);
        } catch (IOException never) {
            throw new IllegalStateException("text in memory", never);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] text(byte[] line) {
        FieldSpans.Found found = fields.of(line);
        ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + 64);
        int at = 0;
        for (FieldSpans.Span span : found.spans()) {
            if (span.from() >= at) {
                between(line, at, span.from(), found.access(), out);
                String value = new String(line, span.from(), span.to() - span.from(), StandardCharsets.UTF_8);
                append(line, span.from(), span.to(), value, field(span.kind(), value), out);
                at = span.to();
            }
        }
        between(line, at, line.length, found.access(), out);
        return out.toByteArray();
    }

    private void between(byte[] line, int from, int to, boolean access, ByteArrayOutputStream out) {
        String words = new String(line, from, to - from, StandardCharsets.UTF_8);
        append(line, from, to, words, access ? scrubber.betweenFields(words) : scrubber.words(words), out);
    }

    /** What does not change stays byte by byte, whatever its encoding. */
    private static void append(byte[] line, int from, int to, String old, String replaced, ByteArrayOutputStream out) {
        if (replaced.equals(old)) {
            out.write(line, from, to - from);
        } else {
            out.writeBytes(replaced.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A field's text. */
    String field(FieldSpans.Kind kind, String value) {
        if (value.isEmpty() || value.equals("-")) {
            return value;
        }
        return switch (kind) {
            case PATH -> scrubber.path(value);
            case AUTHORITY -> scrubber.authority(value);
            // Stream ids are numbers where they are no request id.
            case REQUEST_ID -> value.matches("\\d{1,20}") ? value : tokens.requestId(value);
            case USER_AGENT -> tokens.userAgent(value);
            case ADDRESS -> scrubber.addresses(value);
            case MESSAGE -> redact(value);
        };
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
