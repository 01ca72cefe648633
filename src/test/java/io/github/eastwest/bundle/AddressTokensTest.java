package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTokensTest {
    private final Tokens tokens = new Tokens(new byte[Redaction.KEY_BYTES], false);

    @Test
    void twoAddressesShareAsManyLeadingBitsAsBefore() {
        Random random = new Random(1);
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            addresses.add("10.42." + random.nextInt(8) + "." + random.nextInt(256));
            addresses.add(1 + random.nextInt(223) + "." + random.nextInt(256) + "." + random.nextInt(256) + ".7");
        }
        addresses.removeIf(address -> tokens.address(address).equals(address));
        assertThat(addresses).hasSizeGreaterThan(100);

        for (String a : addresses) {
            for (String b : addresses) {
                assertThat(common(tokens.address(a), tokens.address(b)))
                        .as("%s and %s", a, b)
                        .isEqualTo(common(a, b));
            }
        }
    }

    @Test
    void sixthVersionKeepsItsRelationsToo() {
        List<String> addresses = List.of(
                "2600:1f18:4c2a:9d00:1234:5678:9abc:def0",
                "2600:1f18:4c2a:9d00:1234:5678:9abc:def1",
                "2600:1f18:4c2a:9d01::1",
                "2a05:d018::5",
                "fd00:ec2::254",
                "fd12:3456:789a::1");

        for (String a : addresses) {
            for (String b : addresses) {
                assertThat(common(tokens.address(a), tokens.address(b))).isEqualTo(common(a, b));
            }
            assertThat(tokens.address(a)).isNotEqualTo(a).matches("[0-9a-f:]+");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/22,    10.0.3.255,     10.0.4.0",
        "10.42.0.0/16,   10.42.255.255,  10.43.0.0",
        "172.31.0.0/20,  172.31.15.255,  172.31.16.0",
        "192.168.7.0/24, 192.168.7.1,    192.168.8.1",
        "52.95.0.0/16,   52.95.1.2,      52.96.1.2",
        "100.64.0.0/12,  100.79.1.1,     100.80.1.1"
    })
    void aBlockHoldsTheSameAddressesAsBefore(String block, String inside, String outside) {
        String[] token = tokens.address(block).split("/");
        int bits = Integer.parseInt(token[1]);

        assertThat(token[1]).isEqualTo(block.substring(block.indexOf('/') + 1));
        assertThat(common(token[0], tokens.address(inside))).isGreaterThanOrEqualTo(bits);
        assertThat(common(token[0], tokens.address(outside))).isLessThan(bits);
        // The host part of a block is zero, before and after.
        assertThat(bytes(token[0])[3]).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.0.3",
                "0.0.0.0",
                "0.0.0.0/0",
                "255.255.255.255",
                "224.0.0.1",
                "169.254.170.2",
                "::1",
                "::",
                "fe80::1",
                "ff02::1",
                "::/0",
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "::ffff:127.0.0.1"
            })
    void addressesThatAreTheSameEverywhereStay(String address) {
        assertThat(tokens.address(address)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.1.2",
                "10.0.0.1/33",
                "10.0.0.1/x",
                "12:48:21",
                "a::b::c",
                "::g",
                "01:23:45:67:89:ab"
            })
    void whatIsNoAddressStays(String text) {
        assertThat(tokens.address(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3,10.", "192.168.1.2,192.168.", "100.64.3.4,100.", "8.8.8.8,8."})
    void theKindOfNetworkStays(String address, String prefix) {
        assertThat(tokens.address(address)).startsWith(prefix).isNotEqualTo(address);
        assertThat(bytes(tokens.address("172.20.1.2"))[1] & 0xF0).isEqualTo(16);
    }

    @Test
    void noAddressStandsForItself() {
        Random random = new Random(2);
        for (int i = 0; i < 2000; i++) {
            String address = "10." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
            assertThat(tokens.address(address)).isNotEqualTo(address);
        }
    }

    @Test
    void anEmbeddedAddressIsTheOneThatItEmbeds() {
        assertThat(tokens.address("::ffff:10.1.2.3")).isEqualTo("::ffff:" + tokens.address("10.1.2.3"));
    }

    @Test
    void anotherKeyGivesOtherTokens() {
        byte[] key = new byte[Redaction.KEY_BYTES];
        key[0] = 1;

        assertThat(new Tokens(key, false).address("10.1.2.3")).isNotEqualTo(tokens.address("10.1.2.3"));
    }

    /** Leading bits in common, counted one by one. */
    private static int common(String a, String b) {
        byte[] x = bytes(a);
        byte[] y = bytes(b);
        int bits = 0;
        while (bits < 8 * x.length && (x[bits / 8] >> (7 - bits % 8) & 1) == (y[bits / 8] >> (7 - bits % 8) & 1)) {
            bits++;
        }
        return bits;
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException fault) {
            throw new AssertionError(address, fault);
        }
    }
}
