package io.github.eastwest.collect;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import java.util.List;
import java.util.Optional;

/**
 * Both ends of the edge as DescribeServices answered.
 *
 * @param caller where the caller is
 * @param callee where the callee is
 * @param callerService empty when it could not be read
 * @param calleeService empty when it could not be read
 */
record Ends(
        EdgeSearch.Place caller,
        EdgeSearch.Place callee,
        Optional<EcsService> callerService,
        Optional<EcsService> calleeService) {
    static final List<Side> SIDES = List.of(Side.CALLER, Side.CALLEE);

    EdgeSearch.Place place(Side side) {
        return side == Side.CALLER ? caller : callee;
    }

    Optional<EcsService> service(Side side) {
        return side == Side.CALLER ? callerService : calleeService;
    }

    /**
     * Sides that one call can serve.
     *
     * @param as whose credentials to use
     * @param sides which sides it serves
     */
    record Share(Side as, List<Side> sides) {}

    /** Both sides at once where they are known to be in one account and Region, else each for itself. */
    List<Share> shares() {
        return together()
                ? List.of(new Share(Side.CALLER, SIDES))
                : List.of(new Share(Side.CALLER, List.of(Side.CALLER)), new Share(Side.CALLEE, List.of(Side.CALLEE)));
    }

    private boolean together() {
        Optional<String> account = callerService.flatMap(EcsService::account);
        Optional<String> region = callerService.flatMap(EcsService::region);
        return account.isPresent()
                && account.equals(calleeService.flatMap(EcsService::account))
                && region.equals(calleeService.flatMap(EcsService::region));
    }

    /** Whether the ARN is that of one of the services. */
    boolean isEnd(String arn) {
        return SIDES.stream()
                .flatMap(side -> service(side).stream())
                .anyMatch(service -> service.arn().equals(arn));
    }

    /** The share that serves a side. */
    Side as(Side side) {
        return together() ? Side.CALLER : side;
    }

    /** That nothing is known to be there, as long as both services are known. */
    Coverage.State unknownOr(Coverage.State state) {
        return callerService.isPresent() && calleeService.isPresent() ? state : Coverage.State.NOT_COLLECTED;
    }

    /** Why nothing is known to be there. */
    String unknownOr(String why) {
        List<String> unknown = SIDES.stream()
                .filter(side -> service(side).isEmpty())
                .map(side -> place(side).service())
                .toList();
        return unknown.isEmpty() ? why : "the configuration of " + String.join(" and ", unknown) + " was not read";
    }
}
