package io.resnetstreams.cli;

import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.kafka.KafkaClients;
import java.nio.file.Path;
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
            "The id and key of an event are the path of the file, or NAME#INDEX for an IDX data set."
        },
        footer = {"", "Example:", "  resnet-streams produce photos/ --rate 50"})
final class ProduceCommand extends KafkaCommand {
    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Image files, directories and IDX files.")
    private List<Path> paths;

    @Option(names = "--topic", paramLabel = "NAME", description = "Input topic.")
    private String topic;

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
        EventSource source = EventSource.of(paths);
        String input = configuration.topics().input();
        clients.partitions(input);
        long start = System.nanoTime();
        EventSender.Result result;
        try (Producer<byte[], byte[]> producer = clients.producer();
                ProgressBar progress = Terminal.progressBar("produce", source.size() * repeat)) {
            EventSender sender = new EventSender(producer, input, rate == null ? 0 : rate, metadata -> {});
            for (int round = 0; round < repeat; round++) {
                for (SourceEvent event : source) {
                    sender.send(event);
                    if (progress != null) {
                        progress.step();
                    }
                }
            }
            result = sender.finish();
        }
        report(input, source, result, (System.nanoTime() - start) / 1e9);
        return result.failed() == 0 ? 0 : 1;
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
