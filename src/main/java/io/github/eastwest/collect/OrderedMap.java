package io.github.eastwest.collect;

import java.util.LinkedHashMap;
import java.util.Map;

/** Small maps that keep the order they are written in. */
final class OrderedMap {
    private OrderedMap() {}

    static Map<String, Object> of(String name, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(name, value);
        return map;
    }

    static Map<String, Object> of(String name, Object value, String name2, Object value2) {
        Map<String, Object> map = of(name, value);
        map.put(name2, value2);
        return map;
    }

    static Map<String, Object> of(String name, Object value, String name2, Object value2, String name3, Object value3) {
        Map<String, Object> map = of(name, value, name2, value2);
        map.put(name3, value3);
        return map;
    }
}
