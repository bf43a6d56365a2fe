package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.bench.BenchReport.Run;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;

/** Tests the page of {@code bench --report}, read by an XML parser. */
class ReportPageTest {
    private static final Run RUN = new Run(
            "resnet-streams bench ceiling pipeline latency --rounds 3",
            List.of("ceiling", "pipeline", "latency"),
            3,
            5,
            ZonedDateTime.of(2026, 11, 24, 20, 1, 3, 0, ZoneOffset.UTC));

    private static Document page(Map<String, Map<String, Object>> results) throws Exception {
        return page(results, null);
    }

    private static Document page(Map<String, Map<String, Object>> results, String failure) throws Exception {
        return parse(ReportPage.of(RUN, results, Duration.ofSeconds(125), failure));
    }

    private static Document parse(String html) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        DocumentBuilder parser = factory.newDocumentBuilder();
        // By default, the parser prints errors before it throws them.
        parser.setErrorHandler(null);
        return parser.parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
    }

    private static List<Element> elements(Document page, String name) {
        NodeList found = page.getElementsByTagNameNS("*", name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document page, String name) {
        return elements(page, name).stream().map(Element::getTextContent).toList();
    }

    /** Returns the values of the tables by name. */
    private static Map<String, String> cells(Document page) {
        Map<String, String> cells = new LinkedHashMap<>();
        elements(page, "tr")
                .forEach(row -> cells.put(
                        row.getFirstChild().getTextContent(), row.getLastChild().getTextContent()));
        return cells;
    }

    private static Map<String, Object> load(double p50, double p95, double p99) {
        Map<String, Object> load = new LinkedHashMap<>();
        load.put("p50", p50);
        load.put("p95", p95);
        load.put("p99", p99);
        load.put("floor", 80.5);
        load.put("toFloor", Map.of("p50", p50 / 80.5));
        load.put("events", 100L);
        return load;
    }

    private static Map<String, Map<String, Object>> results() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cores", 2);
        machine.put("processor", "A <processor> & \"more\"");
        machine.put("OMP_NUM_THREADS", null);
        Map<String, Object> byBatch = new LinkedHashMap<>();
        byBatch.put("1", 10.25);
        byBatch.put("2", 15.0);
        byBatch.put("32", 1_234.5);
        Map<String, Object> pipeline = new LinkedHashMap<>();
        pipeline.put("imagesPerSecond", 1_111.1);
        pipeline.put("toCeiling", 0.9004);
        pipeline.put("batchSizes", Map.of("1", 2L, "8", 40L));
        Map<String, Object> stages = new LinkedHashMap<>();
        stages.put("decode", 4.5);
        stages.put("inference", 300.25);
        pipeline.put("stages", stages);
        Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("commitMillis", 9.87654);
        latency.put("5", load(120, 130, 140));
        latency.put("95", load(400, 900, 1_400));
        Map<String, Map<String, Object>> results = new LinkedHashMap<>();
        results.put("machine", machine);
        results.put("ceiling", new LinkedHashMap<>(Map.of("byBatch", byBatch)));
        results.put("pipeline", pipeline);
        results.put("latency", latency);
        return results;
    }

    @Test
    void everyFigureHasItsNameAndValue() throws Exception {
        assertThat(cells(page(results())))
                .containsEntry("cores", "2")
                .containsEntry("processor", "A <processor> & \"more\"")
                .containsEntry("OMP_NUM_THREADS", "–")
                .containsEntry("byBatch.1", "10.3 /s")
                .containsEntry("byBatch.2", "15.0 /s")
                .containsEntry("byBatch.32", "1,235 /s")
                .containsEntry("imagesPerSecond", "1,111 /s")
                .containsEntry("toCeiling", "0.900 ×")
                .containsEntry("batchSizes.1", "2")
                .containsEntry("batchSizes.8", "40")
                .containsEntry("stages.decode", "4.50 ms")
                .containsEntry("stages.inference", "300 ms")
                .containsEntry("commitMillis", "9.88 ms")
                .containsEntry("5.p50", "120 ms")
                .containsEntry("5.floor", "80.5 ms")
                .containsEntry("5.toFloor.p50", "1.49 ×")
                .containsEntry("95.p99", "1,400 ms")
                .containsEntry("95.events", "100");
    }

    @Test
    void thePageStatesWhatWasRun() throws Exception {
        Document page = page(results());
        assertThat(cells(page))
                .containsEntry("command line", "resnet-streams bench ceiling pipeline latency --rounds 3")
                .containsEntry("began", "2026-11-24 20:01:03 +00:00")
                .containsEntry("took", "2 min 05 s")
                .containsEntry("scenarios", "ceiling, pipeline, latency")
                .containsEntry("each measurement", "about 5 s")
                .hasEntrySatisfying("rounds", rounds -> assertThat(rounds).startsWith("3 "));
        assertThat(texts(page, "h2")).containsExactly("machine", "ceiling", "pipeline", "latency");
        assertThat(elements(page, "p")).isEmpty();
    }

    @Test
    void eachPlotIsDrawnOnceWhereItsScenarioWasMeasured() throws Exception {
        List<Element> plots = elements(page(results()), "svg");
        assertThat(plots)
                .extracting(plot -> plot.getAttribute("aria-label"))
                .containsExactly(
                        "Throughput over batch size",
                        "Mean time of an event by stage",
                        "Batches by size",
                        "Latency over load");
        assertThat(plots)
                .allSatisfy(plot -> assertThat(plot.getElementsByTagName("path").getLength())
                        .isGreaterThan(10));
    }

    @Test
    void thePageLoadsNothingAndRunsNothing() throws Exception {
        Document page = page(results());
        List<String> ids = new ArrayList<>();
        for (Element element : elements(page, "*")) {
            assertThat(element.getLocalName()).isNotIn("script", "link", "img", "image", "iframe", "object", "use");
            NamedNodeMap attributes = element.getAttributes();
            for (int i = 0; i < attributes.getLength(); i++) {
                String name = attributes.item(i).getNodeName();
                assertThat(name).doesNotStartWith("on").isNotIn("src", "href", "xlink:href");
                if (!name.startsWith("xmlns")) {
                    assertThat(attributes.item(i).getNodeValue())
                            .doesNotContain("http:")
                            .doesNotContain("https:");
                }
            }
            if (element.hasAttribute("id")) {
                ids.add(element.getAttribute("id"));
            }
        }
        assertThat(texts(page, "style")).singleElement().asString().doesNotContain("url(", "@import");
        assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
        for (Element part : elements(page, "g")) {
            if (part.hasAttribute("clip-path")) {
                assertThat(ids).contains(part.getAttribute("clip-path").replaceAll("url\\(#(.*)\\)", "$1"));
            }
        }
    }

    @Test
    void textStaysText() throws Exception {
        String odd = "</td><script>alert('1 & 2')</script> \"%s\"";
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put(odd, odd + "\u0000\u001b\ufffe");
        Document page = parse(ReportPage.of(
                new Run(odd, List.of(odd), 1, 1, RUN.began()), Map.of("a<b>", figures), Duration.ZERO, odd));
        assertThat(elements(page, "script")).isEmpty();
        assertThat(cells(page)).containsEntry("command line", odd).containsEntry(odd, odd + "\ufffd\ufffd\ufffd");
        assertThat(texts(page, "h2")).containsExactly("a<b>");
        assertThat(texts(page, "p")).containsExactly("The run stopped early: " + odd, "Not measured: " + odd);
    }

    @Test
    void aFailedRunStatesWhyAndWhatIsMissing() throws Exception {
        Map<String, Map<String, Object>> results = results();
        results.remove("latency");
        Document page = page(results, "IllegalStateException: only 3 of 100 labels came");
        assertThat(texts(page, "p"))
                .containsExactly(
                        "The run stopped early: IllegalStateException: only 3 of 100 labels came",
                        "Not measured: latency");
        assertThat(elements(page, "svg")).hasSize(3);
    }

    @Test
    void figuresOfUnknownShapesAreOnlyListed() throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("byBatch", "fast");
        figures.put("95", 3);
        figures.put("inner", Map.of("unavailable", "no VNNI"));
        figures.put("none", null);
        figures.put("endless", Double.POSITIVE_INFINITY);
        Map<String, Map<String, Object>> results = new LinkedHashMap<>();
        results.put("ceiling", figures);
        results.put("empty", Map.of());
        results.put("machine", Map.of("byBatch", Map.of("1", 1.0)));
        Document page = page(results);
        assertThat(elements(page, "svg")).isEmpty();
        assertThat(cells(page))
                .containsEntry("byBatch", "fast")
                .containsEntry("95", "3")
                .containsEntry("inner.unavailable", "no VNNI")
                .containsEntry("none", "–")
                .containsEntry("endless", "–");
    }

    @Test
    void enginesShareThePlotOfThroughputAndHaveTheOthersThemselves() throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (String engine : List.of("mxnet", "onnxruntime")) {
            Map<String, Object> own = new LinkedHashMap<>(results().get("pipeline"));
            own.put("byBatch", Map.of("8", 20.0));
            figures.put(engine, own);
        }
        figures.put("onnxruntimeToMxnet", Map.of("byBatch", Map.of("8", 1.25)));
        Document page = page(Map.of("pipeline", figures));
        assertThat(elements(page, "svg"))
                .extracting(plot -> plot.getAttribute("aria-label"))
                .containsExactly(
                        "Throughput over batch size",
                        "Mean time of an event by stage: MXNet",
                        "Batches by size: MXNet",
                        "Mean time of an event by stage: ONNX Runtime",
                        "Batches by size: ONNX Runtime");
        assertThat(cells(page))
                .containsEntry("mxnet.byBatch.8", "20.0 /s")
                .containsEntry("onnxruntime.toCeiling", "0.900 ×")
                .containsEntry("onnxruntimeToMxnet.byBatch.8", "1.25 ×");
    }

    @Test
    void aDisturbedPipelineIsToldAboveItsFigures() throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>(results().get("pipeline"));
        Disturbance.mark(figures, 1.2);
        Document page = page(Map.of("pipeline", Map.of("mxnet", figures)));
        assertThat(texts(page, "p"))
                .filteredOn(text -> !text.startsWith("Not measured"))
                .containsExactlyElementsOf(Disturbance.of(Map.of("mxnet", figures)))
                .singleElement()
                .asString()
                .startsWith("mxnet: the pipeline is faster than the network alone");
        assertThat(cells(page)).containsKey("mxnet.toCeiling").doesNotContainKey("mxnet.disturbed");
    }

    @Test
    void unusualSizesAreDrawn() throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("batchSizes", Map.of("100", 1, "3", 2));
        figures.put("byBatch", Map.of("4", 0));
        figures.put("stages", Map.of("decode", 0.0));
        figures.put("50", Map.of("p50", 1, "p95", 1, "p99", 1, "floor", 1));
        assertThat(elements(page(Map.of("odd", figures)), "svg")).hasSize(4);
    }
}
