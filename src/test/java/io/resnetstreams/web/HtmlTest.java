package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void nothingOfATextIsATag() {
        assertThat(Html.escape("<script>alert('x')</script>"))
                .isEqualTo("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    }

    @Test
    void nothingOfATextEndsAnAttribute() {
        assertThat(Html.escape("\"><img src=x onerror=alert(1)>"))
                .isEqualTo("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
    }

    @Test
    void anEntityIsShownAsItIsWritten() {
        assertThat(Html.escape("&lt;")).isEqualTo("&amp;lt;");
    }

    @Test
    void whatIsNoCharacterOfHtmlIsReplaced() {
        assertThat(Html.escape("a\u0000b\u001b[31m\ud800c")).isEqualTo("a\uFFFDb\uFFFD[31m\uFFFDc");
        assertThat(Html.escape("👟 né\n")).isEqualTo("👟 né\n");
    }
}
