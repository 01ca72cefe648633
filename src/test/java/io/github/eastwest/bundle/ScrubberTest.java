package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubberTest {
    private final Tokens tokens = new Tokens(new byte[Redaction.KEY_BYTES], false);
    private final Scrubber scrubber = new Scrubber(tokens);

    @BeforeEach
    void serviceNamesAreKnown() {
        scrubber.keep("payments");
        scrubber.keep("checkout");
        scrubber.keep("prod.local");
        scrubber.keep("Payments-Stack-Cluster97242B84-5XWkN2u8tQ2m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "role arn:aws:iam::552135669152:role/x is missing                     | 552135669152",
                "bucket logs-552135669152-eu-west-1                                    | 552135669152",
                "552135669152.dkr.ecr.eu-west-1.amazonaws.com/app:1                    | 552135669152",
                "connect to 10.42.3.7:8080 failed                                      | 10.42.3.7",
                "range 10.42.3.7-10.42.3.9                                             | 10.42.3.9",
                "peers abc:def:10.42.3.7                                               | 10.42.3.7",
                "from 10.42.0.0/16 to fd12:3456:789a::/48                              | fd12:3456:789a",
                "from 10.42.0.0/16 to fd12:3456:789a::/48                              | 10.42.0.0",
                "ip-10-42-3-103.eu-west-1.compute.internal                             | ip-10-42-3-103",
                "at ip-10-42-3-103 now                                                 | 10-42-3-103",
                "ether 06:de:e6:92:e8:b8                                               | 06:de:e6:92:e8:b8",
                "resolving db.customer-name.com failed                                 | customer-name",
                "mail to jane.doe@customer.example please                              | jane.doe",
                "GET https://bob:pw@api.customer.io/v1/users/4711?email=x failed       | customer",
                "GET https://bob:pw@api.customer.io/v1/users/4711?email=x failed       | bob",
                "GET https://bob:pw@api.customer.io/v1/users/4711?email=x failed       | 4711",
                "GET https://bob:pw@api.customer.io/v1/users/4711?email=x failed       | email",
                "User: arn:aws:sts::552135669152:assumed-role/admin/jane.doe is not    | jane.doe",
                "arn:aws:iam::552135669152:user/jane                                   | jane",
                "key AKIAIOSFODNN7EXAMPLE used                                         | AKIAIOSFODNN7EXAMPLE",
                "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY        | wJalrXUtnFEMI",
                "secret was wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY                   | bPxRfiCYEXAMPLEKEY",
                "Authorization: Bearer abcdef123456                                    | abcdef123456",
                "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl here          | eyJzdWIiOiIxIn0",
                "DB_PASSWORD=hunter2 psql                                              | hunter2",
                "{\"password\": \"hunter2\"}                                           | hunter2",
                "{\\\"api_key\\\":\\\"hunter2\\\"}                                     | hunter2",
                "ghp_0123456789abcdefghijklmnop                                        | 0123456789abcdef",
                "request 550e8400-e29b-41d4-a716-446655440000 was reset                | 550e8400-e29b",
                "payments_550e8400-e29b-41d4-a716-446655440000.log                     | 550e8400-e29b",
                "account 5521-3566-9152 of the console                                | 5521-3566-9152",
                "mail to jürgen@müller.de please                                       | jürgen",
                "mail to jürgen@müller.de please                                       | müller",
                "ssh jane@bastion failed                                               | jane",
                "login bob:pw@db.customer.com:5432                                     | bob",
                "password = 'correct horse battery'                                    | battery",
                "{\"password\": \"correct horse\"}                                     | horse",
                "{\\\"password\\\":\\\"correct horse\\\"}                                 | horse",
                "psql --db-password hunter2 -h db                                      | hunter2",
                "cookie: theme=dark; sid=abc123                                        | abc123",
                "Set-Cookie: sid=abc123; Path=/; HttpOnly                              | abc123",
                "authorization: Digest username=\"bob\", response=\"6629fae4\"           | bob",
                "authorization: Digest username=\"bob\", response=\"6629fae4\"           | 6629fae4",
                "GET /x;jsessionid=1A530637 failed                                     | 1A530637",
                "key AIzaSyA-0123456789abcdefghijklmnopqrstu                           | AIzaSyA",
                "hook SG.abcdefghijklmnop.qrstuvwxyz012345 used                        | qrstuvwxyz012345",
                "secret 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 it was                | 2fd4e1c67a2d28fced",
                "ether 06-de-e6-92-e8-b8                                               | 06-de-e6",
                "resolving db.customer-name.systems failed                             | customer-name",
                "arn:aws:sts::552135669152:federated-user/jane                         | jane",
                "[2001:db8:85a3::8a2e:370:7334]:443 refused                            | 85a3",
                "peer 2001:0db8:85a3:0000:0000:8a2e:0370:7334%eth0                     | 8a2e",
                "64:ff9b::203.0.113.9 refused                                          | 203.0.113.9",
                "https://hooks.chat.com/services/T01AB23CD/Xa9Yb8Zc7Wd6Ve5Uf4          | Xa9Yb8Zc7Wd6",
                "-----BEGIN RSA PRIVATE KEY-----MIIEpAIBAAKCAQEA-----END RSA PRIVATE KEY----- | MIIEpAIBAAKCAQEA"
            })
    void replacesWhatTellsOfSomebody(String text, String telling) {
        String scrubbed = scrubber.words(text);

        assertThat(text).contains(telling);
        assertThat(scrubbed).doesNotContain(telling);
        assertThat(scrubber.words(text)).as("the same every time").isEqualTo(scrubbed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[2026-11-21 12:48:21.369][22][info][main] [source/server/server.cc:974] shutting down server instance",
                "upstream connect error or disconnect/reset before headers. reset reason: connection timeout",
                "(service checkout) has reached a steady state.",
                "remote connection failure, transport failure reason: delayed connect error: Connection refused",
                "listening on 127.0.0.1:15000 and [::1]:15000, 0.0.0.0/0",
                "arn:aws:ecs:eu-west-1::task/prod/d207962f5377837e2bd54573ae24b565",
                "com.amazonaws.ecs.capability.docker-remote-api.1.19",
                "envoy.filters.network.http_connection_manager",
                "HTTP/1.1",
                "/pkg.v1.Payments/Charge",
                "v1.34.12.1",
                "1 2 3 4",
                "Envoy::Http::Status",
                "std::bad_alloc",
                "logs.eu-west-1.amazonaws.com",
                "ecs.amazonaws.com",
                "payments.prod.local:8080",
                "2026-11-21T12:48:21Z",
                "Payments-Stack-Cluster97242B84-5XWkN2u8tQ2m",
                "sg-08d8be12df69f5479",
                "eni-07340cb0e7973c02f"
            })
    void leavesWhatTellsOfNobody(String text) {
        assertThat(scrubber.words(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "payments:8080,                 payments:8080",
        "Payments.prod.local,           Payments.prod.local",
        "paymets:8080,                  paymets:8080",
        "localhost:9090,                localhost:9090",
        "127.0.0.1:8080,                127.0.0.1:8080",
        "-,                             -",
        "[::1]:8080,                    [::1]:8080"
    })
    void namesOfServicesStayInAuthorities(String authority, String expected) {
        assertThat(scrubber.authority(authority)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "payments.customer.com:443,     payments\\.x[0-9a-f]{10}\\.com:443",
        "api.shop.customer.com,         x[0-9a-f]{10}\\.x[0-9a-f]{10}\\.x[0-9a-f]{10}\\.com",
        "customer:8080,                 x[0-9a-f]{10}:8080",
        "internal-payments-blue:80,     payments-x[0-9a-f]{10}:80",
        "10.42.3.7:8080,                10\\.\\d+\\.\\d+\\.\\d+:8080",
        "[fd12:3456::7]:8080,           \\[fd[0-9a-f:]+\\]:8080",
        "db.abc123.eu-west-1.rds.amazonaws.com, x[0-9a-f]{10}\\.x[0-9a-f]{10}\\.eu-west-1\\.rds\\.amazonaws\\.com"
    })
    void otherHostsAreReplacedPartByPart(String authority, String expected) {
        assertThat(scrubber.authority(authority)).matches(expected).isNotEqualTo(authority);
    }

    @Test
    void oneHostHasOneTokenWhateverItsCase() {
        assertThat(scrubber.authority("API.customer.com")).isEqualTo(scrubber.authority("api.CUSTOMER.com"));
        assertThat(scrubber.authority("api.customer.com")).isNotEqualTo(scrubber.authority("web.customer.com"));
    }

    @ParameterizedTest
    @CsvSource({
        "/orders/4711/items,                              /orders/\\d{14}/items",
        "/users/jane@example.org,                         /users/x[a-p]{12}",
        "/v1/charge,                                      /v1/charge",
        "/,                                               /",
        "/files/550e8400-e29b-41d4-a716-446655440000,     /files/\\d{14}",
        "/s/aGVsbG8gd29ybGQgdGhpcyBpcyBsb25n,             /s/\\d{14}",
        "/search?q=secret,                                /search\\?redacted-[a-p]{12}",
        "/search?,                                        /search\\?",
        "/a/caf%C3%A9-menu,                               /a/x[a-p]{12}",
        "/pkg.v1.Payments/Charge,                         /pkg.v1.Payments/Charge",
        "*,                                               \\*",
        "http://shop.customer.com/cart/77?x=1,            http://x[0-9a-f]{10}\\.x[0-9a-f]{10}\\.com/cart/\\d{14}\\?redacted-[a-p]{12}"
    })
    void valuesInPathsGoAndWordsStay(String path, String expected) {
        assertThat(scrubber.path(path)).matches(expected);
    }

    @Test
    void differentValuesInPathsStayDifferent() {
        assertThat(scrubber.path("/orders/1")).isNotEqualTo(scrubber.path("/orders/2"));
        assertThat(scrubber.path("/orders/1")).isEqualTo(scrubber.path("/orders/1"));
    }

    @ParameterizedTest
    @CsvSource({
        "'203.0.113.9, 10.42.3.7',   '203\\.\\d+\\.\\d+\\.\\d+, 10\\.\\d+\\.\\d+\\.\\d+'",
        "unknown,                    x[0-9a-f]{10}",
        "tcp://10.42.3.7:8080,       tcp://10\\.\\d+\\.\\d+\\.\\d+:8080",
        "127.0.0.1:8080,             127\\.0\\.0\\.1:8080"
    })
    void listsOfAddressesKeepTheirForm(String addresses, String expected) {
        assertThat(scrubber.addresses(addresses)).matches(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "http://payments:9090/v1?key=s3cret,        http://payments:9090/redacted-[a-p]{12}",
        "payments.staging.local:8080,               payments\\.x[0-9a-f]{10}\\.local:8080",
        "https://user:pw@payments/,                 https://redacted-[a-p]{12}@payments/",
        "payments,                                  redacted-[a-p]{12}",
        "hunter2,                                   redacted-[a-p]{12}",
        "8080,                                      redacted-[a-p]{12}",
        "postgres://db.customer.com/orders,         redacted-[a-p]{12}",
        "http://10.59.3.196:8080,                   http://10\\.\\d+\\.\\d+\\.\\d+:8080",
        "localhost:15001,                           localhost:15001",
        "http://internal-customer-123.eu-west-1.elb.amazonaws.com/x, http://x[0-9a-f]{10}\\.eu-west-1\\.elb\\.amazonaws\\.com/redacted-[a-p]{12}",
        "-Dkey=hunter2 -Djava.net.preferIPv6Addresses=true -Xmx1g, redacted-[a-p]{12} -Djava\\.net\\.preferIPv6Addresses=true redacted-[a-p]{12}",
        "--dns-result-order=verbatim,               --dns-result-order=verbatim",
        "http://[2600:f0f0:0::7]:8080/v1,           redacted-[a-p]{12}\\[2600:f0f0:0::7]redacted-[a-p]{12}",
        "xjava.net.preferIPv6Addresses=trueish,     redacted-[a-p]{12}"
    })
    void environmentGoesButForAddressesAndSettingsThatRulesAskFor(String value, String expected) {
        assertThat(scrubber.environment(value)).matches(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "DB_PASSWORD",
                "apiKey",
                "client-secret",
                "splunk-token",
                "Authorization",
                "aws_secret_access_key"
            })
    void membersThatHoldSecretsAreKnownByName(String name) {
        assertThat(Scrubber.isSecretMember(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path",
                "serviceName",
                "awslogs-group",
                "secretOptions",
                "tokens_per_second",
                "passengers",
                "authority"
            })
    void otherMembersAreNot(String name) {
        assertThat(Scrubber.isSecretMember(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1.", "a@", "::", "A1", "x.com", "eyJ", "-", "10.0.", "ab:"})
    void timeDoesNotGrowWithTheSquareOfATextFromAStranger(String piece) {
        String text = piece.repeat(400_000 / piece.length());

        // Linear it is a second or two; quadratic, hours.
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> scrubber.words(text));
    }
}
