package io.resnetstreams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Checks that the bill of materials lists exactly the jars that are shipped, by digest. */
class BillOfMaterialsIT {
    private static final Path TARGET = Path.of("target");

    @Test
    void itHasEveryJarThatIsShippedAndNoOther() throws Exception {
        JsonNode bill = new ObjectMapper()
                .readTree(TARGET.resolve("resnet-streams-sbom.json").toFile());
        Set<String> listed = new TreeSet<>();
        for (JsonNode component : bill.get("components")) {
            for (JsonNode hash : component.get("hashes")) {
                if (hash.get("alg").asText().equals("SHA-256")) {
                    listed.add(hash.get("content").asText());
                }
            }
        }
        assertThat(bill.get("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(listed).isEqualTo(shipped()).hasSizeGreaterThan(50);
    }

    /** Returns the digests of the jars on the product's class path. */
    private static Set<String> shipped() throws IOException, NoSuchAlgorithmException {
        Set<String> digests = new TreeSet<>();
        try (JarFile product = new JarFile(TARGET.resolve("resnet-streams.jar").toFile())) {
            String classPath = product.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            for (String jar : classPath.split(" ")) {
                digests.add(digest(TARGET.resolve(jar)));
            }
        }
        return digests;
    }

    private static String digest(Path jar) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
    }
}
