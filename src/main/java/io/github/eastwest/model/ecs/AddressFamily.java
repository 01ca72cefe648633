package io.github.eastwest.model.ecs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What environment variables say about the family of addresses that a client picks. Service Connect's {@code /etc/hosts} lists
 * each alias with an address of both families, so the choice decides whether a call finds the proxy. These words tell nothing
 * about anybody.
 */
public final class AddressFamily {
    /** How the IPv6 addresses of all aliases begin, in every account. */
    public static final String ALIASES = "2600:f0f0:";

    private static final Pattern SETTING = Pattern.compile("(?i)(?<![\\w.])(?:"
            + "(?<java>(?:-D)?java\\.net\\.preferIPv6Addresses=(?:true|system))"
            + "|(?<node>--dns-result-order=(?:ipv6first|verbatim))"
            + "|(?<address>\\[?" + ALIASES + "[0-9a-f:]{0,32}]?))(?!\\w)");

    private AddressFamily() {}

    /**
     * A setting that makes a client pick IPv6.
     *
     * @param from where it begins in the value
     * @param to where it ends
     * @param words what it does, after the variable's name
     */
    public record Setting(int from, int to, String words) {}

    /** The settings in a variable's value that make a client pick IPv6, in order. */
    public static List<Setting> ipv6(String value) {
        List<Setting> settings = new ArrayList<>();
        Matcher matcher = SETTING.matcher(value);
        while (matcher.find()) {
            String words = matcher.group("java") != null
                    ? "has java.net.preferIPv6Addresses"
                    : matcher.group("node") != null ? "has --dns-result-order" : "holds an address of that kind";
            settings.add(new Setting(matcher.start(), matcher.end(), words));
        }
        return settings;
    }

    /** Whether an address is one of those that stand for an alias. */
    public static boolean isAlias(String address) {
        return address.toLowerCase(Locale.ROOT).startsWith(ALIASES);
    }
}
