package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.cli.CommandLineRun.Setting;
import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.BundleAws;
import io.github.eastwest.collect.Call;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code diagnose} without {@code --bundle}. */
class LiveDiagnoseTest {
    private static final Path CHECKOUT = Path.of("samples/checkout-payments");
    private static final String FROM = "2026-11-21T12:47:47Z";
    private static final String TO = "2026-11-21T12:49:17Z";
    private static final String[] LIVE = {
        "diagnose", "checkout", "payments", "--cluster", "prod", "--from", FROM, "--to", TO
    };

    @TempDir
    private Path folder;

    private static Setting account(Path bundle) {
        return new Setting().aws(settings -> new BundleAws(bundle));
    }

    private static String[] live(String... more) {
        return Stream.concat(Stream.of(LIVE), Stream.of(more)).toArray(String[]::new);
    }

    /** Every ninth, which takes in found, healthy and inconclusive ones. */
    static List<Sample> someSamples() {
        List<Sample> all = Sample.all();
        return IntStream.range(0, all.size())
                .filter(i -> i % 9 == 0)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("someSamples")
    void isCollectingAndDiagnosingTheBundleByteForByte(Sample sample) throws IOException {
        io.github.eastwest.model.TimeWindow window =
                sample.read(sample.directory()).window();
        String caller = sample.expected().get("edge").get("caller").asString();
        String callee = sample.expected().get("edge").get("callee").asString();
        Setting account = account(sample.directory()).now(window.to().plusSeconds(20));
        Path saved = folder.resolve("saved.zip");
        String[] when = {"--from", window.from().toString(), "--to", window.to().toString()};

        CommandLineRun live = account.run(Stream.concat(
                        Stream.of("diagnose", caller, callee, "-o", "json", "--save", saved.toString()),
                        Stream.of(when))
                .toArray(String[]::new));

        assertThat(live.exit()).isNotIn(ExitCode.INTERNAL, ExitCode.USAGE);
        CommandLineRun offline =
                CommandLineRun.of("diagnose", caller, callee, "--bundle", saved.toString(), "-o", "json");
        assertThat(offline.out()).isEqualTo(live.out());
        assertThat(offline.exit()).isEqualTo(live.exit());
        for (String format : List.of("text", "html", "md", "csv")) {
            String again = account.run(
                            Stream.concat(Stream.of("diagnose", caller, callee, "-o", format), Stream.of(when))
                                    .toArray(String[]::new))
                    .out();
            assertThat(CommandLineRun.of("diagnose", caller, callee, "--bundle", saved.toString(), "-o", format)
                            .out())
                    .as(format)
                    .isEqualTo(again);
        }
    }

    @Test
    void findsWhatTheRecordingHolds() {
        CommandLineRun run = account(CHECKOUT).run(live());

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out()).contains("EW301", "calls failed (66.0");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void writesNothingToDiskUnlessAsked() throws IOException {
        List<Path> before = files(Path.of("."));

        account(CHECKOUT).run(live());

        assertThat(files(Path.of("."))).isEqualTo(before);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.sorted().toList();
        }
    }

    @Test
    void looksAtTheLastHourUnlessTold() {
        CommandLineRun run = account(CHECKOUT)
                .now(Instant.parse("2026-11-21T13:10:00.5Z"))
                .run("diagnose", "checkout", "payments", "-o", "json");

        assertThat(run.out()).contains("\"from\": \"2026-11-21T12:10:00Z\"", "\"to\": \"2026-11-21T13:10:00Z\"");
    }

    @Test
    void handsTheOptionsToAws() {
        AtomicReference<AwsSettings> seen = new AtomicReference<>();
        new Setting()
                .environment(Map.of("AWS_PROFILE", "other"))
                .aws(settings -> {
                    seen.set(settings);
                    return new BundleAws(CHECKOUT);
                })
                .run(live(
                        "--profile",
                        "main",
                        "--region",
                        "eu-west-1",
                        "--endpoint-url",
                        "http://localhost:4566",
                        "--callee-role-arn",
                        "arn:aws:iam::123456789012:role/reader",
                        "--callee-region",
                        "us-east-1"));

        AwsSettings settings = seen.get();
        assertThat(settings.caller())
                .isEqualTo(new AwsSettings.Access(Optional.of("main"), Optional.of("eu-west-1"), Optional.empty()));
        assertThat(settings.callee())
                .isEqualTo(new AwsSettings.Access(
                        Optional.of("main"),
                        Optional.of("us-east-1"),
                        Optional.of("arn:aws:iam::123456789012:role/reader")));
        assertThat(settings.endpoint())
                .hasValueSatisfying(uri -> assertThat(uri).hasToString("http://localhost:4566"));
        assertThat(settings.environment()).containsEntry("AWS_PROFILE", "other");
    }

