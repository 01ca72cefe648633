package io.github.eastwest.collect.aws;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pages of one answer, put together as the AWS CLI does. Thread-safe. */
final class Merged {
    private final Shape shape;
    private final int mostItems;
    private final Map<String, Object> document = new LinkedHashMap<>();
    private final Map<Object, Map<String, Object>> joined = new HashMap<>();
    private boolean taken;

    Merged(Shape shape, int mostItems) {
        this.shape = shape;
        this.mostItems = mostItems;
    }

    /** Appends a page; false if it held more items than were asked for. */
    synchronized boolean add(Map<String, Object> page) {
        if (taken) {
            return false;
        }
        boolean fits = true;
        for (Map.Entry<String, Object> member : page.entrySet()) {
            String name = member.getKey();
            if (name.equals(shape.token())) {
                continue;
            }
            if (!(shape.lists().contains(name) && member.getValue() instanceof List<?> items)) {
                document.putIfAbsent(name, member.getValue());
                continue;
            }
            List<Object> all = list(document, name);
            boolean counted = name.equals(shape.lists().get(0));
            for (Object item : items) {
                if (!join(item)) {
                    if (counted && all.size() >= mostItems) {
                        fits = false;
                        break;
                    }
                    all.add(item);
                }
            }
        }
        return fits;
    }

    /**
     * Appends an item's lists to those of the item that an earlier page brought under the same id; its other members, such
     * as whether it is complete now, take the place of the earlier ones.
     */
    private boolean join(Object item) {
        if (!(item instanceof Map<?, ?> map) || shape.joinedBy().isEmpty() || map.get(shape.joinedBy()) == null) {
            return false;
        }
        Map<String, Object> known = joined.get(map.get(shape.joinedBy()));
        if (known == null) {
            @SuppressWarnings("unchecked") // Documents makes maps by member name
            Map<String, Object> first = (Map<String, Object>) map;
            joined.put(first.get(shape.joinedBy()), first);
            return false;
        }
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (value instanceof List<?> values) {
                list(known, name).addAll(values);
            } else {
                known.put(name, value);
            }
        });
        return true;
    }

    @SuppressWarnings("unchecked") // all lists of a document are Documents' or made here
    private static List<Object> list(Map<String, Object> in, String name) {
        return (List<Object>) in.computeIfAbsent(name, key -> new ArrayList<>());
    }

    /** How many items there are. */
    synchronized int items() {
        return shape.lists().isEmpty() || !(document.get(shape.lists().get(0)) instanceof List<?> items)
                ? 0
                : items.size();
    }

    /** What came so far, the growing lists first as the AWS CLI has them; pages that come later no longer count. */
    synchronized Map<String, Object> take() {
        taken = true;
        Map<String, Object> ordered = new LinkedHashMap<>();
        shape.lists().forEach(name -> {
            if (document.containsKey(name)) {
                ordered.put(name, document.get(name));
            }
        });
        ordered.putAll(document);
        return ordered;
    }
}
