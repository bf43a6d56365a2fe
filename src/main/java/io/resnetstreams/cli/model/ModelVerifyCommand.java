package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.convert.ReferenceCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares networks with those of another implementation. */
@Command(
        name = "verify",
        description = {
            "Build each architecture in a reference file with weights from the file's formula, run it on the"
                    + " two reference images, and compare the logits.",
            "",
            "The exit code is 1 if a logit differs by more than the tolerance."
        },
        footer = {"", "Example:", "  resnet-streams model verify --reference torchvision-seed1.json"})
final class ModelVerifyCommand extends OutputCommand {
    @Option(names = "--reference", paramLabel = "FILE", required = true, description = "Reference file.")
    private Path file;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            defaultValue = "1e-3",
            description = "Maximum difference, relative to the largest logit (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    /** An architecture in JSON. */
    record Row(String name, long parameters, double maxRelativeDifference, boolean argmaxEqual) {}

    @Override
    public Integer call() throws IOException {
        if (!(tolerance >= 0)) {
            throw UserErrorException.usage("--tolerance is " + tolerance + "; it must be at least 0");
        }
        ReferenceCheck check;
        try {
            check = ReferenceCheck.read(file);
        } catch (InvalidModelException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
        List<Row> results = new ArrayList<>();
        boolean passed = true;
        for (String name : check.names()) {
            ReferenceCheck.Result result = check.check(name);
            passed &= result.passes(tolerance);
            output.printf(
                    "%-22s %,12d parameters  largest relative difference %.2e  most probable class %s%s%n",
                    name,
                    result.parameters(),
                    result.maxRelativeDifference(),
                    result.argmaxEqual() ? "equal" : "differs",
                    result.passes(tolerance) ? "" : "  FAILS");
            results.add(new Row(name, result.parameters(), result.maxRelativeDifference(), result.argmaxEqual()));
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("architectures", results);
        summary.put("tolerance", tolerance);
        summary.put("passed", passed);
        output.printJson(summary);
        return passed ? 0 : 1;
    }
}
