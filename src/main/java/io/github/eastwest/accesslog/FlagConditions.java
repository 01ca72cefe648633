package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What response flags, response-code details and the transport failure reason say, for formats that print them.
 *
 * <p>Tables: {@code accesslog/response-flags.csv}, {@code accesslog/response-code-details.csv}. Flags are a set (their
 * order differs between releases) in short or long names. {@code URX} and {@code UO} beside another cause, or beside
 * {@code via_upstream}, tell about the retry and are left out. Details are finer than flags, so they decide where both
 * are present. Spellings of older releases are read too: blanks instead of {@code _}, {@code ,} instead of {@code |}
 * before the transport failure reason, {@code NR} with status 503 for a missing cluster.
 */
final class FlagConditions {
    /** What the proxy itself said about a line. */
    record Told(Outcome outcome, Condition condition, List<Condition> alternatives, Basis basis) {}

    /** Who made the status. */
    enum Outcome {
        /** The proxy that wrote the line. */
        PROXY,
        /** The upstream: an application, or another proxy. */
        UPSTREAM
    }

    private record Flag(String name, Condition condition, int rank) {}

    /** From this rank on a flag does not name a cause by itself. */
    private static final int RETRY_RANK = 50;

    private static final int OVERFLOW_RANK = 30;

    private static final Map<String, Flag> FLAGS = flags();
    private static final Map<String, String> EXACT = new HashMap<>();
    private static final Map<String, String> PREFIXES = new HashMap<>();
    private static final Map<String, Condition> RESETS = new HashMap<>();

    static {
        for (List<String> row : Table.rows("response-code-details.csv", 3)) {
            switch (row.get(2)) {
                case "exact" -> EXACT.put(row.get(0), row.get(1));
                case "prefix" -> PREFIXES.put(row.get(0), row.get(1));
                case "reset" ->
                    RESETS.put(row.get(0).substring(1), Condition.of(row.get(1)).orElseThrow());
                default -> throw new IllegalStateException("unknown match: " + row.get(2));
            }
        }
    }

    private FlagConditions() {}

    /** The short form of a flag's long or short name; an unknown name is returned as it is. */
    static String shortName(String flag) {
        Flag known = FLAGS.get(flag);
        return known == null ? flag : known.name;
    }

    /** The condition that flags or details name; empty when the line has neither or they name none. */
    static Optional<Told> read(AccessLogEntry line) {
        AccessLogEntry.Response response = line.response();
        String details = normalise(response.details());
        Flag cause = cause(response.flags());
        if (details.isEmpty() && cause == null) {
            return Optional.empty();
        }
        Optional<Told> fromDetails = details.isEmpty() ? Optional.empty() : fromDetails(line, details, cause);
        if (fromDetails.isPresent()) {
            return fromDetails;
        }
        return cause == null ? Optional.empty() : Optional.of(fromFlag(line, cause));
    }

    private static Optional<Told> fromDetails(AccessLogEntry line, String details, @Nullable Flag cause) {
        Basis basis = cause == null ? Basis.DETAILS : Basis.FLAG;
        String meaning = EXACT.get(details);
        if (meaning == null && details.startsWith("upstream_reset_")) {
            return fromReset(line, details, cause);
        }
        if (meaning == null) {
            meaning = PREFIXES.entrySet().stream()
                    .filter(prefix -> details.startsWith(prefix.getKey()))
                    .max(Comparator.comparingInt(prefix -> prefix.getKey().length()))
                    .map(Map.Entry::getValue)
                    .orElse(null);
        }
        if (meaning == null) {
            return Optional.empty();
        }
        return switch (meaning) {
            case "answered" ->
                // A flag that says more than "retried" stands even beside via_upstream: the body broke off afterwards.
                cause != null && cause.rank < RETRY_RANK && cause.rank != OVERFLOW_RANK
                        ? Optional.of(fromFlag(line, cause))
                        : Optional.of(new Told(Outcome.UPSTREAM, Condition.SUCCESS, List.of(), Basis.DETAILS));
            case "local" ->
                line.response().status() < 400
                        ? Optional.of(new Told(Outcome.PROXY, Condition.SUCCESS, List.of(), Basis.DETAILS))
                        : Optional.empty();
            default -> Optional.of(new Told(Outcome.PROXY, Condition.of(meaning).orElseThrow(), List.of(), basis));
        };
    }

