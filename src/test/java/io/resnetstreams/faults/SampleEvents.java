package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.cli.InstanceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bundled model's sample images, repeated endlessly. Their expected outcomes come from {@code classify}. */
final class SampleEvents implements EventSupply {
    private static final Path SAMPLES = Path.of("models", "resnet20-fashion-mnist", "samples");
    private static final Duration LONGEST = Duration.ofSeconds(300);

    private final List<Event> events = new ArrayList<>();
    private final String expected;

    SampleEvents() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("classify", "--json"));
        try (Stream<Path> files = Files.walk(SAMPLES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".png"))
                    .sorted()
                    .toList()) {
                events.add(new Event(file.toString(), Files.readAllBytes(file)));
                command.add(file.toString());
            }
        }
        InstanceProcess classify = InstanceProcess.command(command);
        assertThat(classify.awaitEnd(LONGEST)).as(classify::log).isZero();
        expected = classify.log().lines().filter(line -> line.startsWith("{")).collect(Collectors.joining("\n"));
    }

    @Override
    public Event event(int number) {
        return events.get(number % events.size());
    }

    @Override
    public void writeExpected(Path file, int sent) throws IOException {
        Files.writeString(file, expected);
    }
}
