package io.github.eastwest.accesslog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns documents that carry log lines into those lines, in order and without holding the document: answers of {@code filter-log-events},
 * {@code get-log-events} and {@code get-query-results}, arrays of events, messages or access objects, pretty-printed access objects, and
 * CSV exports of CloudWatch Logs.
 *
 * <p>Line numbers then count messages. A message of several lines counts as several.
 */
final class Documents {
    private Documents() {}

    /**
     * The lines of that stream; the stream itself when it is no document.
     *
     * @param head its first bytes
     */
    static InputStream lines(byte[] head, InputStream whole) {
        int at = firstByte(head);
        if (at == head.length) {
            return whole;
        }
        if (isJsonDocument(head, at)) {
            return new MessageStream(new JsonMessages(whole));
        }
        Optional<CsvMessages.Columns> columns = CsvMessages.columns(head, at);
        return columns.isPresent() ? new MessageStream(new CsvMessages(whole, columns.get())) : whole;
    }

    /** Whether a stream with these first bytes is a document. */
    static boolean isDocument(byte[] head) {
        int at = firstByte(head);
        return at < head.length
                && (isJsonDocument(head, at) || CsvMessages.columns(head, at).isPresent());
    }

    private static int firstByte(byte[] head) {
        int at = 0;
        while (at < head.length && isBlank(head[at])) {
            at++;
        }
        return at;
    }

    private static boolean isJsonDocument(byte[] head, int from) {
        if (head[from] != '{' && head[from] != '[') {
            return false;
        }
        int next = from + 1;
        while (next < head.length && isBlank(head[next])) {
            if (head[next] == '\n' && head[from] == '{') {
                // No line, but a pretty-printed object.
                return true;
            }
            next++;
        }
        if (next == head.length) {
            return false;
        }
        if (head[from] == '[') {
            return head[next] == '{' || head[next] == '"' || head[next] == '[' || head[next] == ']';
        }
        int lineEnd = Swar.indexOf(head, from, head.length, '\n');
        String firstLine = Ascii.text(head, from, lineEnd < 0 ? head.length : lineEnd);
        return hasArray(firstLine, "\"events\"") || hasArray(firstLine, "\"results\"");
    }

    private static boolean hasArray(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return false;
        }
        String after = text.substring(at + name.length(), Math.min(text.length(), at + name.length() + 8));
        return after.replace(" ", "").startsWith(":[");
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /** The messages of a document. */
    private interface Messages {
        /** The next one, or null at the end. */
        byte @Nullable [] next() throws IOException;
    }

    /** Messages as lines. */
    private static final class MessageStream extends InputStream {
        private final Messages messages;
        private byte[] current = new byte[0];
        private int position;
        private int length;

        MessageStream(Messages messages) {
            this.messages = messages;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int from, int wanted) throws IOException {
            if (position > length || current.length == 0) {
                byte[] next = messages.next();
                if (next == null) {
                    return -1;
                }
                current = next.length == 0 ? new byte[] {'\n'} : next;
                length = next.length;
                while (length > 0 && (next[length - 1] == '\n' || next[length - 1] == '\r')) {
                    length--;
                }
                position = 0;
            }
            int copied = Math.min(wanted, length - position);
            System.arraycopy(current, position, buffer, from, copied);
            position += copied;
            if (copied < wanted) {
                // The line end stands one place behind the message.
                buffer[from + copied] = '\n';
                copied++;
                position++;
            }
            return copied;
        }
    }

    /** Messages of JSON documents. */
    private static final class JsonMessages implements Messages {
        /** Longer than the longest line, so that a longer message is seen to be one. */
        private static final int LONGEST_MESSAGE = 2 * LineScanner.LONGEST_LINE;

        private static final int DEEPEST = 64;

