package io.github.eastwest.bundle;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for a value in a redacted bundle: the same token for the same value, and nothing that leads back without the
 * key or the list. Tokens have the form of what they stand for, so that lines and answers still read the same: an account is
 * twelve digits, an address an address, a UUID a UUID. Not thread-safe.
 *
 * <p>A token is made of an HMAC of the value. Without the key even small spaces such as IPv4 cannot be tried out.
 */
final class Tokens {
    /** Values listed one by one per kind; further ones get their tokens too, but are only counted. */
    static final int MOST_LISTED = 250_000;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}";

    /** Characters at the end of a request id by which a sample of calls may have been chosen. */
    private static final int SAMPLED_BY = 4;

    private final Mac mac;
    private final boolean sampled;
    private final Map<Kind, SortedMap<String, String>> originals = new EnumMap<>(Kind.class);
    private final Map<Kind, Map<String, String>> tokens = new EnumMap<>(Kind.class);
    private final AddressTokens addresses;

    /** What is replaced. */
    enum Kind {
        ACCOUNT,
        ADDRESS,
        DESCRIPTION,
        EMAIL,
        ENVIRONMENT,
        HARDWARE_ADDRESS,
        HOST_NAME,
        LOG_POINTER,
        PATH_VALUE,
        PRINCIPAL,
        QUERY,
        REQUEST_ID,
        SECRET,
        TAG,
        USER_AGENT;

        /** The name in the list and the map. */
        String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * No token made yet.
     *
     * @param key secret, {@value Redaction#KEY_BYTES} bytes
     * @param sampled whether the end of request ids must stay, since a sample of calls was chosen by it
     */
    Tokens(byte[] key, boolean sampled) {
        this.sampled = sampled;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
        addresses = new AddressTokens(this::hash);
    }

    /** Twelve digits that are no account of anybody: they begin with 100000. */
    String account(String account) {
        return token(Kind.ACCOUNT, account, value -> "100000" + digits(Kind.ACCOUNT, value, 6));
    }

    /** An address or block of the same family, length and relations; the text itself where it is none, or tells nothing. */
    String address(String address) {
        String token = addresses.token(address);
        return token.equals(address) ? address : token(Kind.ADDRESS, address, value -> token);
    }

    /** An address of the kind that is not assigned to hardware. */
    String hardwareAddress(String address) {
        return token(Kind.HARDWARE_ADDRESS, address, value -> {
            StringBuilder token = new StringBuilder("02");
            String hex = hex(Kind.HARDWARE_ADDRESS, value.toLowerCase(Locale.ROOT), 10);
            for (int i = 0; i < hex.length(); i += 2) {
                token.append(':').append(hex, i, i + 2);
            }
            return token.toString();
        });
    }

    /** One part of a host name between dots. */
    String label(String label) {
        return token(Kind.HOST_NAME, label, value -> "x" + hex(Kind.HOST_NAME, value.toLowerCase(Locale.ROOT), 10));
    }

    /** A request id, a UUID again where it was one. */
    String requestId(String id) {
        return token(Kind.REQUEST_ID, id, value -> {
            String tail = tail(value);
            if (value.matches(UUID)) {
                String hex = hex(Kind.REQUEST_ID, value.toLowerCase(Locale.ROOT), 32);
                // The version digit of Envoy's ids tells whether the request was traced.
                return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + value.charAt(14) + hex.substring(13, 16)
                        + "-" + hex.substring(16, 20) + "-" + hex.substring(20, 32 - tail.length()) + tail;
            }
            return "r" + hex(Kind.REQUEST_ID, value, 20) + tail;
        });
    }

    /** The last letters and digits of an id, at most half of it, where they must stay. */
    private String tail(String id) {
        if (!sampled) {
            return "";
        }
        int to = id.length();
        while (to > 0 && !isAlphanumeric(id.charAt(to - 1))) {
            to--;
        }
        int from = to;
        int most = Math.min(SAMPLED_BY, id.length() / 2);
        while (from > 0 && to - from < most && isAlphanumeric(id.charAt(from - 1))) {
            from--;
        }
        return id.substring(from, to);
    }

    private static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** A client's name; gRPC clients stay recognisable as such. */
    String userAgent(String agent) {
        return token(
                Kind.USER_AGENT,
                agent,
                value -> (value.startsWith("grpc-") ? "grpc-" : "agent-") + hex(Kind.USER_AGENT, value, 10));
    }

    /** A value in a path that reads as a value. */
    String pathValue(String segment) {
        return token(Kind.PATH_VALUE, segment, value -> digits(Kind.PATH_VALUE, value, 14));
    }

    /** A value in a path that reads as a word. */
    String pathWord(String segment) {
        return token(Kind.PATH_VALUE, segment, value -> "x" + letters(Kind.PATH_VALUE, value));
    }

    /** Anything else. */
    String other(Kind kind, String text) {
        return token(kind, text, value -> "redacted-" + letters(kind, value));
    }

    /** Originals by token, of each kind. */
    SortedMap<String, SortedMap<String, String>> originals() {
        SortedMap<String, SortedMap<String, String>> all = new TreeMap<>();
        originals.forEach((kind, listed) -> all.put(kind.id(), listed));
        return all;
    }

    private String token(Kind kind, String original, UnaryOperator<String> maker) {
        Map<String, String> known = tokens.computeIfAbsent(kind, any -> new HashMap<>());
        String token = known.get(original);
        if (token == null) {
            token = maker.apply(original);
            if (known.size() < MOST_LISTED) {
                known.put(original, token);
                originals.computeIfAbsent(kind, any -> new TreeMap<>()).put(token, original);
            }
        }
        return token;
    }

    private byte[] hash(String text) {
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] hash(Kind kind, String value) {
        return hash(kind.id() + "\n" + value);
    }

    private String hex(Kind kind, String value, int length) {
        return HexFormat.of().formatHex(hash(kind, value)).substring(0, length);
    }

    /** Letters only: a third of digits would make a word of a path a value. */
    private String letters(Kind kind, String value) {
        StringBuilder letters = new StringBuilder();
        for (char c : hex(kind, value, 12).toCharArray()) {
            letters.append((char) ('a' + Character.digit(c, 16)));
        }
        return letters.toString();
    }

    private String digits(Kind kind, String value, int length) {
        StringBuilder digits = new StringBuilder();
        for (byte b : hash(kind, value)) {
            digits.append((b & 0xFF) % 10);
            if (digits.length() == length) {
                break;
            }
        }
        return digits.toString();
    }
}
