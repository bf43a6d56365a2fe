package io.resnetstreams.cli.model;

import io.resnetstreams.model.network.ResNetArchitecture;
import java.util.Iterator;

/** The candidates for shell completion of {@code --architecture}. Variants of these names are valid too. */
final class ArchitectureNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return ResNetArchitecture.all().stream().map(ResNetArchitecture::name).iterator();
    }
}
