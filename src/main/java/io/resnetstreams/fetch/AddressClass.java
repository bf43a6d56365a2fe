package io.resnetstreams.fetch;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Who may be behind an address. After the registries of special-purpose addresses (RFC 6890, RFC 8190); what they do not call
 * globally reachable is not public.
 */
enum AddressClass {
    /** Reachable over the Internet. */
    PUBLIC,
    /** Loopback, private networks, carriers' networks, documentation, and what is not assigned. */
    PRIVATE,
    /** Services of a cloud that give credentials to whoever asks, and all other IPv4 link-local addresses. */
    METADATA,
    /** No address of one host: unspecified, multicast, broadcast, and obsolete forms of IPv4 in IPv6. */
    UNUSABLE;

    private static final List<Block> METADATA_BLOCKS = blocks(
            "169.254.0.0/16", // AWS, Azure, Google Cloud, Oracle, and the containers and pods of AWS
            "100.100.100.200/32", // Alibaba
            "168.63.129.16/32", // Azure
            "192.0.0.192/32", // Oracle
            "fd00:ec2::/32", // AWS
            "fd20:ce::/32"); // Google Cloud

    private static final List<Block> UNUSABLE_BLOCKS = blocks(
            "0.0.0.0/8",
            "224.0.0.0/3", // multicast, reserved, broadcast
            "ff00::/8",
            "2001::/32", // Teredo
            "2002::/16"); // 6to4

    private static final List<Block> PRIVATE_BLOCKS = blocks(
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20");

    /** All addresses of IPv6 that are assigned for unicast over the Internet. */
    private static final Block GLOBAL_IPV6 = Block.of("2000::/3");
    /** An IPv4 address that a gateway translates (RFC 6052), as DNS64 gives it to hosts that have IPv6 alone. */
    private static final Block TRANSLATED = Block.of("64:ff9b::/96");

    private static final Block MAPPED = Block.of("::ffff:0:0/96");

    /** The addresses that begin with the same bits. */
    private record Block(int length, BigInteger prefix, int bits) {
        static Block of(String text) {
            String[] parts = text.split("/");
            try {
                byte[] address = parts[0].startsWith("::ffff:")
                        // Java would make an IPv4 address of it.
                        ? new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}
                        : InetAddress.getByName(parts[0]).getAddress();
                int bits = Integer.parseInt(parts[1]);
                return new Block(address.length, prefix(address, bits), bits);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
        }

        private static BigInteger prefix(byte[] address, int bits) {
            return new BigInteger(1, address).shiftRight(address.length * 8 - bits);
        }

        boolean contains(byte[] address) {
            return address.length == length && prefix(address, bits).equals(prefix);
        }
    }

    private static List<Block> blocks(String... texts) {
        return Arrays.stream(texts).map(Block::of).toList();
    }

    static AddressClass of(InetAddress address) {
        return of(address.getAddress());
    }

    static AddressClass of(byte[] address) {
        if (MAPPED.contains(address) || TRANSLATED.contains(address)) {
            return of(Arrays.copyOfRange(address, 12, 16));
        }
        if (isIn(METADATA_BLOCKS, address)) {
            return METADATA;
        }
        if (isIn(UNUSABLE_BLOCKS, address) || isUnspecified(address)) {
            return UNUSABLE;
        }
        boolean isPublic = !isIn(PRIVATE_BLOCKS, address) && (address.length == 4 || GLOBAL_IPV6.contains(address));
        return isPublic ? PUBLIC : PRIVATE;
    }

    private static boolean isIn(List<Block> blocks, byte[] address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    private static boolean isUnspecified(byte[] address) {
        return new BigInteger(1, address).signum() == 0;
    }
}
