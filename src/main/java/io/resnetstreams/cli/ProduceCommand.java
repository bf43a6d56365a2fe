package io.resnetstreams.cli;

import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.demo.UploadedEvents;
import io.resnetstreams.fetch.ImageUploads;
import io.resnetstreams.kafka.KafkaClients;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import org.apache.kafka.clients.producer.Producer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "produce",
        description = {
            "Send images to the input topic: files, directories (searched recursively) and IDX data sets (sent"
                    + " as PNG).",
            "",
            "With --by-reference, images are uploaded with the settings of the section 'references', and events refer to"
                    + " them.",
            "",
            "The id and key of an event are the path of the file, or NAME#INDEX for an IDX data set."
        },
        footer = {
            "",
            "Examples:",
            "  resnet-streams produce photos/ --rate 50",
            "  resnet-streams produce photos/ --by-reference s3://shop/in"
        })
final class ProduceCommand extends KafkaCommand {
    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Image files, directories and IDX files; URIs of images are sent as references.")
    private List<String> paths;

    @Option(names = "--topic", paramLabel = "NAME", description = "Input topic.")
    private String topic;

    @Option(
            names = "--by-reference",
            paramLabel = "URI",
            description = "Upload the images below s3://BUCKET/PREFIX or file:///FOLDER, and send references to them.")
    private String byReference;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Number of times to send the images (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Maximum number of events per second (default: no limit).")
    private Double rate;

    @Override
    public Integer call() throws InterruptedException {
        OptionRange.requireAtLeastOne("--repeat", (long) repeat);
        OptionRange.requirePositive("--rate", rate);
        Configuration configuration = load("topics.input", topic);
        KafkaClients clients = new KafkaClients(configuration.connection());
        EventSource source = EventSource.ofNames(paths);
        String input = configuration.topics().input();
        long start;
        EventSender.Result result;
        try (UploadedEvents uploaded = byReference == null ? null : uploaded(source, byReference, configuration)) {
            clients.partitions(input);
            start = System.nanoTime();
            result = send(uploaded == null ? source : uploaded, clients, input, source.size());
        }
        report(input, source, result, (System.nanoTime() - start) / 1e9);
        return result.failed() == 0 ? 0 : 1;
    }

    private EventSender.Result send(Iterable<SourceEvent> events, KafkaClients clients, String input, long size)
            throws InterruptedException {
        try (Producer<byte[], byte[]> producer = clients.producer();
                ProgressBar progress = Terminal.progressBar("produce", size * repeat)) {
            EventSender sender = new EventSender(producer, input, rate == null ? 0 : rate, metadata -> {});
            for (int round = 0; round < repeat; round++) {
                for (SourceEvent event : events) {
                    sender.send(event);
                    if (progress != null) {
                        progress.step();
                    }
                }
            }
            return sender.finish();
        }
    }

    /** Returns events that refer to their images, with --by-reference. */
    private static UploadedEvents uploaded(EventSource source, String uri, Configuration configuration) {
        try {
            return new UploadedEvents(source, ImageUploads.below(uri, configuration.references()));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage("--by-reference: " + e.getMessage(), e);
        }
    }

    private void report(String input, EventSource source, EventSender.Result result, double seconds) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("topic", input);
        summary.put("events", result.sent());
        summary.put("failed", result.failed());
        summary.put("skippedFiles", source.skippedFiles());
        summary.put("seconds", Rounding.to(3, seconds));
        output.printJson(summary);
        output.printf("%s sent to %s in %.1f s%n", Text.count(result.sent(), "event"), input, seconds);
        source.notice().ifPresent(output::println);
        if (result.failed() > 0) {
            System.err.printf(
                    "not sent to %s: %s: %s%n", input, Text.count(result.failed(), "event"), result.firstFailure());
        }
    }
}
