package io.resnetstreams.registry;

import io.resnetstreams.common.Ranges;
import java.net.URI;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How to connect to a schema registry.
 *
 * @param url the address, or several separated by commas, which are tried in turn; empty for none
 * @param user for HTTP's basic authentication, with the password; empty for none
 * @param bearerToken for HTTP's bearer authentication; empty for none
 * @param timeoutMillis how long a request may take, and how long to wait for the registry at startup
 */
public record RegistrySettings(String url, String user, String password, String bearerToken, long timeoutMillis) {
    private static final Pattern URL = Pattern.compile("https?://[^\\s/?#@]+(/[^\\s?#@]*)?");

    public RegistrySettings {
        for (String address : url.isEmpty() ? new String[0] : url.split(",", -1)) {
            if (address.contains("@")) {
                throw new IllegalArgumentException(
                        "url has a user or a password in it (it is not shown, since it may have"
                                + " a secret); schemaRegistry.user and schemaRegistry.password are for them");
            }
            if (!isAddress(address.strip())) {
                throw new IllegalArgumentException("url is '" + url
                        + "'; http://HOST:PORT or https://HOST:PORT is needed, with a path if the registry"
                        + " has one, several separated by commas");
            }
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException(
                    (user.isEmpty() ? "user" : "password") + " is missing; user and password are needed together");
        }
        if (!user.isEmpty() && !bearerToken.isEmpty()) {
            throw new IllegalArgumentException("bearerToken is set, and so is user; only one of them can be used");
        }
        if (!bearerToken.matches("[!-~]*|.*\\$\\{.*")) {
            throw new IllegalArgumentException(
                    "bearerToken has blanks, line breaks or other characters that can't be in one"
                            + " (it is not shown, since it is a secret)");
        }
        Ranges.require("timeoutMillis", timeoutMillis, 100, 3_600_000);
    }

    private static boolean isAddress(String address) {
        try {
            return URL.matcher(address).matches() && URI.create(address).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns whether there is a registry. */
    public boolean exists() {
        return !url.isEmpty();
    }

    /** Returns the settings with references to secrets resolved, by a function of a component's name and its value. */
    public RegistrySettings resolved(BinaryOperator<String> secrets) {
        return new RegistrySettings(
                url,
                secrets.apply("user", user),
                secrets.apply("password", password),
                secrets.apply("bearerToken", bearerToken),
                timeoutMillis);
    }

    /** Returns the addresses, without a slash at the end. */
    List<String> addresses() {
        return Stream.of(url.split(","))
                .map(address -> address.strip().replaceFirst("/+$", ""))
                .toList();
    }
}
