package io.github.eastwest.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of a request, version 4.
 *
 * @param accessKey who signed
 * @param region for which Region
 * @param service for which service, by its signing name
 */
record Signature(String accessKey, String date, String region, String service, List<String> headers, String signature) {
    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/"
            + "([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");

    /** The signature of an {@code Authorization} header; empty if it is none. */
    static Optional<Signature> of(String authorization) {
        Matcher parts = AUTHORIZATION.matcher(authorization);
        return parts.matches()
                ? Optional.of(new Signature(
                        parts.group(1),
                        parts.group(2),
                        parts.group(3),
                        parts.group(4),
                        List.of(parts.group(5).split(";")),
                        parts.group(6)))
                : Optional.empty();
    }

    /** Whether the request was signed with this secret, as AWS's documentation of signature version 4 has it. */
    boolean signs(String method, URI uri, Function<String, String> header, byte[] body, String secret) {
        String canonical = String.join(
                "\n",
                method,
                uri.getRawPath().isEmpty() ? "/" : uri.getRawPath(),
                uri.getRawQuery() == null
                        ? ""
                        : Arrays.stream(uri.getRawQuery().split("&")).sorted().collect(Collectors.joining("&")),
                headers.stream()
                        .map(name -> name + ":" + header.apply(name).strip().replaceAll(" +", " ") + "\n")
                        .collect(Collectors.joining()),
                String.join(";", headers),
                sha256(body));
        String time = header.apply("x-amz-date");
        String scope = String.join("/", date, region, service, "aws4_request");
        String toSign =
                String.join("\n", "AWS4-HMAC-SHA256", time, scope, sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = hmac(key, part);
        }
        return time.startsWith(date)
                && HexFormat.of().formatHex(hmac(key, toSign)).equals(signature);
    }

    /** Headers without which a request could be changed on its way. */
    boolean coversWhatMatters(Map<String, List<String>> sent) {
        return headers.contains("host")
                && headers.contains("x-amz-date")
                && (!sent.containsKey("X-amz-target") || headers.contains("x-amz-target"))
                && (!sent.containsKey("X-amz-security-token") || headers.contains("x-amz-security-token"));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