    /** {@code upstream_reset_before_response_started{reason|transport}} and {@code upstream_reset_after_…}. */
    private static Optional<Told> fromReset(AccessLogEntry line, String details, @Nullable Flag cause) {
        Basis basis = cause == null ? Basis.DETAILS : Basis.FLAG;
        int open = details.indexOf('{');
        if (open < 0) {
            return Optional.empty();
        }
        int end = open + 1;
        while (end < details.length() && "|,}".indexOf(details.charAt(end)) < 0) {
            end++;
        }
        Condition condition = RESETS.get(details.substring(open + 1, end));
        if (condition == null) {
            return Optional.empty();
        }
        String transport = details.substring(end) + normalise(line.upstream().transportFailure());
        if (condition == Condition.UPSTREAM_CONNECTION_FAILURE) {
            return Optional.of(connectionFailure(transport, !transport.isEmpty() && !transport.equals("}"), basis));
        }
        return Optional.of(new Told(Outcome.PROXY, condition, List.of(), basis));
    }

    private static Told connectionFailure(String transport, boolean hasReason, Basis basis) {
        String lower = transport.toLowerCase(Locale.ROOT);
        if (lower.contains("tls") || lower.contains("ssl_routines") || lower.contains("secret_is_not_supplied")) {
            return new Told(Outcome.PROXY, Condition.TLS_FAILURE, List.of(), basis);
        }
        // Newer releases lose the reason of a TLS failure: without a reason it stays possible.
        return new Told(
                Outcome.PROXY,
                Condition.UPSTREAM_CONNECTION_FAILURE,
                hasReason ? List.of() : List.of(Condition.TLS_FAILURE),
                basis);
    }

    private static Told fromFlag(AccessLogEntry line, Flag cause) {
        int status = line.response().status();
        Condition condition = cause.condition;
        switch (cause.name) {
            case "UF" -> {
                String transport = normalise(line.upstream().transportFailure());
                List<LocalReplyFingerprints.Match> length = LocalReplyFingerprints.known()
                        .lookup(
                                status,
                                line.response().bytesSent(),
                                line.upstream().host());
                if (transport.isEmpty() && !length.isEmpty()) {
                    Condition byLength = length.get(0).condition();
                    if (byLength == Condition.UPSTREAM_CONNECTION_TIMEOUT || byLength == Condition.TLS_FAILURE) {
                        return new Told(
                                Outcome.PROXY, byLength, List.of(Condition.UPSTREAM_CONNECTION_FAILURE), Basis.FLAG);
                    }
                }
                return connectionFailure(transport, !transport.isEmpty(), Basis.FLAG);
            }
            case "NR" -> {
                return new Told(
                        Outcome.PROXY,
                        status == 503 ? Condition.CLUSTER_NOT_FOUND : Condition.NO_ROUTE,
                        List.of(),
                        Basis.FLAG);
            }
            case "UT" -> {
                return new Told(Outcome.PROXY, condition, List.of(Condition.PER_TRY_TIMEOUT), Basis.FLAG);
            }
            case "LR" -> {
                // Up to about 1.15 timeouts were local resets; the status then is the timeout's.
                return status == 504
                        ? new Told(
                                Outcome.PROXY,
                                Condition.UPSTREAM_RESPONSE_TIMEOUT,
                                List.of(Condition.UPSTREAM_RESET),
                                Basis.FLAG)
                        : new Told(
                                Outcome.PROXY,
                                condition,
                                List.of(Condition.UPSTREAM_CONNECTION_TIMEOUT, Condition.PER_TRY_TIMEOUT),
                                Basis.FLAG);
            }
            case "UO" -> {
                return line.hasServiceTime()
                        ? new Told(Outcome.UPSTREAM, Condition.SUCCESS, List.of(), Basis.FLAG)
                        : new Told(Outcome.PROXY, condition, List.of(), Basis.FLAG);
            }
            case "DI", "RFCF" -> {
                return status > 0 && status < 400
                        ? new Told(Outcome.PROXY, Condition.SUCCESS, List.of(), Basis.FLAG)
                        : new Told(Outcome.UPSTREAM, Condition.SUCCESS, List.of(), Basis.FLAG);
            }
            default -> {
                return new Told(Outcome.PROXY, condition, List.of(), Basis.FLAG);
            }
        }
    }

    /** The flag that names the cause: the one of the lowest rank. Unknown flags, which extensions may set, name none. */
    private static @Nullable Flag cause(List<String> names) {
        Flag best = null;
        for (String name : names) {
            Flag flag = FLAGS.get(name);
            if (flag != null && (best == null || flag.rank < best.rank)) {
                best = flag;
            }
        }
        return best;
    }

    private static String normalise(@Nullable String text) {
        if (text == null || text.equals("-")) {
            return "";
        }
        return text.strip().replace(' ', '_');
    }

    private static Map<String, Flag> flags() {
        Map<String, Flag> flags = new HashMap<>();
        for (List<String> row : Table.rows("response-flags.csv", 5)) {
            Flag flag = new Flag(row.get(0), Condition.of(row.get(2)).orElseThrow(), Integer.parseInt(row.get(3)));
            flags.put(row.get(0), flag);
            flags.put(row.get(1), flag);
        }
        return Map.copyOf(flags);
    }
}
