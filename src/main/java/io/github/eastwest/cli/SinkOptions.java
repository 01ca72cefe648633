package io.github.eastwest.cli;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.publish.AwsAccess;
import io.github.eastwest.publish.Grant;
import io.github.eastwest.publish.S3Sink;
import io.github.eastwest.publish.SinkFailure;
import io.github.eastwest.publish.SlackSink;
import io.github.eastwest.publish.SnsSink;
import io.github.eastwest.render.Foreign;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a finished report is sent besides. A sink that fails is told on standard error and loses nothing: the report has been
 * written, the other sinks are still tried, and the exit code is 1 only where it would be 0 otherwise, so that it never hides
 * a problem.
 */
final class SinkOptions {
    private static final String SNS = "sns:";
    private static final String SLACK = "slack:";
    private static final int LONGEST_ADDRESS = 4096;

    @Option(
            names = "--publish",
            paramLabel = "s3://BUCKET/PREFIX",
            description = "Put each output of -o into a bucket too.")
    private @Nullable String publish;

    @Option(
            names = "--notify",
            paramLabel = "SINK",
            description =
                    "Send a summary: sns:ARN, or slack:VARIABLE or slack:@FILE with a webhook's URL in that variable"
                            + " or file; repeat for several.")
    private List<String> notify = new ArrayList<>();

    @Option(
            names = "--notify-when",
            paramLabel = "WHEN",
            defaultValue = "always",
            description = "always (default), change (something changed, or there is no earlier run) or problem.")
    private String when = "always";

    /** A file for the bucket. */
    record Published(String name, String contentType, byte[] content) {}

    /**
     * A summary.
     *
     * @param subject one line
     * @param text plain text
     * @param slack Block Kit JSON
     * @param changed whether there is news
     * @param problem whether there is a problem
     */
    record Notice(String subject, String text, byte[] slack, boolean changed, boolean problem) {}

    /** The sinks, checked before anything is collected. */
    record Sinks(Optional<S3Sink> bucket, List<SnsSink> topics, List<SlackSink> chats) {
        /** What they need to be allowed. */
        List<Grant> grants() {
            List<Grant> grants = new ArrayList<>();
            bucket.ifPresent(place -> grants.add(place.grant()));
            topics.forEach(topic -> grants.add(topic.grant()));
            return grants;
        }
    }

    /**
     * The sinks that were named.
     *
     * @throws EastwestException of kind USAGE if one is none
     */
    Sinks sinks(Map<String, String> environment) {
        if (!List.of("always", "change", "problem").contains(when)) {
            throw usage("unknown --notify-when '" + when + "'", "Use always, change or problem.");
        }
        List<SnsSink> topics = new ArrayList<>();
        List<SlackSink> chats = new ArrayList<>();
        for (String sink : notify) {
            if (sink.startsWith(SNS)) {
                topics.add(SnsSink.parse(sink.substring(SNS.length())));
            } else if (sink.startsWith(SLACK)) {
                chats.add(slack(sink.substring(SLACK.length()), environment));
            } else {
                // Not printed: it may be a webhook's URL.
                throw usage("--notify names no sink", "Use sns:ARN, slack:VARIABLE or slack:@FILE.");
            }
        }
        return new Sinks(Optional.ofNullable(publish).map(S3Sink::parse), topics, chats);
    }

    /** Grants for the sinks, of which a webhook needs none and is not looked up. */
    List<Grant> grants() {
        List<Grant> grants = new ArrayList<>();
        // No reference to the method: linking it would load the AWS SDK for a policy without sinks.
        if (publish != null) {
            grants.add(S3Sink.parse(publish).grant());
        }
        notify.stream()
                .filter(sink -> sink.startsWith(SNS))
                .map(sink -> SnsSink.parse(sink.substring(SNS.length())))
                .forEach(topic -> grants.add(topic.grant()));
        return grants;
    }

    private static SlackSink slack(String where, Map<String, String> environment) {
        if (where.contains("://")) {
            throw usage(
                    "--notify slack: takes the name of a variable or file, not the webhook's URL",
                    "The URL is a secret and other users see command lines: put it into a variable, slack:SLACK_WEBHOOK.");
        }
        if (where.startsWith("@")) {
            Path file = Path.of(where.substring(1));
            try (InputStream in = Files.newInputStream(file)) {
                return SlackSink.of(
                        new String(in.readNBytes(LONGEST_ADDRESS), StandardCharsets.UTF_8), "the file " + file);
            } catch (IOException unreadable) {
                throw usage("cannot read the webhook's URL from " + file, "Check the path and its permissions.");
            }
        }
        String url = environment.get(where);
        if (url == null || url.isBlank()) {
            throw usage(
                    "there is no environment variable " + Foreign.clean(where, 80) + " for --notify slack:",
                    "It holds the URL of an incoming webhook.");
        }
        return SlackSink.of(url, "the variable " + where);
    }

    /**
     * Sends a report.
     *
     * @return whether every sink took it
     * @throws InterruptedException if this thread was interrupted
     */
    boolean send(Sinks sinks, AwsAccess access, List<Published> files, Notice notice, Console console)
            throws InterruptedException {
        boolean all = true;
        StringBuilder places = new StringBuilder();
        if (sinks.bucket().isPresent()) {
            for (Published file : files) {
                try {
                    String place = sinks.bucket().get().put(access, file.name(), file.contentType(), file.content());
                    console.err().println("eastwest: published to " + place);
                    places.append('\n').append(place);
                } catch (SinkFailure failure) {
                    all = told(failure, console);
                }
            }
        }
        boolean wanted = when.equals("always")
                || when.equals("change") && notice.changed()
                || when.equals("problem") && notice.problem();
        if (!wanted) {
            return all;
        }
        for (SnsSink topic : sinks.topics()) {
            try {
                topic.publish(access, notice.subject(), notice.text() + places);
                console.err().println("eastwest: notified " + topic.arn());
            } catch (SinkFailure failure) {
                all = told(failure, console);
            }
        }
        for (SlackSink chat : sinks.chats()) {
            try {
                chat.post(notice.slack());
                console.err().println("eastwest: notified Slack");
            } catch (SinkFailure failure) {
                all = told(failure, console);
            }
        }
        return all;
    }

    private static boolean told(SinkFailure failure, Console console) {
        console.err().println("eastwest: " + Foreign.clean(String.valueOf(failure.getMessage())));
        return false;
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
