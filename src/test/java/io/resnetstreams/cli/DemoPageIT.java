package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.web.Browser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The demo's page in a real browser. */
class DemoPageIT {
    private static final Pattern ADDRESS = Pattern.compile("Page at (http://127\\.0\\.0\\.1:\\d+)/");
    private static final Pattern BROKER = Pattern.compile("Kafka at ([^,]+),");
    private static final String HOSTILE = "<img src=x onerror=\"window.hacked=1\">";

    private static String found(Pattern pattern, InstanceProcess demo) {
        Matcher matcher = pattern.matcher(demo.log());
        assertThat(matcher.find()).as(pattern.pattern()).isTrue();
        return matcher.group(1);
    }

    @Test
    void thePageShowsTheDemoAndADeadLetterCanBeResent() throws Exception {
        try (Browser browser = Browser.start()) {
            InstanceProcess demo =
                    InstanceProcess.command(List.of("demo", "--hold", "--repeat", "3", "--set", "web.actions=true"));
            try {
                demo.awaitLog("Page at http://");
                String address = found(ADDRESS, demo);
                browser.resize(1440, 1180);
                browser.open(address + "/");
                browser.awaitTrue("document.querySelectorAll('.card').length > 0");
                browser.awaitTrue("[...document.querySelectorAll('.card img')].some(one => one.naturalWidth === 28)");
                browser.awaitTrue("document.querySelector('#plot-throughput .line')?.getAttribute('d')");
                demo.awaitLog("The pipeline and the page at " + address);
                browser.awaitTrue("document.querySelector('[data-text=\"labels.total\"]').textContent === '3,000'");
                browser.assertNothingSticksOut();
                browser.screenshot("demo");
                assertThat(withoutJavaScript(address))
                        .contains("<dd data-text=\"labels.total\">3,000</dd>", "94.41 % of 10,000 test images");
                resend(browser, demo);
                browser.screenshot("demo-dead-letters");
                assertThat(demo.terminate()).isZero();
            } finally {
                demo.killIfAlive();
            }
        }
    }

    private static String withoutJavaScript(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address + "/")).build(), BodyHandlers.ofString())
                .body();
    }

    private static void resend(Browser browser, InstanceProcess demo) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", found(BROKER, demo));
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("image-events", HOSTILE.getBytes(UTF_8), HOSTILE.getBytes(UTF_8)))
                    .get();
        }
        browser.awaitTrue("document.querySelector('[data-text=\"dead.total\"]').textContent === '1'");
        browser.press(".kinds summary");
        assertThat((String) browser.value("document.querySelector('.kinds .where').textContent"))
                .contains(HOSTILE);
        assertThat(browser.value("typeof window.hacked")).isEqualTo("undefined");
        browser.press(".kinds .actions button:nth-child(2)");
        // The resent event becomes a dead letter again.
        browser.awaitTrue("document.querySelector('[data-text=\"dead.total\"]').textContent === '2'");
        browser.awaitTrue(
                "[...document.querySelectorAll('.kinds [role=status]')].some(one => one.textContent === 'resent')");
    }
}
