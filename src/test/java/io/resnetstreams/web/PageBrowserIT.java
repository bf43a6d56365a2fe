package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the page in a real browser, with events but without a pipeline. The last test stops the server. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageBrowserIT {
    private static final List<String> HOSTILE = List.of(
            "<script>window.hacked = 1</script>",
            "\"><img src=x onerror=\"window.hacked = 2\">",
            "<svg onload=window.hacked=3>",
            "javascript:window.hacked=4",
            "{{token}}\u0000\u202E' onmouseover='window.hacked=5");
    private static final Path SAMPLES = Path.of("models", "resnet20-fashion-mnist", "samples");

    private static PageRig rig;
    private static WebServer server;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.start();
        rig = new PageRig(true, true);
        rig.page.begin();
        server = WebServer.start("127.0.0.1", 0, rig.page.handlers());
        rig.counts.loaded("cpu", 2, 32, 900);
        for (int i = 0; i < 12; i++) {
            byte[] image = Files.readAllBytes(SAMPLES.resolve(String.format("test-%05d.png", i)));
            rig.forward(
                    rig.event("a", image), "samples/test-" + i, i % 2 == 0 ? "Sneaker" : "Ankle boot", 0.5 + i * 0.04);
            rig.counts.decoded(3_000_000);
        }
        rig.counts.batch("cpu", 12, ClosedBy.FULL, 0, 90_000_000);
        rig.topology().committed();
        for (String hostile : HOSTILE) {
            rig.label(hostile, hostile, 0.31);
            rig.deadLetter(hostile, "corrupt", "the reason is " + hostile);
        }
        rig.deadLetter("plain", "truncated", "the file ends after 17 bytes");
        browser.resize(1440, 1000);
        browser.open(server.address() + "/");
        browser.awaitTrue("document.querySelectorAll('.card').length === 17 && document.querySelector('.line')");
        browser.awaitTrue("document.querySelectorAll('.kinds details').length === 2");
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            rig.page.close();
            server.close();
        }
    }

    private static void reload() {
        browser.open(server.address() + "/");
        browser.awaitTrue("document.querySelector('.kinds button')");
    }

    @Test
    @Order(1)
    void picturesAreShown() {
        browser.awaitTrue(
                "[...document.querySelectorAll('.card img')].filter(one => one.naturalWidth === 28).length === 12");
    }

    @Test
    @Order(2)
    void hostileTextIsShownAsText() {
        for (int i = 0; i < HOSTILE.size(); i++) {
            String shown = (String) browser.value(
                    "document.querySelectorAll('.card .id')[" + (HOSTILE.size() - 1 - i) + "].textContent");
            assertThat(shown).isEqualTo(HOSTILE.get(i));
        }
        assertThat(browser.value("document.querySelectorAll('.card .bars span:first-child')[0].textContent"))
                .isEqualTo(HOSTILE.get(4));
        assertThat(browser.value("document.querySelector('.kinds .reason').textContent"))
                .isEqualTo("the reason is " + PlainText.of(HOSTILE.get(4)));
        assertThat(browser.value(
                        "document.querySelectorAll('main script, img[src=\"x\"], svg[onload], [onmouseover]').length"))
                .isEqualTo(0L);
        assertThat(browser.value("typeof window.hacked")).isEqualTo("undefined");
        // A key that changes the direction of text affects only itself.
        assertThat(browser.value("document.querySelector('.kinds .where bdi').textContent"))
                .isEqualTo(HOSTILE.get(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    @Order(3)
    void thePageIsAccessible(String scheme) throws IOException {
        browser.colours(scheme);
        browser.value("document.querySelectorAll('details').forEach(one => one.open = true)");
        for (int width : new int[] {1440, 768, 360}) {
            browser.resize(width, 0);
            browser.assertNothingSticksOut();
            browser.assertAccessible();
            browser.screenshot("rig-" + scheme + "-" + width);
        }
        browser.colours("light");
        browser.resize(1440, 1000);
    }

    @Test
    @Order(4)
    void labelsAreFilteredByNameAndConfidence() {
        browser.type("input[name=label]", "sneak");
        browser.awaitTrue("document.querySelectorAll('.card').length === 6 && [...document.querySelectorAll("
                + "'.said .bars li:first-child span:first-child')].every(one => one.textContent === 'Sneaker')");
        browser.type("input[name=from]", "80");
        browser.awaitTrue("document.querySelectorAll('.card').length === 2");
        assertThat((String) browser.value("location.search")).contains("label=sneak", "from=80");
        browser.type("input[name=label]", "no such label");
        browser.awaitTrue("document.querySelectorAll('.card').length === 0");
        browser.awaitTrue("getComputedStyle(document.querySelector('#label-list + .empty')).display === 'block'");
        reload();
    }

    @Test
    @Order(5)
    void pausingStopsNewLabels() {
        browser.press(".pause");
        long before = (Long) browser.value("document.querySelectorAll('.card').length");
        rig.label("while-paused", "Boot", 0.7);
        browser.awaitTrue("document.querySelector('[data-text=\"labels.total\"]').textContent === '18'");
        assertThat(browser.value("document.querySelectorAll('.card').length")).isEqualTo(before);
        browser.press(".pause");
        browser.awaitTrue("document.querySelector('.card .id').textContent === 'while-paused'");
    }

    @Test
    @Order(6)
    void aPayloadIsShownAndALetterIsResent() {
        browser.press(".kinds > li:nth-child(2) summary");
        browser.press(".kinds > li:nth-child(2) .actions button:nth-child(1)");
        browser.awaitTrue("document.querySelector('.kinds pre').textContent.includes('78 3c 79')");
        assertThat(rig.resent).isEmpty();
        browser.press(".kinds > li:nth-child(2) .actions button:nth-child(2)");
        browser.awaitTrue(
                "document.querySelector('.kinds > li:nth-child(2) .actions [role=status]').textContent === 'resent'");
        assertThat(rig.resent).hasSize(1);
        browser.awaitTrue("document.querySelector('.kinds > li:nth-child(2) .actions button:nth-child(2)').disabled");
    }

    @Test
    @Order(9)
    void thePageReconnectsAfterARestartOfTheServer() throws IOException {
        URI address = URI.create(server.address());
        String before = (String) browser.value("document.documentElement.dataset.instance");
        rig.page.close();
        server.close();
        browser.awaitTrue("document.documentElement.classList.contains('lost')");
        assertThat(browser.value("document.querySelector('[data-text=state]').textContent"))
                .isEqualTo("No connection");
        rig = new PageRig(true, true);
        rig.page.begin();
        server = WebServer.start(address.getHost(), address.getPort(), rig.page.handlers());
        rig.label("of-the-next", "Sandal", 0.8);
        browser.awaitTrue("document.documentElement.dataset.instance !== '" + before + "'"
                + " && !document.documentElement.classList.contains('lost')"
                + " && document.querySelector('.card .id').textContent === 'of-the-next'");
    }
}
