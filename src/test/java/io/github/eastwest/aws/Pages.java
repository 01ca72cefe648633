package io.github.eastwest.aws;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Pages of an answer, with tokens that are good only for the request that they continue. */
final class Pages {
    private Pages() {}

    /**
     * A page.
     *
     * @param nextToken how to get the next one; empty after the last
     */
    record Page<T>(List<T> items, Optional<String> nextToken) {}

    /**
     * The page that a request asks for.
     *
     * @param size most items of a page
     * @param tokenMember the request's member that holds the token
     * @param refused the service's error for a token that it did not give
     */
    static <T> Page<T> page(
            List<T> all, int size, ApiCall call, String tokenMember, Function<String, ApiError> refused) {
        int from = start(call, tokenMember, refused);
        int to = Math.min(all.size(), from + size);
        return new Page<>(
                all.subList(Math.min(from, to), to),
                to < all.size() ? Optional.of(token(call, tokenMember, to)) : Optional.empty());
    }

    /** The position that the request's token names; 0 without a token. */
    static int start(ApiCall call, String tokenMember, Function<String, ApiError> refused) {
        Optional<String> token = call.text(tokenMember);
        if (token.isEmpty()) {
            return 0;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token.get()), StandardCharsets.UTF_8).split("/");
            if (parts.length == 2 && parts[0].equals(request(call, tokenMember))) {
                return Integer.parseInt(parts[1]);
            }
        } catch (IllegalArgumentException e) {
            throw refused.apply(token.get());
        }
        throw refused.apply(token.get());
    }

    static String token(ApiCall call, String tokenMember, int position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((request(call, tokenMember) + "/" + position).getBytes(StandardCharsets.UTF_8));
    }

    private static String request(ApiCall call, String tokenMember) {
        Map<String, Object> others = new java.util.TreeMap<>(call.parameters());
        others.remove(tokenMember);
        return Integer.toHexString((call.operation() + others).hashCode());
    }
}
