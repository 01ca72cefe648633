package io.github.eastwest.aws;

import java.util.Map;

/**
 * A request that an endpoint got.
 *
 * @param service the AWS CLI's name of the service; empty if the request names none
 * @param accessKey who called; empty if the request was not signed
 * @param parameters of a request that could be read, by member name
 * @param status HTTP status of the answer; 0 if there was none
 * @param error AWS's error code; empty if there was no error
 * @param start when it arrived, in nanoseconds of {@link System#nanoTime}
 * @param end when the answer was ready: nobody who needs it can have begun before
 */
record RecordedRequest(
        String service,
        String operation,
        String accessKey,
        Map<String, Object> parameters,
        int status,
        String error,
        long start,
        long end) {}
