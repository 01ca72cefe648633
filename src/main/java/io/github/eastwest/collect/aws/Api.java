package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;

/** One AWS API: its client, and which of the client's methods answers which operation. */
interface Api extends AutoCloseable {
    /**
     * Makes one request.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException if AWS did not answer, or refused
     * @throws IllegalArgumentException if the operation belongs to another API, or has no such parameters
     */
    SdkPojo call(Operation operation, Map<String, Object> parameters);

    @Override
    void close();
}
