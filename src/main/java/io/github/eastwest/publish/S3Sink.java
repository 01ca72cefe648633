package io.github.eastwest.publish;

import io.github.eastwest.model.EastwestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * A place in a bucket. Objects are encrypted as the bucket is configured to: no header says otherwise, since one would take the
 * place of the bucket's own key.
 *
 * @param bucket name of the bucket
 * @param prefix how the keys begin; empty, or with a slash at its end
 */
public record S3Sink(String bucket, String prefix) {
    private static final Pattern PLACE =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/=+@-]{0,700}))?");

    /**
     * Reads {@code s3://bucket/prefix}.
     *
     * @throws EastwestException of kind USAGE if it is none
     */
    public static S3Sink parse(String text) {
        Matcher place = PLACE.matcher(text);
        if (!place.matches()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "--publish does not name a place in a bucket",
                    "It looks like s3://my-reports/eastwest.");
        }
        String prefix = place.group(2) == null ? "" : place.group(2);
        return new S3Sink(place.group(1), prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
    }

    /** What it needs. */
    public Grant grant() {
        return new Grant("EastwestPublish", "s3:PutObject", "arn:aws:s3:::" + bucket + "/" + prefix + "*");
    }

    /**
     * Puts an object.
     *
     * @param name the rest of its key
     * @return where it is
     * @throws SinkFailure if it cannot be put
     */
    public String put(AwsAccess access, String name, String contentType, byte[] content) throws SinkFailure {
        String place = "s3://" + bucket + "/" + prefix + name;
        try {
            S3ClientBuilder builder = S3Client.builder()
                    // The bucket may lie in another Region than the services.
                    .crossRegionAccessEnabled(access.endpoint("S3").isEmpty())
                    .forcePathStyle(access.endpoint("S3").isPresent());
            try (S3Client s3 = access.open(builder, "S3", access.regionName())) {
                s3.putObject(
                        request -> request.bucket(bucket).key(prefix + name).contentType(contentType),
                        RequestBody.fromBytes(content));
            }
            return place;
        } catch (SdkException | IllegalArgumentException fault) {
            throw new SinkFailure("cannot publish to " + place + ": " + fault.getMessage(), fault);
        }
    }
}
