package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses in the environment of the caller's containers: whom its application was told to call. */
final class CallerAddresses {
    private static final Pattern HOST_PORT =
            Pattern.compile("^(?:[a-z][a-z0-9+.-]*://)?(?:[^@/]*@)?([A-Za-z0-9._-]+)(?::(\\d{1,5}))?(?:[/?].*)?$");
    private static final int LONGEST = 200;

    private CallerAddresses() {}

    /**
     * One address.
     *
     * @param variable {@code container/NAME}
     * @param host lower case
     * @param port empty when the value gives none
     */
    record Address(String variable, String host, String port) {
        /** {@code payments:8080 (app/PAYMENTS_URL)}. */
        String words() {
            return host + (port.isEmpty() ? "" : ":" + port) + " (" + variable + ")";
        }
    }

    /** All values that look like an address: a URL, a host with a port, or a name with dots. */
    static List<Address> of(Facts facts) {
        List<Address> addresses = new ArrayList<>();
        facts.callerEnvironment().forEach((name, value) -> {
            Matcher matcher = HOST_PORT.matcher(value.strip());
            if (value.length() > LONGEST || !matcher.matches()) {
                return;
            }
            String host = matcher.group(1).toLowerCase(Locale.ROOT);
            if (value.contains("://") || matcher.group(2) != null || host.contains(".")) {
                addresses.add(new Address(
                        name, host, Optional.ofNullable(matcher.group(2)).orElseGet(() -> defaultPort(value))));
            }
        });
        return addresses;
    }

    private static String defaultPort(String value) {
        String address = value.strip().toLowerCase(Locale.ROOT);
        return address.startsWith("http://") ? "80" : address.startsWith("https://") ? "443" : "";
    }
}
