package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.Guarantee;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All faults with {@code exactly_once_v2}, and controls whose defects the audit must find. */
class ExactlyOnceFaultSuite extends FaultSuite {
    ExactlyOnceFaultSuite() {
        super(Guarantee.EXACTLY_ONCE_V2);
    }

    @Order(3)
    @ParameterizedTest
    @EnumSource
    void theAuditFindsADefect(Control control) throws Exception {
        Assumptions.assumeTrue(ONLY.matcher(control.name()).matches());
        Random random = new Random(SEED + control.ordinal());
        String name = "control-" + control.name().toLowerCase(Locale.ROOT);
        try (FaultRun run = new FaultRun(
                name,
                Guarantee.EXACTLY_ONCE_V2,
                broker,
                new TestEvents(control.options().behaviour()),
                control.options(),
                random)) {
            control.inflictOn(run);
            FaultRow row = run.finish(false);
            report.add(control, row);
            assertThat(row.audit().exitCode()).isEqualTo(1);
            assertThat(control.found(row.audit())).as(row.audit().toString()).isPositive();
        }
    }
}
