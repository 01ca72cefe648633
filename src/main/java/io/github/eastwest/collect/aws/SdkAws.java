package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.Call;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * AWS by its SDK. Clients are opened when they are first called. Every request runs on a thread of its own pool, because
 * a blocked socket does not heed interrupts: the caller goes on at the deadline or when interrupted, the thread is left
 * to end with its connection.
 */
public final class SdkAws implements Aws {
    /** Bytes of HTTP bodies read for one call; ten full answers of Logs Insights with lines of 500 characters. */
    private static final long LARGEST_ANSWER = 64L << 20;

    /** Requests of one call at once: enough to hide the way, too few to be throttled for. */
    private static final int AT_ONCE = 4;

    private static final long IDLE_THREAD_SECONDS = 5;

    private final AwsSettings settings;
    private final Connections connections;
    private final Map<AwsSettings.Access, Session> sessions;
    private final ConcurrentMap<Client, Once<Api>> clients = new ConcurrentHashMap<>();
    private final Set<Exchanges> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService pool = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    /** An SDK client: an API of a Region with the credentials of an access. */
    private record Client(String service, AwsSettings.Access access, String region) {}

    private SdkAws(AwsSettings settings) {
        this.settings = settings;
        this.connections = new Connections(settings.environment());
        Session caller = new Session(settings, settings.caller(), connections);
        this.sessions = settings.callee().equals(settings.caller())
                ? Map.of(settings.caller(), caller)
                : Map.of(
                        settings.caller(),
                        caller,
                        settings.callee(),
                        new Session(settings, settings.callee(), connections));
    }

    /** Opens AWS; nothing is read or sent before the first call. */
    public static SdkAws open(AwsSettings settings) {
        return new SdkAws(settings);
    }

    private Thread thread(Runnable what) {
        Thread thread = new Thread(what, "eastwest-aws-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        Shape shape = Shape.of(call.operation());
        AtomicLong allowance = new AtomicLong(LARGEST_ANSWER);
        List<Lane> lanes = new ArrayList<>();
        List<Reading> readings = new ArrayList<>();
        for (Map<String, Object> part : shape.split(call.parameters())) {
            if (lanes.size() < AT_ONCE) {
                lanes.add(new Lane(new Exchanges(allowance), new ArrayList<>()));
            }
            Lane lane = lanes.get(readings.size() % AT_ONCE);
            Reading reading = new Reading(call, part, shape, deadline, lane.exchanges());
            lane.readings().add(reading);
            readings.add(reading);
        }
        run(call, lanes, deadline);
        return answer(call, shape, lanes, readings);
    }

    /** What one thread reads, one after the other. */
    private record Lane(Exchanges exchanges, List<Reading> readings) {}

    private void run(Call call, List<Lane> lanes, long deadline) throws InterruptedException {
        List<Future<?>> futures = new ArrayList<>();
        try {
            for (Lane lane : lanes) {
                running.add(lane.exchanges());
                futures.add(pool.submit(() ->
                        lane.readings().forEach(reading -> reading.run(p -> page(call, p, lane.exchanges())))));
            }
            for (Future<?> future : futures) {
                future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            // What is not done by now says so itself.
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException mistake ? mistake : new IllegalStateException(e);
        } finally {
            futures.forEach(future -> future.cancel(true));
            lanes.forEach(lane -> giveUp(lane.exchanges()));
        }
    }

    private void giveUp(Exchanges exchanges) {
        running.remove(exchanges);
        exchanges.giveUp().ifPresent(open -> {
            try {
                pool.execute(open::abort);
            } catch (RejectedExecutionException e) {
                // Closed: that has given everything up.
            }
        });
    }

    private static Answer answer(Call call, Shape shape, List<Lane> lanes, List<Reading> readings) throws AwsFailure {
        Optional<AwsFailure> cutShort =
                readings.stream().flatMap(r -> r.failure().stream()).findFirst();
        if (cutShort.isPresent() && readings.stream().noneMatch(Reading::read)) {
            throw cutShort.get();
        }
        Merged all = new Merged(shape, call.mostItems());
        for (Reading reading : readings) {
            if (!all.add(reading.take()) && cutShort.isEmpty()) {
                cutShort = Optional.of(Failures.more(call.operation(), call.mostItems()));
            }
        }
        int requests =
                lanes.stream().mapToInt(lane -> lane.exchanges().requests()).sum();
        return new Answer(all.take(), cutShort, requests);
    }

    private Map<String, Object> page(Call call, Map<String, Object> parameters, Exchanges exchanges) throws AwsFailure {
        try {
            return connections.during(exchanges, () -> {
                Session session = session(access(call));
                String region = session.region(call.region());
                session.signIn(exchanges);
                Api client = client(call.operation().service(), access(call), region);
                Map<String, Object> page = Documents.of(client.call(call.operation(), parameters));
                if (page.isEmpty()) {
                    throw Failures.garbage(
                            call.operation(), exchanges, new IllegalStateException("nothing known in it"));
                }
                return page;
            });
        } catch (AwsFailure e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof IllegalArgumentException mistake && exchanges.status() == 0) {
                throw mistake;
            }
            throw Failures.of(call.operation(), e, exchanges);
        } catch (StackOverflowError e) {
            // The SDK reads XML by recursion; no answer of AWS is that deep.
            throw Failures.garbage(call.operation(), exchanges, e);
        }
    }

    private AwsSettings.Access access(Call call) {
        return call.side() == Side.CALLEE ? settings.callee() : settings.caller();
    }

    private Session session(AwsSettings.Access access) {
        return Optional.ofNullable(sessions.get(access)).orElseThrow();
    }

    private Api client(String service, AwsSettings.Access access, String region) {
        return clients.computeIfAbsent(
                        new Client(service, access, region),
                        key -> new Once<>(() -> open(service, session(access), region)))
                .get();
    }

    private static Api open(String service, Session session, String region) {
        return switch (service) {
            case "application-autoscaling" -> new ScalingApi(session, region);
            case "cloudtrail" -> new CloudTrailApi(session, region);
            case "cloudwatch" -> new CloudWatchApi(session, region);
            case "ec2" -> new Ec2Api(session, region);
            case "ecs" -> new EcsApi(session, region);
            case "logs" -> new LogsApi(session, region);
            case "servicediscovery" -> new CloudMapApi(session, region);
            case "sts" -> new StsApi(session, region);
            default -> throw new IllegalArgumentException(service);
        };
    }

    @Override
    public void close() {
        running.forEach(this::giveUp);
        pool.shutdownNow();
        clients.values().forEach(client -> client.ifPresent(Api::close));
        sessions.values().forEach(Session::close);
        connections.close();
    }
}
