package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfirmLiveTest {
    @TempDir
    private Path folder;

    @Test
    void confirmsLiveAsItDoesFromWhatItSaved() throws IOException {
        Incident incident = Incident.sample("checkout-payments");
        Path saved = folder.resolve("bundle");
        CommandLineRun live;
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            live = LiveReplayTest.run(
                    incident, endpoint, "diagnose", List.of("--confirm", "--save", saved.toString(), "-o", "json"));
        }
        CommandLineRun offline = offline(incident, "--bundle", saved.toString(), "--confirm", "-o", "json");

        assertThat(live.out()).isEqualTo(offline.out());
        assertThat(live.exit()).isEqualTo(offline.exit()).isEqualTo(3);
        assertThat(live.out()).contains("\"answer\": \"confirms\"");
        assertThat(Files.exists(saved.resolve("confirm/ec2/describe-security-group-rules.json")))
                .isTrue();
        assertThat(Files.exists(saved.resolve("confirm/logs"))).isFalse();
        // What was read again is no part of the first answer.
        assertThat(offline(incident, "--bundle", saved.toString(), "-o", "json").out())
                .doesNotContain("confirm/");
    }

    @Test
    void whatWasReadAgainDecides() throws IOException {
        Incident incident = Incident.sample("checkout-payments");
        Path saved = folder.resolve("bundle");
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            LiveReplayTest.run(incident, endpoint, "diagnose", List.of("--confirm", "--save", saved.toString()));
        }
        Path again = saved.resolve("confirm/ec2/describe-security-group-rules.json");
        String open = Files.readString(again).replaceAll("\"IsEgress\"\\s*:\\s*true", "\"IsEgress\":false");
        assertThat(open).isNotEqualTo(Files.readString(again));
        // Each outbound rule (all protocols to everywhere) becomes an inbound one as well: everybody is admitted.
        String both = Files.readString(again).strip();
        Files.writeString(
                again,
                both.substring(0, both.lastIndexOf(']'))
                        + ", {\"SecurityGroupRuleId\":\"sgr-0\",\"GroupId\":\""
                        + callee(incident, saved)
                        + "\",\"IsEgress\":false,\"IpProtocol\":\"-1\",\"FromPort\":-1,\"ToPort\":-1,\"CidrIpv4\":\"0.0.0.0/0\"}]}");

        CommandLineRun refuted = offline(incident, "--bundle", saved.toString(), "--confirm", "-o", "json");

        assertThat(refuted.out()).contains("\"answer\": \"refutes\"").contains("its confirm step refutes it");
        assertThat(offline(incident, "--bundle", saved.toString(), "-o", "json").out())
                .contains("\"code\": \"EW301\"");
    }

    private static String callee(Incident incident, Path saved) throws IOException {
        String report =
                offline(incident, "--bundle", saved.toString(), "-o", "json").out();
        int at = report.indexOf("group-id,Values=") + "group-id,Values=".length();
        return report.substring(at, report.indexOf(' ', at));
    }

    private static CommandLineRun offline(Incident incident, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "diagnose";
        arguments[1] = incident.bundle().edge("caller");
        arguments[2] = incident.bundle().edge("callee");
        System.arraycopy(options, 0, arguments, 3, options.length);
        return CommandLineRun.of(arguments);
    }
}
