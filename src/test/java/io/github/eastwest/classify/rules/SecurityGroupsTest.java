package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.classify.Cidr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityGroupsTest {
    @ParameterizedTest
    @CsvSource({
        "10.56.0.0/16, 10.56.255.255, true",
        "10.56.0.0/16, 10.57.0.0, false",
        "0.0.0.0/0, 192.0.2.1, true",
        "10.0.0.7/32, 10.0.0.7, true",
        "10.0.0.7/32, 10.0.0.8, false",
        "10.0.0.7, 10.0.0.7, true",
        "10.0.0.0/33, 10.0.0.1, false",
        "10.0.0.0/x, 10.0.0.1, false",
        "::/0, 10.0.0.1, false",
        "10.0.0.0/8, not-an-address, false",
        "10.0.0.256/8, 10.0.0.1, false",
    })
    void knowsWhichAddressesABlockContains(String cidr, String address, boolean contains) {
        assertThat(Cidr.contains(cidr, address)).isEqualTo(contains);
    }
}
