package io.github.eastwest.cli;

import java.util.List;

/**
 * Something that {@code explain} can explain.
 *
 * @param kind what it is
 * @param id what to type to get exactly this topic
 * @param title one line
 * @param names other words for it, each a full match when typed
 * @param leadsTo ids of topics to read next
 * @param markdown the explanation, beginning with its heading
 */
record Topic(Kind kind, String id, String title, List<String> names, List<String> leadsTo, String markdown) {
    Topic {
        names = List.copyOf(names);
        leadsTo = List.copyOf(leadsTo);
    }

    /** The kinds, in the order in which equally good matches are offered. */
    enum Kind {
        CAUSE("cause"),
        CONDITION("condition"),
        FIELD_GUIDE("field_guide"),
        FLAG("flag"),
        DETAIL("detail"),
        LOCAL_REPLY("local_reply"),
        TRANSPORT_FAILURE("transport_failure"),
        METRIC("metric");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** The name in JSON. */
        String id() {
            return id;
        }
    }
}
