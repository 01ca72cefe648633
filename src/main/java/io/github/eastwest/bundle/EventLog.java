package io.github.eastwest.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The lines of a {@code filter-log-events} or {@code get-log-events} answer, stream by stream. The answer mixes streams
 * and may be large: it is read once to see how much each stream has, then again for as many streams at a time as fit
 * into a fixed budget; a stream beyond the budget is read through.
 */
final class EventLog {
    private static final int BUDGET = 16 << 20;
    private static final int MOST_STREAMS = 10_000;

    private final Supplier<LogInput> file;
    private final String path;
    private final String defaultStream;
    private final Faults faults;

    /**
     * An answer.
     *
     * @param file opens it, from the start each time
     * @param path its path, for messages
     * @param defaultStream the name of events that name no stream
     * @param faults what goes wrong
     */
    EventLog(Supplier<LogInput> file, String path, String defaultStream, Faults faults) {
        this.file = file;
        this.path = path;
        this.defaultStream = defaultStream;
        this.faults = faults;
    }

    /** Takes a stream's lines. */
    interface StreamConsumer {
        void accept(String stream, InputStream lines) throws IOException;
    }

    /**
     * Hands over each stream's lines, in order of name.
     *
     * @return whether the file is such an answer at all; if not, nothing was handed over and no fault noted
     */
    boolean forEachStream(StreamConsumer consumer) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        if (!measure(sizes)) {
            return false;
        }
        List<String> batch = new ArrayList<>();
        long size = 0;
        for (Map.Entry<String, Long> stream : sizes.entrySet()) {
            if (size + stream.getValue() > BUDGET && !batch.isEmpty()) {
                deliver(batch, consumer);
                batch = new ArrayList<>();
                size = 0;
            }
            if (stream.getValue() > BUDGET) {
                try (Events events = new Events(file.get(), new Faults())) {
                    consumer.accept(stream.getKey(), new StreamInput(events, stream.getKey()));
                }
            } else {
                batch.add(stream.getKey());
                size += stream.getValue();
            }
        }
        if (!batch.isEmpty()) {
            deliver(batch, consumer);
        }
        return true;
    }

    /** Adds up each stream's characters; false if there are no events. */
    private boolean measure(Map<String, Long> sizes) throws IOException {
        Faults found = new Faults();
        try (Events events = new Events(file.get(), found)) {
            while (events.next()) {
                if (sizes.size() >= MOST_STREAMS && !sizes.containsKey(events.stream)) {
                    found.add(path + " has more than " + MOST_STREAMS + " streams: the rest was not read");
                    break;
                }
                sizes.merge(events.stream, events.message.length() + 1L, Long::sum);
            }
            if (events.found) {
                faults.addAll(found);
            }
            return events.found;
        }
    }

    private void deliver(List<String> streams, StreamConsumer consumer) throws IOException {
        Map<String, ByteArrayOutputStream> lines = new LinkedHashMap<>();
        streams.forEach(stream -> lines.put(stream, new ByteArrayOutputStream()));
        try (Events events = new Events(file.get(), new Faults())) {
            while (events.next()) {
                ByteArrayOutputStream out = lines.get(events.stream);
                if (out != null) {
                    out.writeBytes(events.line());
                }
            }
        }
        for (String stream : streams) {
            ByteArrayOutputStream out = lines.remove(stream);
            if (out != null) {
                consumer.accept(stream, new ByteArrayInputStream(out.toByteArray()));
            }
        }
    }

    /** The events one after the other; a broken place ends them. */
    private final class Events implements Closeable {
        private final LogInput in;
        private final JsonParser parser;
        private final Faults noted;
        private boolean inside;
        private boolean found;
        private String stream = "";
        private String message = "";

        Events(LogInput in, Faults noted) {
            this.in = in;
            this.noted = noted;
            this.parser = JsonDocument.endlessParser(in);
        }

        boolean next() {
            try {
                return advance();
            } catch (JacksonException broken) {
                Optional<String> fault = in.fault();
                noted.add(fault.isPresent() ? path + " is " + fault.get() : Text.of(JsonDocument.broken(path, broken)));
                return false;
            }
        }

        private boolean advance() {
            while (true) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    in.fault().ifPresent(fault -> noted.add(path + " is " + fault));
                    return false;
                }
                if (inside && token == JsonToken.END_ARRAY) {
                    inside = false;
                } else if (inside && token == JsonToken.START_OBJECT) {
                    if (event()) {
                        found = true;
                        return true;
                    }
                    noted.add(path + " has an event without message");
                } else if (inside) {
                    noted.add(path + " has an event that is no object");
                    parser.skipChildren();
                } else if (token == JsonToken.START_ARRAY) {
                    // Perhaps events without their object, perhaps a line of the proxy's log: they begin with a bracket
                    // too.
                    inside = true;
                } else if (token == JsonToken.PROPERTY_NAME) {
                    boolean events = parser.currentName().equals("events");
                    inside = parser.nextToken() == JsonToken.START_ARRAY && events;
                    found |= inside;
                    if (!inside) {
                        parser.skipChildren();
                    }
                }
            }
        }

        private boolean event() {
            stream = defaultStream;
            boolean complete = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING && name.equals("logStreamName")) {
                    stream = Text.printable(parser.getString().replace('/', '_'));
                } else if (value == JsonToken.VALUE_STRING && name.equals("message")) {
                    message = parser.getString();
                    complete = true;
                } else {
                    parser.skipChildren();
                }
            }
            return complete;
        }

        /** The event as a line with its end. */
        byte[] line() {
            String line = message.endsWith("\n") ? message : message + "\n";
            return line.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            parser.close();
            in.close();
        }
    }

    /** One stream's events as lines. */
    private static final class StreamInput extends InputStream {
        private final Events events;
        private final String stream;
        private byte[] line = new byte[0];
        private int at;

        StreamInput(Events events, String stream) {
            this.events = events;
            this.stream = stream;
        }

        @Override
        public int read() {
            return fill() ? line[at++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int n = Math.min(length, line.length - at);
            System.arraycopy(line, at, buffer, offset, n);
            at += n;
            return n;
        }

        private boolean fill() {
            while (at >= line.length) {
                if (!events.next()) {
                    return false;
                }
                if (events.stream.equals(stream)) {
                    line = events.line();
                    at = 0;
                }
            }
            return true;
        }
    }
}
