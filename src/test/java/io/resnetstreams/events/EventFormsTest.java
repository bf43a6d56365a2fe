package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.config.DefaultLimits;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the forms in which clients of other projects send images. */
class EventFormsTest {
    private static final byte[] KEY = "the key".getBytes(UTF_8);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', (byte) 0xFB, (byte) 0xEF, (byte) 0xBE, -1, -1};
    /** With characters that differ in the alphabet for URLs, and padding. */
    private static final String BASE64 = Base64.getEncoder().encodeToString(PNG);

    private static final String SHA256 = "0123456789abcdef".repeat(4);

    private final EventReader reader = DefaultLimits.eventReader();

    private List<ImageEvent> all(String value, String... headers) throws RejectedEventException {
        return reader.read(event(KEY, value.getBytes(UTF_8), headers(headers)));
    }

    private ImageEvent read(String value, String... headers) throws RejectedEventException {
        List<ImageEvent> images = all(value, headers);
        assertThat(images).hasSize(1);
        return images.get(0);
    }

    private void assertInline(String value, String... headers) throws RejectedEventException {
        assertThat(read(value, headers).image()).isEqualTo(PNG);
    }

    private void assertReference(ImageEvent read, String uri, String sha256, long size) {
        assertThat(read.reference()).isEqualTo(new ImageReference(uri, sha256, size));
        assertThat(read.image()).isNull();
    }

