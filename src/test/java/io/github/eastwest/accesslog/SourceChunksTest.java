package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.Side;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are read in parts, against the same bytes read from their beginning to their end. */
class SourceChunksTest {
    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    /** The lines of a stream, each with its line end if it has one. */
    private static List<String> lines(LineChunks chunks) {
        List<String> lines = new ArrayList<>();
        LineChunks.Chunk chunk = new LineChunks.Chunk();
        while (chunks.next(chunk)) {
            int from = 0;
            for (int at = 0; at < chunk.length; at++) {
                if (chunk.buffer[at] == '\n' || at == chunk.length - 1) {
                    lines.add(Ascii.text(chunk.buffer, from, at + 1));
                    from = at + 1;
                }
            }
        }
        return lines;
    }

    @Test
    void partsOfAFileHoldEachOfItsLinesOnce() throws IOException {
        Random random = new Random(8);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(400)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(1 + random.nextInt(40)) == 0 ? '\n' : 'a' + random.nextInt(26));
            }
            List<String> whole = lines(new LineChunks(new ByteArrayInputStream(bytes)));
            assertThat(String.join("", whole)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
            List<String> parts = new ArrayList<>();
            try (FileChannel channel = FileChannel.open(file("parts", bytes), StandardOpenOption.READ)) {
                int from = 0;
                while (from < bytes.length) {
                    int end = Math.min(bytes.length, from + 1 + random.nextInt(60));
                    FileRange range = new FileRange(channel, Math.max(0, from - 1), end, bytes.length);
                    parts.addAll(lines(new LineChunks(range, 1 + random.nextInt(50), from > 0)));
                    from = end;
                }
            }
            assertThat(parts).isEqualTo(whole);
        }
    }

    @Test
    void readsAFileLikeAStream() throws IOException {
        List<ScannerDifferentialTest.LabLines.Line> recorded =
                ScannerDifferentialTest.LabLines.of(ScannerDifferentialTest.LabLines.RECORDINGS.get(0));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Lines longer than allowed, than a part of the file, and than several: they must be counted once, where they
        // begin.
        int[] lengths = {LineScanner.LONGEST_LINE + 1, LineChunks.CHUNK_BYTES + 1, 9 << 20, LineScanner.LONGEST_LINE - 1
        };
        for (int length : lengths) {
            for (int i = 0; i < 3_000; i++) {
                bytes.writeBytes((recorded.get(i).text() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            byte[] line = new byte[length];
            Arrays.fill(line, (byte) 'x');
            bytes.writeBytes(line);
            bytes.write('\n');
        }
        bytes.writeBytes("the end".getBytes(StandardCharsets.UTF_8));
        byte[] all = bytes.toByteArray();
        for (String mark : List.of("", "\uFEFF")) {
            ByteArrayOutputStream marked = new ByteArrayOutputStream();
            marked.writeBytes(mark.getBytes(StandardCharsets.UTF_8));
            marked.writeBytes(all);
            Path file = file("whole.log", marked.toByteArray());
            LogSource inParts = LogSource.of(file, Side.UNKNOWN);
            LogSource asStream = new LogSource(file.toString(), Side.UNKNOWN, () -> Files.newInputStream(file));

            AccessLogSummary summary = summary(inParts, 3);

            assertThat(summary).isEqualTo(summary(asStream, 1));
            assertThat(summary.lines().counts().total()).isEqualTo(4 * 3_000 + 4 + 1);
            assertThat(jsonLines(inParts, 3)).isEqualTo(jsonLines(asStream, 1));
        }
    }

    private static AccessLogSummary summary(LogSource source, int threads) throws IOException {
        try (LogAnalysis analysis = new LogAnalysis(List.of(source), threads)) {
            return analysis.summarize();
        }
    }

    private static String jsonLines(LogSource source, int threads) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogAnalysis analysis = new LogAnalysis(List.of(source), threads)) {
            analysis.summarize();
            analysis.lines(out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void takesAFileForPackedOrADocumentByItsContent() throws IOException {
        String line = new GeneratedLines(4).next();
        Path packed = file("a.log", WrappingsTest.gzip(line + "\n" + line + "\n"));
        Path document = file("b.log", ("[{\"message\":\"x\"},{\"message\":\"y\"}]").getBytes(StandardCharsets.UTF_8));
        Path wide = file("c.log", ("\uFEFF" + line + "\n").getBytes(StandardCharsets.UTF_16LE));
        Path nothing = file("d.log", new byte[0]);

        assertThat(summary(LogSource.of(packed, Side.UNKNOWN), 2).requests().count())
                .isEqualTo(2);
        assertThat(summary(LogSource.of(document, Side.UNKNOWN), 2)
                        .lines()
                        .counts()
                        .unparsed())
                .isEqualTo(2);
        assertThat(summary(LogSource.of(wide, Side.UNKNOWN), 2).requests().count())
                .isEqualTo(1);
        assertThat(summary(LogSource.of(nothing, Side.UNKNOWN), 2)
                        .lines()
                        .counts()
                        .total())
                .isZero();
    }

    @Test
    void readsNotWhatIsAppendedAfterItsFirstPass() throws IOException {
        String line = new GeneratedLines(5).next() + "\n";
        Path file = file("growing.log", line.repeat(10).getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        try (LogAnalysis analysis = new LogAnalysis(List.of(LogSource.of(file, Side.UNKNOWN)), 2)) {
            analysis.summarize();
            Files.writeString(file, line.repeat(5), StandardOpenOption.APPEND);
            analysis.lines(out);
        }

        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(10);
    }

    @Test
    void tellsOfAFileThatBecomesShorter() throws IOException {
        try (FileChannel channel =
                FileChannel.open(file("cut", "abc\n".getBytes(StandardCharsets.UTF_8)), StandardOpenOption.READ)) {
            FileRange range = new FileRange(channel, 0, 100, 100);
            byte[] buffer = new byte[100];

            assertThat(range.read(buffer, 0, 100)).isEqualTo(4);
            assertThatThrownBy(() -> range.read(buffer, 4, 96))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("shorter");
        }
    }

    @Test
    void readsAStreamAheadOfWhoWorksOnItsLinesAndNotFar() throws IOException {
        byte[] line = "one of many lines\n".getBytes(StandardCharsets.UTF_8);
        long[] read = {0};
        // Endless for this test: fifty of the longest chunks.
        InputStream lines = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("read byte by byte");
            }

            @Override
            public int read(byte[] buffer, int from, int length) {
                if (read[0] >= 50L * LineChunks.CHUNK_BYTES) {
                    return -1;
                }
                for (int i = 0; i < length; i++) {
                    buffer[from + i] = line[(int) ((read[0] + i) % line.length)];
                }
                read[0] += length;
                return length;
            }
        };
        LogSource source = new LogSource("stream", Side.UNKNOWN, () -> lines);
        SourceChunks.Piece piece = new SourceChunks.Piece();
        try (SourceChunks chunks = new SourceChunks(List.of(source), List.of(0), 1, new SourceChunks.Sizes(1))) {
            for (int number = 0; number < 20; number++) {
                assertThat(chunks.take(piece)).isEqualTo(number);
                assertThat(piece.next()).isTrue();
                assertThat(piece.next()).isFalse();
                // Three behind the one in hand: a thread that needs longer for the lines than for unpacking holds
                // nobody up.
                assertThat(read[0])
                        .isBetween((number + 3L) * LineChunks.CHUNK_BYTES, (number + 5L) * LineChunks.CHUNK_BYTES);
            }
        }
    }

    @Test
    void readsManySourcesSideBySideWithoutDependingOnThreads() throws IOException {
        List<LogSource> sources = new ArrayList<>();
        int lines = 0;
        for (int i = 0; i < 25; i++) {
            GeneratedLines generated = new GeneratedLines(i);
            StringBuilder text = new StringBuilder();
            // Some end in their first piece, some later, some are empty.
            for (int j = 0; j < i % 5 * 700; j++) {
                text.append(generated.next()).append('\n');
                lines++;
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            sources.add(
                    switch (i % 3) {
                        case 0 -> LogSource.of(file("s" + i, WrappingsTest.gzip(text.toString())), Side.UNKNOWN);
                        case 1 -> LogSource.of(file("s" + i, bytes), Side.UNKNOWN);
                        default -> new LogSource("s" + i, Side.UNKNOWN, () -> new ByteArrayInputStream(bytes));
                    });
        }
        AccessLogSummary one;
        try (LogAnalysis analysis = new LogAnalysis(sources, 1)) {
            one = analysis.summarize();
        }

        for (int threads = 2; threads <= 5; threads++) {
            try (LogAnalysis analysis = new LogAnalysis(sources, threads)) {
                assertThat(analysis.summarize()).isEqualTo(one);
            }
        }

        assertThat(one.lines().counts().total()).isEqualTo(lines);
        // Examples are the first lines in the order of the sources, whoever was read first.
        AccessLogSummary.Example first = one.conditions().get(0).examples().get(0);
        assertThat(first.source()).isEqualTo(sources.get(1).name());
    }
}
