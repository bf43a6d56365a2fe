package io.resnetstreams.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads to folders, and what is refused; uploads to S3 are tested with the pipeline. */
class ImageUploadsTest {
    @TempDir
    private Path folder;

    private static ImageUploads below(String uri) {
        return ImageUploads.below(uri, TestSettings.NONE.settings());
    }

    @Test
    void aNameBecomesAPathAndAUri() throws Exception {
        try (ImageUploads uploads = below("file://" + folder + "/in%20put/")) {
            assertThat(uploads.put("/a/../b/./shoe #1+ä.png", new byte[] {1, 2}))
                    .isEqualTo("file://" + folder + "/in%20put/a/b/shoe%20%231%2B%C3%A4.png");
        }
        assertThat(Files.readAllBytes(folder.resolve("in put/a/b/shoe #1+ä.png")))
                .containsExactly(1, 2);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedWithTheReason() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        try (ImageUploads uploads = below("file://" + folder + "/file")) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> uploads.put("a.png", new byte[1]))
                    .withMessage("file://" + folder + "/file/a.png can't be written: FileAlreadyExistsException at "
                            + folder + "/file");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "ftp://x/y | 'ftp://x/y' can't take images; allowed are s3://BUCKET/PREFIX and file:///FOLDER",
                "https://x/y | 'https://x/y' can't take images",
                "s3://B | s3://B/NAME: has no name of a bucket",
                "photos | photos/NAME: is no URI"
            })
    void otherTargetsAreRefused(String uri, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> below(uri)).withMessageStartingWith(message);
    }

    @Test
    void withoutARegionTheKeyIsNamed() {
        assumeTrue(System.getenv("AWS_REGION") == null && System.getenv("AWS_PROFILE") == null);
        System.setProperty("aws.disableEc2Metadata", "true");
        try {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> below("s3://shop/in"))
                    .withMessageStartingWith("no region is known for S3; references.s3.region or AWS_REGION is needed");
            // An instance would fetch nothing from S3.
            FetchSettings.S3 withoutRegion = new FetchSettings.S3("shop", "", "", false);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ImageFetcher.check(
                            TestSettings.NONE.with(withoutRegion).settings()))
                    .withMessageStartingWith("no region is known for S3; references.s3.region or AWS_REGION is needed");
            ImageFetcher.check(TestSettings.NONE.settings());
            ImageFetcher.check(TestSettings.NONE
                    .with(new FetchSettings.S3("shop", "", "eu-west-1", false))
                    .settings());
        } finally {
            System.clearProperty("aws.disableEc2Metadata");
        }
    }
}