    private void assertRejected(String code, String reason, String value, String... headers) {
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> all(value, headers))
                .withMessageContaining(reason)
                .satisfies(rejection -> assertThat(rejection.code()).isEqualTo(code));
    }

    private static byte[] framed(int schema, String value) {
        byte[] bytes = value.getBytes(UTF_8);
        byte[] framed = new byte[bytes.length + 5];
        framed[3] = (byte) (schema >> 8);
        framed[4] = (byte) schema;
        System.arraycopy(bytes, 0, framed, 5, bytes.length);
        return framed;
    }

    @Test
    void base64MayHaveAnyOfItsForms() throws RejectedEventException {
        String forUrls = Base64.getUrlEncoder().encodeToString(PNG);
        assertThat(BASE64).contains("+").contains("/").endsWith("=");
        for (String text : List.of(
                BASE64,
                forUrls,
                BASE64.replace("=", ""),
                forUrls.replace("=", ""),
                BASE64.substring(0, 4) + "\\n" + BASE64.substring(4),
                BASE64.substring(0, 3) + " \\r\\n\\t" + BASE64.substring(3) + "\\n",
                BASE64.replace("/", "\\/"),
                "data:image/png;base64," + BASE64,
                "DATA:;charset=x;BASE64," + forUrls,
                " data:image/png;base64," + BASE64.replace("+", "%2B").replace("=", "%3D"),
                "data:image/png,%89PN%FB%EF%BE%FF%FF")) {
            assertInline("{\"image\": \"" + text + "\"}");
            assertInline("{\"id\": 1, \"image\": \"" + text + "\", \"n\": [NaN, Infinity, -Infinity]}");
        }
    }

    @Test
    void largeImagesInOtherFormsAreRead() throws RejectedEventException {
        byte[] large = new byte[3_000_000];
        large[0] = (byte) 0xFB;
        String url = "data:image/png;base64," + Base64.getUrlEncoder().encodeToString(large);
        assertThat(read("{\"image\": \"" + url + "\"}").image()).isEqualTo(large);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:image/png;base64", "data:image/png;base64,!", "data:,%zz", "AAAA=A", "!"})
    void otherTextIsRejected(String text) {
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> all("{\"image\": \"" + text + "\"}"))
                .withMessageStartingWith("the field 'image' is ")
                .satisfies(rejection -> assertThat(rejection.code()).isIn("base64", "data_url"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/octet-stream",
                "binary/octet-stream",
                "*/*",
                "",
                " ",
                "\"\"",
                "text/plain; charset=utf-8",
                "\"application/octet-stream\""
            })
    void theFirstBytesDecideWhereTheContentTypeSaysNothing(String contentType) throws RejectedEventException {
        Headers headers = headers("content-type", contentType);
        assertThat(reader.read(event(KEY, PNG, headers)).get(0).image()).isEqualTo(PNG);
        assertInline("{\"image\": \"" + BASE64 + "\"}", "content-type", contentType);
        assertInline("\uFEFF {\"image\": \"" + BASE64 + "\"}", "content-type", contentType);
        assertInline("data:image/png;base64," + BASE64 + "\n", "content-type", contentType);
        assertReference(read("s3://bucket/key.png\n", "content-type", contentType), "s3://bucket/key.png", null, -1);
    }

    @Test
    void aByteOrderMarkBeforeJsonIsSkipped() throws RejectedEventException {
        assertInline("\uFEFF{\"image\": \"" + BASE64 + "\"}");
        assertInline("\uFEFF{\"image\": \"" + BASE64 + "\"}", "content-type", "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"image/png\"", "'image/png'", "Image/PNG; q=1", "image"})
    void aContentTypeOfImagesMayBeQuoted(String contentType) throws RejectedEventException {
        Headers headers = headers("content-type", contentType);
        assertThat(reader.read(event(KEY, PNG, headers)).get(0).image()).isEqualTo(PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"application/json\"", "text/json", "application/vnd.acme.image+json;v=1"})
    void otherContentTypesOfJsonAreRead(String contentType) throws RejectedEventException {
        assertInline("{\"image\": \"" + BASE64 + "\"}", "content-type", contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/cloudevents+avro", "application/cloudevents-batch+json", "avro/binary", "text/html"
            })
    void otherContentTypesAreRejectedByName(String contentType) {
        assertRejected(
                "content_type", "content-type is '" + contentType + "'; allowed are", "x", "content-type", contentType);
    }

    @Test
    void jsonBehindTheFramingOfASchemaRegistryIsRead() throws RejectedEventException {
        byte[] value = framed(300, "{\"image\": \"" + BASE64 + "\"}");
        assertThat(reader.read(event(KEY, value, headers())).get(0).image()).isEqualTo(PNG);
        Headers json = headers("content-type", "application/json");
        assertThat(reader.read(event(KEY, value, json)).get(0).image()).isEqualTo(PNG);
    }

    @Test
    void otherFramedValuesAreRejectedByTheirSchema() {
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> reader.read(event(KEY, framed(300, "\u0002Obj"), headers())))
                .withMessageContaining("with the schema id 300, but is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\u0018ftypheic", "\0\0\0\fJXL \r", "\0\0\u0001\0\u0001", "\0", "\0\0\0\0\0\0\0"})
    void imagesThatBeginWithZerosAreNotFramed(String start) throws RejectedEventException {
        assertThat(read(start).image()).isEqualTo(start.getBytes(UTF_8));
    }

    @Test
    void jsonMayReferToItsImage() throws RejectedEventException {
        String upper = SHA256.toUpperCase(java.util.Locale.ROOT);
        ImageEvent read = read("{\"id\": \"a\", \"image\": {\"uri\": \"s3://b/k\", \"sha256\": \"" + upper
                + "\", \"size\": 17, \"more\": {\"uri\": 1}}}");
        assertReference(read, "s3://b/k", SHA256, 17);
        assertThat(read.id()).isEqualTo("a");
        assertReference(read("{\"image\": {\"uri\": \" file:///a \", \"size\": null}}"), "file:///a", null, -1);
        assertReference(read("{\"image\": \"https://example.com/a.png\"}"), "https://example.com/a.png", null, -1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|no_image|the field 'image' has no 'uri'",
                "{\"uri\": \" \"}|no_image|the field 'image' has no 'uri'",
                "{\"uri\": null}|no_image|the field 'image' has no 'uri'",
                "{\"uri\": \"s3://b/k\", \"sha256\": \"12\"}|sha256|the SHA-256 of the image is '12'; 64 hexadecimal digits",
                "{\"uri\": \"s3://b/k\", \"size\": -1}|size|the size of the image is '-1'; a number of bytes is needed",
                "{\"uri\": \"s3://b/k\", \"size\": 1.5}|size|the size of the image is '1.5'; a number of bytes is needed"
            })
    void wrongReferencesAreRejected(String image, String code, String reason) {
        assertRejected(code, reason, "{\"image\": " + image + "}");
    }

    @Test
    void aHeaderMayReferToTheImage() throws RejectedEventException {
        Headers headers = headers("image-uri", "s3://b/k", "image-sha256", SHA256, "image-size", "5");
        assertReference(reader.read(event(KEY, null, headers)).get(0), "s3://b/k", SHA256, 5);
        assertReference(read("ignored", "image-uri", "https://a/b", "content-type", "x/y"), "https://a/b", null, -1);
    }

    @Test
    void aListOfUrisMayHaveSeveral() throws RejectedEventException {
        List<ImageEvent> images = all("# two\r\ns3://b/1\r\n\r\nhttps://c/2\r\n", "content-type", "text/uri-list");
        assertReference(images.get(0), "s3://b/1", null, -1);
        assertReference(images.get(1), "https://c/2", null, -1);
        assertThat(images).extracting(ImageEvent::id).containsExactly("the key#0", "the key#1");
        assertThat(read("s3://b/1", "content-type", "text/uri-list").id()).isEqualTo("the key");
        assertRejected("no_image", "the list has no URI", "# none", "content-type", "text/uri-list");
    }

    @Test
    void anEventOfCloudEventsInBinaryModeHasItsId() throws RejectedEventException {
        String[] attributes = {"ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/cam", "ce_type", "image"};
        Headers headers = headers(attributes);
        headers.add("content-type", "image/png".getBytes(UTF_8));
        ImageEvent image = reader.read(event(KEY, PNG, headers)).get(0);
        assertThat(image.image()).isEqualTo(PNG);
        assertThat(image.id()).isEqualTo("e-1");
        assertThat(read("{\"id\": \"inner\", \"image\": \"" + BASE64 + "\"}", attributes)
                        .id())
                .isEqualTo("e-1");
        headers.add("ce_dataref", "https://a/b".getBytes(UTF_8));
        assertThat(reader.read(event(KEY, PNG, headers)).get(0).image()).isEqualTo(PNG);
        assertReference(reader.read(event(KEY, null, headers)).get(0), "https://a/b", null, -1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/cloudevents+json; charset=UTF-8", "", "application/json"})
    void anEventOfCloudEventsInStructuredModeIsRead(String contentType) throws RejectedEventException {
        String start = "{\"specversion\": \"1.0\", \"id\": \"e-1\", \"source\": \"/cam\", \"type\": \"image\", ";
        String[] header = {"content-type", contentType};
        String inner = "{\"id\": \"inner\", \"image\": \"" + BASE64 + "\"}";
        for (String data : List.of(
                "\"datacontenttype\": \"image/png\", \"data_base64\": \"" + BASE64 + "\"",
                "\"data\": \"data:image/png;base64," + BASE64 + "\"",
                "\"data\": \"" + BASE64 + "\", \"datacontenttype\": \"image/png\"",
                "\"data\": " + inner,
                "\"datacontenttype\": \"application/json\", \"data_base64\": \""
                        + Base64.getEncoder().encodeToString(inner.getBytes(UTF_8)) + "\"")) {
            ImageEvent read = read(start + data + "}", header);
            assertThat(read.image()).as(data).isEqualTo(PNG);
            assertThat(read.id()).isEqualTo("e-1");
        }
        for (String data : List.of(
                "\"dataref\": \"s3://b/k\"",
                "\"data\": \"s3://b/k\"",
                "\"data\": {\"uri\": \"s3://b/k\"}",
                "\"data\": {\"image\": {\"uri\": \"s3://b/k\"}}",
                "\"data\": {\"image\": \"s3://b/k\"}")) {
            assertReference(read(start + data + "}", header), "s3://b/k", null, -1);
        }
        assertRejected("no_image", "the CloudEvent has no data", start + "\"time\": null}", header);
        assertRejected(
                "no_image", "the field 'data' has no field 'image', only a", start + "\"data\": {\"a\": 1}}", header);
        assertRejected("no_image", "the field 'data' is a number", start + "\"data\": 1}", header);
    }

    private static String record(String name, String key, String more) {
        return "{\"eventSource\": \"aws:s3\", \"eventName\": \"" + name
                + "\", \"s3\": {\"bucket\": {\"name\": \"shop\"}, \"object\": {\"key\": \"" + key + "\"" + more + "}}}";
    }

    @Test
    void aNotificationOfS3HasAnImageForEachRecord() throws RejectedEventException {
        String records = "{\"EventName\": \"s3:ObjectCreated:Put\", \"Key\": \"shop/a\", \"Records\": ["
                + record("ObjectCreated:Put", "in/red+shoe%2B%C3%A4.png", ", \"size\": 7") + ", "
                + record("s3:ObjectCreated:CompleteMultipartUpload", "b", ", \"size\": 8, \"versionId\": \"v/1\"")
                + ", "
                + record("ObjectRemoved:Delete", "c", "") + "]}";
        List<ImageEvent> images = all(records);
        assertThat(images).extracting(ImageEvent::id).containsExactly("shop/in/red shoe+ä.png", "shop/b", "shop/c");
        assertReference(images.get(0), "s3://shop/in/red%20shoe%2B%C3%A4.png", null, -1);
        assertReference(images.get(1), "s3://shop/b?versionId=v%2F1", null, 8);
        assertThat(images.get(2).rejection())
                .hasMessageContaining("the event of S3 is 'ObjectRemoved:Delete', so there is no new object");
        String inCloudEvent = "{\"specversion\": \"1.0\", \"id\": \"1\", \"data\": " + records + "}";
        assertThat(all(inCloudEvent)).hasSize(3);
    }

    @Test
    void otherRecordsAreRejected() {
        assertRejected("no_image", "the field 'Records' is empty", "{\"Records\": []}");
        assertRejected(
                "no_image", "record 1 of the field 'Records' has no s3.bucket.name", "{\"Records\": [{\"a\": 1}]}");
        assertRejected("no_image", "the JSON has no field 'image', only Records", "{\"Records\": 5}");
        assertRejected("no_image", "only Service, Event", "{\"Service\": \"Amazon S3\", \"Event\": \"s3:TestEvent\"}");
    }

    @Test
    void anEventThatIsSentAgainForOneImageHasOnlyThat() throws RejectedEventException {
        String list = "s3://b/1\ns3://b/2";
        assertReference(read(list, "resnet-streams.part", "2/2"), "s3://b/2", null, -1);
        for (String wrong : List.of("3/2", "2/3", "0/2", "x")) {
            assertRejected(
                    "part",
                    "the header 'resnet-streams.part' is '" + wrong + "'; the event has 2 images",
                    list,
                    "resnet-streams.part",
                    wrong);
        }
    }
}
