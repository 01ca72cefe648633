package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport.TrendPoint;
import io.github.eastwest.model.health.HealthRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthHistoryTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String SCOPE = "cluster prod";
    private static final int EDGES = 200;

    @TempDir
    private Path folder;

    private static Instant hour(int number) {
        return NOON.plus(Duration.ofHours(number));
    }

    /** A report of many edges, of which so many are errors. */
    private static String json(Instant to, int errors) {
        StringBuilder json =
                new StringBuilder("{\"schemaVersion\":1,\"kind\":\"health\",\"scope\":{\"label\":\"" + SCOPE
                        + "\"},\"window\":{\"from\":\"" + to.minus(Duration.ofHours(1)) + "\",\"to\":\"" + to
                        + "\"},\"edges\":[");
        for (int i = 0; i < EDGES; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"cluster\":\"prod\",\"caller\":\"c\",\"target\":\"t")
                    .append(i)
                    .append("\",\"state\":\"")
                    .append(i < errors ? "failing\",\"severity\":\"error\"" : "ok\",\"severity\":null")
                    .append(",\"since\":\"2026-11-20T00:00:00Z\"}");
        }
        return json.append("]}").toString();
    }

    private static TrendPoint point(Instant to, int errors) {
        return new TrendPoint(to, EDGES, errors, 0, 0);
    }

    private static void add(HealthHistory history, Instant to, int errors) {
        history.add(
                point(to, errors), SCOPE, to, out -> out.write(json(to, errors).getBytes(StandardCharsets.UTF_8)));
    }

    private HealthHistory open() {
        return HealthHistory.open(folder, 100);
    }

    private List<String> runs() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("run-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void givesBackTheLastRunBeforeATimeAndTheTrend() {
        add(open(), hour(0), 3);
        add(open(), hour(1), 5);
        add(open(), hour(2), 1);

        HealthRun last = open().before(hour(2), SCOPE).orElseThrow();

        assertThat(last.to()).isEqualTo(hour(1));
        assertThat(last.edges()).hasSize(EDGES);
        assertThat(last.edges().get(new CallEdge("prod", "c", "t4")).state()).isEqualTo(EdgeState.FAILING);
        assertThat(last.edges().get(new CallEdge("prod", "c", "t5")).state()).isEqualTo(EdgeState.OK);
        assertThat(open().trend(hour(3), SCOPE))
                .containsExactly(point(hour(0), 3), point(hour(1), 5), point(hour(2), 1));
        assertThat(open().before(hour(0), SCOPE)).isEmpty();
        assertThat(open().before(hour(3), "cluster staging")).isEmpty();
    }

    /** A line cut short, garbage, a line of a run that is gone, no index at all: the files tell. */
    @Test
    void mendsABrokenIndex() throws IOException {
        add(open(), hour(0), 3);
        add(open(), hour(1), 5);
        Path index = folder.resolve("index.jsonl");
        List<TrendPoint> known = open().trend(hour(9), SCOPE);
        String whole = Files.readString(index);
        List<String> broken = List.of(
                whole.substring(0, whole.length() - 30),
                whole + "\u0000\u0001{{{\n",
                whole.replace("121000", "999999"),
                whole + whole,
                "");
        for (String text : broken) {
            Files.writeString(index, text);
            assertThat(open().trend(hour(9), SCOPE)).isEqualTo(known);
            // Mended: what is there now is whole again.
            assertThat(Files.readString(index).lines().filter(line -> !line.isBlank()))
                    .hasSize(2);
        }
        Files.delete(index);
        assertThat(open().trend(hour(9), SCOPE)).isEqualTo(known);
        // A line that was cut short does not swallow the next run's.
        Files.writeString(index, "{\"file\":\"run-2", StandardOpenOption.APPEND);
        add(open(), hour(2), 7);
        assertThat(open().trend(hour(9), SCOPE)).hasSize(3);
    }

    @Test
    void leavesOutAFileThatIsNoRun() throws IOException {
        add(open(), hour(0), 3);
        Files.writeString(folder.resolve("run-20261121T130000Z-000.json"), "{\"half\":");

        assertThat(open().before(hour(5), SCOPE).orElseThrow().to()).isEqualTo(hour(0));
        assertThat(open().trend(hour(5), SCOPE)).hasSize(1);
    }

    @Test
    void keepsNoMoreThanItMay() throws IOException {
        HealthHistory history = HealthHistory.open(folder, 3);
        IntStream.range(0, 6).forEach(number -> add(history, hour(number), number));

        assertThat(runs())
                .containsExactly(
                        "run-20261121T150000Z-000.json",
                        "run-20261121T160000Z-000.json",
                        "run-20261121T170000Z-000.json");
        assertThat(history.trend(hour(9), SCOPE)).extracting(TrendPoint::errors).containsExactly(3, 4, 5);
    }

    @Test
    void sweepsWhatAKilledRunLeftTheDayBefore() throws IOException {
        Path old = Files.writeString(folder.resolve(".part-1-1-1"), "half");
        Path fresh = Files.writeString(folder.resolve(".part-2-1-1"), "half");
        Files.setLastModifiedTime(old, FileTime.from(hour(-25)));
        Files.setLastModifiedTime(fresh, FileTime.from(hour(-23)));

        add(open(), hour(0), 1);

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void takesRunsOfManyThreadsAtOnceWhileOthersRead() throws Exception {
        int threads = 8;
        int each = 12;
        ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * each;
                work.add(() -> {
                    HealthHistory own = HealthHistory.open(folder, 1000);
                    // The same hours in every thread: names must not collide.
                    IntStream.range(0, each).forEach(number -> add(own, hour(number), first % 100));
                    return each;
                });
            }
            work.add(() -> {
                int most = 0;
                for (int i = 0; i < 40; i++) {
                    HealthHistory reader = HealthHistory.open(folder, 1000);
                    reader.before(hour(50), SCOPE)
                            .ifPresent(run -> assertThat(run.edges()).hasSize(EDGES));
                    most = Math.max(most, reader.trend(hour(50), SCOPE).size());
                }
                return most;
            });
            for (Future<Integer> done : pool.invokeAll(work)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(runs()).hasSize(threads * each);
        assertThat(open().trend(hour(50), SCOPE)).hasSize(threads * each);
        assertThat(Files.readString(folder.resolve("index.jsonl")).lines().filter(line -> !line.isBlank()))
                .hasSize(threads * each);
    }

    /** Writers are killed without a chance to clean up; every run that has a name is whole, and the history goes on. */
    @Test
    void survivesKilledWriters() throws Exception {
        int whole = 0;
        for (int round = 0; round < 3; round++) {
            List<Process> writers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                writers.add(new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                folder.toString(),
                                Integer.toString(round * 2 + i))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
            for (Process writer : writers) {
                try (InputStream out = writer.getInputStream()) {
                    // It writes a byte after its first run; a moment later it dies in the middle of something.
                    assertThat(out.read()).isEqualTo('.');
                }
            }
            Thread.sleep(40L * (round + 1));
            for (Process writer : writers) {
                writer.destroyForcibly();
                assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
            List<String> runs = runs();
            assertThat(runs).hasSizeGreaterThan(whole);
            whole = runs.size();
            for (String run : runs) {
                assertThat(HealthRunReader.read(folder.resolve(run)).edges())
                        .as(run)
                        .hasSize(EDGES);
            }
        }
        int before =
                HealthHistory.open(folder, 100_000).trend(hour(500_000), SCOPE).size();
        assertThat(before).isEqualTo(Math.min(whole, HealthHistory.MOST_POINTS));
        add(HealthHistory.open(folder, 100_000), hour(400_000), 9);
        assertThat(HealthHistory.open(folder, 100_000)
                        .before(hour(500_000), SCOPE)
                        .orElseThrow()
                        .to())
                .isEqualTo(hour(400_000));
    }

    /** A process that adds runs until it is killed. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            HealthHistory history = HealthHistory.open(Path.of(arguments[0]), 100_000);
            int first = Integer.parseInt(arguments[1]) * 10_000;
            for (int number = 0; number < 10_000; number++) {
                add(history, hour(first + number), number % 7);
                if (number == 0) {
                    System.out.write('.');
                    System.out.flush();
                }
            }
        }
    }
}
