package io.github.eastwest.cli;

import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Collector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a collection for a command: shows its progress, and ends it in good order on Ctrl-C. */
final class Live {
    /** How long Ctrl-C waits for running queries to be stopped. */
    private static final int STOPPING_SECONDS = 5;

    private final Console console;
    private final LiveOptions options;
    private final ColorMode color;

    Live(Console console, LiveOptions options, ColorMode color) {
        this.console = console;
        this.options = options;
        this.color = color;
    }

    /** What is done with AWS. */
    interface Work<T> {
        T with(Aws aws, ProgressLines progress) throws InterruptedException;
    }

    /**
     * Collects.
     *
     * @throws InterruptedException if the user interrupted it; running queries have been stopped, and a message says so
     */
    Collected collect(CollectRequest request) throws InterruptedException {
        return run((aws, progress) -> {
            Collected collected = new Collector(aws, progress).collect(request);
            if (!request.dryRun()) {
                progress.calls(collected.calls());
            }
            return collected;
        });
    }

    /**
     * Reads again what confirm steps ask, into the draft of the first collection.
     *
     * @throws InterruptedException if the user interrupted it, and a message says so
     */
    void reread(CollectRequest request, BundleDraft first) throws InterruptedException {
        first.reread(run((aws, progress) -> new Collector(aws, progress).reread(request)));
    }

    /**
     * Does work with AWS while its progress is shown.
     *
     * @throws InterruptedException if the user interrupted it, and a message says so
     */
    <T> T run(Work<T> work) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = stopOnExit(Thread.currentThread(), ended);
        try (Aws aws = console.world().aws().apply(options.settings(console.environment()));
                ProgressLines progress = new ProgressLines(console, color, options.verbose())) {
            return work.with(aws, progress);
        } catch (InterruptedException interrupted) {
            console.err().println("eastwest: interrupted; nothing was saved, running queries were stopped");
            throw interrupted;
        } finally {
            ended.countDown();
            forget(hook);
        }
    }

    /** On Ctrl-C the platform runs this beside the collection: it interrupts it and waits until it is done. */
    private static Thread stopOnExit(Thread collecting, CountDownLatch ended) {
        Thread hook = new Thread(
                () -> {
                    collecting.interrupt();
                    try {
                        if (!ended.await(STOPPING_SECONDS, TimeUnit.SECONDS)) {
                            // The process ends all the same; queries end by themselves after an hour at most.
                            return;
                        }
                    } catch (InterruptedException again) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook is what runs.
            return;
        }
    }
}
