package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.AwsSettings.Access;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that does with connections what an HTTP server never would. */
final class RawServer implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> heads = Collections.synchronizedList(new ArrayList<>());

    /** What to do with a connection whose request was read. */
    interface Deed {
        void on(Socket socket) throws IOException, InterruptedException;
    }

    RawServer(Deed deed) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(() -> {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> {
                    try (socket) {
                        heads.add(readRequest(socket.getInputStream()));
                        deed.on(socket);
                    }
                });
            }
        });
    }

    /** Says the beginning of an answer. */
    static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    int requests() {
        return heads.size();
    }

    /** The requests' headers. */
    List<String> heads() {
        return List.copyOf(heads);
    }

    int port() {
        return server.getLocalPort();
    }

    AwsSettings settings() {
        Access own = new Access(Optional.empty(), Optional.empty(), Optional.empty());
        return new AwsSettings(
                own, own, Optional.of(URI.create("http://127.0.0.1:" + server.getLocalPort())), Stub.KEYS);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // The test is over, or the client went away.
                    }
                },
                "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static String readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
