package io.github.eastwest.bundle;

import io.github.eastwest.model.ecs.AddressFamily;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Replaces IP addresses so that relations stay: two addresses share as many leading bits after as before. So an address still
 * lies in its subnet and in no other, blocks of security groups, network ACLs and routes still hold the same addresses, and
 * nothing is said about where they lie. Not thread-safe.
 *
 * <p>Each bit is flipped, or not, by a hash of the bits before it, as in Crypto-PAn (Xu, Fan, Ammar, Moon: Prefix-preserving IP
 * address anonymization, 2002). The bits that tell the kind of network stay, so that private addresses stay private; the first
 * bit after them is always flipped, so that no address stands for itself. Addresses that are the same everywhere stay: loopback,
 * link-local, unspecified, broadcast, multicast.
 */
final class AddressTokens {
    private final Function<String, byte[]> hash;
    private final Map<String, Boolean> flips = new HashMap<>();

    /** Prefixes decided so far that are remembered; more are decided anew each time. */
    private static final int MOST_REMEMBERED = 100_000;

    /** @param hash keyed hash of a text */
    AddressTokens(Function<String, byte[]> hash) {
        this.hash = hash;
    }

    /** The token of an address, with or without {@code /length}; the text itself where it is no address or stays. */
    String token(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String suffix = slash < 0 ? "" : text.substring(slash);
        byte[] bytes = bytes(address);
        if (bytes.length == 0 || stays(bytes) || AddressFamily.isAlias(address)) {
            return text;
        }
        int bits = bytes.length * 8;
        if (slash >= 0) {
            if (!suffix.matches("/\\d{1,3}") || Integer.parseInt(suffix.substring(1)) > bits) {
                return text;
            }
            bits = Integer.parseInt(suffix.substring(1));
        }
        byte[] mapped = map(bytes, bits);
        return (mapped.length == 4 ? ipv4(mapped) : ipv6(mapped)) + suffix;
    }

    /** Maps the first bits; the host part of a block stays, which is zero. */
    private byte[] map(byte[] bytes, int bits) {
        if (isMapped(bytes)) {
            byte[] inner = map(Arrays.copyOfRange(bytes, 12, 16), Math.max(0, bits - 96));
            byte[] outer = Arrays.copyOf(bytes, 16);
            System.arraycopy(inner, 0, outer, 12, 4);
            return outer;
        }
        byte[] mapped = bytes.clone();
        int kept = kept(bytes);
        StringBuilder prefix = new StringBuilder(bytes.length == 4 ? "4:" : "6:");
        for (int i = 0; i < bits; i++) {
            int bit = bytes[i >> 3] >> (7 - (i & 7)) & 1;
            if (i == kept || i > kept && flips(prefix.toString())) {
                mapped[i >> 3] ^= (byte) (1 << (7 - (i & 7)));
            }
            prefix.append(bit);
        }
        return mapped;
    }

    private boolean flips(String prefix) {
        Boolean known = flips.get(prefix);
        if (known == null) {
            known = (hash.apply("address\n" + prefix)[0] & 1) != 0;
            if (flips.size() < MOST_REMEMBERED) {
                flips.put(prefix, known);
            }
        }
        return known;
    }

    /** Leading bits that tell the kind of network. */
    private static int kept(byte[] bytes) {
        if (bytes.length == 16) {
            // fc00::/7 is private, 2000::/3 public.
            return 8;
        }
        return switch (bytes[0] & 0xFF) {
            case 100 -> 10;
            case 172 -> 12;
            case 169, 192 -> 16;
            default -> 8;
        };
    }

    private static boolean stays(byte[] bytes) {
        if (bytes.length == 16) {
            boolean zeros = true;
            for (int i = 0; i < 15; i++) {
                zeros &= bytes[i] == 0;
            }
            boolean linkLocal = (bytes[0] & 0xFF) == 0xFE && (bytes[1] & 0xC0) == 0x80;
            return zeros && (bytes[15] & 0xFF) <= 1
                    || linkLocal
                    || (bytes[0] & 0xFF) == 0xFF
                    || isMapped(bytes) && stays(Arrays.copyOfRange(bytes, 12, 16));
        }
        int first = bytes[0] & 0xFF;
        return first == 0 || first == 127 || first >= 224 || first == 169 && (bytes[1] & 0xFF) == 254;
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10 && bytes.length == 16; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
    }

    /** Four or sixteen bytes; none if the text is no address. */
    private static byte[] bytes(String text) {
        if (text.indexOf(':') >= 0) {
            return ipv6Bytes(text);
        }
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (parts.length != 4 || !parts[i].matches("\\d{1,3}") || Integer.parseInt(parts[i]) > 255) {
                return new byte[0];
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    private static byte[] ipv6Bytes(String text) {
        if (!text.matches("[0-9A-Fa-f:]{2,39}([0-9.]{7,15})?")) {
            return new byte[0];
        }
        try {
            byte[] bytes = InetAddress.getByName(text).getAddress();
            if (bytes.length == 16) {
                return bytes;
            }
            // Java shortens addresses of the form ::ffff:10.0.0.1.
            byte[] mapped = new byte[16];
            mapped[10] = -1;
            mapped[11] = -1;
            System.arraycopy(bytes, 0, mapped, 12, 4);
            return mapped;
        } catch (UnknownHostException none) {
            return new byte[0];
        }
    }

    private static String ipv4(byte[] bytes) {
        return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + "." + (bytes[3] & 0xFF);
    }

    /** RFC 5952: lower case, the longest run of zero groups as {@code ::}. */
    private static String ipv6(byte[] bytes) {
        if (isMapped(bytes)) {
            return "::ffff:" + ipv4(Arrays.copyOfRange(bytes, 12, 16));
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
