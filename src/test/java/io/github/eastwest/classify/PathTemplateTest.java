package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
    @ParameterizedTest
    @CsvSource({
        "/orders/4711/items, /orders/*/items",
        "/orders/4711, /orders/*",
        "/v1/orders, /v1/orders",
        "/oauth2/token, /oauth2/token",
        "/users/7f2e24d1-aa04-438f-b6ed-daec1674a886, /users/*",
        "/search?q=1, /search",
        "/, /",
        "/items/ORD-4711, /items/*",
        "/s3/upload, /s3/upload",
        "/pay.v1.Payments/Charge, /pay.v1.Payments/Charge",
        "/blob/abcdefghijklmnopqrstuvwxyzabcdef, /blob/*",
    })
    void replacesVariableParts(String path, String template) {
        assertThat(PathTemplate.of(path)).isEqualTo(template);
    }
}
