package io.resnetstreams.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressClassTest {
    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "1.1.1.1, PUBLIC",
        "9.255.255.255, PUBLIC",
        "11.0.0.0, PUBLIC",
        "100.63.255.255, PUBLIC",
        "100.128.0.0, PUBLIC",
        "172.15.255.255, PUBLIC",
        "172.32.0.0, PUBLIC",
        "223.255.255.255, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "2a00:1450:4001:82a::200e, PUBLIC",
        "64:ff9b::808:808, PUBLIC",
        "10.0.0.1, PRIVATE",
        "10.255.255.255, PRIVATE",
        "100.64.0.1, PRIVATE",
        "127.0.0.1, PRIVATE",
        "127.255.255.255, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "192.0.0.8, PRIVATE",
        "192.0.2.1, PRIVATE",
        "192.88.99.1, PRIVATE",
        "192.168.1.1, PRIVATE",
        "198.18.0.1, PRIVATE",
        "198.19.255.255, PRIVATE",
        "198.51.100.1, PRIVATE",
        "203.0.113.1, PRIVATE",
        "::1, PRIVATE",
        "::7f00:1, PRIVATE",
        "fc00::1, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "fe80::1, PRIVATE",
        "fec0::1, PRIVATE",
        "2001:db8::1, PRIVATE",
        "2001:2::1, PRIVATE",
        "3fff::1, PRIVATE",
        "4000::1, PRIVATE",
        "64:ff9b:1::808:808, PRIVATE",
        "64:ff9b::7f00:1, PRIVATE",
        "64:ff9b::a00:1, PRIVATE",
        "100::1, PRIVATE",
        "169.254.169.254, METADATA",
        "169.254.170.2, METADATA",
        "169.254.0.1, METADATA",
        "100.100.100.200, METADATA",
        "168.63.129.16, METADATA",
        "192.0.0.192, METADATA",
        "fd00:ec2::254, METADATA",
        "fd20:ce::254, METADATA",
        "64:ff9b::a9fe:a9fe, METADATA",
        "0.0.0.0, UNUSABLE",
        "0.1.2.3, UNUSABLE",
        "224.0.0.1, UNUSABLE",
        "239.255.255.250, UNUSABLE",
        "240.0.0.1, UNUSABLE",
        "255.255.255.255, UNUSABLE",
        "::, UNUSABLE",
        "ff02::1, UNUSABLE",
        "2001::1, UNUSABLE",
        "2002:7f00:1::1, UNUSABLE",
        "2002:808:808::1, UNUSABLE",
        "64:ff9b::, UNUSABLE"
    })
    void anAddressHasItsClass(String address, AddressClass expected) throws Exception {
        assertThat(AddressClass.of(InetAddress.getByName(address))).isEqualTo(expected);
    }

    /** Java makes IPv4 addresses of most of them. */
    @Test
    void aMappedAddressCountsAsTheAddressInIt() {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
        assertThat(AddressClass.of(mapped)).isEqualTo(AddressClass.PRIVATE);
        mapped[12] = 8;
        assertThat(AddressClass.of(mapped)).isEqualTo(AddressClass.PUBLIC);
    }
}
