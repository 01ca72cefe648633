package io.github.eastwest.bundle;

import io.github.eastwest.model.Coverage;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code manifest.json}: what the collector meant to read, and how that went. Everything in it may be missing.
 *
 * @param names caller, callee and their clusters
 * @param from start of the window
 * @param to end of the window
 * @param region region
 * @param account account id
 * @param stoppedAtCost whether the collector left something out since it would have cost more than allowed
 * @param coverage the collector's statements by input
 * @param entry how reading the manifest itself went; empty when there is nothing to say
 */
record Manifest(
        Names names,
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<String> region,
        Optional<String> account,
        boolean stoppedAtCost,
        Map<String, Statement> coverage,
        Optional<Coverage.Entry> entry) {
    private static final int SCHEMA_VERSION = 1;
    private static final int ACCOUNT_DIGITS = 12;
    private static final int MOST_STATEMENTS = 500;

    Manifest {
        coverage = Collections.unmodifiableMap(new LinkedHashMap<>(coverage));
    }

    /** The edge that the bundle was collected for. */
    record Names(
            Optional<String> caller,
            Optional<String> callee,
            Optional<String> cluster,
            Optional<String> calleeCluster) {
        static final Names NONE = new Names(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** The cluster of that service, if it is one of the two. */
        Optional<String> clusterOf(String service) {
            boolean isCallee = callee.filter(service::equals).isPresent();
            boolean isCaller = caller.filter(service::equals).isPresent();
            return isCaller ? cluster : isCallee ? calleeCluster.or(() -> cluster) : Optional.empty();
        }

        /** The cluster stated for that service alone, if it is one of the two. */
        Optional<String> ownClusterOf(String service) {
            boolean isCallee = callee.filter(service::equals).isPresent();
            boolean isCaller = caller.filter(service::equals).isPresent();
            return isCallee ? calleeCluster : isCaller ? cluster : Optional.empty();
        }
    }

    /** The collector's statement about an input. */
    record Statement(Coverage.State state, String detail) {
        /** Both statements about one input: the same state, or partial. */
        Statement and(Statement other) {
            String both = detail.isEmpty() || detail.equals(other.detail)
                    ? other.detail
                    : other.detail.isEmpty() ? detail : detail + "; " + other.detail;
            return new Statement(state == other.state ? state : Coverage.State.PARTIAL, both);
        }
    }

    /** Reads the bundle's manifest; a missing or broken one leaves everything empty and says so. */
    static Manifest read(Bundle bundle) {
        if (!bundle.paths().contains(Layout.MANIFEST)) {
            return nothing(Coverage.State.NOT_COLLECTED, "the bundle has no manifest.json");
        }
        Faults faults = new Faults();
        try (DocumentInput in = bundle.openDocument(Layout.MANIFEST)) {
            return of(JsonDocument.whole(in, Layout.MANIFEST, faults), faults);
        } catch (JsonDocument.Broken broken) {
            return nothing(Coverage.State.FAILED, Text.of(broken));
        } catch (IOException unreadable) {
            return nothing(Coverage.State.FAILED, Layout.MANIFEST + " cannot be read: " + Text.of(unreadable));
        }
    }

    private static Manifest nothing(Coverage.State state, String detail) {
        return new Manifest(
                Names.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Map.of(),
                Optional.of(new Coverage.Entry("manifest", state, detail)));
    }

    private static Manifest of(Json json, Faults faults) {
        OptionalInt version = json.at("schemaVersion").integer();
        if (version.isPresent() && version.getAsInt() > SCHEMA_VERSION) {
            faults.add("manifest.json has schemaVersion " + version.getAsInt() + ", newer than " + SCHEMA_VERSION
                    + ": what is new in it was not read");
        }
        Json edge = json.at("edge");
        Json window = json.at("window");
        Names names = new Names(
                edge.at("caller").text().map(Arn::service),
                edge.at("callee").text().map(Arn::service),
                edge.at("cluster").text().map(Arn::name),
                edge.at("calleeCluster").text().map(Arn::name));
        Optional<Instant> from = window.at("from").time();
        Optional<Instant> to = window.at("to").time();
        if (from.isPresent() && to.isPresent() && !to.get().isAfter(from.get())) {
            faults.add("manifest.json: the window ends before it begins");
            from = Optional.empty();
            to = Optional.empty();
        }
        Map<String, Statement> coverage = statements(json.at("coverage").items(), faults);
        Optional<String> region = json.at("region").text();
        Optional<String> account = json.at("account").digits(ACCOUNT_DIGITS);
        boolean stoppedAtCost = json.at("stoppedAtCost").bool().orElse(false);
        Optional<Coverage.Entry> entry = faults.any()
                ? Optional.of(new Coverage.Entry("manifest", Coverage.State.PARTIAL, faults.detail()))
                : Optional.empty();
        return new Manifest(names, from, to, region, account, stoppedAtCost, coverage, entry);
    }

    private static Map<String, Statement> statements(List<Json> items, Faults faults) {
        Map<String, Statement> statements = new LinkedHashMap<>();
        if (items.size() > MOST_STATEMENTS) {
            faults.add("manifest.json: coverage has " + items.size() + " entries, of which " + MOST_STATEMENTS
                    + " were read");
        }
        for (Json item : items.subList(0, Math.min(items.size(), MOST_STATEMENTS))) {
            Optional<String> input = item.at("input").required();
            Optional<Coverage.State> state = item.at("state").text().flatMap(Manifest::state);
            if (input.isPresent() && state.isPresent()) {
                statements.merge(
                        input(input.get()),
                        new Statement(
                                state.get(), Text.printable(item.at("detail").textOrEmpty())),
                        Statement::and);
            } else {
                item.fault("has no known state");
            }
        }
        return statements;
    }

    /** The input that a path in the bundle belongs to. */
    private static String input(String path) {
        String name = Text.printable(path.endsWith(".json") ? path.substring(0, path.length() - 5) : path);
        return Layout.operation(name + ".json").orElse(name);
    }

    private static Optional<Coverage.State> state(String text) {
        String id = text.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
        for (Coverage.State state : Coverage.State.values()) {
            if (state.id().equals(id)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
