package io.github.eastwest.collect;

import io.github.eastwest.model.Side;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call of an AWS API.
 *
 * @param operation what is called
 * @param side whose account, Region and credentials it uses: {@link Side#CALLER} or {@link Side#CALLEE}
 * @param region the Region where it differs from the side's own; empty for the side's own
 * @param parameters as the AWS CLI's {@code --cli-input-json} takes them: the API's member names, with {@code Map},
 *     {@code List}, {@code String}, {@code Boolean}, {@code Number} and {@link java.time.Instant} as values
 * @param mostItems how many items to read at most over all pages; {@link #ALL} for all
 */
public record Call(Operation operation, Side side, String region, Map<String, Object> parameters, int mostItems) {
    /** No bound on items. */
    public static final int ALL = Integer.MAX_VALUE;

    public Call {
        if (side == Side.UNKNOWN) {
            throw new IllegalArgumentException("a call belongs to a side");
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** A call in the side's own Region that reads all pages. */
    public static Call of(Operation operation, Side side, Map<String, Object> parameters) {
        return new Call(operation, side, "", parameters, ALL);
    }
}
