package io.resnetstreams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static String explain(Throwable cause) {
        return Failures.refusal(new StreamsException("stream thread failed", new ExecutionException(cause)));
    }

    @Test
    void otherFailuresAreNotExplained() {
        assertThat(explain(new TimeoutException("no answer"))).isNull();
        assertThat(Failures.describe(new StreamsException("outer", new TimeoutException("no answer"))))
                .isEqualTo("TimeoutException: no answer");
    }

    @Test
    void aFailedHandshakeSaysWhy() {
        SSLHandshakeException cause = new SSLHandshakeException("No name matching broker found");
        assertThat(explain(new SslAuthenticationException("SSL handshake failed", cause)))
                .isEqualTo("no TLS connection to the broker: No name matching broker found");
    }

    @Test
    void aRefusedLoginSaysWhy() {
        assertThat(explain(new SaslAuthenticationException("invalid credentials")))
                .isEqualTo("the broker refuses the login: invalid credentials");
    }

    @Test
    void aMissingAclIsNamed() {
        assertThat(explain(new TopicAuthorizationException(Set.of("b", "a"))))
                .isEqualTo("the broker's ACLs deny it: Read on topic a, b is missing, or Write for a producer");
        assertThat(explain(GroupAuthorizationException.forGroupId("g")))
                .isEqualTo("the broker's ACLs deny it: Read on group g is missing");
        assertThat(explain(new TransactionalIdAuthorizationException("failed")))
                .isEqualTo("the broker's ACLs deny it: Write is missing on the transactional ids that begin with the"
                        + " applicationId");
        assertThat(explain(new ClusterAuthorizationException("failed")))
                .isEqualTo("the broker's ACLs deny it: Write on the target topic is missing");
        assertThat(explain(new TopicAuthorizationException("Topic authorization failed.")))
                .isEqualTo("the broker's ACLs deny it: Topic authorization failed.");
    }
}