        private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(8 * LineScanner.LONGEST_LINE)
                                .maxNestingDepth(DEEPEST)
                                .build())
                        .build())
                .build();

        private final InputStream in;
        private @Nullable JsonParser parser;
        /** Arrays of events that the parser stands in. */
        private int arrays;

        JsonMessages(InputStream in) {
            this.in = in;
        }

        @Override
        public byte @Nullable [] next() throws IOException {
            try {
                JsonParser tokens = parser;
                if (tokens == null) {
                    tokens = MAPPER.createParser(in);
                    parser = tokens;
                }
                return next(tokens);
            } catch (JacksonException fault) {
                throw new IOException("damaged JSON document: " + fault.getOriginalMessage(), fault);
            }
        }

        private byte @Nullable [] next(JsonParser tokens) throws IOException {
            while (true) {
                JsonToken token = tokens.nextToken();
                if (token == null) {
                    return null;
                }
                switch (token) {
                    case START_ARRAY -> {
                        if (arrays > 0) {
                            return row(tokens);
                        }
                        arrays++;
                    }
                    case END_ARRAY -> arrays--;
                    case VALUE_STRING -> {
                        if (arrays > 0) {
                            return utf8(tokens.getString());
                        }
                    }
                    case START_OBJECT -> {
                        if (arrays > 0) {
                            return object(tokens);
                        }
                        byte[] line = root(tokens);
                        if (line != null) {
                            return line;
                        }
                    }
                    case PROPERTY_NAME -> property(tokens);
                    default -> {
                        // A scalar between events carries no line.
                    }
                }
            }
        }

        /** A property of an answer, after its array of events. */
        private void property(JsonParser tokens) {
            String name = tokens.currentName();
            JsonToken value = tokens.nextToken();
            if (value == JsonToken.START_ARRAY && isEvents(name)) {
                arrays++;
            } else {
                tokens.skipChildren();
            }
        }

        private static boolean isEvents(String name) {
            return name.equals("events") || name.equals("results");
        }

        /** An object of the document's own: an answer with events in it, or an access object. */
        private byte @Nullable [] root(JsonParser tokens) throws IOException {
            Copy copy = new Copy();
            try (JsonGenerator generator = MAPPER.createGenerator(copy)) {
                generator.writeStartObject();
                while (tokens.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = tokens.currentName();
                    JsonToken value = tokens.nextToken();
                    if (value == JsonToken.START_ARRAY && isEvents(name)) {
                        arrays++;
                        return null;
                    }
                    generator.writeName(name);
                    generator.copyCurrentStructure(tokens);
                }
                generator.writeEndObject();
            }
            return copy.toByteArray();
        }

        /** An element of an array: its message, or the object itself as a line. */
        private static byte[] object(JsonParser tokens) throws IOException {
            Copy copy = new Copy();
            String message = null;
            try (JsonGenerator generator = MAPPER.createGenerator(copy)) {
                generator.writeStartObject();
                while (tokens.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = tokens.currentName();
                    JsonToken value = tokens.nextToken();
                    boolean isMessage = name.equals("message") || name.equals("@message");
                    if (isMessage && value == JsonToken.VALUE_STRING) {
                        message = tokens.getString();
                        continue;
                    }
                    generator.writeName(name);
                    generator.copyCurrentStructure(tokens);
                }
                generator.writeEndObject();
            }
            return message == null ? copy.toByteArray() : utf8(message);
        }

        /** A row of a query's answer: {@code [{"field":"@message","value":"…"}, …]}. */
        private static byte[] row(JsonParser tokens) throws IOException {
            Copy copy = new Copy();
            String message = null;
            try (JsonGenerator generator = MAPPER.createGenerator(copy)) {
                generator.writeStartObject();
                while (tokens.nextToken() == JsonToken.START_OBJECT) {
                    String field = "";
                    String value = "";
                    while (tokens.nextToken() == JsonToken.PROPERTY_NAME) {
                        String name = tokens.currentName();
                        JsonToken kind = tokens.nextToken();
                        if (kind == JsonToken.VALUE_STRING && name.equals("field")) {
                            field = tokens.getString();
                        } else if (kind == JsonToken.VALUE_STRING && name.equals("value")) {
                            value = tokens.getString();
                        } else {
                            tokens.skipChildren();
                        }
                    }
                    if (field.equals("@message")) {
                        message = value;
                    } else if (!field.isEmpty() && !field.equals("@ptr")) {
                        generator.writeName(field);
                        generator.writeString(value);
                    }
                }
                generator.writeEndObject();
            }
            return message == null ? copy.toByteArray() : utf8(message);
        }

        private static byte[] utf8(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        /** Keeps so much of an object that it is seen to be too long, not more. */
        private static final class Copy extends ByteArrayOutputStream {
            @Override
            public synchronized void write(int b) {
                if (count < LONGEST_MESSAGE) {
                    super.write(b);
                }
            }

            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, Math.min(length, Math.max(0, LONGEST_MESSAGE - count)));
            }
        }
    }

    /** Messages of CSV exports: of Logs Insights, and of the console's event viewer. */
    private static final class CsvMessages implements Messages {
        private static final int MOST_COLUMNS = 256;
        private static final int LONGEST_FIELD = 2 * LineScanner.LONGEST_LINE;

        private final InputStream in;
        private final Columns columns;
        private boolean headerRead;
        private int pushedBack = -1;
        private final byte[] buffer = new byte[1 << 16];
        private int position;
        private int length;

        CsvMessages(InputStream in, Columns columns) {
            this.in = in;
            this.columns = columns;
        }

        /**
         * What the header names.
         *
         * @param message index of the column that holds whole lines, or -1
         * @param names all names
         */
        record Columns(int message, List<String> names) {}

        /** The columns if the head begins with the header of such an export. */
        static Optional<Columns> columns(byte[] head, int from) {
            int end = Swar.indexOf(head, from, head.length, '\n');
            if (end < 0 || end - from > 4096 || head[from] == '{' || head[from] == '[') {
                return Optional.empty();
            }
            List<String> names = new ArrayList<>();
            boolean knownTime = false;
            int known = 0;
            boolean status = false;
            for (String name : Ascii.text(head, from, end).strip().split(",", MOST_COLUMNS)) {
                String plain = name.strip().replace("\"", "");
                if (plain.isEmpty() || plain.length() > 64 || plain.indexOf('{') >= 0 || plain.indexOf('=') >= 0) {
                    return Optional.empty();
                }
                names.add(plain);
                knownTime |= plain.equals("timestamp") || plain.equals("@timestamp");
                int field = Fields.of(plain);
                status |= field == Fields.STATUS;
                known += field >= 0 ? 1 : 0;
            }
            int message = names.indexOf("@message");
            if (message < 0 && knownTime) {
                message = names.indexOf("message");
            }
            boolean table = status && known >= 3;
            return message >= 0 || table ? Optional.of(new Columns(message, List.copyOf(names))) : Optional.empty();
        }

        @Override
        public byte @Nullable [] next() throws IOException {
            if (!headerRead) {
                headerRead = true;
                record();
            }
            List<byte[]> fields = record();
            if (fields == null) {
                return null;
            }
            if (columns.message() >= 0) {
                return columns.message() < fields.size() ? fields.get(columns.message()) : new byte[0];
            }
            return object(fields);
        }

        /** A row of parsed fields as a JSON object. */
        private byte[] object(List<byte[]> fields) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            try (JsonGenerator generator = JsonMessages.MAPPER.createGenerator(line)) {
                generator.writeStartObject();
                for (int i = 0; i < Math.min(fields.size(), columns.names().size()); i++) {
                    generator.writeName(columns.names().get(i));
                    generator.writeString(new String(fields.get(i), StandardCharsets.UTF_8));
                }
                generator.writeEndObject();
            }
            return line.toByteArray();
        }

        /** The next record by RFC 4180, quoted fields may hold line ends; null at the end. */
        private @Nullable List<byte[]> record() throws IOException {
            int c = readByte();
            while (c == '\n' || c == '\r') {
                c = readByte();
            }
            if (c < 0) {
                return null;
            }
            List<byte[]> fields = new ArrayList<>();
            ByteArrayOutputStream field = new ByteArrayOutputStream();
            boolean quoted = false;
            while (true) {
                if (c < 0) {
                    break;
                }
                if (quoted) {
                    if (c == '"') {
                        int next = readByte();
                        if (next == '"') {
                            append(field, '"');
                        } else {
                            quoted = false;
                            pushedBack = next;
                        }
                    } else {
                        append(field, c);
                    }
                } else if (c == '"' && field.size() == 0) {
                    quoted = true;
                } else if (c == ',') {
                    add(fields, field);
                    field = new ByteArrayOutputStream();
                } else if (c == '\n') {
                    break;
                } else if (c != '\r') {
                    append(field, c);
                }
                c = readByte();
            }
            add(fields, field);
            return fields;
        }

        private static void append(ByteArrayOutputStream field, int c) {
            if (field.size() < LONGEST_FIELD) {
                field.write(c);
            }
        }

        private static void add(List<byte[]> fields, ByteArrayOutputStream field) {
            if (fields.size() < MOST_COLUMNS) {
                fields.add(field.toByteArray());
            }
        }

        private int readByte() throws IOException {
            if (pushedBack >= 0) {
                int c = pushedBack;
                pushedBack = -1;
                return c;
            }
            if (position == length) {
                length = in.read(buffer, 0, buffer.length);
                position = 0;
                if (length <= 0) {
                    length = 0;
                    return -1;
                }
            }
            return buffer[position++] & 0xFF;
        }
    }
}
