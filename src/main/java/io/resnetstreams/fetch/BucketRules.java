package io.resnetstreams.fetch;

import java.util.List;

/** The buckets that may be read. Immutable. */
final class BucketRules {
    private final String list;
    private final List<Glob> globs;

    /** Reads {@code references.s3.buckets}; an entry that can't match a bucket is an {@link IllegalArgumentException}. */
    BucketRules(String list) {
        this.list = list;
        for (String entry : Glob.entries(list)) {
            if (!entry.matches("[A-Za-z0-9._*-]+")) {
                throw new IllegalArgumentException("buckets: '" + entry
                        + "' is no name of a bucket; allowed are a-z, 0-9, '.', '_', '-', and * for any characters");
            }
        }
        globs = Glob.entries(list).stream().map(Glob::new).toList();
    }

    boolean allows(String bucket) {
        return globs.stream().anyMatch(glob -> glob.matches(bucket));
    }

    @Override
    public String toString() {
        return list;
    }
}
