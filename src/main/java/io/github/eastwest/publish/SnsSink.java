package io.github.eastwest.publish;

import io.github.eastwest.model.EastwestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * An SNS topic.
 *
 * @param arn its ARN
 * @param region its Region
 */
public record SnsSink(String arn, String region) {
    /** Bytes of a message are bounded to 256 KiB; characters of a subject to 100, ASCII only. */
    private static final int LONGEST = 60_000;

    private static final int LONGEST_SUBJECT = 100;

    private static final Pattern ARN =
            Pattern.compile("arn:aws[a-z-]*:sns:([a-z0-9-]{1,32}):\\d{12}:[A-Za-z0-9_.-]{1,256}");

    /**
     * Reads a topic's ARN.
     *
     * @throws EastwestException of kind USAGE if it is none
     */
    public static SnsSink parse(String text) {
        Matcher arn = ARN.matcher(text);
        if (!arn.matches()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "--notify sns: is not followed by the ARN of a topic",
                    "It looks like sns:arn:aws:sns:eu-west-1:123456789012:reports.");
        }
        return new SnsSink(text, arn.group(1));
    }

    /** What it needs. */
    public Grant grant() {
        return new Grant("EastwestNotify", "sns:Publish", arn);
    }

    /**
     * Publishes a message.
     *
     * @throws SinkFailure if it cannot be published
     */
    public void publish(AwsAccess access, String subject, String message) throws SinkFailure {
        try (SnsClient sns = access.open(SnsClient.builder(), "SNS", region)) {
            String body = message.length() > LONGEST ? message.substring(0, LONGEST) : message;
            sns.publish(
                    request -> request.topicArn(arn).subject(subject(subject)).message(body));
        } catch (SdkException | IllegalArgumentException fault) {
            throw new SinkFailure("cannot notify " + arn + ": " + fault.getMessage(), fault);
        }
    }

    /** ASCII without control characters; SNS refuses any other subject. */
    static String subject(String text) {
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < text.length() && ascii.length() < LONGEST_SUBJECT; i++) {
            char c = text.charAt(i);
            if (c == '\u2192') {
                ascii.append('>');
            } else if (c >= ' ' && c < 0x7f) {
                ascii.append(c);
            } else if (Character.isSpaceChar(c)) {
                ascii.append(' ');
            }
        }
        String subject = ascii.toString().strip();
        return subject.isEmpty() ? "eastwest" : subject;
    }
}
