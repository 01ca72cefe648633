package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRewriterTest {
    /** Notes what it sees; replaces {@code OLD} by {@code NEW}. */
    private static class Recorder implements JsonRewriter.Visitor {
        final List<String> seen = new ArrayList<>();

        @Override
        public String name(String name) {
            seen.add("name " + name);
            return name.replace("OLD", "NEW");
        }

        @Override
        public String text(JsonRewriter.Place place, String text) {
            seen.add(place.key() + "(" + place.sibling() + ";" + place.previous() + ")=" + text);
            return text.replace("OLD", "NEW \"\\\n\t\u0001");
        }

        @Override
        public String number(JsonRewriter.Place place, String number) {
            seen.add(place.key() + "=" + number);
            return number.equals("7") ? "8" : number;
        }

        @Override
        public String stray(String word) {
            seen.add("stray " + word);
            return word;
        }
    }

    @Test
    void tellsWhereEachValueStands() {
        Recorder recorder = new Recorder();

        rewrite("{\"a\":[{\"name\":\"N\",\"value\":\"V\"},\"x\",\"y\"],\"b\":{\"c\":1.5e3}}", recorder);

        assertThat(recorder.seen)
                .containsExactly(
                        "name a",
                        "name name",
                        "name(;)=N",
                        "name value",
                        "value(N;)=V",
                        "a(;)=x",
                        "a(;x)=y",
                        "name b",
                        "name c",
                        "c=1.5e3");
    }

    @Test
    void knowsWhatAValueIsPartOf() {
        List<Boolean> within = new ArrayList<>();
        Recorder recorder = new Recorder() {
            @Override
            public String text(JsonRewriter.Place place, String text) {
                within.add(place.within("environment"));
                return text;
            }
        };

        rewrite("{\"environment\":[{\"value\":\"in\"}],\"value\":\"out\"}", recorder);

        assertThat(within).containsExactly(true, false);
    }

    @Test
    void whatIsNotReplacedStaysByteByByte() {
        String json = "  {\"a\" :\t[ 1 , 2.50, \"\\u00e9\\/\" , null,true ]\r\n}\n{\"b\":\"caf\u00e9\"}";

        assertThat(rewrite(json, new Recorder())).isEqualTo(json);
    }

    @Test
    void whatIsReplacedIsEscaped() {
        assertThat(rewrite("{\"OLD\":\"OLD\",\"n\":7}", new Recorder()))
                .isEqualTo("{\"NEW\":\"NEW \\\"\\\\\\n\\t\\u0001\",\"n\":8}");
    }

    @Test
    void escapesAreSeenThrough() {
        Recorder recorder = new Recorder();

        rewrite("[\"\\u004fLD \\\"q\\\" \\ud83d\\ude00 \\u00zz\"]", recorder);

        assertThat(recorder.seen).containsExactly("(;)=OLD \"q\" \ud83d\ude00 \\u00zz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"OLD",
                "{\"a\":\"OLD\n{\"b\":\"OLD\"}",
                "[[[[\"OLD\"",
                "OLD",
                "{OLD:1}",
                "]]}}\"OLD\"",
                "\"OLD\\",
                "{\"a\":OLD}"
            })
    void brokenJsonIsLookedAtUpToItsEnd(String json) {
        Recorder recorder = new Recorder();

        String rewritten = rewrite(json, recorder);

        assertThat(recorder.seen).anyMatch(seen -> seen.contains("OLD"));
        assertThat(rewritten).isNotEmpty();
    }

    @Test
    void anUnclosedStringDoesNotSwallowTheNextLine() {
        Recorder recorder = new Recorder();

        String rewritten = rewrite("{\"a\":\"cut\n{\"b\":\"OLD\"}\n", recorder);

        assertThat(recorder.seen).contains("name b", "b(;)=OLD");
        assertThat(rewritten).hasLineCount(2);
    }

    @Test
    void depthIsBounded() {
        String deep = "[{\"a\":".repeat(10_000) + "\"OLD\"" + "}]".repeat(10_000);
        Recorder recorder = new Recorder();

        assertThat(rewrite(deep, recorder)).contains("NEW");
    }

    @Test
    void allAnswersOfASampleStayAsTheyAre() throws IOException {
        BundleFiles bundle = BundleFiles.small();
        for (String path : bundle.bundle().paths()) {
            if (path.endsWith(".json")) {
                String json = new String(bundle.bytes(path), StandardCharsets.UTF_8);
                assertThat(rewrite(json, new Recorder())).as(path).isEqualTo(json);
            }
        }
    }

    private static String rewrite(String json, JsonRewriter.Visitor visitor) {
        StringBuilder out = new StringBuilder();
        try {
            JsonRewriter.rewrite(new StringReader(json), out, visitor);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return out.toString();
    }
}