    @Test
    void bothSidesAreOneUnlessTold() {
        AtomicReference<AwsSettings> seen = new AtomicReference<>();
        new Setting()
                .aws(settings -> {
                    seen.set(settings);
                    return new BundleAws(CHECKOUT);
                })
                .run(live("--profile", "main"));

        assertThat(seen.get().callee()).isEqualTo(seen.get().caller());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--endpoint-url=localhost",
                "--callee-role-arn=reader",
                "--max-cost=-1",
                "--max-cost=much",
                "--max-cost=NaN",
                "--timeout=0s",
                "--timeout=soon",
                "--since=1x"
            })
    void optionsThatMakeNoSenseAreUsageErrors(String option) {
        // --since and --from exclude each other: the window is given by --to alone here.
        CommandLineRun run = new Setting().run("diagnose", "a", "b", "--to", TO, option);

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(option.substring(0, option.indexOf('=')));
    }

    // --- with a bundle ----------------------------------------------------------------------------------------------

    @Test
    void aBundleAndLiveOptionsExcludeEachOtherByName() {
        CommandLineRun run = CommandLineRun.of(
                "diagnose",
                "checkout",
                "payments",
                "--bundle",
                CHECKOUT.toString(),
                "--region",
                "eu-west-1",
                "--since",
                "1h",
                "-v");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--bundle", "--region", "--since", "--verbose");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBundleMayBeSavedRedacted() throws IOException {
        Path copy = folder.resolve("public.zip");

        CommandLineRun run = CommandLineRun.of(
                "diagnose",
                "checkout",
                "payments",
                "--bundle",
                CHECKOUT.toString(),
                "--save",
                copy.toString(),
                "--redact");

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("redacted bundle saved", "public.zip.redaction-map.json");
        assertThat(folder.resolve("public.zip.redaction-map.json")).exists();
        assertThat(CommandLineRun.of("diagnose", "checkout", "payments", "--bundle", copy.toString(), "-o", "json")
                        .out())
                .contains("EW301")
                .doesNotContain("552135669152", "10.42.");
        assertThat(run.out()).as("the report itself is not redacted").contains("10.42.");
    }

    @Test
    void redactingNeedsAPlaceToSave() {
        CommandLineRun run =
                CommandLineRun.of("diagnose", "checkout", "payments", "--bundle", CHECKOUT.toString(), "--redact");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--redact needs --save");
    }

    // --- saving -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"saved", "saved.zip"})
    void keepsTheBundle(String name) throws IOException {
        Path saved = folder.resolve(name);

        CommandLineRun run = account(CHECKOUT).run(live("--save", saved.toString()));

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).isEqualTo("eastwest: bundle saved to " + saved + System.lineSeparator());
        try (Bundle bundle = Bundle.open(saved)) {
            assertThat(bundle.paths()).contains("manifest.json", "ecs/describe-services.json");
        }
    }

    @Test
    void asksAwsNothingWhenSavingWouldFail() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("thesis.txt"), "years of work");

        CommandLineRun run = new Setting().run(live("--save", taken.toString()));

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("exists already");
    }

    @Test
    void aDiskThatFailsDoesNotCostTheReport() throws IOException {
        Path place = Files.createDirectory(folder.resolve("place"));
        Setting account = new Setting().aws(settings -> new Wrapped(new BundleAws(CHECKOUT)) {
            @Override
            public void close() {
                try {
                    Files.delete(place);
                } catch (IOException fault) {
                    throw new AssertionError(fault);
                }
            }
        });

        CommandLineRun run =
                account.run(live("--save", place.resolve("saved.zip").toString()));

        assertThat(run.out()).contains("EW301");
        assertThat(run.err()).contains("cannot save the bundle");
        assertThat(run.exit()).as("usage goes before findings").isEqualTo(ExitCode.USAGE);
    }

    // --- dry run ----------------------------------------------------------------------------------------------------

    @Test
    void aDryRunPrintsTheCallsAndTheirCostAndNothingElse() {
        CommandLineRun run = account(CHECKOUT)
                .run(live("--dry-run", "--save", folder.resolve("x.zip").toString()));

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("aws ecs describe-services", "cost: ")
                .doesNotContain("EW301", "more than --max-cost");
        assertThat(folder.resolve("x.zip")).doesNotExist();
    }

    /** Some thirty metrics at 0.00001 USD. */
    @Test
    void aDryRunSaysThatTheCostIsMoreThanAllowed() {
        CommandLineRun run = account(CHECKOUT).run(live("--dry-run", "--max-cost", "0.0001"));

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("cost: 0.0003 USD, more than --max-cost 0.0001 USD");
    }

    @Test
    void aDryRunIsJsonToo() {
        CommandLineRun run = account(CHECKOUT).run(live("--dry-run", "-o", "json"));

        assertThat(tools.jackson.databind.json.JsonMapper.shared()
                        .readTree(run.out())
                        .get("calls")
                        .valueStream()
                        .map(call -> call.get("operation").asString()))
                .contains("ecs:DescribeServices", "logs:FilterLogEvents");
        assertThat(account(CHECKOUT).run(live("--dry-run", "-o", "html")).exit())
                .isEqualTo(ExitCode.USAGE);
    }

    // --- what goes wrong --------------------------------------------------------------------------------------------

    @Test
    void expiredCredentialsSayHowToRenewThem() {
        CommandLineRun run =
                new Setting().aws(settings -> failing(AwsFailure.Kind.EXPIRED)).run(live());

        assertThat(run.exit()).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(run.err()).contains("aws sso login");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void everythingDeniedIsNoAccess() {
        CommandLineRun run =
                new Setting().aws(settings -> failing(AwsFailure.Kind.DENIED)).run(live("-o", "json"));

        assertThat(run.exit()).isEqualTo(ExitCode.NO_ACCESS);
        assertThat(run.out()).contains("ecs:DescribeServices").contains("\"exitCode\": 5");
    }

    @Test
    void anUnknownServiceIsAskedAbout() {
        CommandLineRun run = account(CHECKOUT)
                .run("diagnose", "checkot", "payments", "--cluster", "prod", "--from", FROM, "--to", TO);

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("checkot", "checkout");
    }

    @Test
    void anInterruptedRunEndsWith130AndSavesNothing() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Aws endless = new Wrapped(new BundleAws(CHECKOUT)) {
            @Override
            public Answer call(Call call, Duration within) throws InterruptedException {
                asked.countDown();
                new CountDownLatch(1).await();
                throw new AssertionError();
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        AtomicReference<CommandLineRun> result = new AtomicReference<>();
        Thread user = new Thread(() -> result.set(new Setting()
                .aws(settings -> endless)
                .run(live("--save", folder.resolve("saved").toString()))));
        user.start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        user.interrupt();
        user.join(20_000);

        assertThat(result.get().exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.get().err()).contains("interrupted");
        assertThat(closed.getCount()).isZero();
        assertThat(folder.resolve("saved")).doesNotExist();
    }

    // --- progress ---------------------------------------------------------------------------------------------------

    @Test
    void verboseNamesEachSourceAndEachCallWithoutATerminal() {
        CommandLineRun run = account(CHECKOUT).run(live("-v"));

        assertThat(run.err())
                .contains("ecs/describe-services complete", "logs/lines/caller complete")
                .containsPattern("step 1  caller  aws ecs describe-services --cluster prod .*1 request")
                .doesNotContain("\r", "\u001b");
        assertThat(run.err().lines()).allMatch(line -> line.length() < 400);
    }

    @Test
    void aTerminalShowsOneLineThatGoesAway() {
        CommandLineRun run = slowly().terminal().run(live("--color", "never"));

        assertThat(run.err()).contains("\reastwest: ", "waiting for").doesNotContain("\n", "\u001b");
        assertThat(run.err()).as("the last thing done is to erase it").endsWith(" \r");
    }

    @Test
    void escapesAreForTerminalsThatWantThem() {
        assertThat(slowly().terminal().run(live()).err()).contains("\u001b[K");
        assertThat(slowly().terminal()
                        .environment(Map.of("NO_COLOR", "1"))
                        .run(live())
                        .err())
                .doesNotContain("\u001b")
                .contains("\r");
        assertThat(slowly().terminal()
                        .environment(Map.of("TERM", "dumb"))
                        .run(live())
                        .err())
                .isEmpty();
    }

    /** AWS that needs a moment, so that there is something to see. */
    private static Setting slowly() {
        AtomicInteger calls = new AtomicInteger();
        return new Setting().aws(settings -> new Wrapped(new BundleAws(CHECKOUT)) {
            @Override
            public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
                if (calls.incrementAndGet() <= 3) {
                    Thread.sleep(500);
                }
                return super.call(call, within);
            }
        });
    }

    private static Aws failing(AwsFailure.Kind kind) {
        return new Aws() {
            @Override
            public Answer call(Call call, Duration within) throws AwsFailure {
                throw new AwsFailure(kind, kind + "Exception", "no", new IOException());
            }

            @Override
            public void close() {}
        };
    }

    /** Another AWS, changed here and there. */
    private static class Wrapped implements Aws {
        private final Aws aws;

        Wrapped(Aws aws) {
            this.aws = aws;
        }

        @Override
        public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
            return aws.call(call, within);
        }

        @Override
        public void close() {
            aws.close();
        }
    }
}
