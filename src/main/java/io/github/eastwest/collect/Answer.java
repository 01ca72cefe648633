package io.github.eastwest.collect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an AWS operation answered, all pages merged, exactly as {@code aws <service> <operation> --output json} prints it:
 * the API's member names in the order of its model, members that AWS did not send left out, times as ISO-8601 strings.
 * Values are {@code Map}, {@code List}, {@code String}, {@code Boolean} and {@code Number}. Tokens of pages are left out.
 *
 * @param document the answer
 * @param cutShort why not all pages could be read; empty when all were. What was read before is in the document
 * @param requests HTTP requests it took, retries included
 */
public record Answer(Map<String, Object> document, Optional<AwsFailure> cutShort, int requests) {
    public Answer {
        document = Collections.unmodifiableMap(new LinkedHashMap<>(document));
    }
}
