package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics that forward to two others forward every call, even if methods are added to the interfaces. */
class BothMetricsTest {
    private final List<String> told = new ArrayList<>();

    private <T> T recorder(Class<T> type, String name) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            told.add(name + " " + method.getName());
            return null;
        }));
    }

    private <T> void assertEveryCallReaches(Class<T> type, T metrics, String... names)
            throws ReflectiveOperationException {
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            told.clear();
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(BothMetricsTest::anyValue)
                    .toArray();
            method.invoke(metrics, arguments);
            assertThat(told)
                    .containsExactlyElementsOf(Arrays.stream(names)
                            .map(name -> name + " " + method.getName())
                            .toList());
        }
    }

    private static Object anyValue(Class<?> type) {
        if (type == long.class) {
            return 1L;
        }
        if (type == int.class) {
            return 1;
        }
        if (type == String.class) {
            return "cpu";
        }
        if (type == ClosedBy.class) {
            return ClosedBy.FULL;
        }
        return type == double.class ? (Object) 1.0 : null;
    }

    @Test
    void inferenceMetricsReachTheNext() throws ReflectiveOperationException {
        assertEveryCallReaches(
                InferenceMetrics.class,
                new DeviceMetrics(new PrometheusRegistry(), System::nanoTime, recorder(InferenceMetrics.class, "next")),
                "next");
    }

    @Test
    void topologyMetricsReachBoth() throws ReflectiveOperationException {
        assertEveryCallReaches(
                TopologyMetrics.class,
                TopologyMetrics.both(
                        recorder(TopologyMetrics.class, "first"), recorder(TopologyMetrics.class, "second")),
                "first",
                "second");
    }
}
