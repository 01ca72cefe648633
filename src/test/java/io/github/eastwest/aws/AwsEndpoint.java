package io.github.eastwest.aws;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * AWS on 127.0.0.1: serves bundles over the wire protocols of the SDK and the CLI. JSON 1.1 for ECS, Logs, Cloud Map, CloudTrail and scaling,
 * query for EC2, STS and CloudWatch, JSON 1.0 for CloudWatch, which newer CLIs use.
 *
 * <p>As strict as AWS: requests must be signed (version 4) by a known key for the account's Region; members and operations
 * must exist; bounds hold. What AWS leaves to chance, and faults, are set by {@link Settings} and {@link #fault}. Every
 * request is recorded.
 */
public final class AwsEndpoint implements AutoCloseable {
    static {
        // The JDK's server writes an answer in two packets; without this the second waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** How the names of the server's threads begin. */
    static final String THREADS = "aws-endpoint";

    private static final Map<String, String> TARGETS = Map.of(
            "AmazonEC2ContainerServiceV20141113", "ecs",
            "Logs_20140328", "logs",
            "Route53AutoNaming_v20170314", "servicediscovery",
            "AnyScaleFrontendService", "application-autoscaling",
            "CloudTrail_20131101", "cloudtrail",
            "GraniteServiceVersion20100801", "cloudwatch");

    private static final Map<String, String> SIGNING_NAMES = Map.of(
            "application-autoscaling", "application-autoscaling",
            "cloudtrail", "cloudtrail",
            "ecs", "ecs",
            "logs", "logs",
            "servicediscovery", "servicediscovery",
            "monitoring", "cloudwatch",
            "ec2", "ec2",
            "sts", "sts");

    private static final Map<String, String> VERSIONS =
            Map.of("ec2", "2016-11-15", "cloudwatch", "2010-08-01", "sts", "2011-06-15");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> new Thread(task, THREADS));
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Account> keys = new ConcurrentHashMap<>();
    private final List<Account> accounts = new ArrayList<>();
    private final List<Exchange> exchanges = new ArrayList<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> faultsMade = new ConcurrentHashMap<>();
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger users = new AtomicInteger();
    private volatile Duration latency = Duration.ZERO;

    private AwsEndpoint(List<ServedBundle> bundles, Settings settings) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (ServedBundle bundle : bundles) {
            Account account = new Account(bundle, settings, "AKIAEASTWEST" + accounts.size(), "");
            accounts.add(account);
            keys.put(account.accessKey(), account);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** An endpoint with one account. */
    static AwsEndpoint serving(Path bundle) {
        return serving(bundle, Settings.DEFAULT);
    }

    static AwsEndpoint serving(Path bundle, Settings settings) {
        return new AwsEndpoint(List.of(ServedBundle.read(bundle)), settings);
    }

    /** An endpoint with an account for each bundle. */
    static AwsEndpoint serving(List<ServedBundle> bundles, Settings settings) {
        return new AwsEndpoint(bundles, settings);
    }

    /** An account, or a session in one. */
    private static final class Account {
        private final ServedBundle bundle;
        private final String accessKey;
        private final String session;
        private final EcsApi ecs;
        private final CloudMapApi cloudMap;
        private final Ec2Api ec2;
        private final MetricsApi metrics;
        private final LogsApi logs;
        private final HistoryApi history;
        private final Settings settings;
        private long lastNamespaceListing;

        Account(ServedBundle bundle, Settings settings, String accessKey, String session) {
            this.bundle = bundle;
            this.settings = settings;
            this.accessKey = accessKey;
            this.session = session;
            ecs = new EcsApi(bundle, settings);
            cloudMap = new CloudMapApi(bundle, settings);
            ec2 = new Ec2Api(bundle, settings);
            LogStore store = new LogStore(bundle, ecs);
            metrics = new MetricsApi(bundle, settings, store);
            logs = new LogsApi(bundle, settings, store);
            history = new HistoryApi(bundle, settings);
        }

        private Account(Account owner, String accessKey, String session) {
            this.bundle = owner.bundle;
            this.settings = owner.settings;
            this.accessKey = accessKey;
            this.session = session;
            ecs = owner.ecs;
            cloudMap = owner.cloudMap;
            ec2 = owner.ec2;
            metrics = owner.metrics;
            logs = owner.logs;
            history = owner.history;
        }

        Account session(String accessKey, String token) {
            return new Account(this, accessKey, token);
        }

        String accessKey() {
            return accessKey;
        }

        String secret() {
            return "secret/" + accessKey;
        }

        Map<String, Object> answer(ApiCall call) {
            if (call.operation().equals("ListServicesByNamespace")) {
                throttle();
            }
            return switch (call.service()) {
                case "ecs" -> ecs.answer(call);
                case "servicediscovery" -> cloudMap.answer(call);
                case "ec2" -> ec2.answer(call);
                case "cloudwatch" -> metrics.answer(call);
                case "logs" -> logs.answer(call);
                case "application-autoscaling", "cloudtrail" -> history.answer(call);
                default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
            };
        }

        private synchronized void throttle() {
            int rate = settings.namespaceListingsPerSecond();
            long now = System.nanoTime();
            if (rate > 0
                    && lastNamespaceListing != 0
                    && now - lastNamespaceListing < TimeUnit.SECONDS.toNanos(1) / rate) {
                throw ApiError.of(ApiError.Kind.THROTTLED, "");
            }
            lastNamespaceListing = now;
        }
    }

    // ---- for tests

    /** Where it listens. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Environment variables with which the first account's user calls it. */
    public Map<String, String> environment() {
        return environment(0);
    }

    /** Environment variables with which the user of an account calls it. */
    Map<String, String> environment(int account) {
        return environment(accounts.get(account).accessKey());
    }

    /** Another user of the first account, who may have faults of his own; his access key. */
    String user() {
        Account user = accounts.get(0).session("AKIAEASTWESTUSER" + users.getAndIncrement(), "");
        keys.put(user.accessKey(), user);
        return user.accessKey();
    }

    /** Environment variables with which a user calls it. */
    Map<String, String> environment(String accessKey) {
        Account user = Optional.ofNullable(keys.get(accessKey)).orElseThrow();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("AWS_ACCESS_KEY_ID", user.accessKey());
        environment.put("AWS_SECRET_ACCESS_KEY", user.secret());
        environment.put("AWS_REGION", user.bundle.region());
        environment.put("AWS_DEFAULT_REGION", user.bundle.region());
        environment.put("AWS_ENDPOINT_URL", uri().toString());
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put("AWS_CONFIG_FILE", "/nonexistent/config");
        environment.put("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
        return environment;
    }

    /** Makes an operation of the API fail from now on. */
    AwsEndpoint fault(Operation operation, Fault fault) {
        return fault("", operation, fault);
    }

    /** Makes an operation of the API fail from now on when that user calls it. */
    AwsEndpoint fault(String accessKey, Operation operation, Fault fault) {
        faultsMade.put(accessKey + operation.api(), new AtomicInteger());
        faults.put(accessKey + operation.api(), fault);
        return this;
    }

    /** Makes every operation fail from now on. */
    AwsEndpoint fault(Fault fault) {
        for (Operation operation : Operation.values()) {
            fault(operation, fault);
        }
        return this;
    }

    AwsEndpoint withoutFaults() {
        faults.clear();
        return this;
    }

    /** Waits so long before every answer. */
    public AwsEndpoint latency(Duration latency) {
        this.latency = latency;
        return this;
    }

    /** What it was asked so far, in the order of the ends. */
    List<RecordedRequest> requests() {
        synchronized (exchanges) {
            return exchanges.stream().map(Exchange::recorded).toList();
        }
    }

    /** Forgets requests, and queries that have ended. */
    void forgetRequests() {
        synchronized (exchanges) {
            exchanges.clear();
        }
        accounts.forEach(account -> account.logs.forgetQueries());
    }

    /**
     * TCP connections that clients hold open, from the operating system's table.
     *
     * @return empty where there is no such table
     */
    Optional<Long> openConnections() throws IOException {
        Optional<Long> count = Optional.empty();
        String port = String.format(":%04X", server.getAddress().getPort());
        // A JDK with both address families lists IPv4 connections in the second table.
        for (String name : List.of("tcp", "tcp6")) {
            Path table = Path.of("/proc/self/net", name);
            if (Files.isReadable(table)) {
                // Column 1 is the local address, column 3 the state: 01 is established, 08 half closed by the client.
                long open = Files.readAllLines(table).stream()
                        .map(line -> line.strip().split("\\s+"))
                        .filter(columns ->
                                columns[1].endsWith(port) && List.of("01", "08").contains(columns[3]))
                        .count();
                count = Optional.of(count.orElse(0L) + open);
            }
        }
        return count;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    // ---- the server

    /** A request while it is being answered. */
    private static final class Exchange {
        private final long start = System.nanoTime();
        private long end;
        private String service = "";
        private String operation = "";
        private String accessKey = "";
        private Map<String, Object> parameters = Map.of();
        private Wire wire = Wire.JSON_1_1;
        private volatile int status;
        private volatile String error = "";
        private boolean listed;

        private RecordedRequest recorded() {
            return new RecordedRequest(service, operation, accessKey, parameters, status, error, start, end);
        }
    }

    private void handle(HttpExchange http) throws IOException {
        Exchange exchange = new Exchange();
        try (http) {
            byte[] body = http.getRequestBody().readAllBytes();
            Optional<Fault> fault = Optional.empty();
            byte[] answer;
            try {
                ApiCall call = call(http, body, exchange);
                fault = nextFault(exchange.accessKey + call.operation()).or(() -> nextFault(call.operation()));
                pause(latency.plus(fault.map(Fault::delay).orElse(Duration.ZERO)));
                fault.map(Fault::kind).flatMap(AwsEndpoint::refusal).ifPresent(kind -> {
                    throw ApiError.of(kind, "");
                });
                Account account = keys.get(exchange.accessKey);
                Map<String, Object> document = call.service().equals("sts") ? sts(call, account) : account.answer(call);
                answer = exchange.wire.answer(call, document, requestId());
                exchange.status = 200;
            } catch (ApiError e) {
                answer = exchange.wire.error(e, exchange.service + ":" + exchange.operation, requestId());
                exchange.status = exchange.wire.status(e);
                exchange.error = exchange.wire.code(e);
            }
            list(exchange);
            send(http, exchange, fault.map(Fault::kind).orElse(Fault.Kind.NONE), answer);
        } catch (IOException e) {
            // The client went away, or the answer is cut: the server closes the connection of a handler that fails so.
            exchange.error = "not sent";
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A fault of this endpoint must not look like one of AWS's.
            exchange.error = e.toString();
            throw e;
        } finally {
            list(exchange);
        }
    }

    /** Before the answer is sent: who has the answer finds its request listed. */
    private void list(Exchange exchange) {
        synchronized (exchanges) {
            if (!exchange.listed) {
                exchange.listed = true;
                exchange.end = System.nanoTime();
                exchanges.add(exchange);
            }
        }
    }

    private static String requestId() {
        return java.util.UUID.randomUUID().toString();
    }

    private void send(HttpExchange http, Exchange exchange, Fault.Kind fault, byte[] answer)
            throws IOException, InterruptedException {
        switch (fault) {
            case HANG -> {
                exchange.status = 0;
                closed.await();
                return;
            }
            case DROPPED -> {
                exchange.status = 0;
                return;
            }
            case GARBAGE -> answer = "<html><body>\u0000\uFFFD 502 upstream {{{".getBytes(StandardCharsets.UTF_8);
            default -> {
                // The answer itself.
            }
        }
        Headers headers = http.getResponseHeaders();
        headers.set("Content-Type", exchange.wire.contentType());
        headers.set("x-amzn-RequestId", requestId());
        if (fault == Fault.Kind.CUT) {
            http.sendResponseHeaders(exchange.status, answer.length + 1_000L);
            try (OutputStream out = http.getResponseBody()) {
                out.write(answer, 0, answer.length / 2);
                out.flush();
            }
            return;
        }
        http.sendResponseHeaders(exchange.status, answer.length);
        try (OutputStream out = http.getResponseBody()) {
            out.write(answer);
        }
    }

    private void pause(Duration time) throws InterruptedException {
        if (!time.isZero()) {
            Thread.sleep(time.toMillis());
        }
    }

    private Optional<Fault> nextFault(String key) {
        return Optional.ofNullable(faults.get(key))
                .filter(f -> faultsMade.get(key).getAndIncrement() < f.times());
    }

    private static Optional<ApiError.Kind> refusal(Fault.Kind fault) {
        return switch (fault) {
            case DENIED -> Optional.of(ApiError.Kind.DENIED);
            case EXPIRED -> Optional.of(ApiError.Kind.EXPIRED);
            case THROTTLED -> Optional.of(ApiError.Kind.THROTTLED);
            case INTERNAL -> Optional.of(ApiError.Kind.INTERNAL);
            case GARBAGE, CUT, DROPPED, HANG, NONE -> Optional.empty();
        };
    }

    // ---- reading a request

    private ApiCall call(HttpExchange http, byte[] body, Exchange exchange) {
        Headers headers = http.getRequestHeaders();
        Optional<Signature> signature =
                Optional.ofNullable(headers.getFirst("Authorization")).flatMap(Signature::of);
        String target = Optional.ofNullable(headers.getFirst("X-Amz-Target")).orElse("");
        Map<String, String> form = Map.of();
        if (target.isEmpty()) {
            form = form(body);
            exchange.service =
                    signature.map(Signature::service).map(SIGNING_NAMES::get).orElse("");
            exchange.operation = form.getOrDefault("Action", "");
            exchange.wire = exchange.service.equals("ec2") ? Wire.EC2 : Wire.QUERY;
        } else {
            int dot = target.lastIndexOf('.');
            // The CLI names CloudTrail's API with its package, the SDK without.
            String api = target.substring(0, Math.max(dot, 0)).replace("com.amazonaws.cloudtrail.v20131101.", "");
            exchange.service = TARGETS.getOrDefault(api, "");
            exchange.operation = target.substring(dot + 1);
            exchange.wire = exchange.service.equals("cloudwatch") ? Wire.JSON_1_0 : Wire.JSON_1_1;
        }
        if (!http.getRequestMethod().equals("POST")
                || exchange.service.isEmpty()
                || !Optional.ofNullable(headers.getFirst("Content-Type"))
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                        .startsWith(exchange.wire.requestType())) {
            throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, exchange.operation);
        }
        authenticate(http, body, exchange, signature);
        Shape shape = Shape.request(exchange.service, exchange.operation)
                .orElseThrow(() -> ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, exchange.operation));
        exchange.parameters = target.isEmpty()
                ? shape.fromForm(withoutAction(form, exchange), exchange.service.equals("ec2"))
                : shape.fromJson(json(body));
        return new ApiCall(exchange.service, exchange.operation, exchange.parameters);
    }

    private static Map<String, Object> json(byte[] body) {
        try {
            return Documents.read(body);
        } catch (tools.jackson.core.JacksonException | ClassCastException e) {
            throw ApiError.of(ApiError.Kind.MALFORMED, "no JSON object");
        }
    }

    private static Map<String, String> form(byte[] body) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    private static Map<String, String> withoutAction(Map<String, String> form, Exchange exchange) {
        Map<String, String> members = new LinkedHashMap<>(form);
        members.remove("Action");
        if (!VERSIONS.get(exchange.service).equals(members.remove("Version"))) {
            throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, exchange.operation);
        }
        return members;
    }

    private void authenticate(HttpExchange http, byte[] body, Exchange exchange, Optional<Signature> sent) {
        Headers headers = http.getRequestHeaders();
        Signature signature = sent.orElseThrow(() -> ApiError.of(ApiError.Kind.MISSING_SIGNATURE, ""));
        exchange.accessKey = signature.accessKey();
        Account account = Optional.ofNullable(keys.get(signature.accessKey()))
                .orElseThrow(() -> ApiError.of(ApiError.Kind.UNKNOWN_KEY, ""));
        if (!account.session.equals(
                Optional.ofNullable(headers.getFirst("X-Amz-Security-Token")).orElse(""))) {
            throw ApiError.of(ApiError.Kind.UNKNOWN_KEY, "");
        }
        boolean right = exchange.service.equals(SIGNING_NAMES.get(signature.service()))
                && (exchange.service.equals("sts") || signature.region().equals(account.bundle.region()))
                && signature.coversWhatMatters(headers)
                && signature.signs(
                        http.getRequestMethod(),
                        http.getRequestURI(),
                        name -> String.join(
                                ",", Optional.ofNullable(headers.get(name)).orElse(List.of())),
                        body,
                        account.secret());
        if (!right) {
            throw ApiError.of(ApiError.Kind.BAD_SIGNATURE, "");
        }
    }

    // ---- STS

    private Map<String, Object> sts(ApiCall call, Account caller) {
        Map<String, Object> answer = new LinkedHashMap<>();
        switch (call.operation()) {
            case "GetCallerIdentity" -> {
                String session = caller.session.isEmpty() ? "user/on-call" : "assumed-role/" + caller.session;
                answer.put("UserId", "AIDAEASTWEST");
                answer.put("Account", caller.bundle.account());
                answer.put(
                        "Arn",
                        "arn:aws:" + (caller.session.isEmpty() ? "iam" : "sts") + "::" + caller.bundle.account() + ":"
                                + session);
            }
            case "AssumeRole" -> {
                String[] role = call.required("RoleArn").split(":");
                Account owner = accounts.stream()
                        .filter(a -> role.length == 6 && role[4].equals(a.bundle.account()))
                        .findFirst()
                        .orElseThrow(() -> ApiError.of(ApiError.Kind.DENIED, ""));
                String name = role[5].replaceFirst("^role/", "") + "/" + call.required("RoleSessionName");
                Account session = owner.session("ASIAEASTWEST" + sessions.getAndIncrement(), name);
                keys.put(session.accessKey(), session);
                Map<String, Object> credentials = new LinkedHashMap<>();
                credentials.put("AccessKeyId", session.accessKey());
                credentials.put("SecretAccessKey", session.secret());
                credentials.put("SessionToken", name);
                credentials.put(
                        "Expiration", Instant.now().plus(Duration.ofHours(1)).toString());
                answer.put("Credentials", credentials);
                answer.put(
                        "AssumedRoleUser",
                        Map.of(
                                "AssumedRoleId", "AROAEASTWEST:" + call.required("RoleSessionName"),
                                "Arn", "arn:aws:sts::" + role[4] + ":assumed-role/" + name));
            }
            default -> throw ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation());
        }
        return answer;
    }
}
