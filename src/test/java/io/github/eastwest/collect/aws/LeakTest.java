package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.AwsSettings.Access;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What was opened is given back. */
class LeakTest {
    private static final int TIMES = 200;
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void openingAndClosingManyTimesLeavesNothing() throws Exception {
        List<WeakReference<SdkAws>> opened = new ArrayList<>();
        Set<Thread> before = threads();
        try (Stub stub = new Stub()
                .with(asked -> asked.operation().equals("AssumeRole")
                        ? Stub.credentials("KEY")
                        : asked.headers().containsKey("X-Amz-Target")
                                ? Reply.json("{\"serviceArns\":[]}")
                                : new Reply(200, "<R><subnetSet/></R>"))) {
            for (int i = 0; i < TIMES; i++) {
                opened.add(once(stub));
            }
        }

        assertThat(soon(() -> before.containsAll(threads())))
                .as("threads left: " + threads())
                .isTrue();
        assertThat(soon(() -> {
                    System.gc();
                    return opened.stream().allMatch(reference -> reference.get() == null);
                }))
                .as("instances left of " + TIMES + ": "
                        + opened.stream().filter(r -> r.get() != null).count())
                .isTrue();
    }

    private static WeakReference<SdkAws> once(Stub stub) throws Exception {
        Access role = new Access(Optional.empty(), Optional.empty(), Optional.of("arn:aws:iam::111122223333:role/r"));
        AwsSettings own = stub.settings();
        try (SdkAws aws = SdkAws.open(new AwsSettings(own.caller(), role, own.endpoint(), own.environment()))) {
            aws.call(Call.of(Operation.LIST_SERVICES, Side.CALLER, Map.of()), LONG);
            aws.call(Call.of(Operation.DESCRIBE_SUBNETS, Side.CALLEE, Map.of()), LONG);
            return new WeakReference<>(aws);
        }
    }

    @Test
    void aCallThatHangsIsLeftBehindWhenClosed() throws Exception {
        Set<Thread> before = threads();
        try (RawServer server = new RawServer(socket -> Thread.sleep(120_000))) {
            SdkAws aws = SdkAws.open(server.settings());
            Thread caller = new Thread(() -> {
                try {
                    aws.call(Call.of(Operation.LIST_SERVICES, Side.CALLER, Map.of()), Duration.ofSeconds(120));
                } catch (Exception e) {
                    // It is the thread that matters.
                }
            });
            caller.start();
            assertThat(soon(() -> server.requests() > 0)).isTrue();

            aws.close();

            assertThat(soon(() -> before.containsAll(threads())))
                    .as("threads left: " + threads())
                    .isTrue();
            caller.join(10_000);
            assertThat(caller.isAlive()).isFalse();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(eastwest|sdk|idle|async|process).*"))
                .collect(Collectors.toSet());
    }

    private static boolean soon(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 150; i++) {
            if (condition.getAsBoolean()) {
                return true;
            }
            Thread.sleep(100);
        }
        return false;
    }
}
