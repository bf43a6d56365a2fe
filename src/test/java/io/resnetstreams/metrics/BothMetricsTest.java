package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.TopologyMetrics;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics that tell two others tell them everything, whatever is added to the interfaces. */
class BothMetricsTest {
    private final List<String> told = new ArrayList<>();

    private <T> T recorder(Class<T> type, String name) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            told.add(name + " " + method.getName());
            return null;
        }));
    }

    private <T> void assertEveryCallReachesBoth(Class<T> type, T both) throws ReflectiveOperationException {
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            told.clear();
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(BothMetricsTest::anyValue)
                    .toArray();
            method.invoke(both, arguments);
            assertThat(told).containsExactly("first " + method.getName(), "second " + method.getName());
        }
    }

    private static Object anyValue(Class<?> type) {
        if (type == long.class) {
            return 1L;
        }
        if (type == int.class) {
            return 1;
        }
        return type == double.class ? (Object) 1.0 : null;
    }

    @Test
    void theTopologyTellsBoth() throws ReflectiveOperationException {
        assertEveryCallReachesBoth(
                TopologyMetrics.class,
                TopologyMetrics.both(
                        recorder(TopologyMetrics.class, "first"), recorder(TopologyMetrics.class, "second")));
    }
}
