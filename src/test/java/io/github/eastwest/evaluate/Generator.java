package io.github.eastwest.evaluate;

import io.github.eastwest.model.RootCause;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes incidents of recordings: the recorded lines keep their mutual order, bursts and bodies, so metrics and logs go on
 * telling one story; names, ids, addresses, dates, log format, what was read and what is beside the point change.
 *
 * <p>The truth stays the recording's, plus what was injected. The same seed gives the same incidents.
 */
final class Generator {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> NAMES = List.of(
            "lynx", "heron", "badger", "otter", "falcon", "ibis", "marten", "raven", "stoat", "tapir", "viper", "wren",
            "bison", "crane", "dingo", "egret");
    private static final Pattern HEX =
            Pattern.compile("(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f])[0-9a-f]{17,32}(?![0-9A-Za-z])"
                    + "|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern ADDRESS =
            Pattern.compile("(?<![\\d.])10\\.(\\d{1,3})\\.(\\d{1,3}\\.\\d{1,3})(?![\\d.]|/8)");
    private static final Pattern DATE = Pattern.compile("(?<!\\d)(20\\d\\d-\\d\\d-\\d\\d)(?=[T ]\\d\\d:)");
    private static final Pattern TEXT_LINE =
            Pattern.compile("^\\[(\\S+)] \"(\\S+) (\\S+) (HTTP/\\S+)\" (\\d+) (\\d+) (\\d+)"
                    + " (\\d+) (\\d+|-) \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\"$");

    /** Calls by which a recording is long enough to have a fault injected. */
    private static final int ENOUGH_CALLS = 150;

    /** Calls that an injected fault hits at least. */
    private static final int FEWEST = 24;

    private final Random random;

    private Generator(Random random) {
        this.random = random;
    }

    /**
     * So many incidents: six tenths with one recorded cause, two healthy, one injected, and one with two causes. Each has
     * a source of chance of its own, so that one can be made without the others.
     */
    static List<Case> cases(long seed, int count, Donors donors) {
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> one(seed, i, donors))
                .toList();
    }

    static Case one(long seed, int number, Donors donors) {
        return new Generator(new Random(seed * 1_000_003 + number * 7_919L)).incident(number, donors);
    }

    private Case incident(int number, Donors donors) {
        // The first numbers of neighbouring seeds are alike.
        random.nextLong();
        int kind = number % 10;
        if (kind == 9 && !donors.loud().isEmpty()) {
            return make(number, pick(donors.loud()), "two causes");
        }
        if (kind == 8 && !donors.quiet().isEmpty()) {
            return make(number, pick(donors.quiet()), "injected");
        }
        if (kind == 6 || kind == 7) {
            return make(number, pick(donors.healthy()), "healthy");
        }
        // Every cause in turn, so that each is met equally often.
        int turn = number / 10 * 6 + kind;
        List<RootCause> causes = List.copyOf(donors.byCause().keySet());
        return make(number, pick(donors.byCause().get(causes.get(turn % causes.size()))), "recording");
    }

