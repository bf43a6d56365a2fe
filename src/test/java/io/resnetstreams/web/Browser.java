package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The system's Chromium, headless and with its own profile. Nothing is downloaded. */
public final class Browser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromedriver"));
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);
    private static final String AXE = axe();

    private final ChromeDriver driver;
    private final Path profile;

    private Browser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Starts the browser; if it is not installed, the test is skipped with a message. */
    public static Browser start() throws IOException {
        for (Path program : PROGRAMS) {
            boolean isThere = Files.isExecutable(program);
            if (!isThere) {
                System.out.println("skipped: " + program + " is missing (Debian: chromium, chromium-driver)");
            }
            Assumptions.assumeTrue(isThere, program + " is missing (Debian: chromium, chromium-driver)");
        }
        Path profile = Files.createTempDirectory("resnet-streams-browser");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(PROGRAMS.get(0).toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(PROGRAMS.get(1).toFile())
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().scriptTimeout(LONGEST_WAIT).pageLoadTimeout(LONGEST_WAIT);
        return new Browser(driver, profile);
    }

    private static String axe() {
        try (InputStream stream = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public void open(String address) {
        driver.get(address);
    }

    /** Waits until a script's value is true. */
    public void awaitTrue(String expression) {
        await().alias(expression)
                .atMost(LONGEST_WAIT)
                .ignoreExceptions()
                .until(() -> Boolean.TRUE.equals(driver.executeScript("return Boolean(" + expression + ")")));
    }

    public Object value(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** Activates the first match of a selector with the keyboard, which must work without a mouse. */
    public void press(String selector) {
        await().atMost(LONGEST_WAIT)
                .ignoreException(StaleElementReferenceException.class)
                .until(() -> {
                    WebElement element = driver.findElement(By.cssSelector(selector));
                    driver.executeScript("arguments[0].focus()", element);
                    element.sendKeys(Keys.ENTER);
                    return true;
                });
    }

    public void type(String selector, String text) {
        WebElement element = driver.findElement(By.cssSelector(selector));
        element.clear();
        element.sendKeys(text);
    }

    /** Resizes the window; a {@code height} of 0 makes it as high as the page. */
    public void resize(int width, int height) {
        int high = height > 0 ? height : 900;
        metrics(width, high);
        if (height == 0) {
            metrics(width, ((Number) value("document.documentElement.scrollHeight")).intValue());
        }
    }

    private void metrics(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets the preferred colour scheme, light or dark. */
    public void colours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Checks that no content is wider than the window. */
    public void assertNothingSticksOut() {
        assertThat(value("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .isEqualTo(0L);
    }

    /** Checks the accessibility of the page with axe-core. */
    public void assertAccessible() {
        driver.executeScript(AXE);
        Object violations = driver.executeAsyncScript("const done = arguments[0];"
                + "axe.run(document, {resultTypes: ['violations']}).then("
                + "found => done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '))),"
                + "failure => done([String(failure)]));");
        assertThat((List<?>) violations).isEmpty();
    }

    /** Saves a screenshot of the window under {@code target/screenshots}. */
    public void screenshot(String name) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        File taken = driver.getScreenshotAs(OutputType.FILE);
        Files.move(taken.toPath(), SCREENSHOTS.resolve(name + ".png"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            // Chromium may still be deleting files.
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (UncheckedIOException e) {
            profile.toFile().deleteOnExit();
        }
    }
}
