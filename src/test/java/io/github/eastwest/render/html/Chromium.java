package io.github.eastwest.render.html;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real browser: one process with one tab for all pages, steered by the DevTools protocol. Its only way to the network is a
 * proxy of ours that answers nothing and remembers what was asked for.
 */
final class Chromium implements AutoCloseable {
    private static final int SECONDS = 60;
    private static final JsonMapper JSON = new JsonMapper();

    /** The browser's own errands, whatever page it shows. */
    private static final List<String> ITS_OWN = List.of(".google.com", ".googleapis.com", ".gvt1.com");

    private final Path directory;
    private final HttpServer proxy;
    private final Process process;
    private final WebSocket socket;
    private final Answers answers = new Answers();
    private final AtomicInteger lastId = new AtomicInteger();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private String tab = "";

    private Chromium(Path binary) throws Exception {
        directory = Files.createTempDirectory("eastwest-browser");
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            requests.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(502, -1);
            exchange.close();
        });
        proxy.start();
        Path profile = Files.createDirectory(directory.resolve("profile"));
        process = new ProcessBuilder(
                        binary.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--proxy-server=http://127.0.0.1:" + proxy.getAddress().getPort(),
                        "--proxy-bypass-list=<-loopback>",
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log.txt").toFile())
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address(profile.resolve("DevToolsActivePort")), answers)
                .get(SECONDS, TimeUnit.SECONDS);
        String target = call("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asString();
        tab = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
        for (String domain : List.of("Page", "Runtime", "Log")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** The browser writes where it listens. */
    private URI address(Path file) throws Exception {
        for (int i = 0; i < SECONDS * 20; i++) {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                if (lines.size() == 2) {
                    return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the browser did not start within " + SECONDS + " s: "
                + Files.readString(directory.resolve("log.txt"), StandardCharsets.ISO_8859_1));
    }

    /**
     * The browser named by the environment variable {@code CHROMIUM}, else {@code /usr/bin/chromium}. Where there is none the
     * test is skipped, so that a JDK and Maven are enough to build; with the environment variable {@code CI} set it fails,
     * because a report that nobody looked at is not tested.
     */
    static Chromium start() throws Exception {
        String named = System.getenv("CHROMIUM");
        Path binary = Path.of(named == null || named.isBlank() ? "/usr/bin/chromium" : named);
        if (!Files.isExecutable(binary)) {
            String missing = "the HTML report is tested in a real browser, and there is none at " + binary
                    + ": install Chromium, or name it in the environment variable CHROMIUM";
            if (System.getenv("CI") != null) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
        return new Chromium(binary);
    }

    /** How a page is looked at. */
    record Look(int width, int height, String scheme, String medium, boolean script) {
        static final Look SCREEN = new Look(1280, 900, "light", "screen", true);
        static final Look DARK = new Look(1280, 900, "dark", "screen", true);
        static final Look PRINT = new Look(800, 1100, "light", "print", true);
        static final Look PHONE = new Look(390, 844, "light", "screen", true);
        static final Look NO_SCRIPT = new Look(1280, 900, "light", "screen", false);
    }

    /** Shows a page, and tells what it wrote to the console while it loaded. */
    List<String> show(byte[] page, Look look) throws Exception {
        URI address = Files.write(directory.resolve("page.html"), page).toUri();
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", look.width, "height", look.height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "media",
                        look.medium,
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", look.scheme))));
        call("Emulation.setScriptExecutionDisabled", Map.of("value", !look.script));
        answers.console.clear();
        CompletableFuture<JsonNode> loaded = answers.next("Page.loadEventFired");
        call("Page.navigate", Map.of("url", address.toString()));
        loaded.get(SECONDS, TimeUnit.SECONDS);
        // Messages of the page are sent before the answer to a question asked after them.
        evaluate("1");
        return List.copyOf(answers.console);
    }

    /** The value of an expression in the page, as JSON. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(answer.get("exceptionDetails").toString());
        }
        return answer.get("result").path("value");
    }

    /** Presses a key. */
    void press(String key, int code) throws Exception {
        String text = key.equals("Enter") ? "\r" : "";
        call(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text));
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
    }

    /** The page on paper. */
    byte[] pdf() throws Exception {
        return Base64.getDecoder()
                .decode(call("Page.printToPDF", Map.of("printBackground", false))
                        .get("data")
                        .asString());
    }

    /** What pages asked the network for. */
    List<String> requests() {
        return requests.stream()
                .filter(request ->
                        ITS_OWN.stream().noneMatch(host -> host(request).endsWith(host)))
                .toList();
    }

    private static String host(String request) {
        String host = request.contains("://") ? URI.create(request).getHost() : request.replaceAll(":\\d+$", "");
        return host == null ? "" : host;
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.open.put(id, answer);
        Map<String, Object> message = tab.isEmpty()
                ? Map.of("id", id, "method", method, "params", parameters)
                : Map.of("id", id, "method", method, "params", parameters, "sessionId", tab);
        socket.sendText(JSON.writeValueAsString(message), true).get(SECONDS, TimeUnit.SECONDS);
        JsonNode got = answer.get(SECONDS, TimeUnit.SECONDS);
        if (got.has("error")) {
            throw new AssertionError(method + ": " + got.get("error"));
        }
        return got.get("result");
    }

    /** Sorts what the browser says: answers by their number, events by their name. */
    private static final class Answers implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
        private final Map<String, CompletableFuture<JsonNode>> events = new ConcurrentHashMap<>();
        private final List<String> console = Collections.synchronizedList(new ArrayList<>());
        private final StringBuilder text = new StringBuilder();

        CompletableFuture<JsonNode> next(String event) {
            CompletableFuture<JsonNode> next = new CompletableFuture<>();
            events.put(event, next);
            return next;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonNode message = JSON.readTree(text.toString());
                text.setLength(0);
                take(message);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        private void take(JsonNode message) {
            if (message.has("id")) {
                CompletableFuture<JsonNode> waiting =
                        open.remove(message.get("id").asInt());
                if (waiting != null) {
                    waiting.complete(message);
                }
                return;
            }
            String event = message.get("method").asString();
            if (List.of("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
                    .contains(event)) {
                console.add(message.get("params").toString());
            }
            CompletableFuture<JsonNode> waiting = events.remove(event);
            if (waiting != null) {
                waiting.complete(message);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .thenAccept(Process::destroyForcibly)
                .join();
        proxy.stop(0);
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = new ArrayList<>(tree.toList());
        } catch (java.io.UncheckedIOException vanished) {
            return;
        }
        Collections.reverse(files);
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // A process of the browser still writes its profile; the system cleans its temporary directory.
                file.toFile().deleteOnExit();
            }
        }
    }
}
