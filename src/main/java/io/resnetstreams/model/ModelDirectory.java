package io.resnetstreams.model;

import io.resnetstreams.common.Digests;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.ResNetSymbol.Output;
import io.resnetstreams.model.network.SymbolEmbedding;
import io.resnetstreams.model.onnx.OnnxConversion;
import io.resnetstreams.model.onnx.OnnxEmbedding;
import io.resnetstreams.model.onnx.OnnxFile;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A verified model on disk: {@code NAME-symbol.json} and {@code NAME-0000.params}, or {@code NAME.onnx}, and with either
 * {@code synset.txt} and {@code model.json}. The former are in MXNet's own format, so DJL reads the directory as it is.
 * {@link ModelWriter} writes it.
 */
public final class ModelDirectory {
    public static final String DESCRIPTION_FILE = "model.json";
    static final String SYNSET_FILE = "synset.txt";
    /** ResNet-152 has about 500 KB. */
    public static final int MOST_SYMBOL_BYTES = 32_000_000;

    /** Their graphs have operators of MXNet alone. */
    private static final Set<Precision> MXNET_ONLY = EnumSet.of(Precision.INT8, Precision.BF16);

    private final Path directory;
    private final ModelDescription description;
    private final List<String> labels;
    /** 0 without an embedding. */
    private final int embeddingLength;

    /** Wraps a directory that {@link ModelReader} has verified. */
    ModelDirectory(Path directory, ModelDescription description, List<String> labels) {
        this(directory, description, labels, 0);
    }

    private ModelDirectory(Path directory, ModelDescription description, List<String> labels, int embeddingLength) {
        this.directory = directory;
        this.description = description;
        this.labels = labels;
        this.embeddingLength = embeddingLength;
    }

    static String symbolFile(String name) {
        return name + "-symbol.json";
    }

    static String parametersFile(String name) {
        return name + "-0000.params";
    }

    static String onnxFile(String name) {
        return name + OnnxFile.ENDING;
    }

    /** @throws InvalidModelException if a file is missing, is malformed or does not match its digest */
    public static ModelDirectory load(Path directory) throws InvalidModelException {
        return ModelReader.read(directory);
    }

    /**
     * Returns the model with another output of its network: N×(classes + {@link #embeddingLength}), the probabilities followed
     * by the embedding, the input of the last fully connected layer. The files are the same.
     *
     * @throws IllegalArgumentException if there is no such layer before the softmax; the message names what there is
     */
    public ModelDirectory withEmbedding() {
        try {
            int length = isOnnx()
                    ? OnnxEmbedding.of(onnx()).length()
                    : SymbolEmbedding.of(network()).length();
            return new ModelDirectory(directory, description, labels, length);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the model " + directory
                            + " has no embedding, the input of a fully connected layer before the softmax: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Returns the number of values that follow the probabilities in the network's output; 0 without {@link #withEmbedding}. */
    public int embeddingLength() {
        return embeddingLength;
    }

    /** Returns whether the network is in ONNX rather than in MXNet's format. */
    public boolean isOnnx() {
        return description.files().containsKey(onnxFile(name()));
    }

    /** Returns the engines that can run the model on some machine. */
    public Set<EngineName> engines() {
        EngineName only = isOnnx()
                ? EngineName.ONNXRUNTIME
                : MXNET_ONLY.contains(description.precision()) ? EngineName.MXNET : description.engine();
        return only == null ? EnumSet.allOf(EngineName.class) : EnumSet.of(only);
    }

    /** Returns the size of the file with the parameters. */
    public long parameterBytes() {
        return (isOnnx() ? onnxPath() : parametersPath()).toFile().length();
    }

    /**
     * Returns the network in ONNX, which reads uint8 N×H×W×3.
     *
     * @throws IllegalArgumentException if it has an operator that can't be converted; the message names it
     */
    public OnnxModel onnx() {
        if (isOnnx()) {
            try {
                OnnxModel network = OnnxFile.read(onnxPath());
                return embeddingLength == 0
                        ? network
                        : OnnxEmbedding.of(network).network();
            } catch (InvalidModelException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        return OnnxConversion.convert(network(), description.inputHeight(), description.inputWidth());
    }

    /**
     * Writes the network to a folder, for {@link OnnxRuntime#load}.
     *
     * @throws IllegalArgumentException as {@link #onnx}
     */
    public void writeOnnx(Path folder) throws IOException {
        if (isOnnx()) {
            onnx().writeForLoading(folder);
        } else {
            OnnxConversion.write(network(), description.inputHeight(), description.inputWidth(), folder);
        }
    }

    /**
     * Returns the graph and the values of its parameters.
     *
     * @throws IllegalArgumentException if the network is in ONNX
     */
    public Network network() {
        if (isOnnx()) {
            throw new IllegalArgumentException("the model " + directory + " is in ONNX; MXNet's format is needed");
        }
        ParametersFile.Content content = ParametersFile.read(parametersPath());
        try {
            ResNetSymbol symbol = new ResNetSymbol(Files.readString(symbolPath()), content.shapes());
            Network network = new Network(symbol, content.values());
            return embeddingLength == 0 ? network : SymbolEmbedding.of(network).network();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + symbolPath() + ": " + e.getMessage(), e);
        }
    }

    /** Writes graph and parameters to a folder, for DJL; a link stands for parameters that do not change. */
    public void writeNetwork(Path folder) throws IOException {
        Files.writeString(folder.resolve(symbolFile(name())), network().symbol().json());
        Files.createSymbolicLink(
                folder.resolve(parametersFile(name())), parametersPath().toAbsolutePath());
    }

    /**
     * Writes graph and parameters with batch normalisations folded into the convolutions, for devices on which the engine does
     * not fold them itself.
     */
    public void writeFolded(Path folder) throws IOException {
        Network folded = BatchNormFolding.fold(network());
        ModelWriter.writeNetwork(folder, name(), folded.symbol(), folded::valuesOf);
    }

    private Path onnxPath() {
        return directory.resolve(onnxFile(name()));
    }

    Path symbolPath() {
        return directory.resolve(symbolFile(name()));
    }

    Path parametersPath() {
        return directory.resolve(parametersFile(name()));
    }

    public Path directory() {
        return directory;
    }

    public ModelDescription description() {
        return description;
    }

    public String name() {
        return description.name();
    }

    public String architecture() {
        return description.architecture();
    }

    /** Returns a SHA-256 of the graph, the parameters and the labels. */
    public String digest() {
        return Digests.of(description.files());
    }

    public Preprocessing preprocessing() {
        return new Preprocessing(description.resizeShortEdge(), description.inputWidth(), description.inputHeight());
    }

    /** Returns the number of values that training changes; of an imported graph, all but running statistics. */
    public long trainableParameters() {
        if (isOnnx()) {
            return onnx().weights();
        }
        ResNetSymbol symbol = ModelDescription.OTHER.equals(architecture())
                ? network().symbol()
                : ResNetSymbol.of(ResNetArchitecture.of(architecture()), labels.size(), Output.PROBABILITIES);
        return symbol.trainableParameters();
    }

    /** The classes' labels, by index. */
    public List<String> labels() {
        return labels;
    }

    /** Returns the number of labels per event, at most the number of classes. */
    public int topK() {
        return Math.min(description.topK(), labels.size());
    }
}
