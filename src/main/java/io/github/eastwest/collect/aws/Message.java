package io.github.eastwest.collect.aws;

import io.github.eastwest.bundle.Text;
import java.util.regex.Pattern;

/**
 * What a server says, made fit to show: an endpoint can be anybody's, and can send back what it was sent. Access keys,
 * signatures, tokens, and everything that looks like one are left out.
 */
final class Message {
    private static final String LEFT_OUT = "…";

    /** More than any message of AWS; bounds the work below. */
    private static final int LONGEST = 4_000;

    /** From here on AWS's messages hold an encoded document, or the request that was signed. */
    private static final Pattern TAIL =
            Pattern.compile("(?i)(Encoded authorization failure message|The Canonical String for this request|"
                    + "AWS4-HMAC-SHA256|Credential=|Signature=|Authorization[=:]|X-Amz-(Security-Token|Signature|Credential))"
                    + ".*");

    private static final Pattern SECRET = Pattern.compile(
            // access key ids
            "(?<![A-Za-z0-9])A[A-Z]{3}[A-Z0-9]{16,}(?![A-Za-z0-9])"
                    // signatures
                    + "|(?<![A-Za-z0-9])[0-9a-fA-F]{64,}(?![A-Za-z0-9])"
                    // secret keys: 40 characters of base64 with both cases and a digit
                    + "|(?<![A-Za-z0-9/+=])(?=[^\\s]*[a-z])(?=[^\\s]*[A-Z])(?=[^\\s]*[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
                    // session tokens, as they are or in a URL
                    + "|[A-Za-z0-9/+=%_-]{100,}");

    private Message() {}

    /** One printable line of bounded length without secrets. */
    static String safe(String text) {
        String line = text.substring(0, Math.min(text.length(), LONGEST)).replaceAll("\\s+", " ");
        String open = TAIL.matcher(line).replaceFirst("");
        return Text.printable(SECRET.matcher(open).replaceAll(LEFT_OUT).strip());
    }

    /** An error code; empty if it is none. JSON answers may put a name space before it. */
    static String code(String code) {
        String name = code.substring(code.indexOf('#') + 1);
        return name.matches("[A-Za-z0-9._-]{1,100}") ? name : "";
    }
}
