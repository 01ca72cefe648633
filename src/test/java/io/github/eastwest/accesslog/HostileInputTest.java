package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.StreamSummary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileInputTest {
    private static final String LINE =
            "[2026-11-20T07:40:46.216Z] \"GET /a HTTP/1.1\" 200 0 11 1 0 \"-\" \"curl/8.11.1\""
                    + " \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"payments:8080\" \"127.0.0.1:8080\"";

    @Test
    void countsALineBeyondTheLimitAsUnparsedAndReadsOn() {
        for (int length : new int[] {
            LineScanner.LONGEST_LINE + 1,
            LineChunks.CHUNK_BYTES - 1,
            LineChunks.CHUNK_BYTES,
            LineChunks.CHUNK_BYTES + 1,
            3 * LineChunks.CHUNK_BYTES
        }) {
            Recorded read = Recorded.of(LINE, "x".repeat(length), LINE, LINE);

            assertThat(read.entries).as("length %d", length).hasSize(3);
            assertThat(read.unparsed).singleElement().asString().contains("longer than");
            assertThat(read.entries.get(2).ref().line()).isEqualTo(4);
        }
        String atTheLimit = LINE.replace("/a", "/" + "a".repeat(LineScanner.LONGEST_LINE - LINE.length() + 1));
        assertThat(atTheLimit.length()).isEqualTo(LineScanner.LONGEST_LINE);
        assertThat(Recorded.of(atTheLimit).entries).hasSize(1);
    }

    @Test
    void toleratesNulBytesInvalidUtf8AndCarriageReturns() {
        byte[] invalid = (LINE + "\r\n").getBytes(StandardCharsets.UTF_8);
        invalid[LINE.indexOf("curl")] = (byte) 0xC3;
        invalid[LINE.indexOf("curl") + 1] = 0;

        Recorded read = Recorded.of(invalid);

        assertThat(read.entry().request().userAgent()).isEqualTo("\uFFFD\0rl/8.11.1");
        assertThat(read.entry().upstream().host()).isEqualTo("127.0.0.1:8080");
        assertThat(Recorded.of("", "\r", "  \t").blanks).hasSize(3);
    }

    @Test
    void deliversWhatACutGzipHeldAndSaysSo() throws IOException {
        Random random = new Random(5);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append(LINE.replace("curl/8.11.1", Long.toString(random.nextLong())))
                    .append('\n');
        }
        byte[] whole = WrappingsTest.gzip(lines.toString());
        for (int length : new int[] {whole.length / 2, whole.length - 3, 11, 3}) {
            Recorded read = new Recorded();

            assertThatThrownBy(() ->
                            AccessLogReader.read(new ByteArrayInputStream(whole, 0, length), "s", Side.CALLER, read))
                    .asInstanceOf(type(TruncatedStreamException.class))
                    .satisfies(cut -> assertThat(cut.summary().counts().total())
                            .isEqualTo((long) read.entries.size() + read.unparsed.size()));
            if (length >= whole.length / 2) {
                assertThat(read.entries).hasSizeGreaterThan(5_000);
            }
        }
    }

    @Test
    void stopsAtTheAllowedNumberOfUnpackedBytes() throws IOException {
        String text = (LINE + "\n").repeat(10);
        byte[] packed = WrappingsTest.gzip(text);
        Recorded read = new Recorded();

        StreamSummary summary =
                AccessLogReader.read(new ByteArrayInputStream(packed), "s", Side.CALLER, read, text.length());

        assertThat(summary.counts().access()).isEqualTo(10);
        assertThatThrownBy(() -> AccessLogReader.read(
                        new ByteArrayInputStream(packed), "s", Side.CALLER, new Recorded(), text.length() - 1))
                .isInstanceOf(TruncatedStreamException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void reportsADamagedDocument() {
        String document = "{\"events\":[{\"message\":\"" + LINE.replace("\"", "\\\"") + "\"},{\"message\":";
        Recorded read = new Recorded();

        assertThatThrownBy(() -> AccessLogReader.read(
                        new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)), "s", Side.CALLER, read))
                .isInstanceOf(TruncatedStreamException.class);
        assertThat(read.entries).hasSize(1);
    }

    @Test
    void accountsForEveryLineOfAnyBytes() throws IOException {
        Random random = new Random(42);
        byte[] alphabet = "\n\n\r\"\"  [[]]{}:,=-0123456789TZabc\\\0\u00e9|".getBytes(StandardCharsets.UTF_8);
        GeneratedLines generated = new GeneratedLines(3);
        for (int round = 0; round < 400; round++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 60; i++) {
                byte[] piece = generated.next().getBytes(StandardCharsets.UTF_8);
                int from = random.nextInt(piece.length);
                bytes.write(piece, from, random.nextInt(piece.length - from + 1));
                for (int j = random.nextInt(12); j > 0; j--) {
                    bytes.write(alphabet[random.nextInt(alphabet.length)]);
                }
            }
            bytes.write('.');
            byte[] input = bytes.toByteArray();
            int lines = 1;
            for (byte b : input) {
                lines += b == '\n' ? 1 : 0;
            }
            Recorded read = new Recorded();
            StreamSummary summary;
            try {
                summary = AccessLogReader.read(slowly(input, random), "s", Side.UNKNOWN, read);
            } catch (TruncatedStreamException document) {
                // The beginning looked like a document.
                continue;
            }
            assertThat(summary.counts().total()).isEqualTo(lines);
            assertThat(summary.counts())
                    .isEqualTo(new StreamSummary.LineCounts(
                            read.entries.size(),
                            read.outliers.size(),
                            read.proxyLines.size(),
                            read.unparsed.size(),
                            read.blanks.size()));
        }
    }

    /** A stream that returns few bytes at a time, as pipes do. */
    private static InputStream slowly(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] buffer, int from, int length) {
                return super.read(buffer, from, Math.min(length, 1 + random.nextInt(500)));
            }
        };
    }

    @Test
    void cutsExcerptsAndRemovesControlCharacters() {
        String hostile = "\u001B]0;owned\u0007" + "y".repeat(5000);

        String said = Recorded.of(hostile).unparsed.get(0);

        assertThat(said).doesNotContain("\u001B", "\u0007").hasSizeLessThan(400);
    }

    @Test
    void takesManyBracketsWithoutGettingSlow() {
        char[] brackets = new char[LineScanner.LONGEST_LINE - 10];
        Arrays.fill(brackets, '{');
        String prefix = " { { { { { { { { { { ";

        assertThat(Recorded.of(new String(brackets), prefix + "\"a\":".repeat(200_000), "[".repeat(1_000_000)).unparsed)
                .hasSize(3);
    }
}
