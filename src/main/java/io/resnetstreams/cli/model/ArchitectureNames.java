package io.resnetstreams.cli.model;

import io.resnetstreams.model.network.ResNetArchitecture;
import java.util.Iterator;

/** What the shell's completion offers for {@code --architecture}; others of their forms are taken too. */
final class ArchitectureNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return ResNetArchitecture.all().stream().map(ResNetArchitecture::name).iterator();
    }
}