    /**
     * Recordings by their use.
     *
     * @param byCause those of each cause
     * @param healthy those of healthy edges
     * @param quiet healthy ones with calls enough to have a fault injected
     * @param loud faulty ones with calls enough to have a second fault
     */
    record Donors(SortedMap<RootCause, List<Donor>> byCause, List<Donor> healthy, List<Donor> quiet, List<Donor> loud) {
        static Donors of(List<Donor> all) {
            List<Donor> healthy = all.stream().filter(d -> d.cause().isEmpty()).toList();
            SortedMap<RootCause, List<Donor>> byCause = all.stream()
                    .filter(d -> d.cause().isPresent())
                    .collect(Collectors.groupingBy(d -> d.cause().orElseThrow(), TreeMap::new, Collectors.toList()));
            List<Donor> lengthy = all.parallelStream()
                    .filter(d -> new Lines(d.files()).answered(d.callee()).size() >= ENOUGH_CALLS)
                    .toList();
            return new Donors(
                    byCause,
                    healthy,
                    lengthy.stream().filter(d -> d.cause().isEmpty()).toList(),
                    lengthy.stream()
                            .filter(d -> d.cause().filter(c -> !c.blindSpot()).isPresent())
                            .toList());
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean chance(double p) {
        return random.nextDouble() < p;
    }

    private Case make(int number, Donor donor, String kind) {
        SortedMap<String, String> files = new TreeMap<>(donor.files());
        Set<RootCause> truth = EnumSet.noneOf(RootCause.class);
        donor.cause().ifPresent(truth::add);
        List<String> changes = new ArrayList<>();
        boolean blind = donor.cause().filter(RootCause::blindSpot).isPresent();
        Lines lines = new Lines(files);
        if (kind.equals("injected") || kind.equals("two causes")) {
            inject(lines, new Callee(donor), truth, changes);
        }
        if (!blind && chance(0.6)) {
            noise(lines, donor, changes);
        }
        if (!blind && chance(0.25)) {
            files.keySet().removeIf(path -> path.startsWith("cloudwatch/"));
            changes.add("no metrics");
            if (kind.equals("healthy") && chance(0.5)) {
                lines.thin(0.5 + random.nextDouble() / 2, random.nextInt());
                changes.add("fewer calls");
            } else if (kind.equals("recording") && chance(0.5)) {
                int times = 1 + random.nextInt(3);
                if (lines.dilute(donor.callee(), times, random)) {
                    changes.add("answered calls " + (times + 1) + " times");
                }
            }
        }
        if (!blind && chance(0.15)) {
            double share = 0.02 + 0.1 * random.nextDouble();
            lines.lose(share, random);
            changes.add("lines lost");
        }
        lines.store(files);
        CloudWatch.retell(files, donor, lines.changes());
        if (chance(0.5)) {
            decoys(files, donor, changes);
        }
        String sides = "both";
        if (!blind && chance(0.4)) {
            sides = chance(0.5) ? "caller" : "callee";
            String gone = sides.equals("caller") ? "callee" : "caller";
            String kept = "logs/lines/" + sides + "/";
            boolean left = files.entrySet().stream()
                    .anyMatch(e -> e.getKey().startsWith(kept)
                            && e.getValue()
                                    .lines()
                                    .anyMatch(l -> l.startsWith("{\"authority\"") || l.startsWith("[20")));
            if (left) {
                files.keySet().removeIf(path -> path.startsWith("logs/lines/" + gone + "/"));
                forget(files, "logs/lines/" + gone);
            } else {
                sides = "both";
            }
        }
        if (!blind && sides.equals("both") && chance(0.15)) {
            withoutStream(files, changes);
        }
        if (!blind && chance(0.1)) {
            without(files, "ec2/", changes);
        }
        if (!blind && chance(0.1)) {
            without(files, "ecs/describe-service-deployments", changes);
            without(files, "ecs/describe-service-revisions", changes);
        }
        if (files.keySet().stream().noneMatch(p -> p.startsWith("cloudwatch/"))) {
            forget(files, "cloudwatch/list-metrics");
            forget(files, "cloudwatch/get-metric-data");
        }
        if (chance(0.3)) {
            otherFormat(files, changes);
        }
        return disguise(number, donor, files, truth, kind, sides, String.join(", ", changes));
    }

    /** One task's stream of a side that has several was not found. */
    private void withoutStream(SortedMap<String, String> files, List<String> changes) {
        String side = chance(0.5) ? "logs/lines/caller/" : "logs/lines/callee/";
        List<String> streams =
                files.keySet().stream().filter(p -> p.startsWith(side)).toList();
        if (streams.size() >= 2) {
            files.remove(pick(streams));
            changes.add("without one of " + streams.size() + " streams of " + side.substring(11, 17));
        }
    }

    /** Documents that whoever collected may not read. */
    private static void without(SortedMap<String, String> files, String prefix, List<String> changes) {
        List<String> gone =
                files.keySet().stream().filter(p -> p.startsWith(prefix)).toList();
        gone.forEach(path -> {
            files.remove(path);
            forget(files, path.replace(".json", ""));
        });
        if (!gone.isEmpty()) {
            changes.add("without " + prefix);
        }
    }

    /** What is not there any more was not collected. */
    private static void forget(SortedMap<String, String> files, String input) {
        ObjectNode manifest = (ObjectNode) JSON.readTree(files.get("manifest.json"));
        if (manifest.get("coverage") instanceof ArrayNode coverage) {
            List<JsonNode> kept = coverage.valueStream()
                    .filter(entry -> !entry.path("input").asString("").equals(input))
                    .toList();
            coverage.removeAll();
            coverage.addAll(kept);
        }
        files.put("manifest.json", JSON.writeValueAsString(manifest));
    }

    /** A fault that shows in the lines of answered calls: of one path, or of one task. */
    private void inject(Lines lines, Callee callee, Set<RootCause> truth, List<String> changes) {
        List<Lines.Call> answered = lines.answered(callee.name());
        Map<String, List<Lines.Call>> byPath = new TreeMap<>();
        answered.forEach(
                c -> byPath.computeIfAbsent(c.path(), p -> new ArrayList<>()).add(c));
        // A path that one task serves alone would tell of the task.
        Comparator<List<Lines.Call>> best = Comparator.<List<Lines.Call>, Boolean>comparing(Generator::isSpread)
                .thenComparingInt(List::size);
        List<Lines.Call> path = byPath.values().stream().max(best).orElseThrow();
        List<List<Lines.Call>> replicas = callee.replicas(answered);
        List<RootCause> possible = new ArrayList<>(List.of(
                RootCause.APPLICATION_ERRORS,
                RootCause.CALLER_GIVES_UP_FIRST,
                RootCause.REQUEST_TIMEOUT_TOO_SHORT,
                RootCause.BAD_REPLICA));
        possible.removeAll(truth);
        if (replicas.size() < 3) {
            possible.remove(RootCause.BAD_REPLICA);
        }
        RootCause cause = pick(possible);
        boolean errors = cause == RootCause.APPLICATION_ERRORS || cause == RootCause.BAD_REPLICA;
        List<Lines.Call> hit = cause == RootCause.BAD_REPLICA ? pick(replicas) : path;
        double severity = pick(List.of(0.05, 0.1, 0.3, 0.8));
        // Errors begin at a moment, unless a deployment would seem to have brought them. What some requests need is so
        // from
        // the start: else the callee became slow (EW508).
        int from = errors && callee.revisions() == 1 ? random.nextInt(Math.max(1, hit.size() / 3)) : 0;
        boolean bursts = errors && chance(0.5);
        List<Lines.Call> chosen = chosen(hit.subList(from, hit.size()), severity, bursts);
        long timer = pick(List.of(800L, 1000L, 2000L, 3000L));
        for (Lines.Call call : chosen) {
            if (errors) {
                call.answerBoth(500, 60 + random.nextInt(200));
            } else if (cause == RootCause.CALLER_GIVES_UP_FIRST) {
                late(call, timer, false);
            } else {
                late(call, callee.requestTimeoutMillis(), true);
            }
        }
        truth.add(cause);
        changes.add("injected " + cause.code() + " into " + chosen.size() + " calls" + (bursts ? ", in bursts" : ""));
    }

    private static boolean isSpread(List<Lines.Call> calls) {
        Map<String, Long> hosts =
                calls.stream().collect(Collectors.groupingBy(Lines.Call::host, Collectors.counting()));
        return calls.size() >= FEWEST && Collections.max(hosts.values()) <= 0.8 * calls.size();
    }

    /** Such a share of the calls, but two dozen at least; in bursts, most of them within a few stretches. */
    private List<Lines.Call> chosen(List<Lines.Call> calls, double share, boolean bursts) {
        List<Lines.Call> chosen = new ArrayList<>();
        int length = Math.max(1, calls.size() / (4 + random.nextInt(12)));
        boolean burst = false;
        for (int i = 0; i < calls.size(); i++) {
            if (i % length == 0) {
                burst = chance(0.4);
            }
            if (chance(!bursts ? share : burst ? Math.min(0.95, 2 * share) : share / 10)) {
                chosen.add(calls.get(i));
            }
        }
        if (chosen.size() < FEWEST) {
            List<Lines.Call> any = new ArrayList<>(calls);
            Collections.shuffle(any, random);
            return List.copyOf(any.subList(0, Math.min(any.size(), FEWEST)));
        }
        return chosen;
    }

    /** A call that needs long: it is answered if that is within the timer, else cut by it. */
    private void late(Lines.Call call, long timer, boolean request) {
        long needed = Math.round(timer * (0.3 + 1.3 * random.nextDouble()));
        if (needed < timer) {
            call.slow(needed);
        } else if (request) {
            call.timeOut(timer + random.nextInt(12));
        } else {
            call.giveUp(timer + random.nextInt(6));
        }
    }

    /** What every edge has: a few 404s, a client that leaves, a stray error. */
    private void noise(Lines lines, Donor donor, List<String> changes) {
        List<Lines.Call> answered = new ArrayList<>(lines.answered(donor.callee()));
        if (answered.size() < 100) {
            return;
        }
        Collections.shuffle(answered, random);
        int next = 0;
        for (int i = 0; i < 3; i++) {
            answered.get(next++).answerBoth(404, 20 + random.nextInt(40));
        }
        answered.get(next++).giveUp(5 + random.nextInt(900));
        for (double p = 0.3; chance(p); p -= 0.2) {
            answered.get(next++).answerBoth(500, 80);
        }
        changes.add("noise");
    }

    private void decoys(SortedMap<String, String> files, Donor donor, List<String> changes) {
        int which = random.nextInt(4);
        ObjectNode manifest = (ObjectNode) JSON.readTree(files.get("manifest.json"));
        String from = manifest.get("window").get("from").asString();
        if (which == 0 && files.containsKey("ecs/describe-tasks.json")) {
            stoppedTask(files, donor, from);
            changes.add("decoy: a task stopped long before");
        } else if (which == 1 && files.containsKey("ecs/describe-service-deployments.json")) {
            deployment(files, donor, from);
            changes.add("decoy: a deployment of the caller that changed nothing");
        } else {
            // Both are on an edge of their own: the caller's to another service, and the callee's to what it can do
            // without.
            Lines lines = new Lines(files);
            String side = which == 2 ? "callee" : "caller";
            if (lines.sickNeighbour(donor.callee(), side, random)) {
                lines.store(files);
                changes.add("decoy: a sick service that the " + side + " calls");
            }
        }
    }

    /** Two hours before the window: scaled in, with nothing lost. */
    private void stoppedTask(SortedMap<String, String> files, Donor donor, String from) {
        ObjectNode document = (ObjectNode) JSON.readTree(files.get("ecs/describe-tasks.json"));
        ArrayNode tasks = (ArrayNode) document.get("tasks");
        Optional<JsonNode> running = tasks.valueStream()
                .filter(t -> t.path("lastStatus").asString("").equals("RUNNING")
                        && t.path("group").asString("").equals("service:" + donor.callee()))
                .findFirst();
        if (running.isEmpty()) {
            return;
        }
        String id = running.get().get("taskArn").asString();
        id = id.substring(id.lastIndexOf('/') + 1);
        String other = "d" + id.substring(1, id.length() - 1) + "e";
        ObjectNode copy = (ObjectNode) JSON.readTree(JSON.writeValueAsString(running.get())
                .replace(id, other)
                .replaceAll("\"10\\.(\\d+)\\.\\d+\\.\\d+\"", "\"10.$1.250.250\""));
        String at = java.time.Instant.parse(from).minusSeconds(7_200).toString();
        copy.put("lastStatus", "STOPPED");
        copy.put("desiredStatus", "STOPPED");
        copy.put("stopCode", "ServiceSchedulerInitiated");
        copy.put("stoppedReason", "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)");
        copy.put("stoppingAt", at);
        copy.put("executionStoppedAt", at);
        copy.put("stoppedAt", at);
        tasks.add(copy);
        files.put("ecs/describe-tasks.json", JSON.writeValueAsString(document));
    }

    private void deployment(SortedMap<String, String> files, Donor donor, String from) {
        ObjectNode document = (ObjectNode) JSON.readTree(files.get("ecs/describe-service-deployments.json"));
        ArrayNode deployments = (ArrayNode) document.get("serviceDeployments");
        Optional<JsonNode> last = deployments
                .valueStream()
                .filter(d -> d.path("serviceArn").asString("").endsWith("/" + donor.caller()))
                .reduce((a, b) -> b);
        if (last.isEmpty()) {
            return;
        }
        ObjectNode copy = (ObjectNode) last.get().deepCopy();
        java.time.Instant at = java.time.Instant.parse(from).minusSeconds(3_000);
        copy.put("serviceDeploymentArn", copy.get("serviceDeploymentArn").asString() + "X");
        copy.put("createdAt", at.toString());
        copy.put("startedAt", at.plusSeconds(3).toString());
        copy.put("finishedAt", at.plusSeconds(240).toString());
        copy.put("updatedAt", at.plusSeconds(240).toString());
        deployments.add(copy);
        files.put("ecs/describe-service-deployments.json", JSON.writeValueAsString(document));
    }

    /** The same lines in the other format of Service Connect. */
    private static void otherFormat(SortedMap<String, String> files, List<String> changes) {
        boolean json = files.entrySet().stream()
                .anyMatch(e ->
                        e.getKey().startsWith("logs/lines/") && e.getValue().startsWith("{"));
        boolean text = files.entrySet().stream()
                .anyMatch(e -> e.getKey().startsWith("logs/lines/")
                        && e.getValue()
                                .lines()
                                .anyMatch(l -> TEXT_LINE.matcher(l).matches()));
        if (json == text) {
            return;
        }
        files.replaceAll((path, content) -> {
            if (path.startsWith("logs/lines/")) {
                return content.lines().map(l -> json ? text(l) : json(l)).collect(Collectors.joining("\n", "", "\n"));
            }
            return path.startsWith("ecs/")
                    ? content.replaceAll(
                            "\"format\"(\\s*:\\s*)\"" + (json ? "JSON" : "TEXT") + "\"",
                            "\"format\"$1\"" + (json ? "TEXT" : "JSON") + "\"")
                    : content;
        });
        changes.add(json ? "as text" : "as JSON");
    }

    private static String text(String line) {
        if (!line.startsWith("{\"authority\"")) {
            return line;
        }
        JsonNode json = JSON.readTree(line);
        if (json.has("grpc_status_number")
                || json.has("grpc_status")
                || !json.path("protocol").asString("").startsWith("HTTP")) {
            return line;
        }
        return "[" + json.get("start_time").asString() + "] \"" + or(json, "method") + " " + or(json, "path") + " "
                + or(json, "protocol") + "\" " + or(json, "response_code") + " " + or(json, "bytes_received") + " "
                + or(json, "bytes_sent") + " " + or(json, "duration") + " " + or(json, "upstream_service_time") + " \""
                + or(json, "forwarded_for") + "\" \"" + or(json, "user_agent") + "\" \"" + or(json, "request_id")
                + "\" \""
                + or(json, "authority") + "\" \"" + or(json, "upstream_host") + "\"";
    }

    private static String or(JsonNode json, String key) {
        JsonNode value = json.get(key);
        return value == null || value.isNull() ? "-" : value.asString();
    }

    private static String json(String line) {
        Matcher m = TEXT_LINE.matcher(line);
        if (!m.matches()) {
            return line;
        }
        ObjectNode json = JSON.createObjectNode();
        nullable(json, "authority", m.group(13));
        json.put("bytes_received", Long.parseLong(m.group(6)));
        json.put("bytes_sent", Long.parseLong(m.group(7)));
        json.put("duration", Long.parseLong(m.group(8)));
        nullable(json, "forwarded_for", m.group(10));
        nullable(json, "method", m.group(2));
        nullable(json, "path", m.group(3));
        nullable(json, "protocol", m.group(4));
        nullable(json, "request_id", m.group(12));
        json.put("response_code", Integer.parseInt(m.group(5)));
        json.put("start_time", m.group(1));
        nullable(json, "upstream_host", m.group(14));
        nullable(json, "upstream_service_time", m.group(9));
        nullable(json, "user_agent", m.group(11));
        return JSON.writeValueAsString(json);
    }

    private static void nullable(ObjectNode json, String key, String value) {
        if (value.equals("-")) {
            json.putNull(key);
        } else {
            json.put(key, value);
        }
    }

    /** Other names, ids, addresses and dates, the same everywhere. */
    private Case disguise(
            int number,
            Donor donor,
            SortedMap<String, String> files,
            Set<RootCause> truth,
            String kind,
            String sides,
            String changes) {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        String caller = names.get(0) + "-front";
        String callee = names.get(1) + (chance(0.5) ? "" : "-core");
        Pattern callerName = word(donor.caller());
        Pattern calleeName = word(donor.callee());
        List<Character> digits = new ArrayList<>(
                "0123456789abcdef".chars().mapToObj(c -> (char) c).toList());
        Collections.shuffle(digits, random);
        int octet = 1 + random.nextInt(200);
        int days = random.nextInt(81) - 40;
        long account = 100_000_000_000L + (long) (random.nextDouble() * 800_000_000_000L);
        String oldAccount = Optional.ofNullable(
                        JSON.readTree(files.get("manifest.json")).get("account"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .orElse("none");
        SortedMap<String, String> disguised = new TreeMap<>();
        files.forEach((path, content) -> {
            disguised.put(
                    change(path, callerName, caller, calleeName, callee, digits, octet, days, oldAccount, account),
                    change(content, callerName, caller, calleeName, callee, digits, octet, days, oldAccount, account));
        });
        return new Case(
                String.format(java.util.Locale.ROOT, "%03d %s", number, donor.name()),
                caller,
                callee,
                truth,
                kind,
                sides,
                changes,
                disguised);
    }

    private static Pattern word(String name) {
        return Pattern.compile("(?<![A-Za-z0-9])" + Pattern.quote(name) + "(?![A-Za-z0-9])");
    }

    private static String change(
            String text,
            Pattern callerName,
            String caller,
            Pattern calleeName,
            String callee,
            List<Character> digits,
            int octet,
            int days,
            String oldAccount,
            long account) {
        String changed = calleeName.matcher(text).replaceAll("\u0001");
        changed = callerName.matcher(changed).replaceAll(caller);
        changed = changed.replace("\u0001", callee).replace(oldAccount, Long.toString(account));
        changed = HEX.matcher(changed).replaceAll(m -> {
            StringBuilder id = new StringBuilder(m.group());
            for (int i = 0; i < id.length(); i++) {
                if (id.charAt(i) != '-') {
                    id.setCharAt(i, digits.get(Character.digit(id.charAt(i), 16)));
                }
            }
            return id.toString();
        });
        changed = ADDRESS.matcher(changed)
                .replaceAll(m -> "10." + (Integer.parseInt(m.group(1)) + octet) % 256 + "." + m.group(2));
        return DATE.matcher(changed)
                .replaceAll(m -> LocalDate.parse(m.group(1)).plusDays(days).toString());
    }
}
