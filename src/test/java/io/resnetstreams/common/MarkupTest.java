package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkupTest {
    @Test
    void textCannotContainTags() {
        assertThat(Markup.escape("<script>alert('x')</script>"))
                .isEqualTo("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    }

    @Test
    void textCannotEndAnAttribute() {
        assertThat(Markup.escape("\"><img src=x onerror=alert(1)>"))
                .isEqualTo("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
    }

    @Test
    void anEntityIsShownAsItIsWritten() {
        assertThat(Markup.escape("&lt;")).isEqualTo("&amp;lt;");
    }

    @Test
    void charactersThatHtmlForbidsAreReplaced() {
        assertThat(Markup.escape("a\u0000b\u001b[31m\ud800c")).isEqualTo("a\uFFFDb\uFFFD[31m\uFFFDc");
        assertThat(Markup.escape("👟 né\n")).isEqualTo("👟 né\n");
    }
}
