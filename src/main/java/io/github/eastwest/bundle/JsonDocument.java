package io.github.eastwest.bundle;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * A JSON document read element by element, so that memory holds one element at a time and what stands before a broken
 * place still counts.
 */
final class JsonDocument {
    private static final int NESTING = 64;
    private static final int LONGEST_STRING = 4 << 20;
    private static final int LONGEST_NAME = 10_000;
    private static final int LONGEST_NUMBER = 400;
    private static final long TOKENS = 20_000_000;
    private static final int VALUES_PER_ELEMENT = 1_000_000;
    private static final int VALUES_EMBEDDED = 20_000;
    private static final int CHARACTERS_PER_ELEMENT = 16 << 20;

    private static final JsonFactory DOCUMENTS = factory(TOKENS);
    private static final JsonFactory ENDLESS = factory(Long.MAX_VALUE);

    private JsonDocument() {}

    /** A place where a document is broken or too large. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String message, Throwable cause) {
            super(message, cause);
        }

        Broken(String message) {
            super(message);
        }
    }

    private static JsonFactory factory(long tokens) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING)
                        .maxStringLength(LONGEST_STRING)
                        .maxNameLength(LONGEST_NAME)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxTokenCount(tokens)
                        .build())
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build();
    }

    /** A parser for a document that is read token by token, whatever its length. */
    static JsonParser endlessParser(InputStream in) {
        return ENDLESS.createParser(ObjectReadContext.empty(), in);
    }

    private static JsonParser parser(InputStream in) {
        return DOCUMENTS.createParser(ObjectReadContext.empty(), in);
    }

    /**
     * Hands over each element of one member of the root object, or of the root where that is an array. An object in
     * place of the member's array counts as its only element. Several documents in one file count as one. The answer's {@code failures} are faults.
     *
     * @param file the file's name, for places
     * @param member name of the member that holds the answer
     * @return whether the member, or the root array, was there
     * @throws Broken where the document is no JSON; what stands before was handed over
     */
    static boolean elements(DocumentInput in, String file, String member, Faults faults, Consumer<Json> each)
            throws Broken {
        boolean found = false;
        try (JsonParser parser = parser(in)) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new Broken(file + " is empty");
            }
            for (; token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    found |= members(parser, in, file, member, faults, each);
                } else if (token == JsonToken.START_ARRAY) {
                    array(parser, in, file + ": $", faults, each);
                    found = true;
                } else {
                    faults.add(file + ": $ is not an object");
                }
            }
            return found;
        } catch (JacksonException broken) {
            throw broken(file, broken);
        }
    }

    /** The whole document. */
    static Json whole(DocumentInput in, String file, Faults faults) throws Broken {
        try (JsonParser parser = parser(in)) {
            if (parser.nextToken() == null) {
                throw new Broken(file + " is empty");
            }
            return Json.of(new Element(parser, in).read(), file + ": $", faults);
        } catch (JacksonException broken) {
            throw broken(file, broken);
        }
    }

    /** The value of a document that a string of another one holds; that one's limits hold for the string. */
    static @Nullable Object embedded(String text) throws Broken {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Limits limits = new Limits(1, LONGEST_STRING, LONGEST_STRING, VALUES_EMBEDDED, 1, 1, 1, 1);
        DocumentInput in =
                new DocumentInput(new ByteArrayInputStream(bytes), limits, new AtomicLong(), new AtomicLong());
        try (JsonParser parser = parser(in)) {
            if (parser.nextToken() == null) {
                throw new Broken("an empty document");
            }
            return new Element(parser, in).read();
        } catch (JacksonException broken) {
            throw broken("a document that", broken);
        }
    }

    /** The fault in words, with its place. */
    static Broken broken(String file, JacksonException fault) {
        String place = fault.getLocation() == null || fault.getLocation().getLineNr() < 0
                ? ""
                : " at line " + fault.getLocation().getLineNr() + ", column "
                        + fault.getLocation().getColumnNr();
        if (fault.getCause() instanceof IOException reading) {
            return new Broken(file + " cannot be read" + place + ": " + Text.of(reading), fault);
        }
        return new Broken(
                file + " is not valid JSON" + place + ": " + Text.printable(fault.getOriginalMessage()), fault);
    }

    private static boolean members(
            JsonParser parser, DocumentInput in, String file, String member, Faults faults, Consumer<Json> each)
            throws Broken {
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            String place = file + ": $." + name;
            if (name.equals(member)) {
                if (value == JsonToken.START_ARRAY) {
                    array(parser, in, place, faults, each);
                    found = true;
                } else if (value == JsonToken.START_OBJECT) {
                    each.accept(Json.of(new Element(parser, in).read(), place, faults));
                    found = true;
                } else if (value != JsonToken.VALUE_NULL) {
                    faults.add(place + " is neither an array nor an object");
                }
            } else if (name.equals("failures") && value == JsonToken.START_ARRAY) {
                array(parser, in, place, faults, failure -> {
                    String reason = failure.at("reason").textOrEmpty();
                    String arn = failure.at("arn").textOrEmpty();
                    faults.add(file + ": AWS answered " + (reason.isEmpty() ? "a failure" : reason)
                            + (arn.isEmpty() ? "" : " for " + arn));
                });
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static void array(JsonParser parser, DocumentInput in, String place, Faults faults, Consumer<Json> each)
            throws Broken {
        int index = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            each.accept(Json.of(new Element(parser, in).read(), place + "[" + index + "]", faults));
            index++;
        }
    }

    /** One element, built into plain maps and lists under a budget. */
    private static final class Element {
        private final JsonParser parser;
        private final DocumentInput document;
        private int values;
        private long characters;

        Element(JsonParser parser, DocumentInput document) {
            this.parser = parser;
            this.document = document;
        }

        /** Reads the value at the current token. */
        @Nullable
        Object read() throws Broken {
            values++;
            if (values > VALUES_PER_ELEMENT || characters > CHARACTERS_PER_ELEMENT) {
                throw new Broken("an element of the answer is too large at line "
                        + parser.currentLocation().getLineNr());
            }
            if (!document.takeValue()) {
                throw new Broken("the bundle's documents have more than "
                        + document.limits().values() + " values");
            }
            JsonToken token = parser.currentToken();
            if (token == null) {
                return null;
            }
            switch (token) {
                case START_OBJECT:
                    Map<String, @Nullable Object> members = new LinkedHashMap<>();
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String name = parser.currentName();
                        characters += name.length();
                        parser.nextToken();
                        members.put(name, read());
                    }
                    return members;
                case START_ARRAY:
                    List<@Nullable Object> items = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        items.add(read());
                    }
                    return items;
                case VALUE_STRING:
                    String text = parser.getString();
                    characters += text.length();
                    return text;
                case VALUE_NUMBER_INT:
                    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? (Object) parser.getDoubleValue()
                            : (Object) parser.getLongValue();
                case VALUE_NUMBER_FLOAT:
                    return parser.getDoubleValue();
                case VALUE_TRUE:
                    return Boolean.TRUE;
                case VALUE_FALSE:
                    return Boolean.FALSE;
                default:
                    return null;
            }
        }
    }
}
