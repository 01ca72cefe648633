package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the length of an error body tells: Envoy writes its own errors with fixed texts, so status and length name them.
 *
 * <p>The texts are in {@code accesslog/local-replies.csv}; lengths are counted from them. A reset's text grows by 23 bytes
 * when the proxy retried and the retry limit was reached, and (up to Envoy 1.36) by the transport failure reason, which
 * for an immediate connect error ends with the address of the host. HEAD and gRPC replies have no body and no
 * fingerprint.
 */
final class LocalReplyFingerprints {
    /**
     * One text that has the length looked up.
     *
     * @param condition what the text says
     * @param retried whether the text says that retries were exhausted
     * @param reason whether the text carries a transport failure reason
     * @param preference lower is more usual: current texts before those of Envoy releases up to 2023
     */
    record Match(Condition condition, boolean retried, boolean reason, int preference) {}

    private static final String RESET = "upstream connect error or disconnect/reset before headers";
    private static final String REASON = ". reset reason: ";
    private static final String RETRIED = ". retried and the latest reset reason: ";
    private static final String TRANSPORT = ", transport failure reason: ";
    /** The name for all connection failures before Envoy told remote from local ones. */
    private static final String OLD_CONNECTION_FAILURE = "connection failure";

    private static final String CONNECTION_FAILURE = "remote connection failure";
    /** Shortest body with a transport failure reason, which is at least an error number. */
    private static final int SHORTEST_WITH_REASON =
            (RESET + REASON + OLD_CONNECTION_FAILURE + TRANSPORT + "delayed connect error: 111").length();
    /**
     * From this length on an unknown reason is a TLS error: connect errors are short sentences, BoringSSL's are not. The
     * longest connect error known, with an IPv4 address, gives 211 with retries exhausted.
     */
    private static final int LONG_REASON = 212;

    private static final LocalReplyFingerprints KNOWN = load();

    private final Map<Long, List<Match>> byLength;
    private final List<Addressed> addressed;

    /** A text that is followed by the host's {@code address:port}. */
    private record Addressed(int status, Condition condition, int length, boolean retried) {}

    private LocalReplyFingerprints(Map<Long, List<Match>> byLength, List<Addressed> addressed) {
        this.byLength = byLength;
        this.addressed = addressed;
    }

    /** The texts of all Envoy releases known. */
    static LocalReplyFingerprints known() {
        return KNOWN;
    }

    /**
     * The conditions whose body has this length, most usual first; empty when none has.
     *
     * @param status HTTP status of the answer
     * @param bytes its body's length
     * @param host {@code address:port} chosen, or null: some texts end with it
     */
    List<Match> lookup(int status, long bytes, @Nullable String host) {
        List<Match> exact =
                bytes >= 0 && bytes < 100_000 ? byLength.getOrDefault(key(status, bytes), List.of()) : List.of();
        if (host == null || status != 503 || bytes < SHORTEST_WITH_REASON) {
            return exact;
        }
        for (Addressed text : addressed) {
            if (text.length + host.length() == bytes) {
                List<Match> all = new ArrayList<>(exact);
                all.add(0, new Match(text.condition, text.retried, true, 0));
                return all;
            }
        }
        return exact;
    }

    /**
     * What a 503 of unknown length can mean if the proxy wrote it: long enough for a transport failure reason, it is a
     * connection failure, and a TLS failure if the reason is a long one.
     */
    List<Condition> ofUnknownReason(long bytes) {
        if (bytes >= LONG_REASON) {
            return List.of(Condition.TLS_FAILURE, Condition.UPSTREAM_CONNECTION_FAILURE);
        }
        return carriesReason(bytes) ? List.of(Condition.UPSTREAM_CONNECTION_FAILURE, Condition.TLS_FAILURE) : List.of();
    }

    /** Whether a body of that length carries a transport failure reason: releases up to 1.36 print it, 1.40 does not. */
    static boolean carriesReason(long bytes) {
        return bytes >= SHORTEST_WITH_REASON;
    }

    private static LocalReplyFingerprints load() {
        Map<Long, List<Match>> byLength = new HashMap<>();
        List<Addressed> addressed = new ArrayList<>();
        for (List<String> row : Table.rows("local-replies.csv", 4)) {
            int status = Integer.parseInt(row.get(1));
            Condition condition = Condition.of(row.get(2)).orElseThrow();
            String text = row.get(3);
            switch (row.get(0)) {
                case "plain" ->
                    add(
                            byLength,
                            status,
                            text.length(),
                            new Match(condition, false, false, text.equals(RESET) ? 4 : 0));
                case "reset" -> {
                    // In this order a length that two releases share means the newer release's text.
                    int age = text.equals(OLD_CONNECTION_FAILURE) ? 2 : text.startsWith("overload") ? 1 : 0;
                    add(byLength, status, (RESET + REASON + text).length(), new Match(condition, false, false, age));
                    add(
                            byLength,
                            status,
                            (RESET + RETRIED + text).length(),
                            new Match(condition, true, false, age + 1));
                }
                case "transport" -> {
                    for (String reason : List.of(CONNECTION_FAILURE, OLD_CONNECTION_FAILURE)) {
                        int age = reason.equals(OLD_CONNECTION_FAILURE) ? 2 : 0;
                        int tail = (reason + TRANSPORT + text).length();
                        add(byLength, status, (RESET + REASON).length() + tail, new Match(condition, false, true, age));
                        add(
                                byLength,
                                status,
                                (RESET + RETRIED).length() + tail,
                                new Match(condition, true, true, age + 1));
                    }
                }
                case "addressed" -> {
                    int tail = (CONNECTION_FAILURE + TRANSPORT + text).length();
                    addressed.add(new Addressed(status, condition, (RESET + REASON).length() + tail, false));
                    addressed.add(new Addressed(status, condition, (RESET + RETRIED).length() + tail, true));
                }
                default -> throw new IllegalStateException("unknown kind of local reply: " + row.get(0));
            }
        }
        byLength.replaceAll((length, matches) -> {
            matches.sort(Comparator.comparingInt(Match::preference));
            return List.copyOf(matches);
        });
        return new LocalReplyFingerprints(Map.copyOf(byLength), List.copyOf(addressed));
    }

    private static void add(Map<Long, List<Match>> byLength, int status, int length, Match match) {
        byLength.computeIfAbsent(key(status, length), k -> new ArrayList<>()).add(match);
    }

    private static long key(int status, long bytes) {
        return status * 100_000L + bytes;
    }
}
