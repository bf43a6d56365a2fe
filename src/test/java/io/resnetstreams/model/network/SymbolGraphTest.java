package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SymbolGraphTest {
    private final SymbolGraph graph = new SymbolGraph();

    @Test
    void theGraphIsInTheFormatOfTheEngine() throws IOException {
        int data = graph.input("data");
        int weight = graph.parameter("fc.weight", 2, 3);
        int dense = graph.operator("FullyConnected", "fc", Map.of("num_hidden", "2"), data, weight);
        String expected =
                """
                {"nodes": [
                  {"op": "null", "name": "data", "inputs": []},
                  {"op": "null", "name": "fc.weight", "attrs": {"__shape__": "(2,3)"}, "inputs": []},
                  {"op": "FullyConnected", "name": "fc", "attrs": {"num_hidden": "2"}, "inputs": [[0,0,0], [1,0,0]]}],
                 "arg_nodes": [0, 1],
                 "node_row_ptr": [0, 1, 2, 3],
                 "heads": [[2, 0, 0]],
                 "attrs": {"mxnet_version": ["int", 10900]}}""";
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(graph.toJson(dense))).isEqualTo(json.readTree(expected));
    }

    @Test
    void parametersAreListedInTheOrderTheyWereAdded() {
        graph.parameter("b", 1);
        graph.parameter("a", ParameterShape.Kind.RUNNING, 2, 2);
        assertThat(graph.parameters().keySet()).containsExactly("b", "a");
        assertThat(graph.parameters().get("a").kind()).isEqualTo(ParameterShape.Kind.RUNNING);
        assertThat(graph.parameters().get("a").size()).isEqualTo(4);
    }

    @Test
    void anInputIsNoParameter() {
        graph.input("data");
        assertThat(graph.parameters()).isEmpty();
    }
}
